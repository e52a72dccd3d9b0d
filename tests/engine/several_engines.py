"""A pool whose places are run by real engines: what to ask it, and how long to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
from engine.built_in import SOURCE

from phi_providers.errors import ProviderError
from phi_providers.messages import Load, ModelInfo, Part, Piece, Urgency
from phi_providers.models.installed import builtin
from phi_providers.plan import one_order
from phi_providers.pool import Job, Limits, Pool, PoolStatus, Stream

PATIENCE_S = 300.0
PATIENT: dict[str, Any] = {"silence_s": 60.0, "loading_silence_s": 120.0, "cancel_grace_s": 60.0, "grace_s": 5.0}
"""Engines that are not optimised take a second for a token where several tests share two cores."""

TEXT = "\n".join(SOURCE[200:240])


class SeveralEngines:
    """A pool, closed at the end, and a way to wait until its status is as expected."""

    def __init__(self, home: Path, *orders: Load, **limits: float) -> None:
        self._changed = asyncio.Event()
        self.pool = Pool(one_order(orders), home, self._on_change, limits=Limits(**{**PATIENT, **limits}))

    async def __aenter__(self) -> SeveralEngines:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.pool.close()

    def submit(self, text: str = TEXT, new: int = 4, urgency: Urgency = Urgency.ASKED) -> Stream:
        """Ask for a continuation of real code."""
        return self.pool.submit(Job(parts=lambda _: (Part(text=text),), max_new_tokens=new, urgency=urgency))

    async def answer(self, text: str = TEXT, new: int = 4) -> tuple[list[Piece], str]:
        """Return the pieces of an answer, and the engine that gave it; raises what the stream raises."""
        stream = self.submit(text, new)
        found = await pieces(stream)
        assert stream.profile is not None
        return found, stream.profile.engine

    async def until(self, condition: Callable[[PoolStatus], bool]) -> PoolStatus:
        """Return the first status that meets the condition."""
        while not condition(status := self.pool.status()):
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), PATIENCE_S)
        return status

    def process(self, engine: str) -> psutil.Process:
        """Return the process in which this engine runs."""
        (pid,) = (worker.pid for worker in self.pool.status().workers if worker.engine == engine)
        assert pid is not None
        return psutil.Process(pid)

    async def ended_mid_stream(
        self, engine: str, end: Callable[[psutil.Process], None] = psutil.Process.kill, new: int = 200
    ) -> tuple[list[Piece], ProviderError | None]:
        """End this engine's process at the first token it gives; return what the stream brought, and its error."""
        stream = self.submit(new=new, urgency=Urgency.TYPING)
        found: list[Piece] = []
        try:
            async for piece in stream:
                if not found:
                    end(self.process(engine))
                found.append(piece)
        except ProviderError as exc:
            return found, exc
        return found, None

    def _on_change(self) -> None:
        self._changed.set()


async def pieces(stream: Stream) -> list[Piece]:
    """Read a stream to its end, which must not take for ever."""

    async def collect() -> list[Piece]:
        return [piece async for piece in stream]

    return await asyncio.wait_for(collect(), PATIENCE_S)


def order(engine: str, model: ModelInfo | None = None, device: str = "CPU", **options: Any) -> Load:
    """Return the order for a model, by default the built-in one."""
    return Load(engine=engine, device=device, model=model or builtin(), options=options)
