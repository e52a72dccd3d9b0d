"""A conversation in Phi-3's chat format, as much of it as the model's context holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from phi_ls.prompts.family import takes_questions
from phi_ls.prompts.phi3_chat import OVERHEAD_TOKENS
from phi_providers.errors import GenerationFailed
from phi_providers.messages import Control, Cut, ModelInfo, Part

Role = Literal["system", "user", "assistant"]

SYSTEM_SHARE = 0.25
"""Of the room for text, at most, for the client's instructions: those of VS Code alone would fill Phi-3's context."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What one side of a conversation says."""

    role: Role
    text: str


def chat_parts(info: ModelInfo, messages: Sequence[Message], new_tokens: int) -> tuple[Part, ...]:
    """Return the prompt that asks for the answer to the last message, which is the user's.

    Instructions stand before the user's first words, as not every Phi-3 was trained with a role of their own for them.
    Of them the end goes where there is no room, of the conversation the oldest messages, of the last one its beginning.
    Raises GenerationFailed for a model that takes no questions: it may have stepped in for the one that was asked.
    """
    if not takes_questions(info):
        raise GenerationFailed(f"the model {info.id} cannot be asked questions: it was not trained to answer them")
    room = int(max(0, info.context - new_tokens - OVERHEAD_TOKENS) * info.chars_per_token)
    instructions = _whole_lines(
        "\n\n".join(each.text for each in messages if each.role == "system"), room * SYSTEM_SHARE
    )
    turns = _newest(_joined([each for each in messages if each.role != "system"]), room - len(instructions))
    parts = [Part(control=Control.BEGIN)]
    for at, turn in enumerate(turns):
        parts.append(Part(control=Control.USER if turn.role == "user" else Control.ASSISTANT))
        if at == 0 and instructions:
            # What was reckoned in characters is counted by the worker in tokens, and may still be too much.
            parts += [Part(text=instructions, cut=Cut.END, keep=1, name="instructions"), Part(text="\n\n")]
        last = at == len(turns) - 1
        parts.append(Part(text=turn.text, cut=Cut.START, keep=2 if last else 0))
        parts.append(Part(control=Control.END))
    return (*parts, Part(control=Control.ASSISTANT))


def _whole_lines(text: str, most: float) -> str:
    """Return no more characters than that, without a line that is cut off."""
    if len(text) <= most:
        return text.strip()
    begun = text[: int(most)]
    return (begun.rpartition("\n")[0] or begun).strip()


def _joined(messages: Sequence[Message]) -> list[Message]:
    """Return the messages, those of one side that follow each other as one."""
    groups = groupby(messages, key=lambda each: each.role)
    return [Message(role=role, text="\n\n".join(each.text.strip() for each in group)) for role, group in groups]


def _newest(turns: Sequence[Message], room: int) -> list[Message]:
    """Return the newest turns that take no more characters than that, from one of the user's on."""
    *older, last = turns
    kept = [Message(role=last.role, text=last.text[-room:])]
    room -= len(last.text)
    for turn in reversed(older):
        room -= len(turn.text)
        if room < 0:
            break
        kept.insert(0, turn)
    return kept if kept[0].role == "user" else kept[1:]
