"""What can be taken from an open document: its definitions by name, and its blocks of lines by their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cachetools import LRUCache

from phi_ls.context import definitions
from phi_ls.context.passages import OpenFile, Passage, passage, words
from phi_ls.context.syntax import Syntax

MAX_LINES = 2_000
"""Of a longer document the beginning is looked at."""

MAX_LINE_CHARS = 400
"""Blocks with longer lines are data, or minified."""

DEFINITION_LINES = 12
"""A signature, what its docstring begins with, and of a short function the body."""

BLOCK_LINES = 16
"""Blocks begin at multiples of it, so that the same lines are found again while those around them are edited."""

REMEMBERED_FILES = 64


@dataclass(frozen=True)
class FileIndex:
    """One version of a document."""

    definitions: Mapping[str, tuple[Passage, ...]]
    blocks: tuple[tuple[Passage, frozenset[str]], ...]

    def block_at(self, line: int) -> Passage | None:
        """Return the block that holds a line."""
        inside = (block for block, _ in self.blocks if block.first_line // BLOCK_LINES == line // BLOCK_LINES)
        return next(inside, None)


class FileIndexes:
    """Indexes of the documents used last; each is made once for a version, and never while somebody waits.

    2,600 lines take 20 ms, of which parsing takes 12.
    """

    def __init__(self) -> None:
        self._known: LRUCache[str, tuple[OpenFile, FileIndex]] = LRUCache(REMEMBERED_FILES)

    def ready(self, files: Iterable[OpenFile]) -> list[OpenFile]:
        """Return the documents that have an index, be it of an earlier version."""
        return [file for file in files if file.uri in self._known]

    def catch_up(self, files: Iterable[OpenFile]) -> bool:
        """Index the first document whose index is missing or old; return whether there may be another."""
        stale = next((file for file in files if not self._is_known(file)), None)
        if stale is not None:
            self._known[stale.uri] = (stale, _index(stale))
        return stale is not None

    def versions(self, files: Iterable[OpenFile]) -> dict[str, int]:
        """Return the versions of the documents as they were indexed."""
        return {file.uri: self._known[file.uri][0].version for file in self.ready(files)}

    def of(self, file: OpenFile) -> FileIndex:
        """Return the index of a document that has one."""
        return self._known[file.uri][1]

    def forget(self, uri: str) -> None:
        """A document was closed."""
        self._known.pop(uri, None)

    def _is_known(self, file: OpenFile) -> bool:
        known = self._known.get(file.uri)
        # A document that was closed and opened again begins with the same version.
        return known is not None and known[0].version == file.version and known[0].lines is file.lines


def _index(file: OpenFile) -> FileIndex:
    found: dict[str, tuple[Passage, ...]] = {}
    # The beginning of a long document is another text than the one of which the document keeps a tree.
    long = len(file.lines) > MAX_LINES
    parsed = Syntax(file.language).of(file.lines[:MAX_LINES]) if long else file.parsed()
    for facts in definitions.outline(parsed) if parsed is not None else ():
        stop = min(facts.last_line + 1, facts.first_line + DEFINITION_LINES)
        if _is_readable(file, facts.first_line, stop):
            found[facts.name] = (*found.get(facts.name, ()), passage(file, facts.first_line, stop))
    return FileIndex(found, tuple(_blocks(file)))


def _blocks(file: OpenFile) -> list[tuple[Passage, frozenset[str]]]:
    count = min(len(file.lines), MAX_LINES)
    found = []
    for first in range(0, count, BLOCK_LINES):
        stop = min(first + BLOCK_LINES, count)
        if _is_readable(file, first, stop) and (block := passage(file, first, stop)).text:
            found.append((block, words(file.lines[first:stop])))
    return found


def _is_readable(file: OpenFile, first: int, stop: int) -> bool:
    return all(len(line) <= MAX_LINE_CHARS for line in file.lines[first:stop])
