"""Workers that die: the request that ran fails with the cause, everything else goes on."""

from __future__ import annotations

import asyncio

import psutil
import pytest
from process.watched_pool import PATIENCE_S, MakePool, Outcome, Script, WatchedPool, outcome, pieces

from phi_providers.errors import LoadFailed, PromptRefused, WorkerDied
from phi_providers.messages import Urgency

DEATHS = {"abort": "signal 6", "segfault": "signal 11", "exit": "exit code 7"}
TOKENS = ["a\n", "b\n", "c\n"]
"""Lines: a worker sends each at once."""


async def soon(stream_end: asyncio.Task[Outcome]) -> Outcome:
    """Return how a stream ended; it must not take longer than a second."""
    return await asyncio.wait_for(stream_end, 1.0)


@pytest.mark.parametrize("deed", DEATHS)
@pytest.mark.parametrize("at", [0, 2, 3], ids=["before the first token", "mid-stream", "after the last token"])
async def test_a_worker_dies_by_itself(pool: WatchedPool, script: Script, deed: str, at: int) -> None:
    """The stream has what was made until then and one error naming the cause; the next request succeeds."""
    script.write({"when": "deadly", "tokens": TOKENS, "then": deed, "at": at})
    await pool.answer("warm")
    result = await soon(asyncio.create_task(outcome(pool.submit("deadly"))))
    assert "".join(TOKENS[:at]) == result.text
    assert isinstance(result.error, WorkerDied)
    assert DEATHS[deed] in str(result.error)
    assert result.usage is None
    assert "echo(4)" == (await pool.answer("next")).text


async def test_a_worker_is_killed_before_the_first_token(pool: WatchedPool, script: Script) -> None:
    """A request in its prefill fails at once when the system kills its worker."""
    script.write({"when": "slow", "tokens": ["a"], "prefill_ms": 60_000})
    end = asyncio.create_task(outcome(pool.submit("slow")))
    await pool.until(lambda status: any(worker.state == "busy" for worker in status.workers))
    psutil.Process(pool.pids[-1]).kill()
    result = await soon(end)
    assert "was killed (signal 9" in str(result.error)
    assert "echo(4)" == (await pool.answer("next")).text


async def test_a_worker_is_killed_mid_stream_and_who_waits_is_served(pool: WatchedPool, script: Script) -> None:
    """Only the request that ran is lost; those behind it are answered by the next worker."""
    script.write({"when": "slow", "tokens": ["a"], "then": "forever", "token_ms": 10})
    running, waiting = pool.submit("slow"), pool.submit("waiting", Urgency.ASKED)
    await pieces(running, 3)
    psutil.Process(pool.pids[-1]).kill()
    result = await soon(asyncio.create_task(outcome(running)))
    assert isinstance(result.error, WorkerDied)
    assert "echo(7)" == (await asyncio.wait_for(outcome(waiting), PATIENCE_S)).text


async def test_an_idle_worker_is_killed(pool: WatchedPool) -> None:
    """A worker that dies with nothing to do is replaced before anyone asks."""
    await pool.answer("warm")
    pid = await pool.until_ready()
    psutil.Process(pid).kill()
    assert pid != await pool.until_ready(not_pid=pid)
    assert "echo(4)" == (await pool.answer("next")).text


async def test_a_worker_is_killed_while_it_loads(make_pool: MakePool, script: Script) -> None:
    """Whoever waits for a model hears at once that loading it came to nothing; the next start serves."""
    pool = make_pool(script, backoff_s=(0.1,))
    script.write(load={"ms": 60_000})
    streams = [pool.submit("waiting", Urgency.ASKED), pool.submit("waiting too")]
    await pool.until(lambda status: any(worker.stage == "following the script" for worker in status.workers))
    script.write()
    psutil.Process(pool.pids[-1]).kill()
    results = [await soon(asyncio.create_task(outcome(stream))) for stream in streams]
    assert [LoadFailed, LoadFailed] == [type(result.error) for result in results]
    assert "echo(4)" == (await pool.answer("next")).text


@pytest.mark.parametrize("deed", DEATHS)
async def test_a_worker_dies_while_it_loads(make_pool: MakePool, script: Script, deed: str) -> None:
    """An engine that crashes while it loads is a LoadFailed naming the crash, and the next start serves."""
    pool = make_pool(script, backoff_s=(0.1,))
    script.write(load={"then": deed})
    result = await asyncio.wait_for(outcome(pool.submit("waiting")), PATIENCE_S)
    script.write()
    assert isinstance(result.error, LoadFailed)
    assert DEATHS[deed] in str(result.error)
    assert "echo(4)" == (await pool.answer("next")).text


async def test_last_words_of_a_worker_reach_the_message(pool: WatchedPool, script: Script) -> None:
    """What the process wrote to stderr last is part of the cause."""
    script.write({"when": "deadly", "tokens": ["a"], "then": "abort"})
    result = await pool.answer("deadly")
    assert "its last words: Fatal Python error: Aborted" in str(result.error)


async def test_a_prompt_that_killed_two_workers_is_refused_and_others_are_served(
    make_pool: MakePool, script: Script
) -> None:
    """The third try costs no worker; the same words in another prompt are another prompt."""
    pool = make_pool(script, backoff_s=(0.0,))
    script.write({"when": "deadly", "tokens": ["a"], "then": "exit"})
    errors = []
    for _ in range(4):
        errors.append((await pool.answer("deadly")).error)
        assert "echo(5)" == (await pool.answer("other")).text
    assert [WorkerDied, WorkerDied, PromptRefused, PromptRefused] == [type(error) for error in errors]
    assert "ended 2 workers" in str(errors[2])
    assert isinstance((await pool.answer("deadly, but different")).error, WorkerDied)


async def test_a_worker_killed_while_the_running_request_yields(pool: WatchedPool, script: Script) -> None:
    """A death between the order to yield and its confirmation ends one request; the urgent one is served."""
    script.write({"when": "slow", "tokens": ["a"], "then": "hang", "at": 1})
    asked = pool.submit("slow", Urgency.ASKED)
    await pieces(asked, 1)
    urgent = pool.submit("urgent")
    psutil.Process(pool.pids[-1]).kill()
    assert isinstance((await soon(asyncio.create_task(outcome(asked)))).error, WorkerDied)
    assert "echo(6)" == (await asyncio.wait_for(outcome(urgent), PATIENCE_S)).text
