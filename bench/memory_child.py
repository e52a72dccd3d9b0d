"""The child of `memory`: loads what the worker loads and notes after each stage what has been added.

Takes the number of blocks of the KV pool as its argument, 0 for the product's own.
"""

from __future__ import annotations

import importlib
import json
import os
import sys

import psutil

from bench.documents import of_length

PROMPTS = 24
"""More than the KV pool holds of the built-in model's contexts."""
PROMPT_LINES = 60


class Stages:
    """What the resident memory has grown by, stage by stage."""

    def __init__(self) -> None:
        self._last = 0
        self.found: list[dict[str, object]] = []

    def end(self, name: str) -> None:
        """A stage has ended."""
        now = psutil.Process().memory_info().rss
        if name:
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
    from phi_providers.messages import Cut, Load, Part, Request

    for library in ("openvino", "openvino_genai"):
        importlib.import_module(library)
        stages.end(f"{library} library")
    options = {"kv_blocks": int(sys.argv[1])} if int(sys.argv[1]) else {}
    provider = load_provider(Load(engine="openvino", device="CPU", model=builtin(), options=options))
    ended = iter(["", "tokenizer", "device list", "compiled model"])
    provider.load(lambda _stage: stages.end(next(ended)))
    stages.end("warm-up (scratch for the longest prefill step)")
    source = of_length(PROMPTS * PROMPT_LINES)
    for start in range(0, len(source), PROMPT_LINES):
        text = "\n".join(source[start : start + PROMPT_LINES])[:2600]
        part = Part(text=text, cut=Cut.START, name="prefix")
        provider.generate(Request(id=1, parts=(part,), max_new_tokens=16), lambda _frame: True)
    stages.end(f"{PROMPTS} long prompts (KV pool and scratch)")
    os.write(answers, json.dumps(stages.found).encode() + b"\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
