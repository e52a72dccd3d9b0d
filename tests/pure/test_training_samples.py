"""Training samples of the built-in model: cut where the product cuts, encoded as the product encodes."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from phi_providers.messages import Control, Part
from phi_providers.models.installed import BUILTIN
from phi_providers.prompt import PromptEncoder
from starter_training import cursors, explained
from starter_training.copies import SPECIAL_IDS, copying_row
from starter_training.documents import Document
from starter_training.pack import CONTROL_IDS, PADDING, RowFile, encoded
from starter_training.rows import IGNORED, batch, order
from starter_training.samples import END_OF_TEXT, pieces, questions, samples
from starter_training.schedule import Schedule

SOURCE = '''\
"""Counts things."""

import collections


class Counter:
    """Counts what it is shown, by kind."""

    def __init__(self, kinds):
        self.kinds = list(kinds)
        self.counts = collections.Counter()

    def show(self, thing, weight=1):
        """Count a thing once, or as often as its weight says."""
        if thing.kind not in self.kinds:
            raise KeyError(f"no such kind: {thing.kind!r}")
        self.counts[thing.kind] += weight
        return self.counts[thing.kind]

    # What was shown most often.
    def most(self):
        ranked = sorted(self.counts.items(), key=lambda pair: -pair[1])
        return [kind for kind, _ in ranked]
'''
DOCUMENT = Document("counting", "python", "counting/counter.py", SOURCE)
OTHER = Document("counting", "python", "counting/other.py", SOURCE.replace("kind", "sort"))


@pytest.mark.parametrize("kind", list(cursors.KINDS))
@given(seed=st.integers(0, 10_000))
def test_a_cut_is_the_text_in_three_parts(kind: str, seed: int) -> None:
    """Whatever the cursor, prefix, middle and suffix together are the text, unchanged."""
    cut = cursors.draw(SOURCE, random.Random(f"{kind}{seed}"))
    assert cut is None or cut.prefix + cut.middle + cut.suffix == SOURCE


@given(seed=st.integers(0, 10_000))
def test_a_prefix_ends_where_the_products_prompt_ends(seed: int) -> None:
    """No prefix ends inside of a word, or in blanks behind text: the product takes both off before it asks."""
    cut = cursors.draw(SOURCE, random.Random(seed))
    if cut is not None:
        line = cut.prefix.rpartition("\n")[2]
        follows = (cut.middle + cut.suffix)[:1]
        assert not (_in_word(line[-1:]) and _in_word(follows))
        assert not line.strip() or not line.endswith(" ")


def test_every_kind_of_middle_is_drawn() -> None:
    """Among many cuts are empty middles, ends of lines, and middles of several lines."""
    drawn = [cursors.draw(SOURCE, random.Random(seed)) for seed in range(400)]
    middles = [cut.middle for cut in drawn if cut is not None]
    assert any(middle == "" for middle in middles)
    assert any(middle and "\n" not in middle for middle in middles)
    assert any(middle.count("\n") >= 3 for middle in middles)


def test_samples_are_encoded_as_the_product_encodes_prompts() -> None:
    """The ids of every sample are those that the product's encoder gives for its parts."""
    tokenizer = Tokenizer.from_file(str(BUILTIN / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    product = PromptEncoder(BUILTIN / "tokenizer.json", CONTROL_IDS)
    written = [*samples([DOCUMENT, OTHER] * 8, [300, 700], seed=3), *questions(DOCUMENT, random.Random(1))]
    for sample, ids in zip(written, encoded(written, tokenizer), strict=True):
        parts = [part for part in sample if isinstance(part, Part)]
        ending = [CONTROL_IDS[END_OF_TEXT]] if sample[-1] == END_OF_TEXT else []
        assert product.encode(parts) + ending == ids


def test_infills_stand_in_the_order_of_the_products_prompts() -> None:
    """An infill begins, names the file, shows what follows, then what precedes, then the middle, and ends."""
    infills = [sample for sample in samples([DOCUMENT, OTHER] * 8, [400], seed=3) if END_OF_TEXT == sample[-1]]
    infill = next(sample for sample in infills if any(_control(run) == Control.FIM_MIDDLE for run in sample))
    controls = [_control(run) for run in infill if _control(run) is not None]
    assert [Control.BEGIN, Control.FIM_SUFFIX, Control.FIM_PREFIX, Control.FIM_MIDDLE] == controls
    named = next(run.text for run in infill if isinstance(run, Part) and run.text)
    assert named.startswith("# python: counting/")


@given(sizes=st.lists(st.integers(120, 900), min_size=1, max_size=3), seed=st.integers(0, 100))
def test_pieces_are_neighbours_and_whole_lines(sizes: list[int], seed: int) -> None:
    """The pieces of a text follow one another without gap and begin where lines begin."""
    at = 0
    for start, end in pieces(SOURCE, sizes, random.Random(seed)):
        assert start == at
        assert start == 0 or SOURCE[start - 1] == "\n"
        at = end
    assert len(SOURCE) == at


def test_questions_are_answered_by_the_author() -> None:
    """A documented function becomes the product's question without its docstring, and the docstring its answer."""
    found = {pair.name: pair for pair in explained.pairs(DOCUMENT)}
    assert {"Counter", "show"} == set(found)
    assert "Count a thing once, or as often as its weight says." == found["show"].description
    assert "weight says" not in found["show"].code


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("Return the size.\n\n:param x: what", "Return the size."),
        ("Return the\n    size.\n\nArgs:\n  x: what", "Return the size."),
        ("Use :func:`~a.size` here.", "Use `a.size` here."),
        ("See http://example.org for more", ""),
        (">>> size(1)", ""),
        ("", ""),
    ],
)
def test_descriptions_are_plain(raw: str, plain: str) -> None:
    """Parameters, sections and markup are taken off a description; what is no sentence is no description."""
    assert plain == explained.plain(raw)


def test_rows_hold_whole_samples(tmp_path: Path) -> None:
    """Every sample lies in one row in one piece, and what is left of a row is padding."""
    drawn = [[index + 3] * random.Random(index).randint(1, 60) for index in range(300)]
    rows = RowFile(tmp_path / "rows.bin", 64)
    for ids in drawn:
        rows.add(ids)
    rows.close()
    stored = np.fromfile(tmp_path / "rows.bin", dtype=np.uint16).reshape(-1, 64)
    assert rows.rows == len(stored)
    for ids in drawn:
        holding = [row for row in stored if ids[0] in row]
        assert [len(ids)] == [int((row == ids[0]).sum()) for row in holding]
    assert int((stored != PADDING).sum()) == sum(len(ids) for ids in drawn)


def test_targets_are_the_next_ids_without_padding_and_beginnings() -> None:
    """A position's target is the id behind it; nothing is to be learnt about padding or about where a sample begins."""
    rows = np.array([[1, 20, 21, 1, 30, 2]], dtype=np.uint16)
    ids, targets = batch(rows, [0])
    assert [[1, 20, 21, 1, 30, 2]] == ids.tolist()
    assert [[20, 21, IGNORED, 30, IGNORED, IGNORED]] == targets.tolist()


@pytest.mark.parametrize("seed", range(20))
def test_an_exercise_in_copying_asks_for_nothing_that_did_not_stand_before(seed: int) -> None:
    """Behind the text, each id that is to be known follows the same two ids somewhere before; no control token does."""
    row = np.random.default_rng(1).integers(1, 8192, 512).astype(np.uint16)
    ids, known, kept = copying_row(row, (seed, 12))
    assert row[:kept].tolist() == ids[:kept].tolist()
    assert SPECIAL_IDS <= ids[kept:].min()
    assert known[kept:].sum() > len(row[kept:]) / 8
    for place in np.flatnonzero(known[kept:]) + kept:
        two, one, this = ids[place - 2 : place + 1]
        assert any([two, one, this] == ids[first : first + 3].tolist() for first in range(place - 2))


def test_every_so_many_rows_end_as_exercises_in_copying() -> None:
    """Rows whose number is divided go on with their own ids, always the same way; the others are as packed."""
    rows = np.random.default_rng(1).integers(20, 8192, (4, 256)).astype(np.uint16)
    ids, targets = batch(rows, [1, 2, 3], copying_every=2)
    again, _ = batch(rows, [2], copying_every=2)
    assert rows[[1, 3]].tolist() == ids[[0, 2]].tolist()
    assert rows[2].tolist() != ids[1].tolist() == again[0].tolist()
    asked = targets[1] != IGNORED
    assert not asked[-1]
    assert ids[1][1:][asked[:-1]].tolist() == targets[1][asked].tolist()


def test_an_interrupted_order_goes_on_as_it_would_have() -> None:
    """Rows from the n-th on are the same whether the run was interrupted there or not, in every epoch once each."""
    whole = order(10, seed=1, start=0)
    first = [next(whole) for _ in range(25)]
    resumed = order(10, seed=1, start=13)
    assert first[13:] == [next(resumed) for _ in range(12)]
    assert list(range(10)) == sorted(first[:10]) == sorted(first[10:20])
    assert first[:10] != first[10:20]


def test_the_learning_rate_rises_stays_and_falls() -> None:
    """Warm-up reaches the peak, then it stays there; a decay ends at nothing and ends the run."""
    stable = Schedule(warmup_tokens=100)
    assert [0.01, 0.51, 1.0, 1.0] == [stable.factor(tokens) for tokens in (0, 50, 100, 10_000)]
    assert not stable.ended(10**9)
    falling = Schedule(warmup_tokens=0, decay_from=1000, decay_tokens=200)
    assert [1.0, 0.5, 0.0] == [falling.factor(tokens) for tokens in (1000, 1100, 1200)]
    assert [False, True] == [falling.ended(1199), falling.ended(1200)]


def _control(run: object) -> Control | None:
    return run.control if isinstance(run, Part) else None


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"
