"""Files that no model here has been trained on: the evaluation's test packages, and C from a package of npm.

Both are downloaded once, by their registries' own clients, into the folder of the training recipe. The C files are
tree-sitter's runtime library (MIT), as it comes inside its package for Node; the recipe takes no C at all.
"""

from __future__ import annotations

import json
import random
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.typing_replay.sampling import Source, sample
from bench.typing_replay.traces import Trace
from starter_training.collect import Wanted, download
from starter_training.evaluation.corpus import TEST, NoCorpus
from starter_training.evaluation.fetching import fetch
from starter_training.places import WORK

LANGUAGES = ("python", "typescript", "c")
C_PACKAGE = Wanted("npm", "typing", "tree-sitter", "0.25.1")
C_FOLDER = "package/vendor/tree-sitter/lib/src/"
C_LICENCE = "MIT"
KEPT = WORK / "typing"
"""Where traces lie once they have been made: they hold other people's source text."""


def made(per_language: int, seed: str) -> list[Trace]:
    """Return so many traces of each language, the same ones for the same seed; raises NoCorpus."""
    fetch()
    files = [*_tested(TEST), *_in_c()]
    return [
        trace
        for language in LANGUAGES
        for trace in _of([f for f in files if f.language == language], per_language, seed)
    ]


def _of(files: Sequence[Source], count: int, seed: str) -> list[Trace]:
    """Return traces in files of one language, package by turn."""
    choose = random.Random(seed)
    queues: dict[str, list[Source]] = {}
    for file in choose.sample(files, len(files)):
        queues.setdefault(file.origin, []).append(file)
    longest = max(map(len, queues.values()), default=0)
    order = [queue[turn] for turn in range(longest) for queue in queues.values() if turn < len(queue)]
    found = (sample(file, seed) for file in order)
    return [trace for trace, _ in zip((each for each in found if each), range(count), strict=False)]


def _tested(corpus: Path) -> Iterator[Source]:
    for line in corpus.read_text("utf-8").split("\n"):
        entry = json.loads(line) if line.strip() else {}
        if entry.get("language") in LANGUAGES and "\r" not in entry["text"]:
            origin = f"{entry['package']} {entry['version']} ({entry['licence']})"
            yield Source(path=entry["path"], language=entry["language"], origin=origin, text=entry["text"])


def _in_c() -> Iterator[Source]:
    failure = download(C_PACKAGE)
    archive = C_PACKAGE.archive
    if failure or archive is None:
        raise NoCorpus(f"the C files cannot be downloaded: {failure}")
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda each: each.name):
            stream = (
                tar.extractfile(member) if member.name.startswith(C_FOLDER) and member.name.endswith(".c") else None
            )
            if stream is not None:
                origin = f"{C_PACKAGE.name} {C_PACKAGE.version} ({C_LICENCE})"
                yield Source(
                    path=Path(member.name).name, language="c", origin=origin, text=stream.read().decode("utf-8")
                )
