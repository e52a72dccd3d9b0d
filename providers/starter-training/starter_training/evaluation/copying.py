"""The baseline without a model: where the document stands most like this elsewhere, and what follows there."""

from __future__ import annotations

from collections.abc import Iterator

from phi_ls.context.repeats import longest_repetition, until_closed
from starter_training.evaluation.candidates import MAX_BODY_LINES
from starter_training.evaluation.cursors import Cursor


def copied(cursor: Cursor) -> str:
    """Return what follows the longest other occurrence of the text in front of the cursor; empty if there is none.

    The text may run over line ends and is looked for on both sides of the cursor; of equally long occurrences the
    nearest one in front of the cursor is taken, then the nearest one behind. What the line has right of the cursor
    already is not suggested again.
    """
    take = _block if cursor.is_multiline else _rest_of_line
    for text, end in _occurrences(cursor):
        found = take(cursor, text, end)
        if found.strip():
            return found if cursor.before.rpartition("\n")[2].strip() else found.lstrip(" \t")
    return ""


def _occurrences(cursor: Cursor) -> Iterator[tuple[str, int]]:
    """Yield where the text in front of the cursor occurs again, as a text and an offset; longest occurrences first."""
    for length in range(longest_repetition(cursor.before, cursor.after), 0, -1):
        needle = cursor.before[-length:]
        end = len(cursor.before) - 1
        while (at := cursor.before.rfind(needle, 0, end)) >= 0:
            yield cursor.before, at + length
            end = at + length - 1
        at = -1
        while (at := cursor.after.find(needle, at + 1)) >= 0:
            yield cursor.after, at + length


def _rest_of_line(cursor: Cursor, text: str, end: int) -> str:
    rest = text[end:].partition("\n")[0].rstrip()
    right = cursor.after.partition("\n")[0].strip()
    return rest[: until_closed(rest)] if right else rest


def _block(_cursor: Cursor, text: str, end: int) -> str:
    line = text[:end].rpartition("\n")[2]
    least = len(line) - len(line.lstrip()) + bool(line.strip())
    first, *others = text[end:].split("\n")
    block = [first]
    for other in others[: 2 * MAX_BODY_LINES]:
        if other.strip() and len(other) - len(other.lstrip()) < least:
            break
        block.append(other)
    return "\n".join(block).rstrip()
