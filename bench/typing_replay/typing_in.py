"""A file that is being typed in: what stands where, what the editor shows, and the request that is on its way."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from bench.typing_replay.acceptance import Acceptance
from bench.typing_replay.document import OpenFile
from bench.typing_replay.records import Key, Played
from bench.typing_replay.screen import Screen
from bench.typing_replay.suggesting import Arrival, Suggesting
from bench.typing_replay.traces import Ahead, Edit, Passage, Stroke, before_cursor, edit


@dataclass(frozen=True)
class Manner:
    """How an editor asks."""

    name: str
    cancels: bool
    """Whether the request before is cancelled when a key is pressed."""
    pause_ms: float
    """Without a key, before it asks."""


class TypingIn:
    """One passage after the other."""

    def __init__(self, client: Suggesting, manner: Manner, file: OpenFile, played: Played) -> None:
        self.file, self.played = file, played
        self.screen = Screen()
        self.last_at = self._opened_at = time.perf_counter()
        self._client = client
        self._manner = manner
        self._at = 0
        self._before = self._ahead = ""
        self._ahead_at = 0
        self._by_suggestion: set[int] = set()
        self._keys: dict[int, tuple[Key, float]] = {}
        self._unexplained: dict[int, Key] = {}
        self._pending: int | None = None
        self._ask_at = math.inf

    @property
    def without_reason(self) -> int:
        """How many requests have been sent since reasons were asked for last."""
        return len(self._unexplained)

    def go_to(self, offset: int) -> None:
        """Put the cursor somewhere else."""
        self.note_screen()
        self._leave()
        self.screen.clear()
        self._at, self._before, self._ahead, self._ahead_at = offset, "", "", 0
        self._by_suggestion.clear()

    def meant(self, passage: Passage, done: int) -> str:
        """Return what is to be written at the cursor, up to what stands right of it already."""
        return passage.text[done : self._ahead_at] if self._ahead else passage.text[done:]

    def press(self, passage: Passage, stroke: Stroke) -> None:
        """Press a key of the trace."""
        before = before_cursor(passage, stroke)
        change = edit(self._before, before)
        deletes = change.end > change.start
        moves = before + stroke.ahead == self._before + self._ahead
        over = moves and len(before) - len(self._before) == 1
        kind = "delete" if deletes else "move" if moves and not over else "type"
        self._key(kind, typed=len(change.text) if kind == "type" else 0)
        gone = self._by_suggestion & set(range(change.start, change.end))
        self.played.lost += len(gone)
        self._by_suggestion -= gone
        if deletes or kind == "move" or self._closes_what_is_shown(change.text, stroke.ahead):
            self.screen.clear()
        else:
            self.screen.typed(change.text)
        self._write(before, stroke.ahead, asks=kind != "move")
        self._ahead_at = stroke.ahead_at

    def accept(self, before: str, ahead: Ahead, taken: Acceptance) -> None:
        """Take the suggestion, or its first words, with which `before` stands left of the cursor."""
        self._key(
            "accept" if taken.whole else "accept word",
            accepted=taken.characters,
            saved=taken.characters - taken.keys,
        )
        self._by_suggestion |= set(range(len(self._before), len(before)))
        inserted = before[len(self._before) :]
        self._write(before, ahead.text)
        self._ahead_at = ahead.at
        self.screen.typed(inserted)

    def paste(self, text: str) -> None:
        """Have the passage become `text`, without asking; nothing happens if it is that already."""
        if self._before != text:
            self._write(text, "", asks=False)

    def ask_why(self, *, at_least: int = 1) -> None:
        """Ask why there was no suggestion, for all keys since this was done last, if they are so many."""
        if len(self._unexplained) < at_least:
            return
        for number, reason in self._client.reasons(self.file.uri).items():
            if (key := self._unexplained.get(number)) is not None and not key.answered:
                key.reason = reason
        # The last answer may still be on its way.
        self._unexplained = {number: key for number, key in self._unexplained.items() if number == self._pending}

    def rest(self, until: float) -> None:
        """Do nothing but look, until then; the editor asks when its time has come."""
        while (now := time.perf_counter()) < until:
            if now >= self._ask_at:
                self._ask()
            arrival = self._client.arrival(min(until, self._ask_at))
            if arrival is not None:
                self._take(arrival)

    def note_screen(self) -> None:
        """Note what stands on the screen before the next key, or before the cursor is put somewhere else."""
        if self.played.keys and not self.played.keys[-1].screen:
            self.played.keys[-1].screen = self.screen.text

    def _key(self, kind: str, *, typed: int = 0, accepted: int = 0, saved: int = 0) -> None:
        self.note_screen()
        self.last_at = time.perf_counter()
        at_ms = round((self.last_at - self._opened_at) * 1000, 1)
        self.played.keys.append(Key(kind=kind, at_ms=at_ms, typed=typed, accepted=accepted, saved=saved))

    def _closes_what_is_shown(self, typed: str, ahead: str) -> bool:
        """Tell whether the editor has just closed what the suggestion closes too, which it does not fit any more."""
        closes = len("".join(ahead.split())) > len("".join(self._ahead.split()))
        return closes and ahead[0] in self.screen.text.removeprefix(typed)

    def _write(self, before: str, ahead: str, *, asks: bool = True) -> None:
        """Send the edit and, unless the editor waits for a pause, ask."""
        change = edit(self._before + self._ahead, before + ahead)
        nothing = not change.text and change.start == change.end
        if nothing and self._ahead and before == self._before + self._ahead[0]:
            # A closer is typed over: editors send it as if it were another one.
            change = Edit(len(self._before), len(before), before[-1:])
        if change.text or change.end > change.start:
            self.file.replace(self._at + change.start, self._at + change.end, change.text)
        self._before, self._ahead = before, ahead
        self._leave()
        if not asks:
            return
        self._ask_at = self.last_at + self._manner.pause_ms / 1000
        if not self._manner.pause_ms:
            self._ask()

    def _ask(self) -> None:
        self._ask_at = math.inf
        place = self.file.position(self._at + len(self._before))
        self._pending = self._client.suggestion(self.file.uri, place["line"], place["character"])
        self.played.keys[-1].asked = True
        self._keys[self._pending] = (self.played.keys[-1], self.last_at)
        self._unexplained[self._pending] = self.played.keys[-1]

    def _leave(self) -> None:
        """The request on its way is of no use any more."""
        self._ask_at = math.inf
        if self._pending is not None and self._manner.cancels:
            self._client.cancel(self._pending)
        self._pending = None

    def _take(self, arrival: Arrival) -> None:
        if arrival.id not in self._keys:
            return
        key, pressed_at = self._keys.pop(arrival.id)
        ms = round((arrival.at - pressed_at) * 1000, 3)
        if arrival.id != self._pending:
            key.late_ms = ms
            return
        self._pending = None
        key.ms, key.text = ms, arrival.text
        before = self.screen.replaced, self.screen.vanished
        self.screen.answered(arrival.text, arrival.at)
        key.replaced, key.vanished = self.screen.replaced > before[0], self.screen.vanished > before[1]
