"""Which parts of a file are typed: some lines, an edit elsewhere, back and on, another place, and the rest."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.typing_replay.traces import Passage, Trace
from bench.typing_replay.typist import Typist

FEWEST_LINES = 120
"""Of a file: less is a fragment."""
HERE = (3, 3, 4)
"""Lines typed in one place, in three goes: an edit elsewhere comes in between, then a longer one in a third place."""
THERE = 4
APART = 25
"""Lines at least between the place and the others."""
FEWEST_CHARS = 12
"""In a line on average; less is blank lines and brackets."""
CLOSING = 0.5
"""Of the passages are typed in an editor that closes brackets and quotes by itself."""
CODE = re.compile(r"[=({;]|^\s*(return|else|elif|if|try|for|while|with|raise|import|from|class|def|}|\))\b")
"""What stands in more than half of the lines of code, and in few lines of prose."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file that no model here has been trained on."""

    path: str
    language: str
    """LSP language id."""
    origin: str
    """Package, version and licence."""
    text: str


@dataclass(frozen=True)
class Piece:
    """Lines that are typed in one go; pieces stand in the order of typing."""

    first: int
    count: int
    place: int
    """The first line of the place that they belong to: theirs, or that of a piece typed before, which they follow."""


def sample(source: Source, seed: str) -> Trace | None:
    """Return a trace in this file; None if there are not enough places in it."""
    choose = random.Random(f"{seed} {source.origin} {source.path}")
    lines = source.text.rstrip().split("\n")
    pieces = _pieces(lines, choose) if len(lines) >= FEWEST_LINES else None
    if pieces is None:
        return None
    typist = Typist(f"{seed} {source.path}")
    passages = tuple(
        _passage(lines, pieces, number, typist, closes=choose.random() < CLOSING) for number in range(len(pieces))
    )
    text = _document(lines, pieces, 0)[0]
    return Trace(name=source.path, language=source.language, source=source.origin, text=text, passages=passages)


def _pieces(lines: Sequence[str], choose: random.Random) -> list[Piece] | None:
    """Return what is typed: some lines, one elsewhere, then on, some in another place, and then the rest."""
    last = len(lines) - sum(HERE) - 1
    first = [at for at in range(10, last) if all(_typable(lines, begin, count) for begin, count in _follow(at))]
    choose.shuffle(first)
    for here in first[:20]:
        aside = [at for at in range(10, last) if abs(at - here) > APART and _typable(lines, at, 1)]
        there = [at for at in range(10, last) if abs(at - here) > APART and _typable(lines, at, THERE)]
        edited = choose.choice(aside) if aside else here
        far = [at for at in there if abs(at - edited) > THERE]
        if aside and far:
            one, two, three = (Piece(begin, count, here) for begin, count in _follow(here))
            other = choose.choice(far)
            return [one, Piece(edited, 1, edited), two, Piece(other, THERE, other), three]
    return None


def _follow(here: int) -> list[tuple[int, int]]:
    """Return first line and number of the three pieces that begin here."""
    first, then, rest = HERE
    return [(here, first), (here + first, then), (here + first + then, rest)]


def _typable(lines: Sequence[str], at: int, count: int) -> bool:
    """Tell whether these lines are worth typing: they begin and end in text, and none is a comment's or a table's."""
    block = lines[at : at + count]
    enough = len("".join("".join(block).split())) >= FEWEST_CHARS * count
    short = all(len(line) <= 120 and line == line.rstrip() for line in block)
    spoken = any(line.lstrip().startswith(("#", "//", "*", "/*", '"""', "'''")) for line in block)
    coded = sum(CODE.search(line) is not None for line in block) > len(block) / 2
    begins = bool(re.match(r"[\s]*[\w@.(*&]", block[0]))
    return enough and short and coded and begins and not spoken and bool(block[-1].strip())


def _passage(lines: Sequence[str], pieces: Sequence[Piece], number: int, typist: Typist, *, closes: bool) -> Passage:
    """Return the strokes for a piece, at its offset in the document as it is when those before it have been typed."""
    piece = pieces[number]
    block = "\n".join(lines[piece.first : piece.first + piece.count])
    at = _document(lines, pieces, number)[1][piece.place]
    if piece.first != piece.place:
        above = "\n".join(lines[piece.place : piece.first])
        return typist.passage(at, f"\n{block}", above, closes=closes)
    margin = _margin(block)
    return typist.passage(at, block[len(margin) :], margin, closes=closes)


def _document(lines: Sequence[str], pieces: Sequence[Piece], typed: int) -> tuple[str, dict[int, int]]:
    """Return the file in which only the first pieces have been typed, and where each place goes on in it.

    Of a place in which nothing has been typed, the indentation is left.
    """
    missing = {line for piece in pieces[typed:] for line in _lines(piece)}
    left: list[str] = []
    offsets: dict[int, int] = {}
    places = {line: piece.place for piece in pieces for line in _lines(piece)}
    for number, line in enumerate(lines):
        place = places.get(number)
        if number not in missing:
            left.append(line)
        elif number == place:
            left.append(_margin(line))
        if place is not None and (number not in missing or number == place):
            offsets[place] = len("\n".join(left))
    return "\n".join(left) + "\n", offsets


def _lines(piece: Piece) -> range:
    return range(piece.first, piece.first + piece.count)


def _margin(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" \t"))]
