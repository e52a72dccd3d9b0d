"""Which parts of a file are typed: some lines, some in another place, and then on where it was begun."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.typing_replay.traces import Passage, Trace
from bench.typing_replay.typist import Typist

FEWEST_LINES = 120
"""Of a file: less is a fragment."""
FIRST, ELSEWHERE, THEN = 5, 4, 5
"""Lines typed in each of the three passages."""
APART = 25
"""Lines at least between the two places."""
FEWEST_CHARS = 60
"""In a passage; less is blank lines and brackets."""
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


def sample(source: Source, seed: str) -> Trace | None:
    """Return a trace in this file; None if there are no two places in it."""
    choose = random.Random(f"{seed} {source.origin} {source.path}")
    lines = source.text.rstrip().split("\n")
    places = _places(lines, choose) if len(lines) >= FEWEST_LINES else None
    if places is None:
        return None
    typist = Typist(f"{seed} {source.path}")
    text, passages = _removed(lines, *places, typist)
    return Trace(name=source.path, language=source.language, source=source.origin, text=text, passages=tuple(passages))


def _places(lines: Sequence[str], choose: random.Random) -> tuple[int, int] | None:
    """Return the first lines of the two places."""
    last = len(lines) - FIRST - THEN - 1
    first = [at for at in range(10, last) if _typable(lines, at, FIRST) and _typable(lines, at + FIRST, THEN)]
    choose.shuffle(first)
    for here in first[:20]:
        there = [at for at in range(10, last) if abs(at - here) > APART and _typable(lines, at, ELSEWHERE)]
        if there:
            return here, choose.choice(there)
    return None


def _typable(lines: Sequence[str], at: int, count: int) -> bool:
    """Tell whether these lines are worth typing: they begin and end in text, and none is a comment's or a table's."""
    block = lines[at : at + count]
    enough = len("".join("".join(block).split())) >= FEWEST_CHARS
    short = all(len(line) <= 120 and line == line.rstrip() for line in block)
    spoken = any(line.lstrip().startswith(("#", "//", "*", "/*", '"""', "'''")) for line in block)
    coded = sum(CODE.search(line) is not None for line in block) > len(block) / 2
    begins = bool(re.match(r"[\s]*[\w@.(*&]", block[0]))
    return enough and short and coded and begins and not spoken and bool(block[-1].strip())


def _removed(lines: Sequence[str], here: int, there: int, typist: Typist) -> tuple[str, list[Passage]]:
    """Return the file without the two places, each with its indentation left, and the strokes that fill them."""
    first, then = "\n".join(lines[here : here + FIRST]), "\n".join(lines[here + FIRST : here + FIRST + THEN])
    elsewhere = "\n".join(lines[there : there + ELSEWHERE])
    margin, other = _margin(first), _margin(elsewhere)
    gone = {**dict.fromkeys(range(here, here + FIRST + THEN)), **dict.fromkeys(range(there, there + ELSEWHERE))}
    left: list[str] = []
    offsets: dict[int, int] = {}
    for number, line in enumerate(lines):
        if number in (here, there):
            left.append(margin if number == here else other)
            offsets[number] = len("\n".join(left))
        elif number not in gone:
            left.append(line)
    begun, more = first[len(margin) :], elsewhere[len(other) :]
    at, elsewhere_at = offsets[here], offsets[there]
    elsewhere_at += len(begun) if elsewhere_at > at else 0
    on_at = at + len(begun) + (len(more) if elsewhere_at < at else 0)
    return "\n".join(left) + "\n", [
        typist.passage(at, begun, margin),
        typist.passage(elsewhere_at, more, other),
        typist.passage(on_at, f"\n{then}", first),
    ]


def _margin(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" \t"))]
