"""Static facts about the word under the cursor, found without a model."""

from __future__ import annotations

import argparse
import inspect
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi_ls.context.symbols import SymbolFacts, symbol_facts, word_at
from phi_ls.text import line_endings


def facts(text: str, language: str) -> SymbolFacts | None:
    """Return the facts at the | in a text."""
    before = text.partition("|")[0].split("\n")
    return symbol_facts(text.replace("|", "", 1).split("\n"), len(before) - 1, len(before[-1]), language)


PYTHON = '''\
import os

LIMIT = 3

# The shape of things.
@decorated(1)
class Shape:
    """A shape.

        Indented.
    Not.
    """

    def area(self, scale: float = 1.0) -> float:  # of the surface
        """Return the area."""
        LOCAL = scale
        return LOCAL

    @property
    def long(
        self,
    ) -> int:
        return self.{0}


class Other:
    def area(self):
        return self.{1}


def main():
    shape = {2}
    shape.{3}
    return {4}
'''


def python(place: int, word: str) -> SymbolFacts | None:
    words = ["x"] * 5
    words[place] = word
    return facts(PYTHON.format(*words), "python")


def test_python_class_with_decorator_and_docstring() -> None:
    """Signature up to the body with decorators, docstring dedented, the extent of the definition."""
    expected = SymbolFacts(
        name="Shape",
        line=6,
        signature="@decorated(1)\nclass Shape:",
        documentation="A shape.\n\n    Indented.\nNot.",
        first_line=5,
        last_line=22,
    )
    assert expected == python(2, "Sha|pe")


def test_python_method_is_the_one_of_the_own_class() -> None:
    """`self.area` in a class means that class's method, though another one has the same name."""
    first, second = python(0, "ar|ea"), python(1, "area|")
    assert first is not None
    assert second is not None
    assert (first.signature, first.scopes) == ("def area(self, scale: float = 1.0) -> float:", ("Shape",))
    assert first.documentation == "Return the area."
    assert (second.signature, second.scopes) == ("def area(self):", ("Other",))


def test_member_of_something_unknown_is_not_guessed() -> None:
    """`shape.area` may be either class's: silence; `shape.long` can only be one."""
    assert python(3, "|area") is None
    long = python(3, "|long")
    assert long is not None
    assert long.signature == "@property\ndef long(\n    self,\n) -> int:"


def test_python_constant_but_no_local_variable() -> None:
    """A module's assignment is a definition, a variable in some other function is none."""
    limit = python(4, "LIM|IT")
    assert limit is not None
    assert limit.signature == "LIMIT = 3"
    assert python(4, "LOC|AL") is None


@pytest.mark.parametrize("word", ["de|f", "retu|rn", "os|", "3|", "|  "])
def test_words_without_definition_say_nothing(word: str) -> None:
    """Keywords, imports, numbers and blanks."""
    assert python(2, word) is None


@pytest.mark.parametrize(
    ("signature", "documentation", "language", "text"),
    [
        (
            "function add(a, b)",
            "Adds\nnumbers.",
            "javascript",
            "// Adds\n// numbers.\nfunction add(a, b) {\n}\n|add(1)",
        ),
        (
            "export const add = (a: number): number =>",
            "Adds.",
            "typescript",
            "/**\n * Adds.\n */\nexport const add = (a: number): number => {\n return a\n}\n|add(1)",
        ),
        ("interface Shape", "", "typescript", "interface Shape {\n a: number }\nlet x: |Shape"),
        ("type Id = string & object", "An id.", "typescript", "// An id.\ntype Id = string & object\nlet x: I|d"),
        ("function View(p: P)", "", "typescriptreact", "function View(p: P) {\n return <a/> }\nconst y = <Vi|ew/>"),
        ("func (r *T) Add(a int) int", "Adds.", "go", "// Adds.\nfunc (r *T) Add(a int) int {\n}\nx.A|dd(1)"),
        ("pub fn add(a: i32) -> i32", "Adds.", "rust", "/// Adds.\npub fn add(a: i32) -> i32 {\n}\n|add(1)"),
        ("int add(int a)", "Adds.", "c", "/* Adds. */\nint add(int a) {\n return 1; }\n|add(1);"),
        ("#define LIMIT 3", "", "c", "#define LIMIT 3\nx = |LIMIT;"),
        ("def add(a)", "Adds.", "ruby", "# Adds.\ndef add(a)\nend\n|add(1)"),
        ("struct Point", "", "swift", "struct Point {\n}\nlet p = |Point()"),
    ],
)
def test_signature_and_comment_in_other_languages(signature: str, documentation: str, language: str, text: str) -> None:
    """With a grammar or by the line that defines the word; the comment right above is the documentation."""
    found = facts(text, language)
    assert found is not None
    assert (signature, documentation) == (found.signature, found.documentation)


def test_parameter_is_no_definition_in_text() -> None:
    """A line that merely takes the word as a parameter does not define it."""
    assert facts("func run(shape Shape) {\n}\n|shape.area()", "go") is None


@pytest.mark.parametrize(
    ("expected", "line", "column"),
    [
        ((0, 3), "abc def", 0),
        ((0, 3), "abc def", 3),
        ((4, 7), "abc def", 4),
        (None, "a  b", 2),
        ((2, 4), "😀 é1", 4),
        (None, "", 0),
    ],
)
def test_word_at(expected: tuple[int, int] | None, line: str, column: int) -> None:
    """The word that the cursor is in or right behind, in code points."""
    assert expected == word_at(line, column)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "def f",
                "(",
                ")",
                ":",
                "\n",
                "  ",
                "f",
                "class f",
                "{",
                "}",
                "'''",
                "`",
                "é😀",
                "\ud800",
                "\r",
                "\0",
                "=",
                ".",
            ]
        )
    ).map("".join),
    st.integers(-1, 8),
    st.integers(-1, 20),
    st.sampled_from(["python", "javascript", "typescriptreact", "go", "plaintext", ""]),
)
def test_no_text_and_no_position_raises(text: str, line: int, column: int, language: str) -> None:
    """Broken code, lone surrogates, positions outside: facts or silence."""
    found = symbol_facts(line_endings.split(text)[0], line, column, language)
    assert found is None or found.signature


def test_large_file_is_quick() -> None:
    """2,600 lines of Python take about 10 ms of processor time; the limit allows for a slow machine."""
    text = inspect.getsource(argparse)
    lines = text.split("\n")
    line = next(at for at, each in enumerate(lines) if "self._get_values(" in each)

    def measured() -> float:
        start = time.process_time()
        found = symbol_facts(lines, line, lines[line].index("_get_values") + 3, "python")
        assert found is not None
        assert found.scopes == ("ArgumentParser",)
        return time.process_time() - start

    assert min(measured() for _ in range(5)) < 0.08


@pytest.mark.parametrize("language", ["python", "javascript", "c"])
@pytest.mark.parametrize(
    "text", ["(" * 400_000, "}{ f" * 200_000, "def f(\n" * 100_000, "f " * 400_000, "'''f" * 200_000]
)
def test_hostile_text_takes_bounded_time(text: str, language: str) -> None:
    """Text that parsers choke on for seconds is given up after a moment."""
    start = time.process_time()
    symbol_facts((text + "\nf").split("\n"), text.count("\n") + 1, 0, language)
    assert time.process_time() - start < 1


def test_document_beyond_the_limit_is_not_read() -> None:
    """Above a megabyte there are no static facts."""
    assert symbol_facts(["def f(): 1"] * 100_001, 0, 5, "python") is None
