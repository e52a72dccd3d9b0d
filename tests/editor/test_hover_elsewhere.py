"""Hovers over what another open file defines: the facts from there, said where, and the model asked about that code."""

from __future__ import annotations

from typing import Any

import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor

OTHER = "file:///project/shapes.py"
SHAPES = '''class Shape:
    def area(self, width, height):
        """Multiply the two."""
        return width * height


def scaled(value):
    """Return twice of it."""
    return value * 2
'''
TEXT = "from shapes import Shape, scaled\n\nprint(scaled(Shape().area(2, 3)))\n"
PLAIN = {"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}
ANSWER = {"tokens": ["It", " doubles", "."]}


def _value(client: EchoEditor, line: int = 2, character: int = 8) -> str:
    """Return the text of a hover, over the call of `scaled` unless told otherwise."""
    hover: Any = client.hover(URI, line, character)
    return str(hover["contents"]["value"]) if hover else ""


def test_the_other_file_is_named_and_its_code_is_what_the_model_is_asked_about(editor: StartEditor) -> None:
    """Hovered at the definition itself it is the same question, which is not asked again."""
    with editor(ANSWER, root_uri="file:///project") as client:
        client.open(OTHER, SHAPES)
        client.open(URI, TEXT)
        value = _value(client)
        client.settled()
        there = client.hover(OTHER, 6, 6)["contents"]["value"]
        (asked,) = client.asked()

    assert value.startswith("in `shapes.py`\n\n```python\ndef scaled(value):")
    assert "Return twice of it." in value
    assert "It doubles." in value
    assert "It doubles." in there
    assert "shapes.py" not in there
    assert "return value * 2" in asked["prompt"]
    assert "# shapes.py" in asked["prompt"]
    assert "print(" not in asked["prompt"]


def test_the_scope_is_named_too(editor: StartEditor) -> None:
    """A method's class, then the file; without markup for those who read none."""
    with editor(ANSWER) as client:
        client.open(OTHER, SHAPES)
        client.open(URI, TEXT)
        assert _value(client, 2, 23).startswith("in `Shape`, in `shapes.py`\n\n```python\ndef area(")
    with editor(ANSWER, capabilities=PLAIN) as client:
        client.open(OTHER, SHAPES)
        client.open(URI, TEXT)
        assert _value(client, 2, 23).startswith("in Shape, in shapes.py:\ndef area(")


def test_what_the_document_defines_itself_comes_first(editor: StartEditor) -> None:
    """The other file has the same name, and is not asked."""
    with editor(ANSWER) as client:
        client.open(OTHER, SHAPES)
        client.open(URI, 'def scaled(x):\n    """Mine."""\n\n\nscaled(1)\n')
        value = _value(client, 4, 2)

    assert "Mine." in value
    assert "shapes.py" not in value


def test_edits_and_closing_of_the_other_file_count(editor: StartEditor) -> None:
    """What is shown is what the other document says now; once it is closed, it says nothing."""
    with editor(ANSWER) as client:
        client.open(OTHER, SHAPES)
        client.open(URI, TEXT)
        assert "twice" in _value(client)
        client.edit(OTHER, (7, 14), (7, 19), "thrice")
        assert "thrice" in _value(client)
        client.notify("textDocument/didClose", {"textDocument": {"uri": OTHER}})
        assert "def scaled" not in _value(client)


@pytest.mark.parametrize(
    ("uri", "text"),
    [
        ("file:///project/secrets/shapes.py", SHAPES),
        ("file:///project/.ssh/shapes.py", SHAPES),
        (OTHER, SHAPES + "\0"),
        (OTHER, SHAPES + "x" * 30_000),
    ],
    ids=["excluded by a setting", "secret by its name", "no text", "a line too long"],
)
def test_files_that_no_model_may_see_are_not_looked_into(editor: StartEditor, uri: str, text: str) -> None:
    """Neither shown nor asked about."""
    with editor(ANSWER, options={"exclude": ["secrets"]} if "secrets" in uri else {}) as client:
        client.open(uri, text)
        client.open(URI, TEXT)
        value = _value(client)
        prompts = str([each["prompt"] for each in client.asked()])

    assert "def scaled" not in value
    assert "value * 2" not in prompts


def test_a_language_that_is_switched_off_is_not_looked_into(editor: StartEditor) -> None:
    """Though the document's own language is related to it."""
    for off in (True, False):
        with editor(ANSWER, options={"languages": {"*": True, "javascript": not off}}) as client:
            client.open("file:///project/shapes.js", "export function scaled(value) { }", language="javascript")
            client.open(URI, "import { scaled } from './shapes'\nscaled(1)", language="typescript")
            assert off == ("function scaled" not in _value(client, 1, 2))


def test_a_language_without_grammar_works_by_its_text(editor: StartEditor) -> None:
    """Of Perl the server knows no tree."""
    with editor(ANSWER) as client:
        client.open("file:///project/shapes.pl", "# Doubles.\nsub scaled {\n}\n", language="perl")
        client.open(URI, "print scaled(1);\n", language="perl")
        value = _value(client, 0, 8)

    assert value.startswith("in `shapes.pl`\n\n```perl\nsub scaled")
    assert "Doubles." in value
