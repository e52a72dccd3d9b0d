"""Answers that were given before: found in memory and on disk, never mistaken for each other."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from phi_ls.answers.explanation import Explanation
from phi_ls.caches.answers import Answers, Key
from phi_ls.caches.disk import DiskCache

LASTING, PASSING = Key(b"lasting", True), Key(b"passing", False)
SAID = Explanation(text="It adds \ud800 ü.", model="m", note="n", finish_reason="length", device="CPU")


def disk(folder: Path) -> DiskCache:
    """A cache on disk."""
    return DiskCache(folder / "answers", "answers", max_bytes=1_000_000)


def found(answers: Answers, key: Key) -> Explanation | None:
    """Look once and close."""
    try:
        return asyncio.run(answers.get(key))
    finally:
        answers.close()


def put(folder: Path, key: Key) -> None:
    """Keep an answer, as a server does that then ends."""
    answers = Answers(disk(folder))
    answers.put(key, SAID)
    answers.close()


def test_an_answer_outlives_its_server(tmp_path: Path) -> None:
    """With all that is shown of it, marked as one that was there."""
    put(tmp_path, LASTING)
    answer = found(Answers(disk(tmp_path)), LASTING)
    assert answer is not None
    assert ("It adds \ud800 ü.", "m", "n", "length", "CPU", True) == (
        *(answer.text, answer.model, answer.note, answer.finish_reason, answer.device),
        answer.cached,
    )


@pytest.mark.parametrize(("key", "where"), [(PASSING, "disk"), (LASTING, "memory")])
def test_what_is_not_written(tmp_path: Path, key: Key, where: str) -> None:
    """Of a model whose files nobody has hashed, and without a cache on disk: there as long as the server."""

    async def session() -> tuple[Explanation | None, Explanation | None]:
        answers = Answers(disk(tmp_path) if where == "disk" else None)
        answers.put(key, SAID)
        before = await answers.get(key)
        answers.close()
        return before, await Answers(disk(tmp_path)).get(key)

    before, after = asyncio.run(session())
    assert before is not None
    assert before.cached
    assert after is None


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"\xff", b"[]", b"{}", b"null", b"[" * 100_000),
        json.dumps({"text": 1, "model": "m", "note": "", "finish_reason": "", "device": ""}).encode(),
        json.dumps({"text": "a", "model": "m", "note": "", "finish_reason": "", "device": "", "more": ""}).encode(),
    ],
)
def test_an_entry_of_another_form_is_none(tmp_path: Path, body: bytes) -> None:
    """What another version has kept under the same key is not shown."""
    kept = disk(tmp_path)
    kept.put(LASTING.digest, body)
    kept.close()
    assert None is found(Answers(disk(tmp_path)), LASTING)


def test_clearing_forgets_everything(tmp_path: Path) -> None:
    """In memory and on disk."""

    async def session() -> tuple[Explanation | None, int]:
        answers = Answers(disk(tmp_path))
        answers.put(LASTING, SAID)
        answers.clear()
        contents = await answers.contents()
        answer = await answers.get(LASTING)
        answers.close()
        assert contents is not None
        return answer, contents.entries

    assert (None, 0) == asyncio.run(session())


def test_what_another_process_clears_is_forgotten(tmp_path: Path) -> None:
    """A server that runs does not go on giving an answer that somebody wants to be rid of."""

    async def session() -> list[bool]:
        answers, other = Answers(disk(tmp_path)), disk(tmp_path)
        found = []
        for clears in (False, True, False):
            answers.put(LASTING, SAID)
            await answers.get(LASTING)
            if clears:
                assert other.clear()
            found.append(await answers.get(LASTING) is not None)
        answers.close()
        return found

    assert [True, False, True] == asyncio.run(session())
