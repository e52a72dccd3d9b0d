"""An engine as the product has it: a worker process behind a pool, with every frame that it sends on record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar, Union

import psutil
from engine.built_in import Answer

from phi_providers.messages import Done, Failed, Load, ModelProfile, Part, Piece, Started, Urgency, Usage
from phi_providers.plan import one_order
from phi_providers.pool import Job, Limits, Pool, Stream
from phi_providers.worker_client import WorkerClient

PATIENCE_S = 300.0
"""Far more than anything takes on a busy machine; what takes so long has failed."""

PATIENT = Limits(silence_s=60.0, loading_silence_s=120.0, grace_s=5.0, cancel_grace_s=60.0, backoff_s=(0.0,))

TURNS = 10
"""Of the event loop, after which it has read what lies in a pipe."""

Result = TypeVar("Result")
News = Union[Started, Piece, Done, Failed]


class RecordingPool(Pool):
    """A pool that keeps all frames of its requests, in the order in which they came."""

    def __init__(self, order: Load, home: Path) -> None:
        self.frames: list[News] = []
        self._news = asyncio.Event()
        super().__init__(one_order([order]), home, limits=PATIENT)

    def on_frame(self, client: WorkerClient, frame: News) -> None:
        """Keep the frame and pass it on."""
        self.frames.append(frame)
        self._news.set()
        super().on_frame(client, frame)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a frame that makes it true."""
        while not condition():
            self._news.clear()
            await self._news.wait()

    def of(self, request_id: int) -> list[News]:
        """Return the frames of one request."""
        return [frame for frame in self.frames if frame.id == request_id]


class LoadedEngine:
    """A pool of one engine; its worker starts with the first request. Errors are those that the pool raises."""

    def __init__(self, order: Load, home: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.order = order
        self._loop = loop
        self._home = home
        self.pool = self.run(self._make())
        self.load_s = 0.0

    def load(self) -> LoadedEngine:
        """Load the model; raises LoadFailed."""
        begun = time.perf_counter()
        self.ask((Part(text="import os\n"),), 1)
        self.load_s = time.perf_counter() - begun
        return self

    @property
    def profile(self) -> ModelProfile:
        """What loading found out."""
        profile = self.pool.profile_for(Urgency.ASKED)
        assert profile is not None
        return profile

    @property
    def process(self) -> psutil.Process:
        """The worker."""
        (worker,) = self.pool.status().workers
        return psutil.Process(worker.pid)

    def run(self, action: Coroutine[Any, Any, Result]) -> Result:
        """Run something in the pool's event loop."""
        return self._loop.run_until_complete(asyncio.wait_for(action, PATIENCE_S))

    def submit(self, parts: tuple[Part, ...], new: int, urgency: Urgency = Urgency.ASKED) -> Stream:
        """Ask without waiting; only within `run`."""
        return self.pool.submit(Job(parts=lambda _: parts, max_new_tokens=new, urgency=urgency))

    async def collect(self, stream: Stream) -> Answer:
        """Wait for all that a request brings."""
        async for _piece in stream:
            pass
        return self.answer(stream)

    def answer(self, stream: Stream) -> Answer:
        """Return what a request that has ended has brought."""
        frames = [frame for frame in self.pool.of(stream.id) if isinstance(frame, (Started, Piece))]
        return Answer(stream.usage or Usage(), frames)

    def ask(self, parts: tuple[Part, ...], new: int = 16) -> Answer:
        """Ask and wait."""

        async def act() -> Answer:
            return await self.collect(self.submit(parts, new))

        return self.run(act())

    async def interrupt(self, stream: Stream, action: Callable[[], None], *, heartbeats: int = 0) -> list[News]:
        """Act while the worker is stopped after its first token or so many heartbeats; return what it had sent.

        What it sends after that, it sends although the pool's next frame lies in front of it.
        """

        def begun() -> bool:
            frames = self.pool.of(stream.id)
            far = beats(frames) >= heartbeats if heartbeats else tokens(frames) > 0
            return far or any(isinstance(frame, (Done, Failed)) for frame in frames)

        await self.pool.until(begun)
        process = self.process
        process.suspend()
        try:
            while process.status() != psutil.STATUS_STOPPED:
                pass  # the signal is on its way
            before = -1
            while before != (before := len(self.pool.frames)):
                for _turn in range(TURNS):
                    await asyncio.sleep(0)
            action()
        finally:
            process.resume()
        return self.pool.of(stream.id)

    def close(self) -> None:
        """End the worker."""
        self.run(self.pool.close())

    async def _make(self) -> RecordingPool:
        return RecordingPool(self.order, self._home)


def tokens(frames: Sequence[News]) -> int:
    """Count the tokens in frames."""
    return sum(len(frame.token_ids) for frame in frames if isinstance(frame, Piece))


def beats(frames: Sequence[News]) -> int:
    """Count the prefill steps that frames tell of: each but the last one of a prompt, which brings the first token."""
    begun = next((index for index, frame in enumerate(frames) if isinstance(frame, Started)), len(frames))
    return sum(1 for frame in frames[begun:] if isinstance(frame, Piece) and not frame.token_ids)
