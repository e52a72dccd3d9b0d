"""A pool of scripted workers, with ways to wait for what it does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from process.processes import workers_of_this_process

from phi_providers.errors import ProviderError
from phi_providers.messages import Load, ModelInfo, Part, Piece, Urgency, Usage
from phi_providers.plan import Plan
from phi_providers.pool import Job, Limits, Pool, PoolStatus, Stream

MODEL = ModelInfo(id="scripted", family="fim", path="", context=4096)
PATIENCE_S = 10.0
"""Far more than anything here takes on a busy machine; a test that waits so long has failed."""


class Script:
    """The file that a scripted engine reads when it is loaded."""

    def __init__(self, folder: Path, name: str = "script") -> None:
        self.path = folder / f"{name}.json"
        self._record = folder / f"{name}.record"
        self.write()

    def write(self, *answers: dict[str, Any], load: dict[str, Any] | None = None) -> Script:
        """Set what workers loaded from now on do."""
        content = {"load": load or {}, "record": str(self._record), "answers": answers}
        self.path.write_text(json.dumps(content), "utf-8")
        return self

    def order(self, device: str = "none") -> Load:
        """Return the order for a worker that follows this script."""
        return Load(engine="echo", device=device, model=MODEL, options={"script": str(self.path)})

    def record(self) -> list[dict[str, Any]]:
        """Return what the engine has noted: a line at each load, and at each beginning and regular end of a request."""
        text = self._record.read_text("utf-8") if self._record.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def loads(self) -> int:
        """Return how many workers have begun to load."""
        return sum("load" in line for line in self.record())

    def emitted(self, request_id: int) -> int:
        """Return how many tokens the engine gave for a request that has ended."""
        return sum(line["emitted"] for line in self.record() if line.get("id") == request_id and "emitted" in line)


@dataclass(kw_only=True)
class Outcome:
    """How one stream ended."""

    text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    usage: Usage | None = None
    error: ProviderError | None = None


def job(text: str, urgency: Urgency = Urgency.TYPING, max_new_tokens: int = 10_000, **fields: Any) -> Job:
    """Return a job whose prompt is this text."""
    return Job(parts=lambda _: (Part(text=text),), max_new_tokens=max_new_tokens, urgency=urgency, **fields)


async def outcome(stream: Stream) -> Outcome:
    """Read a stream to its end."""
    result = Outcome()
    try:
        async for piece in stream:
            result.pieces.append(piece)
            result.text += piece.text
    except ProviderError as exc:
        result.error = exc
    result.usage = stream.usage
    return result


async def pieces(stream: Stream, count: int) -> str:
    """Read this many pieces and return their text."""
    return "".join([(await asyncio.wait_for(anext_of(stream), PATIENCE_S)).text for _ in range(count)])


async def anext_of(stream: Stream) -> Piece:
    """Return the next piece."""
    return await stream.__anext__()


class WatchedPool:
    """A pool, the processes it has had, and a way to wait until its status is as expected."""

    def __init__(self, plan: Plan, home: Path, idle_unload_s: float, limits: Limits) -> None:
        self.pids: list[int] = []
        self.others = workers_of_this_process()
        """Workers of other pools, such as engines that tests share."""
        self._changed = asyncio.Event()
        self.pool = Pool(plan, home, self._on_change, idle_unload_s, limits)

    def submit(self, text: str, urgency: Urgency = Urgency.TYPING, **fields: Any) -> Stream:
        """Submit a job whose prompt is this text."""
        return self.pool.submit(job(text, urgency, **fields))

    async def answer(self, text: str, urgency: Urgency = Urgency.TYPING, **fields: Any) -> Outcome:
        """Submit a job and read its stream to the end."""
        return await asyncio.wait_for(outcome(self.submit(text, urgency, **fields)), PATIENCE_S)

    async def until(self, condition: Callable[[PoolStatus], bool]) -> PoolStatus:
        """Return the first status that meets the condition."""
        while not condition(status := self.pool.status()):
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), PATIENCE_S)
        return status

    async def until_ready(self, *, not_pid: int | None = None) -> int:
        """Return the process id of the first worker that is ready, once there is one (other than `not_pid`)."""
        status = await self.until(lambda s: any(w.state == "ready" and w.pid != not_pid for w in s.workers))
        return next(worker.pid for worker in status.workers if worker.state == "ready" and worker.pid)

    def _on_change(self) -> None:
        known = [worker.pid for worker in self.pool.status().workers if worker.pid]
        self.pids += [pid for pid in known if pid not in self.pids]
        self._changed.set()


MakePool = Callable[..., WatchedPool]
"""Takes scripts in order of preference, `idle_unload_s`, `devices` as they are asked for, and `Limits` by name."""
