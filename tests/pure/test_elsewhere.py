"""The definition of a word in another open document: the one that is meant, or none where that is not clear."""

from __future__ import annotations

from itertools import count

import pytest

from phi_ls.context.elsewhere import AT_ONCE_S, Elsewhere, find
from phi_ls.context.passages import OpenFile

CURSOR = "‸"
SHAPES = '''\
class Shape:
    def size(self):
        """How large it is."""
        return inner()


def area(width, height):
    """Multiply."""
    factor = 1
    return width * height * factor


def inner():
    def nested(): ...
'''
OTHER = "def area(): ...\n\n\nclass Box:\n    def size(self): ...\n"


def file(path: str, text: str, language: str = "python") -> OpenFile:
    """Return an open document."""
    return OpenFile(uri=f"file:///w/{path}", version=1, language=language, path=path, lines=text.split("\n"))


def look(drawn: str, *files: OpenFile, path: str = "main.py", language: str = "python") -> Elsewhere | None:
    """Return what is found for the word at the cursor that is drawn into a document's text."""
    before = drawn.partition(CURSOR)[0].split("\n")
    here = file(path, drawn.replace(CURSOR, ""), language)
    return find(here, len(before) - 1, len(before[-1]), [*files, here])


def place(found: Elsewhere | None) -> str:
    """Return where something was found: the file and the names around it."""
    return ".".join((found.file.path, *found.facts.scopes, found.facts.name)) if found else ""


def test_what_another_file_says_of_it() -> None:
    """Signature, docstring, and what it stands in."""
    found = look("print(Shape().si‸ze())", file("shapes.py", SHAPES))
    assert found is not None
    assert "shapes.py" == found.file.path
    assert "def size(self):" == found.facts.signature
    assert "How large it is." == found.facts.documentation
    assert ("Shape",) == found.facts.scopes
    assert (1, 3) == (found.facts.first_line, found.facts.last_line)


@pytest.mark.parametrize(
    ("expected", "drawn"),
    [
        ("shapes.py.area", "from shapes import area\narea‸(1)"),
        ("shapes.py.area", "from .shapes import (\n    inner,  # area\n    area as surface,\n)\nsurface‸(1)"),
        ("shapes.py.area", "import shapes\nshapes.area‸(1)"),
        ("shapes.py.area", "import geo.shapes as s\ns.area‸(1)"),
        ("shapes.py.area", "from . import shapes\nshapes.area‸(1)"),
        ("shapes.py.area", "from shapes import *\narea‸(1)"),
        ("shapes.py.Shape.size", "from shapes import Shape as S\nS.size‸()"),
        ("shapes.py.Shape.size", "from shapes import Shape\nShape().size‸()"),
        ("geo/other.py.area", "from geo.other import area\narea‸(1)"),
        ("", "from elsewhere import area\narea‸(1)"),
        ("", "import numpy as shapes_\nshapes_.area‸(1)"),
        ("", "area‸(1)"),
        ("", "box.size‸()"),
        ("shapes.py.inner", "inner‸()"),
        ("", "nested‸()"),
        ("", "factor‸"),
        ("", "def f(inner): return inner‸"),
        ("", "for inner in (1, 2): print(inner‸)"),
        ("shapes.py.Shape", "def f(shape: Shape‸): ..."),
        ("shapes.py.inner", "def f(x=inner‸): ..."),
    ],
)
def test_imports_decide(expected: str, drawn: str) -> None:
    """Of two files with the same name the one that is named; none for what comes from a file that is not open."""
    files = file("shapes.py", SHAPES), file("geo/other.py", OTHER)
    assert expected == place(look(drawn, *files))
    assert expected == place(look(drawn, *reversed(files)))


def test_a_member_needs_its_class() -> None:
    """`get` of any object is not that of the one class that happens to be open."""
    assert "" == place(look("settings.size‸()", file("shapes.py", SHAPES)))
    assert "shapes.py.Shape.size" == place(look("import shapes\nmade.size‸()", file("shapes.py", SHAPES)))


def test_what_the_language_has_itself() -> None:
    """A file that defines `print` for itself does not define it for others."""
    odd = file("odd.py", "def print(): ...")
    assert "" == place(look("print‸()", odd))
    assert "odd.py.print" == place(look("from odd import print\nprint‸()", odd))


SCRIPT = "export function area(width: number): number { return width }\nexport class Shape { size() { return 1 } }\n"
SCRIPTS = {
    "named": "import { area } from './shapes'\narea‸(1)",
    "renamed": "import { area as a } from '../lib/shapes.js'\na‸(1)",
    "of a module": "import * as shapes from './shapes'\nshapes.area‸(1)",
    "required": "const { area: a } = require('./shapes')\na‸(1)",
}


@pytest.mark.parametrize("drawn", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.parametrize("path", ["lib/shapes.ts", "shapes/index.tsx", "shapes.js"])
def test_scripts_find_each_other(drawn: str, path: str) -> None:
    """JavaScript, TypeScript and their forms with markup are one family; modules are named by path."""
    text = SCRIPT if not path.endswith("js") else SCRIPT.replace(": number", "")
    language = {"ts": "typescript", "tsx": "typescriptreact", "js": "javascript"}[path.rpartition(".")[2]]
    found = look(drawn, file(path, text, language), file("b.ts", SCRIPT, "typescript"), language="javascriptreact")
    assert f"{path}.area" == place(found)


def test_a_component_is_found_from_markup() -> None:
    """In both directions between .tsx and .jsx."""
    button = "export function Button(props) {\n  return <b>{props.text}</b>\n}\n"
    use = "import { Button } from './button'\nexport const Page = () => <Button‸ text='x' />\n"
    for one, other, ending in [
        ("typescriptreact", "javascriptreact", "jsx"),
        ("javascriptreact", "typescriptreact", "tsx"),
    ]:
        found = look(use, file(f"button.{ending}", button, other), language=one)
        assert f"button.{ending}.Button" == place(found)
        assert found is not None
        assert "function Button(props)" in found.facts.signature


IN_OTHER_LANGUAGES = [
    (
        "go",
        "geo/shapes.go",
        "package geo\n\nfunc Area(w int) int {}\n",
        'import "x.org/geo"\nx := geo.Area‸(1)',
        "Area",
    ),
    ("go", "shapes.go", "package main\n\nfunc area(w int) int { return w }\n", "x := area‸(1)", "area"),
    (
        "rust",
        "shapes.rs",
        "pub fn area(w: f64) {}\n",
        "use crate::shapes::area;\nlet x = area‸(1.);",
        "area",
    ),
    ("java", "geo/Shape.java", "class Shape { int area() { return 1; } }\n", "import geo.Shape;\nShape‸ s;", "Shape"),
    ("cpp", "shapes.h", "double area(double w);\n", '#include "shapes.h"\ndouble x = area‸(1);', "area"),
    ("csharp", "Shape.cs", "class Shape { int Area() { return 1; } }\n", "var s = new Shape‸();", "Shape"),
    ("lua", "shapes.lua", "function area(w) return w end\n", "require 'shapes'\nprint(area‸(1))", "area"),
    ("shellscript", "lib.sh", "area() {\n  echo 1\n}\n", ". ./lib.sh\narea‸ 1", "area"),
    ("perl", "shapes.pl", "sub area {\n  1\n}\n", "print area‸(1);", "area"),
]


@pytest.mark.parametrize(("language", "path", "text", "drawn", "name"), IN_OTHER_LANGUAGES)
def test_in_other_languages(language: str, path: str, text: str, drawn: str, name: str) -> None:
    """By the tree where there is a grammar, by the text where there is none."""
    there = "c" if path.endswith(".h") else language
    found = look(drawn, file(path, text, there), path="main.x", language=language)
    assert found is not None
    assert (path, name) == (found.file.path, found.facts.name)


def test_other_languages_are_not_searched() -> None:
    """The same name in another language is another thing."""
    assert "" == place(look("area‸()", file("shapes.js", "function area() {}", "javascript")))


def test_a_function_says_more_than_its_prototype() -> None:
    """Of a header and the file behind it the one with the body is shown."""
    header, body = file("shapes.h", "int area(int w);\n", "c"), file("shapes.c", "int area(int w) { return w; }\n", "c")
    assert "shapes.c.area" == place(look('#include "shapes.h"\nint x = area‸(1);', header, body, language="c"))


def test_an_older_version_of_the_same_file_is_not_another_file() -> None:
    """Beside a comparison the same path is open twice."""
    older = OpenFile(uri="git:///w/main.py", version=1, language="python", path="main.py", lines=SHAPES.split("\n"))
    assert "" == place(look("inner‸()", older))


def test_what_was_not_looked_at_decides_nothing() -> None:
    """When time is up, the only one found so far may not be the only one there is."""
    first, second = file("a.py", "def inner(): ..."), file("b.py", "def inner(): ...")
    here = file("main.py", "inner()")
    slow, frozen = count(0.0, AT_ONCE_S * 0.75).__next__, count(0.0, 0.0).__next__
    assert None is find(here, 0, 2, [first, second], slow)
    assert "a.py.inner" == place(find(here, 0, 2, [first], frozen))


def test_what_stands_in_a_function_is_nobody_elses() -> None:
    """Another file's local variable is not what this file's word means."""
    other = file("shapes.c", "int area(int w) {\n    int total = w;\n    return total;\n}\n", "c")
    assert "" == place(look("int x = total‸;", other, language="c"))
    assert "shapes.c.area" == place(look("int x = area‸(1);", other, language="c"))
