"""No answer of a model can do more than put a comment into a document."""

from __future__ import annotations

import ast

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pure.documented import documented

from phi_ls.context.grammars import parse

PIECES = [
    '"""',
    "'''",
    "*/",
    "/*",
    "//",
    "\\",
    "\\N",
    "\\u002a/",
    "\n",
    "\r",
    "\u2028",
    "\t",
    '"',
    "'",
    "#",
    "--[[",
    "]]",
]
WORDS = [
    "adds",
    "two numbers.",
    "</summary>",
    "@param x",
    "eslint-disable",
    "shellcheck disable=all",
    "go:embed x",
    "\u202e",
]
SPOKEN = st.lists(st.sampled_from(PIECES + WORDS) | st.text(max_size=3), max_size=12).map("".join)
HOSTILE = SPOKEN.map("Adds two numbers. {}".format)

BEFORE_AND_BEHIND = {
    "javascript": ("let a = 1;\n", "function f() { ‸return 1; }\n"),
    "typescript": ("class A {\n  a: string;\n", "  m(): void { ‸ }\n}\n"),
    "go": ("package p\n", "func F() { ‸ }\n"),
    "rust": ("mod m;\n", "fn f() { ‸ }\n"),
    "java": ("class A {\n    int a;\n", "    int f() { return ‸1; }\n}\n"),
    "c": ("int a;\n", "int f(void) { return ‸0; }\n"),
    "cpp": ("int a;\n", "template <class T> T f(T a) { return ‸a; }\n"),
    "csharp": ("class A {\n    int a;\n", "    int F() { return ‸1; }\n}\n"),
    "lua": ("a = 1\n", "function f() return ‸1 end\n"),
    "shellscript": ("a=1\n", "f() { ‸:; }\n"),
}
PYTHON = [
    "import a\n\nclass A:\n    def f(self, b=')'):  # c\n        return ‸b\n\n    x = 1\n",
    "class A:\n\tdef f(self):\n\t\t'''old'''\n\t\treturn ‸1\n",
    "async def f(): return ‸1\n",
    "def f():\n    'a' \"b\"\n    ‸pass\r\n",
]


@pytest.mark.parametrize("language", BEFORE_AND_BEHIND)
@settings(max_examples=40, deadline=None)
@given(answer=HOSTILE)
@example(answer="Ends */ early. int evil(); /*")
@example(answer="Ends early.\nevil()\n\\u002a\\u002f evil();")
def test_all_that_is_added_is_comments(language: str, answer: str) -> None:
    """What stood there stands there still, and what is between is nothing but comments to the language's parser."""
    before, behind = BEFORE_AND_BEHIND[language]
    made = documented(before + behind, language, answer)
    assume(made is not None)
    assert made is not None
    plain = behind.replace("‸", "")
    assert made.startswith(before)
    assert made.endswith(plain.lstrip())
    assert _code(before + plain, language) == _code(made, language)


def _code(text: str, language: str) -> list[str]:
    """Return the leaves of the syntax tree without comments."""
    found = parse(text.encode(), language)
    assert found is not None
    pending, leaves = [found[0].root_node], []
    while pending:
        node = pending.pop()
        if "comment" in node.type:
            continue
        if not node.child_count and node.text:
            leaves.append(f"{node.type} {node.text.decode()}")
        pending += node.children
    return leaves


@pytest.mark.parametrize("text", PYTHON)
@settings(max_examples=60, deadline=None)
@given(answer=HOSTILE)
@example(answer='Says """ early.\nimport evil')
@example(answer="Ends with a backslash \\")
@example(answer='Ends "quoted"')
@example(answer="A \\N and a \\x and a \\d")
@pytest.mark.filterwarnings("error")
def test_python_has_a_docstring_and_the_same_program(text: str, answer: str) -> None:
    """Python itself parses the document, finds the docstring, and no other difference."""
    made = documented(text, "python", answer)
    assume(made is not None)
    assert made is not None
    before, after = ast.parse(text.replace("‸", "")), ast.parse(made)
    said = _take_docstring(after)
    _take_docstring(before)
    assert said is not None
    assert ast.dump(before) == ast.dump(after)


def _take_docstring(tree: ast.Module) -> str | None:
    """Return the docstring of the one function, and leave the function without it."""
    (function,) = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    said = ast.get_docstring(function)
    if said is not None:
        del function.body[0]
    return said
