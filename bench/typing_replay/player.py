"""Plays a trace against a server: each key when its time has come, whatever the server is doing."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from bench.typing_replay.acceptance import Acceptance, acceptance
from bench.typing_replay.client import Arrival, Client
from bench.typing_replay.counting import count, wait_until_idle
from bench.typing_replay.document import OpenFile
from bench.typing_replay.records import Counts, Key, Played
from bench.typing_replay.screen import Screen
from bench.typing_replay.traces import Passage, Stroke, Trace, edit, next_stroke, state

PAUSE_MS = 400.0
"""From this gap on there is time to look at the server's counters."""
AFTERWARDS_S = 1.0
"""So long the cursor stays where a passage has been finished."""


@dataclass(frozen=True)
class Manner:
    """How an editor asks."""

    name: str
    cancels: bool
    """Whether the request before is cancelled when a key is pressed."""
    pause_ms: float
    """Without a key, before it asks."""


VSCODE = Manner("vscode", cancels=True, pause_ms=0.0)
NEOVIM = Manner("neovim", cancels=False, pause_ms=200.0)
"""Neovim's own module asks when nothing has been typed for so long."""
MANNERS = {manner.name: manner for manner in (VSCODE, NEOVIM)}


class Player:
    """One person at one editor."""

    def __init__(self, client: Client, manner: Manner, *, speed: float, accepts: bool = True) -> None:
        """Sit down; `speed`: times as fast as the trace says."""
        self._client = client
        self._manner = manner
        self._speed = speed
        self._accepts = accepts

    def play(self, trace: Trace, uri: str, *, most_keys: int | None = None) -> Played:
        """Type a trace; raises RuntimeError if the file is not what was meant then.

        `most_keys`: of each passage, whose rest is pasted.
        """
        played = Played(trace=trace.name, language=trace.language)
        before = count(self._client)
        typing = _Typing(self._client, self._manner, OpenFile(self._client, uri, trace.language, trace.text), played)
        for passage in trace.passages:
            settled = self._passage(typing, passage, len(played.keys) + (most_keys or math.inf))
            typing.rest(typing.last_at + AFTERWARDS_S / self._speed)
            if settled is not None:
                played.in_place = played.in_place.plus(count(self._client).since(settled))
            typing.paste(passage.text)
        typing.note_screen()
        if typing.file.text != trace.intended:
            raise RuntimeError(f"{trace.name} has not become what was to be typed")
        typing.file.close()
        wait_until_idle(self._client)
        played.counts = count(self._client).since(before)
        return played

    def _passage(self, typing: _Typing, passage: Passage, last_key: float) -> Counts | None:
        """Type a passage up to a key of that number; return the counts at its first pause, None without one."""
        typing.go_to(passage.at)
        at = done = 0
        wrong = ""
        settled: Counts | None = None
        while at < len(passage.strokes) and len(typing.played.keys) < last_key:
            stroke = passage.strokes[at]
            if at and settled is None and stroke.gap_ms / self._speed > PAUSE_MS:
                typing.rest(typing.last_at + PAUSE_MS / 2000)
                settled = count(self._client)
            typing.rest(typing.last_at + stroke.gap_ms / 1000 / self._speed)
            taken = self._accepted(typing, passage, done) if not wrong else None
            if taken is not None:
                done += taken.characters
                typing.accept(passage.text[:done], taken)
                at = next_stroke(passage, at, done)
            else:
                typing.press(passage, stroke)
                done, wrong, at = stroke.done, stroke.wrong, at + 1
        return settled

    def _accepted(self, typing: _Typing, passage: Passage, done: int) -> Acceptance | None:
        if not self._accepts:
            return None
        shown_ms = typing.screen.shown_s(time.perf_counter()) * 1000 * self._speed
        return acceptance(typing.screen.text, passage.text[done:], shown_ms)


class _Typing:
    """A file that is being typed in: cursor, screen, the request that is on its way."""

    def __init__(self, client: Client, manner: Manner, file: OpenFile, played: Played) -> None:
        self.file, self.played = file, played
        self.screen = Screen()
        self.last_at = self._opened_at = time.perf_counter()
        self._client = client
        self._manner = manner
        self._at = 0
        self._state = ""
        self._by_suggestion: set[int] = set()
        self._keys: dict[int, tuple[Key, float]] = {}
        self._pending: int | None = None
        self._ask_at = math.inf

    def go_to(self, offset: int) -> None:
        """Put the cursor somewhere else."""
        self.note_screen()
        self._leave()
        self.screen.clear()
        self._at, self._state = offset, ""
        self._by_suggestion.clear()

    def press(self, passage: Passage, stroke: Stroke) -> None:
        """Press a key of the trace."""
        change = edit(self._state, state(passage, stroke))
        deletes = change.end > change.start
        self._key("type" if change.text else "delete", typed=len(change.text))
        self.played.lost += len(self._by_suggestion & set(range(change.start, change.end)))
        self._by_suggestion -= set(range(change.start, change.end))
        self._write(state(passage, stroke))
        self.screen.clear() if deletes else self.screen.typed(change.text)

    def accept(self, text: str, taken: Acceptance) -> None:
        """Take the suggestion, or its first words, with which the passage becomes `text`."""
        self._key(
            "accept" if taken.whole else "accept word",
            accepted=taken.characters,
            saved=taken.characters - taken.keys,
        )
        self._by_suggestion |= set(range(len(self._state), len(text)))
        inserted = text[len(self._state) :]
        self._write(text)
        self.screen.typed(inserted)

    def paste(self, text: str) -> None:
        """Have the passage become `text`, without asking; nothing happens if it is that already."""
        if self._state != text:
            self._write(text, asks=False)

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

    def _write(self, text: str, *, asks: bool = True) -> None:
        """Send the edit and, unless the editor waits for a pause, ask."""
        change = edit(self._state, text)
        self.file.replace(self._at + change.start, self._at + change.end, change.text)
        self._state = text
        self._leave()
        if not asks:
            return
        self._ask_at = self.last_at + self._manner.pause_ms / 1000
        if not self._manner.pause_ms:
            self._ask()

    def _ask(self) -> None:
        self._ask_at = math.inf
        place = self.file.position(self._at + len(self._state))
        self._pending = self._client.suggestion(self.file.uri, place["line"], place["character"])
        self.played.keys[-1].asked = True
        self._keys[self._pending] = (self.played.keys[-1], self.last_at)

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
