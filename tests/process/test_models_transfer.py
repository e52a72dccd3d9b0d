"""Transfers that break, stand still or are refused for a while: what has arrived is kept, only the rest is fetched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from process.hub_faults import cut, range_ignored, stall, status, wrong_range
from process.local_hub import LocalHub, Repository, local_hub
from process.pulling import REPOSITORY, VARIANT, WEIGHTS, Fetcher, smaller_model, visible

from phi_providers.hub.failures import Cancelled, PullFailed
from phi_providers.hub.progress import Stage

SIZE = len(smaller_model()[WEIGHTS])


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with local_hub() as running:
        yield running


@pytest.fixture
def fetcher(hub: LocalHub, tmp_path: Path) -> Fetcher:
    return Fetcher(tmp_path, hub)


def test_nothing_goes_wrong(hub: LocalHub, fetcher: Fetcher) -> None:
    """Every byte is sent once, every stage is told, and what is installed is what was published."""
    model = fetcher.pull()
    assert (VARIANT, fetcher.root / VARIANT) == (model.id, model.path)
    fetcher.assert_whole()
    assert SIZE == hub.served[WEIGHTS]
    assert [Stage.DOWNLOAD, Stage.VERIFY, Stage.INSTALL, Stage.DONE] == list(dict.fromkeys(fetcher.stages))


@pytest.mark.parametrize("after", [0, 1, 70_000, SIZE // 2, SIZE - 1])
def test_a_cut_anywhere(hub: LocalHub, fetcher: Fetcher, after: int) -> None:
    """A transfer that breaks is taken up where it ended."""
    hub.faults[WEIGHTS] = [cut(after)]
    fetcher.pull()
    fetcher.assert_whole()
    assert SIZE == hub.served[WEIGHTS]


def test_many_cuts(hub: LocalHub, fetcher: Fetcher) -> None:
    """As long as each attempt brings something, there is no last one."""
    hub.faults[WEIGHTS] = [cut(150_000) for _ in range(12)]
    fetcher.pull()
    fetcher.assert_whole()
    assert SIZE == hub.served[WEIGHTS]


def test_cuts_that_bring_nothing(hub: LocalHub, fetcher: Fetcher) -> None:
    """After four attempts in vain the user is told; the next command goes on."""
    hub.faults[WEIGHTS] = [cut(1_000_000), *(cut(0) for _ in range(4))]
    assert "try again later" in fetcher.refused()
    fetcher.pull()
    fetcher.assert_whole()
    assert SIZE == hub.served[WEIGHTS]


def test_a_stall(hub: LocalHub, fetcher: Fetcher) -> None:
    """A transfer that stands still is given up and taken up again."""
    over = threading.Event()
    hub.faults[WEIGHTS] = [stall(500_000, over)]
    fetcher.stall_s = 0.3
    fetcher.pull()
    over.set()
    fetcher.assert_whole()
    assert SIZE == hub.served[WEIGHTS]


def test_a_second_attempt_asks_for_the_rest(hub: LocalHub, fetcher: Fetcher) -> None:
    """What another process has left is not fetched again: the range that is asked for begins where its file ends."""
    content = smaller_model()[WEIGHTS]
    fetcher.part().parent.mkdir(parents=True)
    fetcher.part().write_bytes(content[:1_200_000])
    fetcher.pull()
    fetcher.assert_whole()
    assert SIZE - 1_200_000 == hub.served[WEIGHTS]
    assert {"bytes=1200000-"} == {headers["Range"] for _, _, headers in hub.asked(WEIGHTS)}


def test_a_file_that_is_there_is_not_fetched(hub: LocalHub, fetcher: Fetcher) -> None:
    """Not a byte is asked for of a file that an earlier attempt has fetched to its end."""
    fetcher.part().parent.mkdir(parents=True)
    fetcher.part().write_bytes(smaller_model()[WEIGHTS])
    fetcher.pull()
    fetcher.assert_whole()
    assert [] == hub.asked(WEIGHTS)


def test_the_whole_file_instead_of_the_rest(hub: LocalHub, fetcher: Fetcher) -> None:
    """A server that knows no ranges sends everything again, and that is not appended to what is there."""
    hub.faults[WEIGHTS] = [cut(1_000_000), range_ignored()]
    fetcher.pull()
    fetcher.assert_whole()
    assert SIZE + 1_000_000 == hub.served[WEIGHTS]


def test_another_range(hub: LocalHub, fetcher: Fetcher) -> None:
    """A range that was not asked for is refused."""
    hub.faults[WEIGHTS] = [cut(1_000_000), wrong_range(10)]
    assert "not asked for" in fetcher.refused()


def test_a_piece_that_was_damaged_meanwhile(hub: LocalHub, fetcher: Fetcher) -> None:
    """When the beginning that was kept turns out to be wrong, the file is fetched once more as a whole."""
    fetcher.part().parent.mkdir(parents=True)
    fetcher.part().write_bytes(b"?" * 1_200_000)
    fetcher.pull()
    fetcher.assert_whole()
    assert 2 * SIZE - 1_200_000 == hub.served[WEIGHTS]
    assert any("once more" in note for note in fetcher.notes)


def test_a_piece_that_is_too_long(hub: LocalHub, fetcher: Fetcher) -> None:
    """What is longer than the file can be is thrown away."""
    fetcher.part().parent.mkdir(parents=True)
    fetcher.part().write_bytes(b"?" * (SIZE + 1))
    fetcher.pull()
    fetcher.assert_whole()
    assert SIZE == hub.served[WEIGHTS]


@pytest.mark.parametrize("code", [429, 500, 503])
def test_refused_for_a_while(hub: LocalHub, fetcher: Fetcher, code: int) -> None:
    """A hub that is busy is asked again, after as long as it says."""
    hub.faults["list"] = [status(code, "0")]
    hub.faults[WEIGHTS] = [status(code, "0"), status(code), cut(1_000_000), status(code)]
    fetcher.pull()
    fetcher.assert_whole()
    assert SIZE == hub.served[WEIGHTS]
    assert any(f"answers {code}" in note and "trying again in 0 s" in note for note in fetcher.notes)


def test_refused_for_hours(hub: LocalHub, fetcher: Fetcher) -> None:
    """Nobody is made to wait for hours: the user is told how long it would be."""
    hub.faults[WEIGHTS] = [status(429, "7200")]
    assert "120 minutes" in fetcher.refused()


@pytest.mark.parametrize("code", [403, 404, 410])
def test_refused_for_good(hub: LocalHub, fetcher: Fetcher, code: int) -> None:
    """What will not change is not tried again."""
    hub.faults[WEIGHTS] = [status(code)] * 2
    assert WEIGHTS in fetcher.refused()
    assert 1 == len(hub.faults[WEIGHTS])


def test_cancelled(hub: LocalHub, fetcher: Fetcher) -> None:
    """A fetch that is cancelled installs nothing, and the next one goes on from there."""
    fetcher.cancel_at = 1_800_000
    with pytest.raises(Cancelled):
        fetcher.pull()
    assert [] == visible(fetcher.root)
    fetcher.cancel_at = None
    hub.served.clear()
    kept = fetcher.part().stat().st_size
    assert 0 < kept < SIZE
    fetcher.pull()
    fetcher.assert_whole()
    assert SIZE - kept == hub.served[WEIGHTS]


def test_the_same_revision_is_fetched_to_its_end(hub: LocalHub, fetcher: Fetcher) -> None:
    """When something newer is published between two attempts, no file of it gets among those that are there."""
    hub.faults[WEIGHTS] = [cut(1_000_000), *(cut(0) for _ in range(4))]
    assert "try again later" in fetcher.refused()
    first = hub.repositories[REPOSITORY][0]
    hub.repositories[REPOSITORY].append(Repository({**first.files, WEIGHTS: b"newer" * 100_000}))
    model = fetcher.pull()
    assert model.source is not None
    assert first.commit == model.source.revision
    assert first.files[WEIGHTS] == (model.path / WEIGHTS).read_bytes()
    assert SIZE == hub.served[WEIGHTS]


def test_the_newest_is_fetched_when_it_is_asked_for(hub: LocalHub, fetcher: Fetcher) -> None:
    """`latest` replaces what is installed by what is published now, in one step."""
    fetcher.pull()
    first = hub.repositories[REPOSITORY][0]
    hub.repositories[REPOSITORY].append(Repository({**first.files, WEIGHTS: b"newer" * 300_000}))
    assert first.files[WEIGHTS] == (fetcher.pull().path / WEIGHTS).read_bytes()
    fetcher.pull(latest=True)
    fetcher.assert_whole()


def test_what_is_installed_stays_when_the_newer_one_fails(hub: LocalHub, fetcher: Fetcher) -> None:
    """Until the new one is whole, the old one is there."""
    fetcher.pull()
    first = hub.repositories[REPOSITORY][0]
    hub.repositories[REPOSITORY].append(Repository({**first.files, WEIGHTS: b"newer" * 100_000}))
    hub.faults[WEIGHTS] = [cut(0) for _ in range(4)]
    with pytest.raises(PullFailed):
        fetcher.pull(latest=True)
    assert first.files[WEIGHTS] == (fetcher.root / VARIANT / WEIGHTS).read_bytes()


def test_what_is_installed_and_whole_is_not_fetched_again(hub: LocalHub, fetcher: Fetcher) -> None:
    """The second time only the list is asked for."""
    fetcher.pull()
    before = hub.served.copy()
    fetcher.pull()
    assert {} == {name: count for name, count in (hub.served - before).items() if name not in ("main", _commit(hub))}


def test_what_is_damaged_is_fetched_again(hub: LocalHub, fetcher: Fetcher) -> None:
    """Fetching mends an installed model."""
    weights = fetcher.pull().path / WEIGHTS
    weights.write_bytes(b"?" + weights.read_bytes()[1:])
    fetcher.pull()
    fetcher.assert_whole()


def _commit(hub: LocalHub) -> str:
    return hub.repositories[REPOSITORY][-1].commit
