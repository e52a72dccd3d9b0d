r"""Lines as LSP counts them: only \n, \r\n and \r end one.

`str.splitlines` also breaks at form feeds, U+2028, U+0085 and U+001C, which are ordinary characters to an editor:
CPython's own library has form feeds, and every position below one would be off by a line.
"""

from __future__ import annotations

import re

_ANY = re.compile("(\r\n|\n|\r)")


def split(text: str) -> tuple[list[str], list[str]]:
    """Return the lines without their endings, and each line's own ending; the last line's is empty."""
    returns = text.count("\r")
    if not returns:
        return _split_at(text, "\n")
    if returns == text.count("\n") == text.count("\r\n"):
        return _split_at(text, "\r\n")
    parts = _ANY.split(text)
    return parts[::2], [*parts[1::2], ""]


def join(lines: list[str], endings: list[str]) -> str:
    """Return the text of these lines, the inverse of `split`."""
    parts = [""] * (2 * len(lines))
    parts[::2], parts[1::2] = lines, endings
    return "".join(parts)


def dominant(endings: list[str]) -> str:
    r"""Return the ending most lines have; \n where there is none."""
    return max(("\n", "\r\n", "\r"), key=endings.count)


def _split_at(text: str, ending: str) -> tuple[list[str], list[str]]:
    lines = text.split(ending)
    return lines, [ending] * (len(lines) - 1) + [""]
