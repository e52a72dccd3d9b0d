"""Where in a piece of code a person's cursor could stand, and what they would write next: the middles of training."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from phi_ls.context.snapshot import Snapshot
from phi_ls.prompts.family import heal_fragment

MOST_BLOCK_LINES = 14
"""The product shows blocks of up to twelve lines."""

KINDS = {"line": 0.42, "argument": 0.14, "block": 0.17, "paragraph": 0.08, "next": 0.08, "span": 0.06, "nothing": 0.05}
"""Shares of the kinds of middles: rest of a line, what stands in brackets, a block, lines up to a blank one, the next
lines, any characters, and nothing."""

_BORDER = re.compile(r"(?<=[\w)\]},:=.(\[{\"'+\-*/<>|&])(?=.)")
_CLOSERS = re.compile(r"[)\]}\"'`,;:]+$")
_PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Cut:
    """Text in three parts; the first ends where the product's prompt would end."""

    prefix: str
    middle: str
    suffix: str


def draw(text: str, rng: random.Random) -> Cut | None:
    """Return a cut at a random cursor of a random kind; None if this text has none of that kind."""
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    span = _SPANS[kind](text, rng)
    return None if span is None else healed(text, *span)


def healed(text: str, start: int, end: int) -> Cut:
    """Return the cut whose prefix lacks the unfinished word or blanks at the cursor, as in the product's prompts.

    A word takes the blank in front of it along, which belongs to its token; indentation stays.
    """
    line = text.rfind("\n", 0, start) + 1
    before = text[line:start]
    before = before[: len(before) - len(heal_fragment(_at_end_of(before)))]
    if before.strip():
        before = before.rstrip(" ")
    start = line + len(before)
    return Cut(text[:start], text[start:end], text[end:])


def _at_end_of(line: str) -> Snapshot:
    return Snapshot(
        uri="", version=0, language="", path="", lines=(line,), first_line=0, total_lines=1, line=0, column=len(line)
    )


def _line(text: str, rng: random.Random) -> tuple[int, int] | None:
    """From a place in a line to its end, or to the closers there that an editor has put in already."""
    found = _random_line(text, rng)
    if found is None:
        return None
    first, last = found
    line = text[first:last]
    indent = len(line) - len(line.lstrip())
    borders = [match.start() for match in _BORDER.finditer(line) if match.start() > indent]
    way = rng.random()
    if way < 0.35 or not borders:
        start = indent
    elif way < 0.8:
        start = rng.choice(borders)
        start += line.startswith(" ", start) and rng.random() < 0.5
    else:
        start = rng.randrange(indent, len(line))
    closers = _CLOSERS.search(line, start)
    end = closers.start() if closers and closers.start() > start and rng.random() < 0.25 else len(line)
    return first + start, first + end


def _argument(text: str, rng: random.Random) -> tuple[int, int] | None:
    """Right behind an opening bracket, up to its closing one, or to the end of the line where none has been typed."""
    places = [match.end() for match in re.finditer(r"[(\[{](?=[^\s)\]}])", text)]
    if not places:
        return None
    start = rng.choice(places)
    end_of_line = _line_end(text, start)
    closing = _closing(text, start, end_of_line)
    return start, closing if closing is not None and rng.random() < 0.6 else end_of_line


def _closing(text: str, start: int, end: int) -> int | None:
    opener = text[start - 1]
    depth = 1
    for index in range(start, end):
        depth += (text[index] == opener) - (text[index] == _PAIRS[opener])
        if not depth:
            return index
    return None


def _block(text: str, rng: random.Random) -> tuple[int, int] | None:
    """All lines that are deeper than the one above them."""
    lines = text.split("\n")
    candidates = [
        row for row in range(len(lines) - 1) if lines[row].strip() and _depth(lines[row + 1]) > _depth(lines[row])
    ]
    rng.shuffle(candidates)
    for row in candidates[:6]:
        last = row + 1
        while last < len(lines) and (not lines[last].strip() or _depth(lines[last]) > _depth(lines[row])):
            last += 1
        while not lines[last - 1].strip():
            last -= 1
        if last < len(lines) and 1 <= last - row - 1 <= MOST_BLOCK_LINES:
            return _rows(lines, row, last, rng)
    return None


def _paragraph(text: str, rng: random.Random) -> tuple[int, int] | None:
    """Lines up to a blank one or to one that is less deep."""
    lines = text.split("\n")
    row = rng.randrange(len(lines))
    first = row + 1
    if first >= len(lines) or not lines[first].strip():
        return None
    last = first
    while last < len(lines) and lines[last].strip() and _depth(lines[last]) >= _depth(lines[first]):
        last += 1
    return _rows(lines, row, last, rng) if last < len(lines) and last - first <= MOST_BLOCK_LINES else None


def _next(text: str, rng: random.Random) -> tuple[int, int] | None:
    """One to three lines behind a complete one."""
    lines = text.split("\n")
    row = rng.randrange(len(lines))
    last = row + 1 + rng.choice((1, 1, 1, 2, 3))
    return _rows(lines, row, last, rng) if last < len(lines) and "".join(lines[row + 1 : last]).strip() else None


def _rows(lines: list[str], above: int, last: int, rng: random.Random) -> tuple[int, int]:
    """The rows below `above` and before `last`; from the end of that line, or from the first one's indentation on."""
    start = sum(len(line) + 1 for line in lines[: above + 1]) - 1
    end = sum(len(line) + 1 for line in lines[:last]) - 1
    if rng.random() < 0.5:
        start += 1 + len(lines[above + 1]) - len(lines[above + 1].lstrip())
    return min(start, end), end


def _span(text: str, rng: random.Random) -> tuple[int, int] | None:
    start = rng.randrange(len(text))
    return start, min(len(text), start + int(2 ** rng.uniform(1, 8.5)))


def _nothing(text: str, rng: random.Random) -> tuple[int, int] | None:
    found = _random_line(text, rng)
    if found is None:
        return None
    borders = [match.start() for match in _BORDER.finditer(text, *found)]
    place = rng.choice(borders) if borders and rng.random() < 0.5 else found[1]
    return place, place


def _random_line(text: str, rng: random.Random) -> tuple[int, int] | None:
    for _ in range(8):
        place = rng.randrange(len(text))
        first, last = text.rfind("\n", 0, place) + 1, _line_end(text, place)
        if len(text[first:last].strip()) >= 3:
            return first, last
    return None


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else 0


_SPANS = {
    "line": _line, "argument": _argument, "block": _block, "paragraph": _paragraph,
    "next": _next, "span": _span, "nothing": _nothing,
}  # fmt: skip
