"""The passages of other documents in a document's prompts, in an order that stays while a person types.

They stand in front of everything that typing changes. So a change among them costs the whole prompt behind it, and
happens where that is lost anyway (the first prompt, another window, a jump), or when a person has paused while other
documents were opened, edited or closed. A passage keeps its place for as long as it is shown; new ones go to the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from cachetools import LRUCache

from phi_ls.context.file_index import FileIndexes
from phi_ls.context.passages import PART_NAME, OpenFile, Passage, tokens
from phi_ls.context.secrets import masked, masked_lines
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.snippets import candidates, fitting, others
from phi_ls.context.window import Edges, Window

ROOM_SHARE = 0.25
"""Of the tokens for text, at most: the document itself says more about its next line than any other does."""

JUMP_LINES = 32
"""A cursor that moves further begins something else; the text after it, in front of the prompt, is another one."""

PAUSE_S = 0.3
"""Without a prompt for so long, nobody types. It is shorter than the wait for what is computed in pauses, which so pays
for the change."""

REMEMBERED_DOCUMENTS = 64


@dataclass(frozen=True)
class _Section:
    """The passages in one document's prompts."""

    passages: tuple[Passage, ...]
    line: int
    asked_at: float
    known: Mapping[str, int]
    """Versions of the other documents among whose passages they were chosen."""


class Ring:
    """Chooses passages for all documents of a session."""

    def __init__(
        self, files: Callable[[], Iterable[OpenFile]] = tuple, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """`files` returns the open documents that a model may see, in the order in which they were opened."""
        self._files = files
        self._clock = clock
        self._indexes = FileIndexes()
        self._sections: LRUCache[str, _Section] = LRUCache(REMEMBERED_DOCUMENTS)
        self._typed_in: dict[str, float] = {}

    def around(
        self,
        snapshot: Snapshot,
        plan: Callable[[int], Window],
        *,
        previous: Edges | None,
        tokens_for_text: int,
        chars_per_token: float,
    ) -> tuple[tuple[Passage, ...], Window]:
        """Return the passages to show at the cursor, and the window that fits beside them.

        `plan` makes the window when so many tokens are taken by passages; `previous` are the document's last edges.
        """
        files, now = list(self._files()), self._clock()
        section = self._sections.get(snapshot.uri)
        passages = _still_open(section.passages if section else (), files)
        window = plan(tokens(passages, chars_per_token))
        neighbours = self._neighbours(snapshot, files)
        self._typed_in[snapshot.uri] = now
        lost = section is None or _moved(previous, window) or abs(snapshot.line - section.line) > JUMP_LINES
        paused = section is None or now - section.asked_at >= PAUSE_S
        if section is None:
            # The whole prompt is new: next to computing it, a look into one document is nothing.
            self._indexes.catch_up(neighbours)
        indexed, known = self._indexes.versions(neighbours), section.known if section else {}
        if lost or (paused and known != indexed):
            ready, known = self._indexes.ready(neighbours), indexed
            room = int(tokens_for_text * ROOM_SHARE)
            current = [each for each in passages if _is_current(each, files)]
            wanted = candidates(snapshot, ready, self._indexes)
            # In a pause what is shown comes first, so that all of it stays.
            offered = list(dict.fromkeys((*wanted, *current) if lost else (*current, *wanted)))
            fresh = _in_place(passages, fitting(offered, window.prefix + window.suffix, room, chars_per_token))
            if fresh != passages:
                passages, window = fresh, plan(tokens(fresh, chars_per_token))
        self._sections[snapshot.uri] = _Section(passages, snapshot.line, now, known)
        return passages, window

    def cut(self, uri: str, lines_cut: Mapping[str, int]) -> None:
        """Leave off from now on what the worker had no room for (`Started.lines_cut`), the last passages."""
        section = self._sections.get(uri)
        count = sum(name.startswith(PART_NAME) for name in lines_cut)
        if section is not None and count:
            self._sections[uri] = replace(section, passages=section.passages[:-count])

    def catch_up(self, snapshot: Snapshot) -> bool:
        """While nobody waits, look into one of the other documents; return whether there may be another."""
        return self._indexes.catch_up(self._neighbours(snapshot, list(self._files())))

    def forget(self, uri: str) -> None:
        """A document was closed."""
        self._sections.pop(uri, None)
        self._typed_in.pop(uri, None)
        self._indexes.forget(uri)

    def _neighbours(self, snapshot: Snapshot, files: list[OpenFile]) -> list[OpenFile]:
        """Return the other documents that are looked at: those typed in last, then those opened last."""
        return others(snapshot, sorted(files, key=lambda file: self._typed_in.get(file.uri, 0.0))[::-1])


def _in_place(old: tuple[Passage, ...], chosen: list[Passage]) -> tuple[Passage, ...]:
    """Return what was chosen: what was there before where it was, and the new ones behind."""
    return (*(each for each in old if each in chosen), *(each for each in chosen if each not in old))


def _still_open(passages: tuple[Passage, ...], files: Iterable[OpenFile]) -> tuple[Passage, ...]:
    """Return the passages of documents that a model may still see."""
    readable = {file.uri for file in files} if passages else set()
    return tuple(each for each in passages if each.uri in readable)


def _is_current(passage: Passage, files: Iterable[OpenFile]) -> bool:
    """Whether the document still has these lines, wherever."""
    first = passage.text.partition("\n")[0]
    count = passage.text.count("\n") + 1
    lines = next((file.lines for file in files if file.uri == passage.uri), ())
    places = (at for at, line in enumerate(lines) if masked(line) == first or line == first)
    return any("\n".join(masked_lines(lines[at : at + count])) == passage.text for at in places)


def _moved(previous: Edges | None, window: Window) -> bool:
    """Whether a window begins or ends elsewhere than the last one; where nothing after the cursor is shown, begins."""
    if previous is None or (previous.start, previous.start_column) != (window.edges.start, window.edges.start_column):
        return True
    return bool(window.suffix) and previous.end != window.edges.end
