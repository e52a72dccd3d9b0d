"""How fast a model is on each device, by what loading it there has measured: of two devices the faster goes first."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from phi_ls.messages.text import joined, say
from phi_providers.messages import Load, ModelProfile

LINE_TOKENS = 24
LINE_PROMPT_TOKENS = 256
"""A line as it is asked for while a person types: what has changed in the prompt since the last one, and the answer."""

LINE_LIMIT_MS = 400.0
"""A suggestion that takes longer is of a place that a person who types has left."""

Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class Speed:
    """What loading a model measured on one device."""

    model: str
    path: str
    """The model's folder: an id is a folder's name, and there may be two of one name."""
    precision: str
    engine: str
    engine_version: str
    device: str
    """As it was asked for: that is all that a plan knows of it."""
    actual_device: str
    prefill_tokens_per_s: float
    decode_ms_per_token: float
    measured: float
    """Seconds since 1970."""

    @property
    def key(self) -> Key:
        """What a later measurement replaces."""
        return (self.model, self.path, self.precision, self.engine, self.device)

    @property
    def line_ms(self) -> float:
        """How long one line takes."""
        return line_ms(self.prefill_tokens_per_s, self.decode_ms_per_token)


def line_ms(prefill_tokens_per_s: float, decode_ms_per_token: float) -> float:
    """Return how long one line takes; 0 for an engine that has measured nothing, against which nothing is known."""
    prefill_ms = LINE_PROMPT_TOKENS / prefill_tokens_per_s * 1000 if prefill_tokens_per_s > 0 else 0.0
    return prefill_ms + LINE_TOKENS * decode_ms_per_token


def speed_of(order: Load, profile: ModelProfile) -> Speed | None:
    """Return what loading has measured; None for an engine that measures nothing."""
    prefill_tokens_per_s, decode_ms_per_token = float(profile.prefill_tokens_per_s), float(profile.decode_ms_per_token)
    if not (is_rate(prefill_tokens_per_s) and is_rate(decode_ms_per_token)):
        return None
    model, path, precision, engine, device = _key(order)
    return Speed(
        model=model,
        path=path,
        precision=precision,
        engine=engine,
        engine_version=profile.engine_version,
        device=device,
        actual_device=profile.device,
        prefill_tokens_per_s=prefill_tokens_per_s,
        decode_ms_per_token=decode_ms_per_token,
        measured=time.time(),
    )


def fastest_first(loads: Sequence[Load], speeds: Iterable[Speed]) -> list[Load]:
    """Return the orders with those that have been measured in order of their speed.

    One that has not been measured keeps its place: nothing is known against it.
    """
    known = _current(speeds)
    measured = [load for load in loads if _key(load) in known]
    ranked = iter(sorted(measured, key=lambda load: known[_key(load)].line_ms))
    return [next(ranked) if _key(load) in known else load for load in loads]


def slow_places(loads: Sequence[Load], speeds: Iterable[Speed]) -> list[Load]:
    """Return those of the orders that are known to take too long for somebody who types."""
    known = _current(speeds)
    return [load for load in loads if _key(load) in known and known[_key(load)].line_ms > LINE_LIMIT_MS]


def quick_places(loads: Sequence[Load], speeds: Iterable[Speed]) -> list[Load]:
    """Return those of the orders that are known to be quick enough for that."""
    known = _current(speeds)
    return [load for load in loads if _key(load) in known and known[_key(load)].line_ms <= LINE_LIMIT_MS]


def comparison(loads: Sequence[Load], speeds: Sequence[Speed]) -> str:
    """Return why the first order goes before others of its model, in a sentence; empty without measurements of both."""
    known = _current(speeds)
    rivals = [load for load in loads if load.model == loads[0].model and _key(load) in known]
    if len(rivals) < 2 or rivals[0] != fastest_first(rivals, speeds)[0] or rivals[0] != loads[0]:
        return ""
    times = [say("{took:,.0f} ms on {device}", took=known[_key(load)].line_ms, device=load.device) for load in rivals]
    return say("measured here, a line takes {times}", times=joined(", ", times))


def version_of(order: Load, speeds: Sequence[Speed]) -> str:
    """Return the version of the engine that was measured with this order; empty if none was."""
    return next((speed.engine_version for speed in speeds if speed.key == _key(order)), "")


def _key(order: Load) -> Key:
    precision = str(order.options.get("precision") or order.model.precision)
    return (order.model.id, order.model.path, precision, order.engine, order.device)


def _current(speeds: Iterable[Speed]) -> dict[Key, Speed]:
    """Return measurements by their key, without those made with another version of the engine than the last one."""
    known = sorted(speeds, key=lambda speed: speed.measured)
    version = {speed.engine: speed.engine_version for speed in known}
    return {speed.key: speed for speed in known if speed.engine_version == version[speed.engine]}


def is_rate(value: object) -> bool:
    """Whether this is a finite number above zero."""
    return isinstance(value, float) and math.isfinite(value) and value > 0
