"""One level of indentation, as a document writes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

DEFAULT = "    "
SAMPLE = 200
"""Indented lines looked at: enough to be sure, and cheap to repeat."""
_LINES_SEARCHED = 2000
_WIDTHS = (4, 2, 8)
"""Of two equally frequent widths the earlier one wins."""
_INDENT = re.compile(r"([ \t]*)[^ \t]")


def indent_unit(lines: Iterable[str]) -> str:
    """Return a tab, or 2, 4 or 8 spaces: whichever these lines step in most often; 4 spaces where none do."""
    tabs, steps, previous, seen = 0, Counter[int](), 0, 0
    for line in islice(lines, _LINES_SEARCHED):
        match = _INDENT.match(line)
        if not match:
            continue
        indent = match[1]
        seen += bool(indent)
        if indent.startswith("\t"):
            tabs += 1
        else:
            steps[abs(len(indent) - previous)] += 1
            previous = len(indent)
        if seen == SAMPLE:
            break
    width = max(_WIDTHS, key=lambda candidate: steps[candidate])
    if tabs > sum(steps[candidate] for candidate in _WIDTHS):
        return "\t"
    return " " * width if steps[width] else DEFAULT
