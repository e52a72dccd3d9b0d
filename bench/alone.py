"""The engine in a process of its own, without a server: what it alone takes for the server's prompts."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One request at the provider."""

    encode_ms: float
    """From text to token ids, within the budget."""
    prefill_ms: float
    """To the first token."""
    decode_ms: float
    """From the first token until the server would have had enough."""
    tokens: int
    prompt_tokens: int
    tokens_reused: int

    @property
    def engine_ms(self) -> float:
        """Prefill and decoding."""
        return self.prefill_ms + self.decode_ms


class Alone:
    """The parent's handle; use it as a context manager."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bench.alone_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=sandbox.env(),
            cwd=ROOT,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Alone:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._child.kill()
        self._child.communicate()

    def open(self, uri: str, text: str, line: int) -> None:
        """Load the model, and take in a document with the cursor at the start of a line."""
        self._order(uri=uri, text=text, line=line)

    def type(self, text: str) -> None:
        """Type at the cursor; nothing is asked."""
        self._order(type=text)

    def ask(self) -> Cost:
        """Run the prompt that the server would make at the cursor."""
        return Cost(**self._order(ask=True))

    def _order(self, **order: Any) -> dict[str, Any]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(order) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError("the process with the engine alone has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer
