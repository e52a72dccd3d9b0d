"""Answers that a hostile document might make a model write: pieces of Markdown, nested, half open, thrown together."""

from __future__ import annotations

import random
from collections.abc import Iterator

PIECES = (
    "[x](http://e.vil)", "![x](http://e.vil)", "<http://e.vil>", "<x@e.vil>", "[x]", "[x]: http://e.vil", "[a][x]",
    "[x]: <a> 'b'", "[x][]", "![x]", "![a][x]", "[![x](http://e.vil)](http://e.vil)", "[x](<command:a b>)", "[x](",
    "[x](http://e.vil 'title", "[x\n](http://e.vil)", "![", "](", "][", "]:", "[^1]", "[^1]: y", "^[note]", "[[wiki]]",
    "<img src=x>", "<img/src=x onerror=y>", "<a href='x'>", "</a>", "<!-- ", "-->", "<script>", "<svg onload=x>",
    "<?php", "?>", "<!DOCTYPE x>", "<![CDATA[", "]]>", "<details>", "<a\nhref=x>", "&lt;b&gt;", "&#60;img src=x&#62;",
    "&#x5b;x&#x5d;(http://e.vil)", "&#96;", "&colon;//", "&#x202e;", "&amp;lt;", "&NewLine;", "&#0;", "&#xD800;",
    "http://e.vil", "https://e.vil/a?b=c", "ftp://e.vil", "www.e.vil", "a@e.vil", "e.vil/x", "//e.vil",
    "mailto:a@e.vil", "command:x", "command:workbench.action", "vscode://x/y", "file:///etc/passwd",
    "javascript:alert(1)", "data:,x", "java\nscript:x", "JaVaScRiPt:x", "tel:1", "xmpp:a@b", "ms-word:x", "$(alert)",
    "\\$(alert)", "#1", "@user", ":+1:", ":::note", "::: ", ":::", "{{< x >}}", "{% x %}", "{.class}", "{#id}",
    "$$x$$", "$x$", "==x==", "++x++", "^x^", "~x~", "`", "``", "```", "~~~", "````py\n", "```mermaid\n", "```\n",
    "\n```", "``` [x](y)\n", "    ", "\t", " \t", "*", "**", "***", "_", "__", "~~", "[", "]", "(", ")", "!", "\\",
    "\\\\", "\\`", "\\[", "<", ">", "> ", ">\n", "- ", "- [ ] ", "- [x] ", "1. ", "1) ", "+ ", "* ", "# ", "###### ",
    "---", "***\n", "===", "\n===\n", "\n---\n", "|", "|---|", "a | b\n--|--\n", "| a |\n|---|\n| ", ":--:|", "\n",
    "\n\n", "  \n", " ", "\\\n", "\r", "\r\n", "\f", "\v", "\u202e", "\u2066", "\u200b", "\u200d", "\U000e0041",
    "\ufeff", "\x1b[31m", "\x1b]8;;http://e.vil\x07", "\x00", "\x9b", "\u2028", "\u0085", "\ud800", "\u00a0",
    "\uff1a//", "\ufe0f", "word", "snake_case", "x", ":", "é", "名", "🙂",
)  # fmt: skip

PAIRS = (
    ("[", "](http://e.vil)"), ("![", "](http://e.vil)"), ("<a href=x>", "</a>"), ("*", "*"), ("**", "**"), ("_", "_"),
    ("`", "`"), ("``", "``"), ("\n```\n", "\n```\n"), ("\n~~~\n", "\n~~~\n"), ("> ", "\n"), ("\n- ", "\n"), ("<", ">"),
    ("\n| ", " |\n|---|\n"), ("~~", "~~"), ("(", ")"), ("[", "][x]\n\n[x]: http://e.vil\n"), ("<!--", "-->"),
    ("\\", ""), ("<b>", "</b>"), ("\n\n[x]: ", "\n"), ("[^1]\n\n[^1]: ", "\n\n    "), ("\n::: a\n", "\n:::\n"),
    ("$(", ")"), ("$", "$"),
)  # fmt: skip


def hostile_answers(count: int, seed: int) -> Iterator[str]:
    """Yield so many answers, the same ones for the same seed."""
    choose = random.Random(seed)
    for _ in range(count):
        yield "".join(_nested(choose, 4) for _ in range(choose.randint(1, 6)))


def _nested(choose: random.Random, depth: int) -> str:
    """Return a piece, a few in a row, or one inside a pair of which either half may be missing."""
    kind = choose.random()
    if not depth or kind < 0.3:
        return choose.choice(PIECES)
    if kind < 0.6:
        return "".join(_nested(choose, depth - 1) for _ in range(choose.randint(2, 3)))
    opening, closing = choose.choice(PAIRS)
    inner = _nested(choose, depth - 1)
    return choose.choice((opening, opening, opening, "")) + inner + choose.choice((closing, closing, closing, ""))
