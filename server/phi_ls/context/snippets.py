"""Which passages of other open documents are worth showing at a cursor, the most telling first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from phi_ls.context.file_index import FileIndexes
from phi_ls.context.passages import WORD, OpenFile, Passage, alike, related, telling_lines, tokens, words
from phi_ls.context.snapshot import Snapshot

LINES_ABOVE, LINES_BELOW = 16, 4
"""Around the cursor: names that are used there are looked up, and blocks that use the same ones are alike."""

MAX_FILES = 8
"""Documents that are looked at, those used last."""

MAX_DEFINITIONS = 4
"""Otherwise a line with many calls leaves no room for anything else."""

MIN_RESEMBLANCE = 0.1
"""Share of words that a block and the lines around the cursor have in common (of all that they have); with less they
have no more in common than any two pieces of the same language."""


def others(snapshot: Snapshot, files: Iterable[OpenFile]) -> list[OpenFile]:
    """Return the first few documents that have something to say about this one."""
    # The same path under another scheme is an older version of the same file, as beside a comparison.
    found = (file for file in files if file.uri != snapshot.uri and file.path != snapshot.path)
    return list(islice((file for file in found if related(snapshot.language, file.language)), MAX_FILES))


def candidates(snapshot: Snapshot, files: Sequence[OpenFile], indexes: FileIndexes) -> list[Passage]:
    """Return passages of other documents, the one used last first: definitions, recent edits, then what is alike."""
    return [*_definitions(snapshot, files, indexes), *_edited(files, indexes), *_resembling(snapshot, files, indexes)]


def fitting(offered: Sequence[Passage], shown: str, room: int, chars_per_token: float) -> list[Passage]:
    """Return those, in this order, that say something new beside `shown` and each other and fit into the tokens."""
    taken: list[Passage] = []
    there = telling_lines(shown.split("\n"))
    for each in offered:
        mine = each.lines
        repeats = alike(mine, there) or any(alike(mine, other.lines) or alike(other.lines, mine) for other in taken)
        if not repeats and tokens((*taken, each), chars_per_token) <= room:
            taken.append(each)
    return taken


def _around(snapshot: Snapshot) -> Sequence[str]:
    return snapshot.lines[max(snapshot.row - LINES_ABOVE, 0) : snapshot.row + LINES_BELOW + 1]


def _definitions(snapshot: Snapshot, files: Sequence[OpenFile], indexes: FileIndexes) -> list[Passage]:
    """Return the definitions of names that are used around the cursor, those nearest above it first."""
    found: list[Passage] = []
    for name in _names(snapshot):
        known = [each for file in files for each in indexes.of(file).definitions.get(name, ())]
        # What several documents define under one name, such as `run` and `__init__`, says nothing about this one.
        if len(known) == 1 and known[0] not in found:
            found.append(known[0])
        if len(found) == MAX_DEFINITIONS:
            break
    return found


def _names(snapshot: Snapshot) -> Iterator[str]:
    """Yield the words around the cursor, each once, from the cursor upwards and then downwards."""
    seen: set[str] = set()
    above = (snapshot.before, *reversed(snapshot.lines[max(snapshot.row - LINES_ABOVE, 0) : snapshot.row]))
    below = (snapshot.after, *snapshot.lines[snapshot.row + 1 : snapshot.row + LINES_BELOW + 1])
    for line in (*above, *below):
        for name in reversed(WORD.findall(line)):
            if name not in seen:
                seen.add(name)
                yield name


def _edited(files: Sequence[OpenFile], indexes: FileIndexes) -> Iterator[Passage]:
    for file in files:
        if file.edited_line is not None and (block := indexes.of(file).block_at(file.edited_line)):
            yield block


def _resembling(snapshot: Snapshot, files: Sequence[OpenFile], indexes: FileIndexes) -> list[Passage]:
    """Return of each document the block that shares most words with the lines around the cursor, the best first."""
    here = words(_around(snapshot))
    best: list[tuple[float, Passage]] = []
    for file in files:
        rated = [(_resemblance(here, there), block) for block, there in indexes.of(file).blocks]
        score, block = max(rated, key=lambda each: each[0], default=(0.0, None))
        if block is not None and score >= MIN_RESEMBLANCE:
            best.append((score, block))
    return [block for _, block in sorted(best, key=lambda each: -each[0])]


def _resemblance(here: frozenset[str], there: frozenset[str]) -> float:
    common = len(here & there)
    return common / (len(here) + len(there) - common) if common else 0.0
