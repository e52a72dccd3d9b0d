"""Plays a trace against a server: each key when its time has come, whatever the server is doing."""

from __future__ import annotations

import math
import time

from bench.typing_replay.acceptance import Acceptance, acceptance
from bench.typing_replay.document import OpenFile
from bench.typing_replay.records import Counts, Played
from bench.typing_replay.suggesting import Suggesting
from bench.typing_replay.traces import Passage, Trace, ahead, next_stroke
from bench.typing_replay.typing_in import Manner, TypingIn

PAUSE_MS = 400.0
"""From this gap on there is time to look at the server's counters, or to ask it for reasons."""
MANY = 20
"""Requests whose reasons are asked for in the next pause: the server remembers `reasons.REMEMBERED`."""
AFTERWARDS_S = 1.0
"""So long the cursor stays where a passage has been finished."""


VSCODE = Manner("vscode", cancels=True, pause_ms=0.0)
NEOVIM = Manner("neovim", cancels=False, pause_ms=200.0)
"""Neovim's own module asks when nothing has been typed for so long."""
MANNERS = {manner.name: manner for manner in (VSCODE, NEOVIM)}


class Player:
    """One person at one editor."""

    def __init__(self, client: Suggesting, manner: Manner, *, speed: float, accepts: bool = True) -> None:
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
        before = self._client.count()
        typing = TypingIn(self._client, self._manner, OpenFile(self._client, uri, trace.language, trace.text), played)
        for passage in trace.passages:
            settled = self._passage(typing, passage, len(played.keys) + (most_keys or math.inf))
            typing.rest(typing.last_at + AFTERWARDS_S / self._speed)
            if settled is not None:
                played.in_place = played.in_place.plus(self._client.count().since(settled))
            typing.ask_why()
            typing.paste(passage.text)
        typing.note_screen()
        if typing.file.text != trace.intended:
            raise RuntimeError(f"{trace.name} has not become what was to be typed")
        typing.file.close()
        self._client.wait_until_idle()
        played.counts = self._client.count().since(before)
        return played

    def _passage(self, typing: TypingIn, passage: Passage, last_key: float) -> Counts | None:
        """Type a passage up to a key of that number; return the counts at its first pause, None without one."""
        typing.go_to(passage.at)
        at = done = 0
        settled: Counts | None = None
        while at < len(passage.strokes) and len(typing.played.keys) < last_key:
            stroke = passage.strokes[at]
            if stroke.gap_ms / self._speed > PAUSE_MS:
                settled = self._look(typing, settled, first=not at)
            typing.rest(typing.last_at + stroke.gap_ms / 1000 / self._speed)
            before = passage.strokes[at - 1] if at else None
            taken = None if before is not None and before.wrong else self._accepted(typing, passage, done)
            if taken is not None:
                done += taken.characters
                at = next_stroke(passage, at, done)
                typing.accept(passage.text[:done], ahead(passage, at, done), taken)
            else:
                typing.press(passage, stroke)
                done, at = stroke.done, at + 1
        return settled

    def _look(self, typing: TypingIn, settled: Counts | None, *, first: bool) -> Counts | None:
        """Use a pause to count, if nobody has in this passage, and to ask for reasons."""
        if first or (settled is not None and typing.without_reason < MANY):
            return settled
        typing.rest(typing.last_at + PAUSE_MS / 2000)
        typing.ask_why(at_least=MANY)
        return settled or self._client.count()

    def _accepted(self, typing: TypingIn, passage: Passage, done: int) -> Acceptance | None:
        if not self._accepts:
            return None
        shown_ms = typing.screen.shown_s(time.perf_counter()) * 1000 * self._speed
        return acceptance(typing.screen.text, typing.meant(passage, done), shown_ms)
