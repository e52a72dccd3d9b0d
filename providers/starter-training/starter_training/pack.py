"""Samples as rows of token ids of one length, none of them cut in two, for training to read from the disk."""

from __future__ import annotations

import itertools
import json
import random
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from tokenizers import Tokenizer

from phi_providers.messages import Control
from starter_training.documents import Document, documents
from starter_training.places import WORK
from starter_training.samples import Run, questions, samples

CONTROL_IDS = {
    Control.BEGIN.value: 1, Control.SYSTEM.value: 4, Control.USER.value: 5, Control.ASSISTANT.value: 6,
    Control.END.value: 7, Control.FIM_PREFIX.value: 8, Control.FIM_SUFFIX.value: 9, Control.FIM_MIDDLE.value: 10,
    "endoftext": 3,
}  # fmt: skip
BEGIN, PADDING = 1, 2
OPEN_ROWS = 48
"""Rows that are filled at one time; a sample goes where it leaves least room. 2 to 6 % of the positions stay empty."""
BATCH = 256
QUESTION_SHARE = 0.07
"""Of the tokens; questions repeat the same sentences, so more of them would teach little."""

PYTHON_KEPT = 0.6
"""Of the training text in Python, so that JavaScript and TypeScript are nearly three tenths of all."""

PIECES = {512: [500, 900, 1300, 1600], 1024: [900, 1500, 2200, 2900, 3100], 2048: [1500, 3500, 5200, 6300]}
"""Characters of a piece for each row length: the product's windows are of all sizes up to the full context."""


class RowFile:
    """Rows on the disk as they fill up, 16 bits an id."""

    def __init__(self, path: Path, length: int) -> None:
        self.length, self.rows = length, 0
        self._file = path.open("wb")
        self._open: list[array[int]] = []

    def add(self, ids: list[int]) -> None:
        """Put a sample of at most `length` ids into the open row that it fills best."""
        fitting = [row for row in self._open if len(row) + len(ids) <= self.length]
        if fitting:
            max(fitting, key=len).extend(ids)
            return
        if len(self._open) >= OPEN_ROWS:
            fullest = max(self._open, key=len)
            self._open = [row for row in self._open if row is not fullest]
            self._write(fullest)
        self._open.append(array("H", ids))

    def close(self) -> None:
        """Write what is still open."""
        for row in self._open:
            self._write(row)
        self._file.close()

    def _write(self, row: array[int]) -> None:
        row.extend([PADDING] * (self.length - len(row)))
        row.tofile(self._file)
        self.rows += 1


def encoded(runs: Iterable[list[Run]], tokenizer: Tokenizer) -> Iterator[list[int]]:
    """Yield the ids of each sample; neighbouring texts are encoded as one, as the product does."""
    iterator = iter(runs)
    while batch := list(itertools.islice(iterator, BATCH)):
        joined = [_joined(sample) for sample in batch]
        texts = [run for sample in joined for run in sample if isinstance(run, str)]
        encodings = iter(tokenizer.encode_batch_fast(texts, add_special_tokens=False))
        for sample in joined:
            yield [index for run in sample for index in (next(encodings).ids if isinstance(run, str) else [run])]


def _joined(sample: list[Run]) -> list[str | int]:
    result: list[str | int] = []
    for run in sample:
        if isinstance(run, str):
            result.append(CONTROL_IDS[run])
        elif run.control is not None:
            result.append(CONTROL_IDS[run.control.value])
        elif result and isinstance(result[-1], str):
            result[-1] += run.text
        else:
            result.append(run.text)
    return result


def pack(split: str, length: int, seed: int, skip: int = 0, limit: int | None = None) -> dict[str, float]:
    """Write `WORK/packed/<split>-<length>.bin` and return what went into it."""
    tokenizer = Tokenizer.from_file(str(WORK / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    folder = WORK / "packed"
    folder.mkdir(parents=True, exist_ok=True)
    everything = list(itertools.islice(_balanced(split, seed), skip, None if limit is None else skip + limit))
    rows = RowFile(folder / f"{split}-{length}.bin", length)
    count: Counter[str] = Counter()
    asked = encoded(_endless(everything, seed), tokenizer)
    for ids in encoded(samples(everything, PIECES[length], seed), tokenizer):
        _add(rows, ids, count, "code")
        while count["questions"] < QUESTION_SHARE * count["code"] and (question := next(asked, None)) is not None:
            _add(rows, question, count, "questions")
    rows.close()
    return {**count, "rows": rows.rows, "filled": round((count["code"] + count["questions"]) / (rows.rows * length), 4)}


def _balanced(split: str, seed: int) -> Iterator[Document]:
    """Yield the documents of a split; of Python's, of which the corpus has most, a part."""
    rng = random.Random(seed)
    for document in documents(split):
        if split != "train" or document.language != "python" or rng.random() < PYTHON_KEPT:
            yield document


def _add(rows: RowFile, ids: list[int], count: Counter[str], kind: str) -> None:
    if len(ids) > rows.length:
        count["too long"] += 1
        if kind == "questions":
            count[kind] += 1
        return
    rows.add(ids)
    count[kind] += len(ids)


def _endless(everything: list[Document], seed: int) -> Iterator[list[Run]]:
    """Yield every question once, those of one file spread among those of others."""
    rng = random.Random(seed + 1)
    order = rng.sample(everything, len(everything))
    for start in range(0, len(order), 400):
        group = [question for document in order[start : start + 400] for question in questions(document, rng)]
        rng.shuffle(group)
        yield from group


def main(
    split: Annotated[str, typer.Option(help="train or validation.")] = "train",
    length: Annotated[int, typer.Option(help="Ids in a row.")] = 1024,
    seed: int = 1,
    skip: Annotated[int, typer.Option(help="Documents to leave out at the beginning: other lengths have them.")] = 0,
    limit: Annotated[int | None, typer.Option(help="Documents at most.")] = None,
) -> None:
    """Write the samples of a split as rows of token ids."""
    typer.echo(json.dumps(pack(split, length, seed, skip, limit)))


def load(split: str, length: int) -> np.ndarray:
    """Return the rows of a split, (rows, length), read from the disk as they are used."""
    return np.memmap(WORK / "packed" / f"{split}-{length}.bin", dtype=np.uint16, mode="r").reshape(-1, length)
