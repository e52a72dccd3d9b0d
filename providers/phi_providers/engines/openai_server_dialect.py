"""How this server wants to be asked, and what its events say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from phi_providers.engines.openai_server_prompt import STOPS, as_messages, as_text
from phi_providers.messages import Part

_GO_ON = "Your answer begins as follows. Write what comes next, from exactly there, and nothing else:\n\n"


@dataclass(frozen=True, kw_only=True)
class Delta:
    """What one event brings."""

    text: str = ""
    log_prob: float = math.nan
    """Mean of the text's tokens; NaN when the server does not tell."""
    finish: str = ""
    usage: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """One of the interface's two forms."""

    model: str
    chat: bool
    """Messages, which the server puts into the model's own format; otherwise the prompt as one text."""
    plain: bool = False
    """Only the oldest fields: no probabilities, no count of tokens, no answer that is begun here."""

    @property
    def path(self) -> str:
        """Where requests go."""
        return "/chat/completions" if self.chat else "/completions"

    @property
    def continues(self) -> bool:
        """Whether the answer goes on with the very next character, so that a half-written word can be left out."""
        return not (self.chat and self.plain)

    def body(self, parts: Sequence[Part], written: str, limit: int) -> dict[str, Any]:
        """Return the request for up to `limit` tokens after the prompt and what had been `written` before."""
        common = {"model": self.model, "max_tokens": limit, "temperature": 0, "stream": True, "stop": STOPS}
        if not self.plain:
            common["stream_options"] = {"include_usage": True}
        if not self.chat:
            return {**common, "prompt": as_text(parts) + written, **({} if self.plain else {"logprobs": 1})}
        messages = as_messages(parts)
        if written and messages[-1]["role"] == "assistant":
            messages[-1]["content"] += written
        elif written:
            messages.append({"role": "assistant", "content": written})
        extra: dict[str, Any] = {} if self.plain else {"logprobs": True}
        if messages[-1]["role"] == "assistant":
            if self.plain:
                messages = _folded(messages)
            else:
                extra |= {"continue_final_message": True, "add_generation_prompt": False}
        return {**common, **extra, "messages": messages}

    def read(self, event: dict[str, Any]) -> Delta:
        """Return what an event brings; raises ValueError or TypeError when it is none of this interface."""
        if "error" in event:
            raise ValueError("an error in the middle of the answer")
        usage = event.get("usage")
        choice = next(iter(event["choices"]), None)
        if choice is None:
            return Delta(usage=usage)
        text = (choice.get("delta") or {}).get("content") if self.chat else choice.get("text")
        return Delta(
            text=str(text or ""),
            log_prob=_mean(choice.get("logprobs") or {}),
            finish=str(choice.get("finish_reason") or ""),
            usage=usage,
        )


def _folded(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return a conversation whose begun answer is part of the question, for servers that begin a new one."""
    *before, begun = messages
    if not before:
        return [{"role": "user", "content": _GO_ON + begun["content"]}]
    question = f"{before[-1]['content']}\n\n{_GO_ON}{begun['content']}"
    return [*before[:-1], {**before[-1], "content": question}]


def _mean(log_probs: dict[str, Any]) -> float:
    values = log_probs.get("token_logprobs") or [item["logprob"] for item in log_probs.get("content") or ()]
    known = [float(value) for value in values if value is not None]
    return sum(known) / len(known) if known else math.nan
