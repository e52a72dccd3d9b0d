"""Documentation stands where each language has it, in its style, and takes the place of the one that is there."""

from __future__ import annotations

import pytest
from pure.documented import asked, documented

TEXT = "Adds one.\n\nNever fails."

GOLDEN = {
    "python function": (
        "python",
        "@cached\nasync def f(\n    a,\n):  # quick\n    # a comment\n    ‸return a\n",
        (
            "@cached\nasync def f(\n    a,\n):  # quick\n"
            '    """Adds one.\n\n    Never fails.\n    """\n    # a comment\n    return a\n'
        ),
    ),
    "python class with methods": (
        "python",
        "class ‸A:\n\tdef f(self):\n\t\tpass\n",
        'class A:\n\t"""Adds one.\n\n\tNever fails.\n\t"""\n\tdef f(self):\n\t\tpass\n',
    ),
    "python, one line": (
        "python",
        "class A:\n  def f(self): ‸return 1  # one\n",
        'class A:\n  def f(self):\n    """Adds one.\n\n    Never fails.\n    """\n    return 1  # one\n'.replace(
            "    ", "    "
        ),
    ),
    "python, no body yet": (
        "python",
        "def f():‸",
        'def f():\n    """Adds one.\n\n    Never fails.\n    """',
    ),
    "python, replaced": (
        "python",
        "def f():\n    'Old'  \"er\"\n    return ‸1\n",
        'def f():\n    """Adds one.\n\n    Never fails.\n    """\n    return 1\n',
    ),
    "python, in parentheses": (
        "python",
        "def f(): ('old'); return ‸1\n",
        'def f(): """Adds one.\n\n    Never fails.\n    """; return 1\n',
    ),
    "python, bytes are no docstring": (
        "python",
        "def f():\n    b'old'\n    return ‸1\n",
        'def f():\n    """Adds one.\n\n    Never fails.\n    """\n    b\'old\'\n    return 1\n',
    ),
    "python, a format is no docstring": (
        "python",
        "def f():\n    f'{1}'\n    return ‸1\n",
        'def f():\n    """Adds one.\n\n    Never fails.\n    """\n    f\'{1}\'\n    return 1\n',
    ),
    "javascript": (
        "javascript",
        "// eslint-disable-next-line\nexport const f = (a) => {\n  return ‸a;\n};\n",
        (
            "/**\n * Adds one.\n *\n * Never fails.\n */\n// eslint-disable-next-line\n"
            "export const f = (a) => {\n  return a;\n};\n"
        ),
    ),
    "javascript, plain comments stay": (
        "javascript",
        "// why\nfunction ‸f() {}\n",
        "// why\n/**\n * Adds one.\n *\n * Never fails.\n */\nfunction f() {}\n",
    ),
    "typescript": (
        "typescript",
        "@Component()\nexport class A {\n  /** Old. */\n  ‸m(): void {}\n}\n",
        "@Component()\nexport class A {\n  /**\n   * Adds one.\n   *\n   * Never fails.\n   */\n  m(): void {}\n}\n",
    ),
    "typescript, above a decorator": (
        "typescript",
        "@Component()\nexport class ‸A {}\n",
        "/**\n * Adds one.\n *\n * Never fails.\n */\n@Component()\nexport class A {}\n",
    ),
    "tsx": (
        "typescriptreact",
        "const A = () => <b>‸</b>;\n",
        "/**\n * Adds one.\n *\n * Never fails.\n */\nconst A = () => <b></b>;\n",
    ),
    "java": (
        "java",
        "class A {\n    /**\n     * Old.\n     */\n    @Override\n    public int f() { return ‸1; }\n}\n",
        (
            "class A {\n    /**\n     * Adds one.\n     *\n     * Never fails.\n     */\n"
            "    @Override\n    public int f() { return 1; }\n}\n"
        ),
    ),
    "go, above what is for the compiler": (
        "go",
        "package p\n\n// F is old.\n// Very.\n//\n//go:noinline\nfunc F() { ‸ }\n",
        "package p\n\n// Adds one.\n//\n// Never fails.\n//go:noinline\nfunc F() {  }\n",
    ),
    "go, one of a group": (
        "go",
        "package p\n\ntype (\n\tA struct{}\n\tB ‸int\n)\n",
        "package p\n\ntype (\n\tA struct{}\n\t// Adds one.\n\t//\n\t// Never fails.\n\tB int\n)\n",
    ),
    "rust": (
        "rust",
        "impl A {\n    /// Old.\n    #[inline]\n    pub fn f() -> u8 { ‸1 }\n}\n",
        "impl A {\n    /// Adds one.\n    ///\n    /// Never fails.\n    #[inline]\n    pub fn f() -> u8 { 1 }\n}\n",
    ),
    "rust, above attributes": (
        "rust",
        "#[derive(Debug)]\nstruct ‸A;\n",
        "/// Adds one.\n///\n/// Never fails.\n#[derive(Debug)]\nstruct A;\n",
    ),
    "c": (
        "c",
        "int a; /* of a */\nstatic int *f(void) { return ‸0; }\n",
        "int a; /* of a */\n/**\n * Adds one.\n *\n * Never fails.\n */\nstatic int *f(void) { return 0; }\n",
    ),
    "c++": (
        "cpp",
        "/// Old.\n/// Older.\ntemplate <class T>\nT f(T a) { return ‸a; }\n",
        "/**\n * Adds one.\n *\n * Never fails.\n */\ntemplate <class T>\nT f(T a) { return a; }\n",
    ),
    "c#": (
        "csharp",
        "class A\n{\n    [X]\n    int F() => ‸1;\n}\n",
        (
            "class A\n{\n    /// <summary>\n    /// Adds one.\n    ///\n    /// Never fails.\n    /// </summary>\n"
            "    [X]\n    int F() => 1;\n}\n"
        ),
    ),
    "lua, types stay": (
        "lua",
        "--- Old.\n---@param a number\nfunction M.f(a) return ‸a end\n",
        "--- Adds one.\n---\n--- Never fails.\n---@param a number\nfunction M.f(a) return a end\n",
    ),
    "bash": (
        "shellscript",
        "#!/bin/bash\n# Old.\n# shellcheck disable=SC2034\nf() { ‸:; }\n",
        "#!/bin/bash\n# Adds one.\n#\n# Never fails.\n# shellcheck disable=SC2034\nf() { :; }\n",
    ),
}


@pytest.mark.parametrize(("language", "text", "expected"), GOLDEN.values(), ids=GOLDEN.keys())
def test_documentation_stands_where_the_language_has_it(language: str, text: str, expected: str) -> None:
    """Right place, right marks, right indentation; nothing else of the text is another one."""
    assert expected == documented(text, language, TEXT)


@pytest.mark.parametrize(("language", "text", "expected"), GOLDEN.values(), ids=GOLDEN.keys())
def test_there_are_never_two(language: str, text: str, expected: str) -> None:
    """What was documented once has its documentation replaced, and is then as it was."""
    start = next(at for at, (a, b) in enumerate(zip(text[::-1], expected[::-1], strict=False)) if a != b)
    again = f"{expected[: len(expected) - start]}‸{expected[len(expected) - start :]}"
    assert expected == documented(again, language, TEXT)


def test_line_endings_and_wide_characters_are_the_documents_own() -> None:
    r"""A document with \r\n gets no other ending, and columns behind characters of four bytes are right."""
    text = "class Ä:\r\n    def 𝒻(self): return '😀'‸\r\n"
    said = '        """Ja.\r\n\r\n        Doch nein.\r\n        """\r\n'
    expected = f"class Ä:\r\n    def 𝒻(self):\r\n{said}        return '😀'\r\n"
    assert expected == documented(text, "python", "Ja.\n\nDoch nein.")


@pytest.mark.parametrize("rights", ["# Copyright 1999 Somebody", "# SPDX-License-Identifier: MIT"])
def test_a_licence_is_not_taken_for_documentation(rights: str) -> None:
    """What says whose the file is stays."""
    assert f"{rights}\n# Adds one.\nf() {{ :; }}\n" == documented(
        f"{rights}\nf() {{ ‸:; }}\n", "shellscript", "Adds one."
    )


def test_a_comment_behind_code_is_not_the_next_ones() -> None:
    """It belongs to its own line."""
    expected = "x=1 # one\n# Adds one.\nf() { :; }\n"
    assert expected == documented("x=1 # one\nf() { ‸:; }\n", "shellscript", "Adds one.")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def f():\n    def g():\n        return ‸1\n", "g"),
        ("def f():\n    def g():\n        return 1\n    ‸return g\n", "f"),
        ("class A:\n    x = ‸1\n", "A"),
        ("‸@cached\ndef f():\n    return 1\n", "f"),
        ("‸    \ndef f():\n    return 1\n", None),
        ("x = ‸1\n", None),
        ("", None),
    ],
)
def test_the_innermost_declaration_is_meant(text: str, name: str | None) -> None:
    """A cursor in a function means that function, one in no declaration means nothing."""
    question = asked(text, "python")
    assert name == (question.subject.name if question else None)


def test_a_language_without_a_style_is_left_alone() -> None:
    """Where phi-ls does not know how documentation looks it writes none."""
    assert documented("fn ‸f() {}\n", "zig", TEXT) is None


@pytest.mark.parametrize(
    ("comment", "stays"),
    [
        ("//go:noinline", True),
        ("//nolint:all", True),
        ("//export F", True),
        ("//region one", True),
        ("// line ends are its own matter", False),
        ("// export it", False),
        ("// region of memory", False),
        ("// type: the kind", False),
    ],
)
def test_what_tools_read_stays_and_words_are_replaced(comment: str, stays: bool) -> None:
    """An instruction to a tool is told from a sentence that begins with the same word."""
    made = documented(f"package p\n\n{comment}\nfunc F() {{ ‸ }}\n", "go", "Adds one.")
    assert made is not None
    assert stays == (comment in made)
    assert "// Adds one.\n" in made


def test_no_line_of_an_answer_is_an_instruction_to_a_tool() -> None:
    """A model cannot switch off what checks the code."""
    made = documented("f() { ‸:; }\n", "shellscript", "Adds one.\nshellcheck disable=all\nNever fails.")
    assert "# Adds one.\n# Never fails.\nf() { :; }\n" == made
