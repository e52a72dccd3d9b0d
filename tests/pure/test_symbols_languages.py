"""Static facts in each language that has a grammar: the declaration that is meant, its comment, what it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from phi_ls.context.definitions import outline
from phi_ls.context.symbols import SymbolFacts, symbol_facts
from phi_ls.context.syntax import Syntax

SAMPLES = Path(__file__).parent / "golden" / "symbols"
FILES = {
    "go": "go.go",
    "rust": "rust.rs",
    "java": "java.java",
    "c": "c.c",
    "cpp": "cpp.cpp",
    "csharp": "csharp.cs",
    "lua": "lua.lua",
    "shellscript": "bash.sh",
}


def sample(language: str) -> str:
    """Return the file of a language."""
    return (SAMPLES / FILES[language]).read_text("utf-8")


def facts(language: str, place: str) -> SymbolFacts | None:
    """Return what is known of the word at the | in a piece of text that stands once in the language's file."""
    text, needle = sample(language), place.replace("|", "")
    assert 1 == text.count(needle), needle
    before = text[: text.index(needle) + place.index("|")].split("\n")
    return symbol_facts(text.split("\n"), len(before) - 1, len(before[-1]), language)


@pytest.mark.parametrize(
    ("language", "place", "signature", "documentation", "scopes"),
    [
        ("go", "return |Area(", "type Area float64", "Area is how large a shape is.", ()),
        ("go", "*|Rect {", "type Rect struct {\n        Width, Height float64\n}", "Rect is a rectangle.", ()),
        ("go", "r.|Height", "Width, Height float64", "", ()),
        ("go", "NewRect(w, h float64) *Rect|", None, None, None),
        ("go", "|Limit = 10", "const Limit = 10", "", ()),
        ("go", "total, |count", "var total, count = 0, 1", "", ()),
        ("go", ") |Size() Area {", "func (r *Rect) Size() Area", "Size returns width times height.", ()),
        ("rust", "-> |Rect where", "#[derive(Debug)]\npub struct Rect", "A rectangle.", ()),
        ("rust", "self.|width", "width: f64", "", ("Rect",)),
        ("rust", "enum |Kind", "pub enum Kind", "", ()),
        ("rust", "impl |Shape", "pub trait Shape", "", ()),
        ("rust", "|LIMIT", "pub const LIMIT: usize = 10;", "", ()),
        ("rust", "|square", "macro_rules! square { ($x:expr) => { $x * $x }; }", "", ()),
        ("rust", "|helper", "pub fn helper()", "", ("inner",)),
        ("rust", "fn |size(&self) -> f64;", "fn size(&self) -> f64;", "How large.", ("Shape",)),
        ("java", "implements |Shape", "interface Shape", "", ("Rect",)),
        ("java", "this.|width", "private final double width;", "The width.", ("Rect",)),
        ("java", "|LIMIT", "public static final int LIMIT = 10;", "", ("Rect",)),
        (
            *("java", "double |size(int factor) throws Exception {"),
            *("@Override\npublic double size(int factor) throws Exception", "How large.", ("Rect",)),
        ),
        ("java", "record |Pair", "record Pair(int a, int b)", "", ("Rect",)),
        ("c", "|LIMIT", "#define LIMIT 10", "", ()),
        ("c", "|SQUARE", "#define SQUARE(x) ((x) * (x))", "", ()),
        ("c", "struct |rect", "struct rect", "A rectangle.", ()),
        ("c", "*|height", "int *height;", "", ("rect",)),
        ("c", "|pair_t", "typedef struct { int a; } pair_t;", "", ()),
        ("c", "*|callback", "typedef int (*callback)(int);", "", ()),
        ("c", "|total", "static int total = 0;", "", ()),
        ("c", "*|twice", "static inline int *twice(const int value, char *name[])", "Doubles.", ()),
        ("c", "|two_lines", "unsigned long\ntwo_lines(void)", "", ()),
        ("c", "|declared", "int declared(int);", "", ()),
        ("cpp", "const |Rect<int>", "template <typename T>\nclass Rect : public Shape", "A rectangle.", ("shapes",)),
        ("cpp", "T |size()", "T size() const noexcept override", "How large.", ("shapes", "Rect")),
        ("cpp", "return |width_", "T width_;", "", ("shapes", "Rect")),
        ("cpp", "&|name_of", "std::string &name_of(const Rect<int> &rect)", "", ("shapes",)),
        ("cpp", "using |Pair", "using Pair = std::pair<int, int>;", "", ("shapes",)),
        ("cpp", "class |Kind", "enum class Kind", "", ("shapes",)),
        ("cpp", "|Limit", "constexpr int Limit = 10;", "", ("shapes",)),
        ("csharp", "class |Rect", "public class Rect<T> : IShape where T : struct", "A rectangle.", ()),
        ("csharp", "this.|width", "private readonly double width;", "", ("Rect",)),
        ("csharp", "double |Width", "public double Width", "", ("Rect",)),
        ("csharp", "> |Size", "[Obsolete]\npublic async Task<double> Size(int factor)", "How large.", ("Rect",)),
        ("csharp", "event |Changed", "public delegate void Changed(object sender);", "", ("Rect",)),
        ("csharp", "|OnChanged", "public event Changed OnChanged;", "", ("Rect",)),
        ("csharp", "record |Pair", "public record Pair(int A, int B);", "", ()),
        ("lua", "setmetatable({}, |Rect", "local Rect = {}", "A rectangle.", ()),
        ("lua", "Rect.|new", "function Rect.new(width)", "Makes one.", ()),
        ("lua", "|helper", "local function helper(a, b)", "", ()),
        ("lua", "|twice", "local twice = function(x)", "", ()),
        ("lua", "|total", "total = 0", "", ()),
        ("shellscript", '|greet "', "greet()", "Says hello.", ()),
        ("shellscript", "|bye {", "function bye", "", ()),
        ("shellscript", "|LIMIT", "LIMIT=10", "", ()),
        ("shellscript", '"|$who', None, None, None),
    ],
)
def test_what_is_meant(
    language: str, place: str, signature: str | None, documentation: str | None, scopes: tuple[str, ...] | None
) -> None:
    """From a use and from the declaration itself, with modifiers and attributes, without the body."""
    found = facts(language, place)
    if signature is None:
        assert None is found or found.name not in ("who",)
        return
    assert found is not None
    assert (signature, documentation, scopes) == (found.signature, found.documentation, found.scopes)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("go", ["Area", "Rect", "Shape", "Limit", "total", "Size", "NewRect"]),
        ("java", ["Rect", "width", "LIMIT", "Rect", "size", "Kind", "ONE", "TWO", "Pair", "Shape", "size"]),
        ("lua", ["Rect", "__index", "LIMIT", "new", "size", "helper", "twice", "total"]),
        ("shellscript", ["LIMIT", "greet", "bye"]),
        (
            "c",
            [
                *("LIMIT", "SQUARE", "rect", "width", "height", "pair_t", "callback", "kind", "ONE", "TWO", "total"),
                *("twice", "declared", "two_lines"),
            ],
        ),
    ],
)
def test_what_a_file_offers_to_others(language: str, names: list[str]) -> None:
    """In the order of the file, members of classes included, what functions keep to themselves left out."""
    parsed = Syntax(language).of(sample(language).split("\n"))
    assert parsed is not None
    assert names == [each.name for each in outline(parsed)]


@pytest.mark.parametrize("language", FILES)
def test_every_prefix_of_a_file(language: str) -> None:
    """Half a declaration, as there is one at each key, raises nothing."""
    text = sample(language)
    for end in range(0, len(text), 7):
        lines = text[:end].split("\n")
        symbol_facts(lines, len(lines) - 1, len(lines[-1]), language)
        parsed = Syntax(language).of(lines)
        assert parsed is not None
        outline(parsed)
