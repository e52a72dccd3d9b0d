"""A person at the keyboard, from a seed: bursts, pauses where a line ends, slips that are noticed a little later.

The intervals follow what is known of people who copy text (Dhakal et al., "Observations on Typing from 136 Million
Keystrokes", 2018: 239 ms on average with a deviation of 112 ms, faster in the middle of words), made longer where code
has to be thought of.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bench.typing_replay.closing import Closers
from bench.typing_replay.traces import Passage, Stroke

OPENERS = (":", "{", "(", "[")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, kw_only=True)
class Habits:
    """Medians in milliseconds, and shares of keys."""

    in_word_ms: float = 130.0
    at_word_ms: float = 230.0
    """The first key of a word, a bracket, an operator."""
    at_line_ms: float = 900.0
    """Thinking at the beginning of a line."""
    at_place_ms: float = 2500.0
    """Reading where the cursor has been put."""
    again_ms: float = 90.0
    """Backspace, held or hammered."""
    spread: float = 0.45
    """Of the logarithm, as times of reaction are spread."""
    slips: float = 0.02
    """Of the letters are wrong ones."""
    noticed_after: int = 3
    """Further keys at most until a slip is seen."""
    second_thoughts: float = 0.01
    """Of the keys are followed by taking back some that were right."""
    undone: float = 0.3
    """Of those by one key, which undoes the last word."""


class Typist:
    """Turns a text into strokes; the same seed gives the same strokes."""

    def __init__(self, seed: str, habits: Habits | None = None) -> None:
        self._random = random.Random(seed)
        self._habits = habits or Habits()

    def passage(self, at: int, text: str, above: str = "", *, closes: bool = False) -> Passage:
        """Return the strokes that write `text`, which does not end in white space, at an offset.

        `above` is what stands in front of it, from the beginning of a line; `closes`: the editor closes brackets and
        quotes by itself.
        """
        strokes: list[Stroke] = []
        closers = Closers(text, closes=closes)
        done = 0
        while done < len(text):
            if self._slips(text, done):
                strokes += _beside(closers, self._slip(text, done))
            strokes += self._press(text, done, above, closers)
            done = strokes[-1].done
            for back in self._second_thought(text, done):
                closers.deleted(back.done)
                strokes += _beside(closers, [back])
                done = back.done
        return Passage(at=at, text=text, strokes=tuple(strokes))

    def _press(self, text: str, done: int, above: str, closers: Closers) -> list[Stroke]:
        """Press the key that brings the next of the text."""
        gap = self._gap(text, done)
        if (passed := closers.passed(done)) > done:
            strokes = [Stroke(gap_ms=gap, done=passed)]
        elif text[done] == "\n":
            closers.entered(done)
            strokes = list(self._enter(text, done, gap, above))
        else:
            step = _step(above + text)
            indents = text.startswith(step, done) and not text[:done].rpartition("\n")[2].strip()
            strokes = [Stroke(gap_ms=gap, done=done + (len(step) if indents else 1))]
            closers.typed(done)
        return _beside(closers, strokes)

    def _enter(self, text: str, done: int, gap: float, above: str) -> Iterator[Stroke]:
        """Begin a line. The editor indents it as the line before, one step more behind an opener; what is too much is
        taken away, what is missing is typed."""
        given = _indentation(above + text[:done], _step(above + text))
        line = text[done + 1 :].partition("\n")[0]
        wanted = line[: _leading(line)]
        kept = _common(given, wanted)
        surplus = given[kept:]
        yield Stroke(gap_ms=gap, done=done + 1 + kept, wrong=surplus)
        if text[done + 1 : done + 2] == "\n":
            return  # an empty line: the next Enter takes the indentation away
        step = len(_step(above + text))
        while surplus:
            surplus = surplus[:-step]
            yield Stroke(gap_ms=self._time(self._habits.at_word_ms), done=done + 1 + kept, wrong=surplus)

    def _slips(self, text: str, done: int) -> bool:
        return text[done].isalpha() and self._random.random() < self._habits.slips

    def _slip(self, text: str, done: int) -> Iterator[Stroke]:
        """Yield a wrong letter, some right ones behind it, and as many backspaces."""
        wrong = self._random.choice(LETTERS.replace(text[done].lower(), ""))
        wrong += text[done + 1 : done + 1 + self._random.randrange(self._habits.noticed_after + 1)].partition("\n")[0]
        for size in range(1, len(wrong) + 1):
            yield Stroke(gap_ms=self._gap(text, done + size - 1), done=done, wrong=wrong[:size])
        yield Stroke(gap_ms=self._time(self._habits.at_line_ms / 2), done=done, wrong=wrong[:-1])
        for size in range(len(wrong) - 2, -1, -1):
            yield Stroke(gap_ms=self._time(self._habits.again_ms), done=done, wrong=wrong[:size])

    def _second_thought(self, text: str, done: int) -> Iterator[Stroke]:
        """Yield, seldom, what takes back some that was right on this line: backspaces, or one key that undoes a word.

        It is typed once more after them.
        """
        line = text.rfind("\n", 0, done) + 1
        written = text[line + _leading(text[line:done]) : done]
        if not written or done >= len(text) or self._random.random() >= self._habits.second_thoughts:
            return
        if self._random.random() < self._habits.undone:
            word = re.search(r"(\w+|[^\w\s]+)\s*$", written)
            yield Stroke(gap_ms=self._time(self._habits.at_line_ms / 2), done=done - len(word[0] if word else written))
            return
        for taken in range(1, self._random.randint(1, min(len(written), 8)) + 1):
            median = self._habits.again_ms if taken > 1 else self._habits.at_line_ms / 2
            yield Stroke(gap_ms=self._time(median), done=done - taken)

    def _gap(self, text: str, at: int) -> float:
        if at == 0:
            return self._time(self._habits.at_place_ms)
        if text[at - 1] in "\n\t" or text[:at].rpartition("\n")[2].isspace():
            return self._time(self._habits.at_line_ms)
        inside = text[at - 1].isalnum() and text[at].isalnum()
        return self._time(self._habits.in_word_ms if inside else self._habits.at_word_ms)

    def _time(self, median_ms: float) -> float:
        return round(median_ms * math.exp(self._random.gauss(0.0, self._habits.spread)), 1)


def _beside(closers: Closers, strokes: Iterable[Stroke]) -> list[Stroke]:
    """Return the strokes with what the editor has closed right of the cursor."""
    return [replace(stroke, ahead=closers.text, ahead_at=closers.at) for stroke in strokes]


def _indentation(above: str, step: str) -> str:
    """Return what an editor puts at the beginning of the line that follows this text."""
    written = [line for line in above.split("\n") if line.strip()]
    line = written[-1] if written else ""
    own = line[: _leading(line)]
    return own + step if line.rstrip().endswith(OPENERS) else own


def _step(text: str) -> str:
    """Return one level of indentation as the text writes it."""
    if "\n\t" in text:
        return "\t"
    levels = [_leading(line) for line in text.split("\n")[1:] if line.startswith(" ")]
    narrow = any(level % 4 for level in levels)
    return "  " if narrow else "    "


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
