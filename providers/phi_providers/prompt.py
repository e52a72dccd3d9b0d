"""Prompt parts to token ids within the model's budget; control tokens by id, text never parsed for them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from phi_providers.errors import GenerationFailed, PromptTooLong
from phi_providers.messages import Control, Part
from phi_providers.prompt_cut import shorten
from phi_providers.prompt_text import Encoded, TextEncoder

SLACK_TOKENS = 256
"""Free room that a cut leaves, so that the next keystrokes need no other cut."""

OPENS_TEXT = frozenset({None, Control.BEGIN, Control.SYSTEM, Control.USER, Control.ASSISTANT})
"""After these (or at the very start) a text begins.

Phi-3's own tokenizer eats the white space after a role token and gives the text a dummy prefix: the model was trained
on `<|user|> ▁Explain`, without the line feed that its chat template shows. A part that begins with a word right after
one of these gets exactly those ids. A part that begins with white space is encoded as it stands, `    return x` with
four spaces, not five; a line feed put there is a token that training did not have, so prompts should not put one."""


@dataclass(frozen=True)
class Tail:
    """The last text of a prompt: where its tokens lie, for what must rewrite its end."""

    text: str = ""
    encoded: Encoded = field(default_factory=lambda: Encoded([], []))
    first: int = 0
    """Index in the prompt's ids of the text's first token."""


@dataclass(frozen=True)
class Fitted:
    """A prompt that fits the budget."""

    ids: tuple[int, ...]
    sizes: dict[str, int]
    """Tokens of each named part."""
    lines_cut: dict[str, int]
    """Lines taken from each named part."""
    tail: Tail
    opens_text: bool
    """What the model writes next begins a text, with the dummy space of its first word."""


@dataclass(frozen=True)
class _Run:
    """Neighbouring text parts, encoded as one text; or one control token."""

    parts: tuple[Part, ...]
    text: str
    encoded: Encoded
    opens_text: bool = False


class PromptEncoder:
    """Encodes prompts for one model."""

    def __init__(self, tokenizer: Path, controls: dict[str, int]) -> None:
        """`controls` maps values of `Control` to token ids."""
        self.text = TextEncoder(tokenizer)
        self._controls = controls

    def encode(self, parts: Sequence[Part]) -> list[int]:
        """Return the ids of all parts, whatever their number."""
        return [index for run in self._runs(parts) for index in run.encoded.ids]

    def decode(self, parts: Sequence[Part]) -> str:
        """Return the text that the ids of these parts stand for, which is theirs."""
        return "".join(self.text.decode(run.encoded.ids, at_start=run.opens_text) for run in self._runs(parts))

    def fit(self, parts: Sequence[Part], budget: int) -> Fitted:
        """Return the prompt, cut where it may be cut until it has at most `budget` tokens; raises PromptTooLong.

        What is left after a cut is encoded anew: the ids must be those that the next request gets, whose text starts
        at the new edge, or the prefix cache would miss.
        """
        runs = self._runs(parts)
        lines_cut: dict[str, int] = {}
        size = _size(runs)
        if size > budget:
            target = budget - min(SLACK_TOKENS, budget // 4)
            parts, lines_cut = shorten(parts, _token_starts(runs), size - target)
            runs = self._runs(parts)
            size = _size(runs)
        if size > budget:
            raise PromptTooLong(f"the text at the cursor alone has {size} tokens; the model takes {budget} at most")
        return _fitted(runs, lines_cut)

    def _runs(self, parts: Sequence[Part]) -> list[_Run]:
        runs: list[_Run] = []
        before: Control | None = None
        for control, group in groupby(parts, key=lambda part: part.control):
            members = tuple(group)
            if control is not None:
                runs += [_Run((part,), "", self._control(control)) for part in members]
                before = control
            elif text := "".join(part.text for part in members):
                opens = before in OPENS_TEXT and self.text.has_dummy
                runs.append(_Run(members, text, self.text.encode(text, at_start=opens), opens))
            else:
                runs.append(_Run(members, "", Encoded([], [])))
        return runs

    def _control(self, control: Control) -> Encoded:
        index = self._controls.get(control.value)
        if index is not None:
            return Encoded([index], [(0, 0)])
        if control is Control.BEGIN:  # models without one start with the text itself
            return Encoded([], [])
        raise GenerationFailed(f"this model has no control token for '{control.value}'")


def _size(runs: Sequence[_Run]) -> int:
    return sum(len(run.encoded.ids) for run in runs)


def _token_starts(runs: Sequence[_Run]) -> list[list[int]]:
    """Return, for each part in order, the offsets in its text at which its tokens start."""
    result = []
    for run in runs:
        starts = [start for start, _ in run.encoded.spans]
        offset = first = 0
        for index, part in enumerate(run.parts):
            end = offset + len(part.text)
            last = len(starts) if index == len(run.parts) - 1 else bisect_left(starts, end)
            result.append([start - offset for start in starts[first:last]])
            offset, first = end, last
    return result


def _fitted(runs: Sequence[_Run], lines_cut: dict[str, int]) -> Fitted:
    parts = [part for run in runs for part in run.parts]
    sizes: dict[str, int] = {}
    for part, starts in zip(parts, _token_starts(runs), strict=True):
        if part.name:
            sizes[part.name] = sizes.get(part.name, 0) + len(starts)
    ids: list[int] = []
    tail = Tail()
    for run in runs:
        if run.text:
            tail = Tail(run.text, run.encoded, len(ids))
        ids += run.encoded.ids
    last = next((run for run in reversed(runs) if run.encoded.ids), None)
    opens = last is not None and not last.text and last.parts[0].control in OPENS_TEXT
    return Fitted(tuple(ids), sizes, lines_cut, tail, opens)
