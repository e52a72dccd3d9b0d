"""Prompt parts as text and as chat messages, for a server that does the encoding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from phi_providers.errors import GenerationFailed, PromptTooLong
from phi_providers.messages import Control, Part
from phi_providers.prompt_cut import shorten

SPELLED = {
    Control.BEGIN: "",  # servers put the model's own in front
    Control.SYSTEM: "<|system|>",
    Control.USER: "<|user|>",
    Control.ASSISTANT: "<|assistant|>",
    Control.END: "<|end|>",
    Control.FIM_PREFIX: "<|fim_prefix|>",
    Control.FIM_SUFFIX: "<|fim_suffix|>",
    Control.FIM_MIDDLE: "<|fim_middle|>",
}
"""Control tokens as Phi-3 writes them; the last three as the built-in model and Qwen's coders do."""

STOPS = ["<|end|>", "<|endoftext|>", "<|user|>", "<|assistant|>"]
"""A model that writes one of these has ended its answer; the interface takes four at most."""

CAUTION = 0.75
"""Nobody here knows the server's tokenizer: its tokens are taken for so much shorter than is usual."""

SLACK_TOKENS = 256
"""Free room that a cut leaves, so that the next keystrokes need no other cut."""

_COMMAND = re.compile(r"<\|(\w{1,40})\|>")
_ROLES = {Control.SYSTEM: "system", Control.USER: "user", Control.ASSISTANT: "assistant"}


@dataclass(frozen=True)
class Estimated:
    """A prompt that should fit."""

    parts: tuple[Part, ...]
    tokens: int
    sizes: dict[str, int]
    lines_cut: dict[str, int]


def fit(parts: Sequence[Part], budget: int, chars_per_token: float) -> Estimated:
    """Return the prompt, cut where it may be cut until it takes about `budget` tokens; raises PromptTooLong."""
    width = chars_per_token * CAUTION
    lines_cut: dict[str, int] = {}
    kept = tuple(parts)
    if _size(kept, width) > budget:
        target = budget - min(SLACK_TOKENS, budget // 4)
        kept, lines_cut = shorten(kept, [_starts(part, width) for part in kept], _size(kept, width) - target)
    size = _size(kept, width)
    if size > budget:
        raise PromptTooLong(f"the text at the cursor alone has about {size} tokens; the model takes {budget} at most")
    sizes: dict[str, int] = {}
    for part in kept:
        if part.name:
            sizes[part.name] = sizes.get(part.name, 0) + len(_starts(part, width))
    return Estimated(kept, size, sizes, lines_cut)


def as_text(parts: Sequence[Part]) -> str:
    """Return the prompt as one text, control tokens spelled out."""
    return "".join(SPELLED[control] if control else text for control, text in _joined(parts))


def as_messages(parts: Sequence[Part]) -> list[dict[str, str]]:
    """Return the prompt as messages; one of the assistant at the end is the beginning of its answer.

    Raises GenerationFailed for a prompt that is no conversation.
    """
    messages: list[dict[str, str]] = []
    for control, text in _joined(parts):
        if control in _ROLES:
            messages.append({"role": _ROLES[control], "content": ""})
        elif control is None and text:
            messages = messages or [{"role": "user", "content": ""}]
            messages[-1]["content"] += text
        elif control not in (None, Control.BEGIN, Control.END):
            raise GenerationFailed("a model with fill-in-the-middle tokens cannot be asked through a chat interface")
    if len(messages) > 1 and not messages[-1]["content"]:
        messages.pop()  # an answer not begun
    return messages


def harmless(text: str) -> str:
    """Return a text with spaces in what the server would take for a control token: it parses them, like it or not."""
    return _COMMAND.sub(r"<| \1 |>", text)


def _joined(parts: Sequence[Part]) -> list[tuple[Control | None, str]]:
    """Return controls and texts in order; neighbouring texts are one, or a token could be put together from two."""
    found: list[tuple[Control | None, str]] = []
    for control, group in groupby(parts, key=lambda part: part.control):
        if control is None:
            found.append((None, harmless("".join(part.text for part in group))))
        else:
            found += [(control, "") for _ in group]
    return found


def _starts(part: Part, width: float) -> list[int]:
    return [0] if part.control else [int(index * width) for index in range(-int(-len(part.text) // width))]


def _size(parts: Sequence[Part], width: float) -> int:
    return sum(len(_starts(part, width)) for part in parts)
