"""Reads the server's own counters, and what the system says of its processes."""

from __future__ import annotations

import time

import psutil

from bench.editor import Editor, Json
from bench.typing_replay.records import Counts

IDLE_WITHIN_S = 60.0
LOOK_S = 0.05


def count(editor: Editor) -> Counts:
    """Return the counts so far."""
    status = editor.command("phi-ls.status")
    workers = status["workers"]
    total = {name: sum(worker[key] for worker in workers) for name, key in COUNTED.items()}
    workers_s = sum(_processor_s(worker["pid"]) for worker in workers if worker["pid"])
    return Counts(
        **total,
        shown=status["suggestions"],
        hits=status["suggestionHits"],
        joined=status["suggestionsJoined"],
        server_s=_processor_s(editor.process.pid),
        workers_s=workers_s,
    )


COUNTED = {
    "requests": "requests",
    "prompt_tokens": "promptTokens",
    "tokens_reused": "tokensReused",
    "new_tokens": "newTokens",
}


def wait_until_idle(editor: Editor) -> Json:
    """Look until nothing is generated any more, and return the status; raises RuntimeError after a minute."""
    until = time.perf_counter() + IDLE_WITHIN_S
    while time.perf_counter() < until:
        status: Json = editor.command("phi-ls.status")
        if status["kind"] in ("normal", "warning") and not status["queue"]:
            return status
        time.sleep(LOOK_S)
    raise RuntimeError(f"the server is not ready after {IDLE_WITHIN_S:.0f} s: {status['message']}")


def _processor_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
