"""The built-in model in a test's hands: what to ask it, and what came back."""

from __future__ import annotations

import asyncio.base_events as real_code
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from phi_providers.engines.openvino import make_provider
from phi_providers.messages import Control, Cut, Load, ModelProfile, Part, Piece, Request, Started, Usage
from phi_providers.models.installed import builtin
from phi_providers.token_provider import TokenProvider

SOURCE = inspect.getsource(real_code).splitlines()
STRICT = {"strict": True, "chunk_tokens": 32}


@dataclass
class Answer:
    """Everything that one request brought."""

    usage: Usage
    frames: list[Piece | Started] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The pieces put together."""
        return "".join(frame.text for frame in self.frames if isinstance(frame, Piece))

    @property
    def ids(self) -> tuple[int, ...]:
        """All token ids that were emitted."""
        return tuple(token for frame in self.frames if isinstance(frame, Piece) for token in frame.token_ids)

    @property
    def log_probs(self) -> tuple[float, ...]:
        """Their log-probabilities."""
        return tuple(value for frame in self.frames if isinstance(frame, Piece) for value in frame.log_probs)


class Model:
    """The built-in model behind a provider."""

    def __init__(self, device: str = "CPU", **options: Any) -> None:
        self.provider: TokenProvider = make_provider(
            Load(engine="openvino", device=device, model=builtin(), options=options)
        )
        self.stages: list[str] = []
        self.profile: ModelProfile = self.provider.load(self.stages.append)

    def ask(self, request: Request, wanted: Callable[[list[Piece | Started]], bool] = lambda frames: True) -> Answer:
        """Run a request until it ends, or `wanted` says no after a frame."""
        frames: list[Piece | Started] = []

        def emit(frame: Piece | Started) -> bool:
            frames.append(frame)
            return wanted(frames)

        act = self.provider.generate if request.max_new_tokens else self.provider.prefill
        return Answer(act(request, emit), frames)


def after_tokens(count: int) -> Callable[[list[Piece | Started]], bool]:
    """Want no more after so many tokens."""
    return lambda frames: sum(len(f.token_ids) for f in frames if isinstance(f, Piece)) < count


def after_frames(count: int) -> Callable[[list[Piece | Started]], bool]:
    """Want no more after so many frames, `Started` included."""
    return lambda frames: len(frames) < count


def infill(
    line: int, column: int | None = None, *, before: int = 60, after: int = 15, new: int = 24, **more: Any
) -> Request:
    """Fill in at a place in real code."""
    prefix = "\n".join([*SOURCE[max(line - before, 0) : line], SOURCE[line][:column]])
    suffix = "\n" + "\n".join(SOURCE[line + 1 : line + 1 + after])
    return fill(prefix, suffix, new, **more)


def fill(prefix: str, suffix: str = "\n", new: int = 24, snippets: Sequence[Part] = (), **more: Any) -> Request:
    """Fill in between two texts."""
    parts = (
        Part(control=Control.FIM_SUFFIX),
        Part(text=suffix, name="suffix", cut=Cut.END, keep=1),
        Part(control=Control.FIM_PREFIX),
        *snippets,
        Part(text=prefix, name="prefix", cut=Cut.START, keep=2),
        Part(control=Control.FIM_MIDDLE),
    )
    return Request(id=1, parts=parts, max_new_tokens=new, **more)


def continue_text(text: str, new: int = 24, **more: Any) -> Request:
    """Go on after a text."""
    part = Part(text=text, name="prefix", cut=Cut.START)
    return Request(id=1, parts=(part,), max_new_tokens=new, **more)
