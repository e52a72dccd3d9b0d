"""What `phi-ls status` shows of what servers and the system tell, in 80 columns, and where they tell less."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from phi_ls.device_load import DeviceLoad
from phi_ls.terminal.status_screen import machine_view, servers_view

WORKER = {
    "engine": "openvino",
    "device": "GPU.0",
    "model": "phi-3-mini",
    "pid": 2,
    "state": "busy",
    "residentBytes": 3 * 2**30,
    "requests": 12,
    "promptTokens": 40_000,
    "tokensReused": 30_000,
    "newTokens": 700,
    "tokensPerS": 23.456,
    "decodeMsPerToken": 40.0,
    "kvTokens": 16_384,
    "kvBytes": 3 * 2**30,
}
STATUS = {
    "kind": "busy",
    "message": "generating",
    "model": "phi-3-mini",
    "device": "GPU.0",
    "queue": 1,
    "suggestions": 8,
    "suggestionHits": 2,
    "p50Ms": 120.4,
    "p95Ms": 300.0,
    "workers": [WORKER],
}


def shown(view: Any) -> str:
    console = Console(width=80, file=io.StringIO(), highlight=False)
    console.print(view)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, text.splitlines()), default=0) <= 80
    return " ".join(text.split())


def server(**changes: Any) -> dict[str, Any]:
    return {"pid": 1, "status": {**STATUS, **changes}}


def test_a_server_at_work() -> None:
    """Suggestions from the cache, latencies, the queue; of the worker its speed, prefix cache and memory."""
    text = shown(servers_view([server()]))
    assert "Server 1 busy: generating" in text
    assert "8 shown, 2 of them (25%) from the cache" in text
    assert "half within 120 ms, 95 % within 300 ms" in text
    assert "waiting 1 request " in text
    assert "openvino on GPU.0 busy 23 25 75% of 40k 12 3072 MB" in text
    assert "keeps 16k tokens of prompts in up to 3072 MB (phi-3-mini)" in text


def test_a_slow_worker_has_a_decimal() -> None:
    """Between two and three tokens a second lies a third of the speed."""
    assert "busy 2.6 – " in shown(
        servers_view([server(workers=[{**WORKER, "tokensPerS": 2.57, "decodeMsPerToken": None}])])
    )


def test_before_the_first_suggestion() -> None:
    """What is not known yet is no zero."""
    worker = {**WORKER, "tokensPerS": None, "decodeMsPerToken": None, "promptTokens": 0, "requests": 0}
    text = shown(servers_view([server(suggestions=0, suggestionHits=0, p50Ms=None, p95Ms=None, workers=[worker])]))
    assert "none shown yet" in text
    assert "latency –" in text
    assert "busy – – – 0 3072 MB" in text


def test_a_server_of_another_version() -> None:
    """Keys that it does not write are passed over."""
    assert "Server 1 ?:" in shown(servers_view([{"pid": 1}]))
    assert "keeps" not in shown(servers_view([server(workers=[{"engine": "echo", "kvTokens": None}])]))
    assert "echo on ? ?" in shown(servers_view([server(workers=[{"engine": "echo"}])]))


def test_text_of_a_server_cannot_drive_the_terminal() -> None:
    """A message is text, whatever characters are in it."""
    console = Console(width=80, file=io.StringIO(), force_terminal=True, highlight=False)
    console.print(servers_view([server(message="\x1b]0;title\x07[red]x")]))
    assert "\x1b]0" not in console.file.getvalue()  # type: ignore[attr-defined]


def test_several_servers() -> None:
    """Each has its own lines."""
    text = shown(servers_view([server(), {**server(), "pid": 7}]))
    assert "Server 1 " in text
    assert "Server 7 " in text
    assert "no server is running" in shown(servers_view([]))


def test_the_machine() -> None:
    """Shares and bytes where they are known, the name alone where they are not."""
    loads = [
        DeviceLoad(name="CPU", busy=0.5, memory_used=2**30, memory_total=2**32),
        DeviceLoad(name="NVIDIA H200", busy=None, memory_used=2**31),
        DeviceLoad(name="NPU", busy=1.0),
    ]
    text = shown(machine_view(loads))
    assert "50% busy 1.0 of 4.0 GB in use NVIDIA H200 2.0 GB in use" in text
    assert text.endswith("100% busy")


def test_another_model_that_suggests_is_named_with_the_reason() -> None:
    """Whoever wonders why suggestions look small reads it here; without one there is no such line."""
    typing = {"model": "starter", "engine": "openvino", "device": "CPU", "reason": "a line by phi-3-mini takes 2.9 s"}
    assert "typing starter on CPU (a line by phi-3-mini takes 2.9 s)" in shown(servers_view([server(typing=typing)]))
    assert "typing" not in shown(servers_view([server(typing=None)]))
