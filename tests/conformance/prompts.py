"""What the engines are asked: real code, beginning at the left margin, so that a server encodes it as we do."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import shutil
import textwrap
from collections.abc import Callable

from phi_providers.messages import Cut, Part

_Loop = asyncio.BaseEventLoop

FUNCTIONS: tuple[Callable[..., object], ...] = (
    _Loop.run_forever,
    _Loop.run_until_complete,
    _Loop.call_later,
    _Loop.run_in_executor,
    shutil.copyfile,
    shutil.which,
    textwrap.dedent,
    inspect.getsourcefile,
    inspect.unwrap,
)

_HEADER = "# python: src/app.py\n"
"""Above each opening, as the product has one above each file: without it a small model soon says one word for ever."""

_BEGINNINGS = (
    "from __future__ import",
    "except KeyError:",
    "import argparse\n\nparser = argparse.",
    "#!/usr/bin/env",
    "super().",
    "logger = logging.",
    "def setUp(self):\n    ",
    "@staticmethod\ndef",
    "return None\n\n\ndef",
    "for key, value in",
    "print(",
    "x = [",
    "import unittest\n\n\nclass Test",
    "raise ValueError(",
    "with open(",
    "console.",
    "try {",
    "throw new",
    "document.",
    "JSON.",
    "import json\n\n\ndef load(path):\n    with open(path) as file:\n",
    "class Point:\n    def __init__(self, x, y):\n        self.x",
    "def add(a, b):\n    return",
    "while True:\n    line = file.readline()\n    if not",
    "def test_sum():\n    assert",
)

OPENINGS = tuple(_HEADER + beginning for beginning in _BEGINNINGS)
"""Short prompts, in whose answers even a model in codes of 4 bits says something that they do not."""


def source(function: Callable[..., object]) -> str:
    """Return a function's source at the left margin."""
    return textwrap.dedent(inspect.getsource(function))


def beginnings() -> list[str]:
    """Return the first two thirds of some functions: 50 to 300 tokens each."""
    texts = []
    for function in FUNCTIONS:
        lines = source(function).splitlines()
        texts.append("\n".join(lines[: max(2 * len(lines) // 3, 2)])[:900])
    return texts


_numbers = itertools.count(1)


def long_text(chars: int = 2000) -> str:
    """Return text that nobody has asked for before, of 500 tokens or more unless `chars` says otherwise."""
    return f"# {next(_numbers)} th text\n{source(_Loop.create_connection)}{source(_Loop.create_server)}"[:chars]


def plain(text: str) -> tuple[Part, ...]:
    """Return a prompt that is one text which may be cut in front."""
    return (Part(text=text, name="prefix", cut=Cut.START),)
