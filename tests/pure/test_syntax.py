"""A tree that is brought up to date is the tree that parsing everything gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi_ls.context.syntax import Parsed, Syntax

SAMPLES = Path(__file__).parent / "golden" / "symbols"
FILES = {"go": "go.go", "cpp": "cpp.cpp", "csharp": "csharp.cs", "shellscript": "bash.sh"}
PIECES = ["", "(", "}", '"', "/* ", "\n", "\n\n    x", "é", "\U0001f680 ", "return 1;", "class A {"]

Change = tuple[float, float, str]
"""From where to where, as shares of the text, and what is put there."""


def changed(text: str, change: Change) -> str:
    """Return the text with a piece of it replaced."""
    start, end = sorted(int(place * len(text)) for place in change[:2])
    return text[:start] + change[2] + text[end:]


def shape(parsed: Parsed | None) -> tuple[str, list[tuple[int, int]]]:
    """Return what the tree is made of and where its top level lies."""
    assert parsed is not None
    root = parsed.tree.root_node
    return str(root), [child.byte_range for child in root.children]


changes = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from(PIECES)), min_size=1, max_size=6)


@pytest.mark.parametrize("language", FILES)
@settings(max_examples=60)
@given(changes)
def test_brought_up_to_date_equals_parsed_anew(language: str, drawn: list[Change]) -> None:
    """Whatever is replaced, also several times, with characters of several bytes."""
    text = (SAMPLES / FILES[language]).read_text("utf-8")
    kept = Syntax(language)
    for change in drawn:
        kept.of(text.split("\n"))
        text = changed(text, change)
    lines = text.split("\n")
    assert shape(Syntax(language).of(lines)) == shape(kept.of(lines))


def test_a_text_that_has_not_changed_keeps_its_tree() -> None:
    """Nothing is parsed for it."""
    kept = Syntax("go")
    lines = ["package a", "func f() {}"]
    assert kept.of(lines) is kept.of(list(lines))


def test_a_language_without_a_grammar_has_no_tree() -> None:
    """Its documents are looked at as text."""
    assert None is Syntax("cobol").of(["MOVE A TO B"])


def test_a_tree_for_which_time_ran_out_is_not_built_upon() -> None:
    """It is of the text's beginning only: the next one is of the whole text again."""
    kept = Syntax("python")
    assert not parsed(kept, ["(" * 2_000_000]).whole
    lines = ["def f():", "    return 1"]
    assert shape(Syntax("python").of(lines)) == shape(kept.of(lines))


def parsed(syntax: Syntax, lines: list[str]) -> Parsed:
    """Return the tree of lines in a language with a grammar."""
    found = syntax.of(lines)
    assert found is not None
    return found
