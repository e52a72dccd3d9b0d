"""A running llama-server, and one completion at a time over HTTP, as an editor's plug-in asks for it.

A request is given up by closing its connection, which the server notices at the next token.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.peer.building import NoPeer

HOST = "127.0.0.1"
READY_WITHIN_S = 120.0
LOOK_S = 0.05
ANSWER_WITHIN_S = 60.0
REUSED_CHUNK = 256
"""What llama.vim's own instructions set for shifting keys and values (`--cache-reuse`)."""
CLOSED = (OSError, http.client.HTTPException, ValueError, AttributeError)
"""What reading from a connection ends with that another thread has closed."""


@dataclass(frozen=True)
class Step:
    """A piece of an answer, and the server's counts so far."""

    text: str
    tokens: tuple[int, ...]
    reused: int
    computed: int
    written: int


class Completion:
    """A request that has been sent."""

    def __init__(self, port: int, order: dict[str, Any]) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_WITHIN_S)
        self._connection.connect()
        # Otherwise the body may wait for the acknowledgement of the head.
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.request("POST", "/completion", json.dumps(order), {"Content-Type": "application/json"})
        self._socket = self._connection.sock
        self._given_up = False

    def __iter__(self) -> Iterator[Step]:
        """Yield the answer as it comes; it just ends if it was given up. Raises RuntimeError for a refusal."""
        try:
            response = self._connection.getresponse()
            if response.status != http.HTTPStatus.OK:
                raise RuntimeError(f"llama-server answered {response.status}: {response.read()[:500]!r}")
            for line in response:
                if line.startswith(b"data: {"):
                    yield _step(json.loads(line[6:]))
        except CLOSED:
            if not self._given_up:
                raise

    def give_up(self) -> None:
        """Close the connection; for any thread."""
        self._given_up = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Free it, once the answer has been read or given up; what the server still writes of it ends."""
        self.give_up()
        self._connection.close()


class LlamaServer:
    """The process; raises NoPeer if it does not come up."""

    def __init__(
        self,
        program: Sequence[str | Path],
        weights: Path,
        *,
        context: int,
        threads: int,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Start `program`, with these environment variables beside ours, and wait until it has loaded the weights."""
        self.port = _free_port()
        arguments = {
            "--model": weights,
            "--host": HOST,
            "--port": self.port,
            "--ctx-size": context,
            "--parallel": 1,
            "--threads": threads,
            "--cache-reuse": REUSED_CHUNK,
        }
        words = [str(word) for pair in arguments.items() for word in pair]
        quiet = subprocess.DEVNULL
        command, environment = [*program, *words], {**os.environ, **(variables or {})}
        self.process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, env=environment)
        self._wait()

    def complete(self, ids: Sequence[int], *, new_tokens: int, most_ms: int = 0) -> Completion:
        """Ask for the most likely continuation of a prompt; `most_ms`: it ends at a line's end after so long."""
        order = {
            "prompt": list(ids),
            "n_predict": new_tokens,
            "samplers": ["top_k"],
            "top_k": 1,
            "cache_prompt": True,
            "id_slot": 0,
            "stream": True,
            "timings_per_token": True,
            "return_tokens": True,
            **({"t_max_predict_ms": most_ms} if most_ms else {}),
        }
        return Completion(self.port, order)

    def close(self) -> None:
        """End it."""
        # It has nothing to save, and asked to end it would first finish a prompt that it is computing.
        self.process.kill()
        self.process.wait()

    def _wait(self) -> None:
        until = time.perf_counter() + READY_WITHIN_S
        while time.perf_counter() < until and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(HOST, self.port, timeout=1)
                connection.request("GET", "/health")
                if connection.getresponse().status == http.HTTPStatus.OK:
                    return
            time.sleep(LOOK_S)
        self.process.kill()
        raise NoPeer(f"llama-server did not load its model (exit status {self.process.wait()})")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def _step(event: dict[str, Any]) -> Step:
    timings = event.get("timings", {})
    return Step(
        text=event.get("content", ""),
        tokens=tuple(event.get("tokens", ())),
        reused=int(timings.get("cache_n", 0)),
        computed=int(timings.get("prompt_n", 0)),
        written=int(timings.get("predicted_n", 0)),
    )
