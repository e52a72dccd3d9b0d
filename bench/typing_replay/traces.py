"""What a person types: files, places, texts and times, as plain values that are kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """One key, as the state of the passage behind it: its first `done` characters, `wrong`, the cursor, and `ahead`.

    A state and no edit, so that whoever has accepted a suggestion can go on with the key that comes next.
    """

    gap_ms: float
    """Since the stroke before."""
    done: int
    wrong: str = ""
    """What stands behind that and will be taken away again: a slip, or indentation that the editor has added."""
    ahead: str = ""
    """What the editor has closed by itself right of the cursor; each closer is one of the passage's own, further on."""
    ahead_at: int = 0
    """Where in the passage that begins. Nobody accepts a suggestion that would write it a second time."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Text that is typed in one place."""

    at: int
    """Offset in the document as it is when the cursor is put there."""
    text: str
    strokes: tuple[Stroke, ...]
    """The last one has done the whole text."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    r"""A file without some passages, which are then typed in order. Line ends are \n."""

    name: str
    language: str
    """LSP language id."""
    source: str
    """Package, version and licence of the file."""
    text: str
    """The file when it is opened."""
    passages: tuple[Passage, ...]

    @property
    def intended(self) -> str:
        """The file when all has been typed."""
        text = self.text
        for passage in self.passages:
            text = text[: passage.at] + passage.text + text[passage.at :]
        return text

    @property
    def strokes(self) -> int:
        """Keys, if no suggestion is accepted."""
        return sum(len(passage.strokes) for passage in self.passages)


@dataclass(frozen=True)
class Edit:
    """What a key changes: the text between two offsets of the passage is replaced."""

    start: int
    end: int
    text: str


def edit(old: str, new: str) -> Edit:
    """Return the smallest replacement, as far back as it can be, that makes the old text the new one."""
    most = min(len(old), len(new))
    pairs = enumerate(zip(old, new, strict=False))
    same = next((place for place, (one, other) in pairs if one != other), most)
    tails = enumerate(zip(reversed(old[same:]), reversed(new[same:]), strict=False))
    tail = next((size for size, (one, other) in tails if one != other), most - same)
    return Edit(same, len(old) - tail, new[same : len(new) - tail])


def state(passage: Passage, stroke: Stroke) -> str:
    """Return what stands at the passage's place behind this stroke."""
    return before_cursor(passage, stroke) + stroke.ahead


def before_cursor(passage: Passage, stroke: Stroke) -> str:
    """Return what of that stands left of the cursor."""
    return passage.text[: stroke.done] + stroke.wrong


@dataclass(frozen=True)
class Ahead:
    """What stands right of the cursor, and where in the passage that begins."""

    text: str
    at: int


def ahead(passage: Passage, following: int, done: int) -> Ahead:
    """Return what stands right of the cursor of somebody who has accepted `done` characters before stroke `following`.

    As where an editor closes the brackets of what is accepted, too.
    """
    last = passage.strokes[following - 1] if following else Stroke(gap_ms=0, done=0)
    return Ahead(last.ahead, last.ahead_at) if last.done <= done <= last.ahead_at else Ahead("", 0)


def next_stroke(passage: Passage, following: int, done: int) -> int:
    """Return the stroke with which somebody goes on who has accepted `done` characters before stroke `following`."""
    strokes = passage.strokes
    later = range(following, len(strokes))
    return next((at for at in later if strokes[at].done > done and not strokes[at].wrong), len(strokes))


def write(traces: Sequence[Trace], file: Path) -> None:
    """Keep traces in a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    body = json.dumps([asdict(trace) for trace in traces], ensure_ascii=False, separators=(",", ":"))
    file.write_text(body, "utf-8", newline="\n")


def read(file: Path) -> list[Trace]:
    """Return the traces of a file."""
    return [_trace(entry) for entry in json.loads(file.read_text("utf-8"))]


def _trace(entry: dict[str, Any]) -> Trace:
    return Trace(**{**entry, "passages": tuple(_passages(entry["passages"]))})


def _passages(entries: list[dict[str, Any]]) -> Iterator[Passage]:
    for entry in entries:
        strokes = tuple(Stroke(**stroke) for stroke in entry["strokes"])
        yield Passage(at=entry["at"], text=entry["text"], strokes=strokes)
