"""The test corpus: whole files of packages that no model here has been trained on."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starter_training.places import WORK

TEST = WORK / "corpus" / "test.jsonl"
VALIDATION = WORK / "corpus" / "validation.jsonl"

PYTHON, SCRIPT = "Python", "JavaScript/TypeScript"
GROUPS = (PYTHON, SCRIPT)
"""Languages that are reported together."""

MIN_CHARS, MAX_CHARS = 800, 100_000


class NoCorpus(Exception):
    """There is nothing to evaluate on; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    r"""A file of a test package, its lines ended by \n."""

    package: str
    language: str
    """LSP language id."""
    path: str
    text: str

    @property
    def group(self) -> str:
        """The row of the tables that it belongs to."""
        return PYTHON if self.language == "python" else SCRIPT


def read(path: Path = TEST) -> list[SourceFile]:
    """Return the files of usable size, in an order of their own; raises NoCorpus."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as exc:
        raise NoCorpus(f"there is no test corpus at {path}; `make eval-starter` fetches it") from exc
    found = [_file(json.loads(line)) for line in lines if line.strip()]
    usable = [each for each in found if MIN_CHARS <= len(each.text) <= MAX_CHARS and "\r" not in each.text]
    if not usable:
        raise NoCorpus(f"the test corpus at {path} has no file between {MIN_CHARS} and {MAX_CHARS} characters")
    return sorted(usable, key=lambda each: (each.package, each.path))


def _file(entry: dict[str, str]) -> SourceFile:
    return SourceFile(**{name: entry[name] for name in ("package", "language", "path", "text")})


def spread(files: Sequence[SourceFile], group: str, seed: str) -> list[SourceFile]:
    """Return a group's files in random order, package by turn, so that a large package does not decide the result."""
    choose = random.Random(seed)
    packages: defaultdict[str, list[SourceFile]] = defaultdict(list)
    for file in files:
        if file.group == group:
            packages[file.package].append(file)
    queues = [choose.sample(queue, len(queue)) for queue in packages.values()]
    choose.shuffle(queues)
    longest = max(map(len, queues), default=0)
    return [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]
