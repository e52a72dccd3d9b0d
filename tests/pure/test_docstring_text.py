"""The words of documentation are found in whatever a model answers, and what is none is refused."""

from __future__ import annotations

import pytest

from phi_ls.answers.docstring_text import MAX_CHARS, text_of

CODE = "def add(a, b):\n    return a + b"
PLAIN = "Adds two numbers.\n\nNever fails."

ANSWERS = {
    "plain": PLAIN,
    "in a fence": f"```\n{PLAIN}\n```",
    "in a fence that is not closed": f"```python\n{PLAIN}",
    "announced": f"Sure! Here is the docstring:\n\n{PLAIN}",
    "announced and in a fence": f"Here is the docstring:\n\n```python\n{PLAIN}\n```\n\nI hope that it helps.",
    "in quotes": f'"""{PLAIN}"""',
    "in quotes, raw": f"r'''\n{PLAIN}\n'''",
    "in quotes that are not closed": f'"""\n{PLAIN}',
    "in the code": '```\ndef add(a, b):\n    """Adds two numbers.\n\n    Never fails.\n    """\n    return a\n```',
    "in the code, no fence": 'def add(a, b):\n    """\n    Adds two numbers.\n\n    Never fails.\n    """\n',
    "block comment": "/**\n * Adds two numbers.\n *\n * Never fails.\n */\nfunction add(a, b) {}",
    "block comment that is not closed": "/**\n * Adds two numbers.\n *\n * Never fails.",
    "slashes": "/// Adds two numbers.\n///\n/// Never fails.\nfn add() {}",
    "hashes": "# Adds two numbers.\n#\n# Never fails.\nadd() {\n}",
    "dashes": "--- Adds two numbers.\n---\n--- Never fails.",
    "XML": "<summary>\nAdds two numbers.\n\nNever fails.\n</summary>",
    "active": "Adds two numbers.<img src=x>\n\nNever <script>fails.</script>",
    "invisible": "Adds\u202e two\u200b numbers.\r\n\r\nNever\x00 fails.\x1b",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_the_words_are_found(answer: str) -> None:
    """Announcements, fences, quotes, comment marks and the code around them are not part of the text."""
    assert PLAIN == text_of(answer, CODE)


def test_an_example_behind_the_words_is_left_out() -> None:
    """A block in which there is no comment is an example, not the documentation."""
    assert "Adds two numbers." == text_of("Adds two numbers.\n\n```python\nadd(1, 2)\n```", CODE)


def test_lists_of_markdown_are_no_comment_marks() -> None:
    """A line that begins with one dash is one of a list."""
    text = "Adds two numbers:\n\n- the first\n- the second"
    assert text == text_of(text, CODE)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "\n \n",
        "```\n```",
        '"""',
        "/** */",
        "42",
        "?!",
        "def add(a, b):\n    return a + b",
        f"```\n{CODE}\n```",
        f"The{'.doc' * 9}",
    ],
    ids=repr,
)
def test_what_says_nothing_is_refused(answer: str) -> None:
    """No words, the code itself, and what a weak model ends in are no documentation."""
    assert "" == text_of(answer, CODE)


def test_what_was_cut_short_ends_with_a_whole_sentence() -> None:
    """A model that was stopped leaves half a sentence, which goes."""
    assert "Adds two numbers." == text_of("Adds two numbers. It also", CODE, cut_short=True)
    assert "Adds two numbers. It also" == text_of("Adds two numbers. It also", CODE)


def test_too_long_a_text_is_cut() -> None:
    """Nobody wants a screen of comment above a function."""
    text = text_of("It adds numbers. " * 1000, CODE)
    assert MAX_CHARS // 2 < len(text) <= MAX_CHARS
    assert text.endswith("numbers.")
