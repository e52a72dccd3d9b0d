"""What a hover's text may hold: Markdown for those who read it, and never anything but text from a model."""

from __future__ import annotations

import pytest
from editor.echo_editor import URI, StartEditor
from editor.raw_wire import Json
from markdown_it import MarkdownIt

MARKDOWN: Json = {"textDocument": {"inlineCompletion": {}, "hover": {"contentFormat": ["markdown"]}}}
PLAIN: Json = {"textDocument": {"inlineCompletion": {}, "hover": {"contentFormat": ["plaintext"]}}}
DOCUMENTED = 'def area(width, height):\n    """Multiply the two."""\n    return width * height\n'


def test_a_client_without_markdown_gets_plain_text(editor: StartEditor) -> None:
    """No fences, no emphasis, no escapes for clients that would show them."""
    answer = {"tokens": ["It", " **multiplies**", " `width`", " <b>twice</b>."]}
    with editor(answer, capabilities=PLAIN) as client:
        client.open(URI, "class Shape:\n    def area(self, width, height):\n        return width * height\n")
        contents = client.hover(URI, 1, 9)["contents"]

    assert "plaintext" == contents["kind"]
    assert not any(mark in contents["value"] for mark in ("```", "**", "`", "\\", "*echo"))
    assert "It multiplies width" in contents["value"]
    assert "def area(self, width, height)" in contents["value"]


@pytest.mark.parametrize(
    "hostile",
    [
        "![pixel](https://example.org/a.png)",
        "[go](command:workbench.action.quit)",
        "[go][1]\n\n[1]: https://example.org",
        "<img src=https://example.org/a.png>",
        "<script>alert(1)</script>",
        "<https://example.org>",
        "https://example.org/a.png",
        "$(alert) $(loading~spin)",
        "```\nfence\n```\n<b>out</b>",
    ],
)
def test_hostile_answers_are_only_text(editor: StartEditor, hostile: str) -> None:
    """Nothing that a model or a docstring writes becomes an image, a link or HTML."""
    with editor({"tokens": [f"Look: {hostile}"]}) as client:
        client.open(URI, f'def area():\n    """{hostile}"""\n')
        value = client.hover(URI, 0, 5)["contents"]["value"]

    assert "Look" in value
    assert {"image", "link_open", "html_inline", "html_block"}.isdisjoint(_tokens(value))
    assert "$(" not in value
    assert "https://" not in value


def test_a_session_in_a_docstring_is_code(editor: StartEditor) -> None:
    """Not a quotation in a quotation; the text around it stays text."""
    docstring = "Multiply.\n\n    >>> area(2, 3)\n    6\n\n    - one\n\n    - two\n"
    with editor({"tokens": ["It."]}, capabilities=MARKDOWN) as client:
        client.open(URI, f'def area():\n    """{docstring}    """\n')
        value = client.hover(URI, 0, 5)["contents"]["value"]

    assert "```python\n>>> area(2, 3)\n6\n```" in value
    assert "blockquote_open" not in _tokens(value)
    assert "bullet_list_open" in _tokens(value)


def _tokens(markdown: str) -> set[str]:
    parsed = MarkdownIt("commonmark").parse(markdown)
    return {token.type for block in parsed for token in (block, *(block.children or []))}


def test_the_documentation_is_not_said_twice(editor: StartEditor) -> None:
    """A model that only repeats the docstring, as small ones do, adds nothing to it."""
    with editor({"tokens": ["multiply", " the", " two."]}) as client:
        client.open(URI, DOCUMENTED)
        value = client.hover(URI, 0, 5)["contents"]["value"]
    assert 1 == value.casefold().count("multiply the two")
    assert "echo" not in value


def test_a_part_of_a_word_is_no_repetition(editor: StartEditor) -> None:
    """What the model says is left out only where it is said in whole words."""
    with editor({"tokens": ["Mult"]}) as client:
        client.open(URI, DOCUMENTED)
        assert "echo" in client.hover(URI, 0, 5)["contents"]["value"]
