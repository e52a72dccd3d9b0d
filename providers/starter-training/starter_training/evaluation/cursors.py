"""Cursors drawn from the test corpus: at each, the file lacks what was written there."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from starter_training.evaluation.candidates import BODY, SINGLE_KINDS, Place, places
from starter_training.evaluation.corpus import GROUPS, SourceFile, spread
from starter_training.evaluation.syntax import parse

SEED = 20
"""Of all that is drawn."""

MAX_PASSES = 20
"""Cursors of one kind in one file."""


@dataclass(frozen=True)
class Cursor:
    """A place in a file whose text from there on, as far as the truth goes, is to be suggested."""

    file: SourceFile
    kind: str
    start: int
    end: int

    @property
    def truth(self) -> str:
        """What was written there."""
        return self.file.text[self.start : self.end]

    @property
    def before(self) -> str:
        """The document in front of the cursor."""
        return self.file.text[: self.start]

    @property
    def after(self) -> str:
        """The document behind the cursor."""
        return self.file.text[self.end :]

    @property
    def is_multiline(self) -> bool:
        """Whether a block is to be suggested rather than the rest of a line."""
        return self.kind == BODY

    @cached_property
    def row(self) -> int:
        """The cursor's line, from 0."""
        return self.before.count("\n")


def draw(files: Sequence[SourceFile], *, single: int, multiline: int, seed: int = SEED) -> list[Cursor]:
    """Return so many cursors, as equally over languages and kinds as the corpus allows; fewer are among more."""
    groups = [group for group in GROUPS if any(file.group == group for file in files)]
    candidates = _remembering()
    wanted = [(group, kind, single) for kind in SINGLE_KINDS for group in groups]
    found: list[Cursor] = []
    for index, (group, kind, total) in enumerate([*wanted, *((group, BODY, multiline) for group in groups)]):
        parts, part = (len(groups), index - len(wanted)) if kind == BODY else (len(wanted), index)
        count = total // parts + (part < total % parts)
        found += _of_kind(files, group, kind, count, f"{seed} {group} {kind}", candidates)
    return found


def _of_kind(
    files: Sequence[SourceFile], group: str, kind: str, count: int, seed: str, candidates: _Candidates
) -> list[Cursor]:
    choose = random.Random(seed)
    order = spread(files, group, seed)
    found: dict[tuple[str, str, int], Cursor] = {}
    for _ in range(MAX_PASSES):
        for file in order:
            if len(found) >= count:
                return list(found.values())
            if options := candidates(file, kind):
                place = choose.choice(options)
                found[file.package, file.path, place.start] = Cursor(file, kind, place.start, place.end)
    return list(found.values())


_Candidates = Callable[[SourceFile, str], list[Place]]


def _remembering() -> _Candidates:
    known: dict[tuple[str, str], dict[str, list[Place]]] = {}

    def candidates(file: SourceFile, kind: str) -> list[Place]:
        key = file.package, file.path
        if key not in known:
            known[key] = _by_kind(file)
        return known[key].get(kind, [])

    return candidates


def _by_kind(file: SourceFile) -> dict[str, list[Place]]:
    """Return the file's places; none where the grammar does not understand the file as it is."""
    source = parse(file.text, file.language)
    kinds: dict[str, list[Place]] = {}
    for place in () if source.root.has_error else places(source):
        kinds.setdefault(place.kind, []).append(place)
    return kinds
