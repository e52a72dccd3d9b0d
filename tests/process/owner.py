"""A process of its own that owns a pool: `python owner.py HOME SCRIPT STATE`.

Brings its worker into the state, prints one JSON line with the worker's process id, and then the outcome of its request
if that has an end. Killed or stopped by the tests.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from phi_providers.errors import ProviderError
from phi_providers.messages import Load, ModelInfo, Part, Urgency
from phi_providers.plan import one_order
from phi_providers.pool import Job, Pool

STATES = ("loading", "idle", "generating", "hanging")


async def own(home: Path, script: str, state: str) -> None:
    """Own a pool until killed."""
    changed = asyncio.Event()
    model = ModelInfo(id="scripted", family="fim", path="", context=4096)
    order = Load(engine="echo", device="none", model=model, options={"script": script})
    pool = Pool(one_order([order]), home, changed.set)
    pool.start()
    aim = "following the script" if state == "loading" else "ready"
    while not any(aim in (worker.stage, worker.state) for worker in pool.status().workers):
        changed.clear()
        await changed.wait()
    pid = pool.status().workers[0].pid
    if state in ("generating", "hanging"):
        await request(pool, pid)
    else:
        print(json.dumps({"pid": pid}), flush=True)
    await asyncio.Event().wait()


async def request(pool: Pool, pid: int | None) -> None:
    """Print the process id at the first piece of an answer, and the whole text, or the error, at its end."""
    stream = pool.submit(Job(parts=lambda _: (Part(text="x"),), max_new_tokens=10_000, urgency=Urgency.ASKED))
    text = ""
    try:
        async for piece in stream:
            if not text:
                print(json.dumps({"pid": pid}), flush=True)
            text += piece.text
    except ProviderError as exc:
        text = f"{type(exc).__name__}: {exc}"
    print(json.dumps({"outcome": text}), flush=True)


if __name__ == "__main__":
    asyncio.run(own(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
