r"""The text around the cursor that goes into a prompt, with edges that stay put while a person types.

A prompt is cheap only as far as it begins like the one before. So the front edge lies at a multiple of `STEP_LINES` in
the document and is kept until the text no longer fits; the back edge is counted from the document's end, which typing
in front of it does not move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from phi_ls.context.snapshot import Snapshot

STEP_LINES = 16
STEP_COLUMNS = 256
"""The step within one line that is too long for the window by itself."""

SUFFIX_SHARE = 0.3
"""For models that use it, at most this share of the window lies after the cursor."""

SLACK = 0.25
"""Share of the room in front of the cursor that a new edge leaves free, so that it need not move soon."""


@dataclass(frozen=True, kw_only=True)
class Edges:
    """Where a window begins and ends in its document; kept per document from one request to the next."""

    start: int
    """First line, from 0."""
    end: int
    """Lines between the window's end and the document's."""
    start_column: int = 0
    """First column of the first line; not 0 only where that line, the cursor's, is too long."""
    cut: bool = False
    """The worker counted more tokens than were reckoned with and set an edge: the window is smaller than planned."""


@dataclass(frozen=True, kw_only=True)
class Window:
    r"""What the model is shown, lines joined by \n."""

    prefix: str
    """Ends exactly at the cursor."""
    suffix: str
    """Begins exactly at the cursor."""
    edges: Edges


def plan(
    snapshot: Snapshot,
    *,
    tokens_for_text: int,
    chars_per_token: float,
    previous: Edges | None = None,
    suffix_share: float = SUFFIX_SHARE,
) -> Window:
    """Return the window of at most about `tokens_for_text` tokens; `previous` are the document's last edges."""
    room = max(0, int(tokens_for_text * _density(snapshot, chars_per_token)))
    end, suffix = _suffix(snapshot, int(room * suffix_share), previous)
    edges = _front(snapshot, room - len(suffix), previous)
    return Window(prefix=_prefix(snapshot, edges), suffix=suffix, edges=replace(edges, end=end))


def after_cut(edges: Edges, lines_cut: Mapping[str, int]) -> Edges:
    """Return the edges that the worker's cut (`Started.lines_cut`) left; the next window begins and ends there."""
    front, back = max(0, lines_cut.get("prefix", 0)), max(0, lines_cut.get("suffix", 0))
    column = 0 if front else edges.start_column
    cut = edges.cut or front + back > 0
    return Edges(start=edges.start + front, start_column=column, end=edges.end + back, cut=cut)


def _density(snapshot: Snapshot, chars_per_token: float) -> float:
    """Return the characters per token to reckon with in this document, in few steps so that a key does not change it.

    Outside ASCII a token is about two bytes of UTF-8: Chinese is 1.5 tokens a character where code has a third of one.
    """
    text = "".join(snapshot.lines)  # line by line it took three quarters of planning a window
    extra = 0 if text.isascii() else len(text.encode("utf-8", "replace")) - len(text)
    steps = round(8 * extra / (len(text) or 1)) / 8
    return chars_per_token / (1 + 0.75 * chars_per_token * steps)


def _least(room: int, previous: Edges) -> int:
    """Return the characters that a kept edge must still show.

    With fewer the cursor has gone towards the edge: the prompt is new anyway, so a better edge costs nothing.
    """
    return room // 8 if previous.cut else room // 2


def _step_edge(outermost: int, cursor: int) -> int:
    """Return the edge between two lines at the coarsest step that keeps half of what would fit."""
    step = STEP_LINES
    while step > 1 and 2 * (cursor - -(-outermost // step) * step) < cursor - outermost:
        step //= 2
    return -(-outermost // step) * step


def _prefix(snapshot: Snapshot, edges: Edges) -> str:
    above = snapshot.lines[edges.start - snapshot.first_line : snapshot.row]
    return "\n".join((*above, snapshot.before))[edges.start_column :]


def _front(snapshot: Snapshot, room: int, previous: Edges | None) -> Edges:
    """Return the last front edge while it still serves, else a new one that leaves some room free."""
    if previous is not None and snapshot.first_line <= previous.start <= snapshot.line:
        size = len(_prefix(snapshot, previous))
        whole = previous.start == 0 and previous.start_column == 0
        in_place = previous.start_column == 0 or previous.start == snapshot.line
        if in_place and size <= room and (whole or size >= _least(room, previous)):
            return previous
    room = int(room * (1 - SLACK))
    if len(snapshot.before) <= room:
        return Edges(start=_step_edge(_outermost(snapshot, room), snapshot.line), end=0)
    column = -(-(len(snapshot.before) - room) // STEP_COLUMNS) * STEP_COLUMNS
    return Edges(start=snapshot.line, end=0, start_column=min(column, len(snapshot.before)))


def _outermost(snapshot: Snapshot, room: int) -> int:
    """Return the first line from which the text up to the cursor fits, if the cursor's own line does."""
    above = _fitting(snapshot.before, reversed(snapshot.lines[: snapshot.row]), room)
    return snapshot.line - above


def _suffix(snapshot: Snapshot, room: int, previous: Edges | None) -> tuple[int, str]:
    """Return the lines left out at the document's end, and the text from the cursor up to there."""
    following = snapshot.lines[snapshot.row + 1 :]
    below = snapshot.total_lines - snapshot.line - 1
    outermost = below - _fitting(snapshot.after, following, room)
    end = _step_edge(outermost, below)
    if previous is not None and outermost <= previous.end <= below:
        kept = "\n".join(following[: below - previous.end])
        end = previous.end if len(kept) >= _least(room, previous) else end
    return end, "\n".join((snapshot.after, *following[: below - end]))[:room]


def _fitting(first: str, others: Iterable[str], room: int) -> int:
    """Return how many of the other lines fit whole next to the part of the cursor's line."""
    size, count = len(first), 0
    for text in others:
        size += len(text) + 1
        if size > room:
            break
        count += 1
    return count
