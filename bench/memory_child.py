"""The child of `memory`: loads what the worker loads and notes after each stage what has been added."""

from __future__ import annotations

import importlib
import json
import os
import sys

import psutil

ENGINE = "openvino"


class Stages:
    """What the resident memory has grown by, stage by stage."""

    def __init__(self) -> None:
        self._last = 0
        self.found: list[dict[str, object]] = []

    def end(self, name: str) -> None:
        """A stage has ended."""
        now = psutil.Process().memory_info().rss
        self.found.append({"name": name, "bytes": now - self._last})
        self._last = now


def main() -> None:
    """Print the stages as one line of JSON."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what the engine prints is no answer
    stages = Stages()
    stages.end("interpreter and psutil")
    from phi_providers.models.installed import builtin
    from phi_providers.provider import load_provider

    importlib.import_module("phi_providers.token_provider")
    stages.end("provider modules and tokenizers library")
    from phi_providers.messages import Control, Load, Part, Request

    for library in ("openvino", "openvino_genai"):
        importlib.import_module(library)
        stages.end(f"{library} library")
    provider = load_provider(Load(engine=ENGINE, device="CPU", model=builtin()))
    ended = ["", "tokenizer", "device list", "compiled model and KV pool"]
    provider.load(lambda _stage: stages.end(name) if (name := ended.pop(0) if ended else "more") else None)
    stages.end("warm-up")
    parts = (Part(control=Control.FIM_PREFIX), Part(text="x = 1\n" * 200, name="prefix"))
    provider.generate(Request(id=1, parts=parts, max_new_tokens=32), lambda _frame: True)
    stages.end("first long prompt")
    os.write(answers, json.dumps(stages.found).encode() + b"\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
