"""Models that cannot be loaded, workers that die again and again, and what takes over."""

from __future__ import annotations

import asyncio
import contextlib

import psutil
import pytest
from process.watched_pool import PATIENCE_S, MakePool, Outcome, Script, WatchedPool, outcome, pieces

from phi_providers.errors import LoadFailed, NoProvider, WorkerDied
from phi_providers.messages import Urgency

QUICK = {"backoff_s": (0.0, 0.02)}
FAILS = {"then": "fail"}


async def accepted(pool: WatchedPool) -> Outcome:
    """Return the answer to the first request that is not refused."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while asyncio.get_running_loop().time() < deadline:
        with contextlib.suppress(NoProvider):
            return await pool.answer("again")
        await asyncio.sleep(0)
    raise TimeoutError


async def test_the_circuit_opens_after_three_failed_loads_and_says_why(make_pool: MakePool, script: Script) -> None:
    """After that a request is refused at once, with the engine's own message, and nothing is started."""
    script.write(load=FAILS)
    pool = make_pool(script, **QUICK)
    assert isinstance((await pool.answer("first")).error, LoadFailed)
    trouble = (await pool.until(lambda status: bool(status.trouble))).trouble
    assert "the script says that loading fails" == trouble
    with pytest.raises(NoProvider, match="the script says that loading fails"):
        pool.submit("second")
    assert () == pool.pool.status().workers
    assert 3 == script.loads()


async def test_who_waits_for_a_load_that_fails_is_answered_at_once(make_pool: MakePool, script: Script) -> None:
    """All that wait hear of the first failure; nobody waits for the retries."""
    script.write(load=FAILS)
    pool = make_pool(script, backoff_s=(60.0,))
    streams = [pool.submit(str(number)) for number in range(10)]
    results = await asyncio.wait_for(asyncio.gather(*map(outcome, streams)), PATIENCE_S)
    assert [LoadFailed] * 10 == [type(result.error) for result in results]


async def test_a_rested_circuit_tries_once(make_pool: MakePool, script: Script) -> None:
    """After its rest one failure opens the circuit again, and one success closes it."""
    script.write(load=FAILS)
    pool = make_pool(script, **QUICK, breaker_rest_s=0.3)
    for _ in range(2):
        assert isinstance((await accepted(pool)).error, LoadFailed)
        await pool.until(lambda status: bool(status.trouble))
    assert 4 == script.loads()
    script.write()
    assert "echo(5)" == (await accepted(pool)).text
    assert "" == pool.pool.status().trouble


async def test_the_second_in_the_plan_takes_over(make_pool: MakePool, script: Script, second_script: Script) -> None:
    """Once the preferred one has failed too often, the next one answers, and the status says why."""
    script.write(load=FAILS)
    second_script.write({"tokens": ["from the second"]})
    pool = make_pool(script, second_script, **QUICK)
    pool.pool.start()
    await pool.until(lambda status: bool(status.trouble))
    assert "from the second" == (await pool.answer("next")).text
    assert "the script says that loading fails" == pool.pool.status().trouble


async def test_who_waits_moves_to_the_second_in_the_plan(
    make_pool: MakePool, script: Script, second_script: Script
) -> None:
    """A request that waits while the circuit opens is answered by the worker that takes over."""
    script.write(load=FAILS)
    second_script.write({"tokens": ["from the second"]})
    pool = make_pool(script, second_script, breaker_limit=1)
    assert "from the second" == (await pool.answer("first")).text


async def test_one_that_dies_at_its_first_request_is_not_tried_twice(
    make_pool: MakePool, script: Script, second_script: Script
) -> None:
    """An engine that aborts whenever it is asked costs one request, not three: the second one answers the next."""
    script.write({"tokens": ["a\n", "b\n"], "then": "abort"})
    second_script.write({"tokens": ["from the second"]})
    pool = make_pool(script, second_script)
    first = await pool.answer("first")
    assert ("a\nb\n", WorkerDied) == (first.text, type(first.error))
    assert "from the second" == (await pool.answer("next")).text
    assert 1 == script.loads()
    (given_up,) = pool.pool.status().given_up
    assert ("echo", "none", True) == (given_up.engine, given_up.device, given_up.served)
    assert "signal 6" in given_up.cause


async def test_one_that_had_answered_is_started_again_before_another_takes_over(
    make_pool: MakePool, script: Script, second_script: Script
) -> None:
    """A single death of a worker that was well is no reason to change the model; two in a row are."""
    script.write({"when": "deadly", "tokens": ["a"], "then": "exit"}, {"tokens": ["from the first"]})
    second_script.write({"tokens": ["from the second"]})
    pool = make_pool(script, second_script, **QUICK)
    assert "from the first" == (await pool.answer("warm")).text
    assert isinstance((await pool.answer("deadly 1")).error, WorkerDied)
    assert "from the first" == (await pool.answer("next")).text
    assert () == pool.pool.status().given_up
    for number in (2, 3):
        assert isinstance((await pool.answer(f"deadly {number}")).error, WorkerDied)
    assert "from the second" == (await pool.answer("next")).text


async def test_who_waits_behind_a_death_is_answered_by_the_second(
    make_pool: MakePool, script: Script, second_script: Script
) -> None:
    """Killed mid-stream: the request that ran has its text and the cause, the one behind it an answer."""
    script.write({"tokens": ["a"], "then": "forever", "token_ms": 10})
    second_script.write({"tokens": ["from the second"]})
    pool = make_pool(script, second_script)
    running, waiting = pool.submit("slow"), pool.submit("waiting", Urgency.ASKED)
    assert "aaa" == await pieces(running, 3)
    psutil.Process(pool.pids[0]).kill()
    assert isinstance((await asyncio.wait_for(outcome(running), PATIENCE_S)).error, WorkerDied)
    assert "from the second" == (await asyncio.wait_for(outcome(waiting), PATIENCE_S)).text


async def test_all_have_failed_and_each_says_why(make_pool: MakePool, script: Script, second_script: Script) -> None:
    """Who waits, and who asks later, reads the reason of each place, named, one after the other."""
    script.write(load=FAILS)
    second_script.write(load={"then": "abort"})
    pool = make_pool(script, second_script, devices=("GPU", "CPU"), **QUICK)
    reasons = r"echo on GPU: the script says that loading fails; the worker of echo on CPU crashed .* .signal 6"
    with pytest.raises(LoadFailed, match=reasons):
        raise (await pool.answer("first")).error or AssertionError
    await pool.until(lambda status: status.trouble.count("echo on") == 2)
    with pytest.raises(NoProvider, match=reasons):
        pool.submit("second")


async def test_a_place_that_has_rested_but_was_not_tried_is_no_spare(
    make_pool: MakePool, script: Script, second_script: Script
) -> None:
    """When the last that works dies once, it is started again, whoever else might be tried by now."""
    script.write(load=FAILS)
    pool = make_pool(script, second_script, devices=("GPU", "CPU"), **QUICK, breaker_rest_s=0.3)
    second_script.write({"when": "deadly", "prefill_ms": 1500, "then": "abort"})
    assert "echo on CPU crashed" in str((await outcome(pool.submit("deadly"))).error)
    (given_up,) = pool.pool.status().given_up
    assert "GPU" == given_up.device


async def test_the_same_reason_is_given_once(make_pool: MakePool, script: Script) -> None:
    """Two models that one device refuses in the same words make one sentence."""
    script.write(load=FAILS)
    pool = make_pool(script, script, breaker_limit=1)
    assert isinstance((await pool.answer("first")).error, LoadFailed)
    trouble = (await pool.until(lambda status: bool(status.trouble))).trouble
    assert "echo on none: the script says that loading fails" == trouble


async def test_each_quarantine_without_an_answer_is_twice_as_long(
    make_pool: MakePool, script: Script, second_script: Script
) -> None:
    """A device that is not there is looked for ever more rarely; it stays one story until it has answered."""
    script.write(load=FAILS)
    pool = make_pool(script, second_script, breaker_rest_s=0.1, longest_rest_s=0.3)
    rests = []
    while script.loads() < 5:
        await pool.answer("again")
        (given_up,) = pool.pool.status().given_up
        rests.append(given_up.rest_s)
    assert [0.1, 0.2, 0.3] == sorted(set(rests)) == list(dict.fromkeys(rests))
    script.write({"tokens": ["from the first"]})
    while (await pool.answer("next")).text != "from the first":
        assert 1 == len(pool.pool.status().given_up)
    assert () == pool.pool.status().given_up


async def test_the_preferred_one_takes_back_when_it_can(
    make_pool: MakePool, script: Script, second_script: Script
) -> None:
    """After its rest the preferred worker is tried, answers again, and the one that stood in is ended."""
    script.write(load=FAILS)
    second_script.write({"tokens": ["from the second"]})
    pool = make_pool(script, second_script, breaker_limit=1, breaker_rest_s=0.2)
    assert "from the second" == (await pool.answer("first")).text
    stand_in = psutil.Process(await pool.until_ready())
    script.write({"tokens": ["from the first"]})
    while (answer := await pool.answer("next")).text == "from the second":
        pass
    assert "from the first" == answer.text
    await pool.until(lambda status: stand_in.pid not in [worker.pid for worker in status.workers])
    psutil.wait_procs([stand_in], timeout=2)
    assert not stand_in.is_running()


async def test_a_worker_that_dies_again_and_again_is_given_up(make_pool: MakePool, script: Script) -> None:
    """Three starts in a row without one answer open the circuit, whatever the prompts were."""
    script.write({"tokens": ["a"], "then": "exit"})
    pool = make_pool(script, **QUICK)
    errors = [(await pool.answer(f"number {number}")).error for number in range(3)]
    assert [WorkerDied] * 3 == [type(error) for error in errors]
    with pytest.raises(NoProvider, match="exit code 7"):
        pool.submit("another")


async def test_a_worker_that_dies_idle_again_and_again_is_given_up(make_pool: MakePool, script: Script) -> None:
    """A process that something kills right after its start is not started for ever."""
    pool = make_pool(script, **QUICK)
    pool.pool.start()
    pid = None
    for _ in range(3):
        pid = await pool.until_ready(not_pid=pid)
        psutil.Process(pid).kill()
    await pool.until(lambda status: bool(status.trouble))
    assert 3 == script.loads()


async def test_a_worker_that_answers_between_its_deaths_is_kept(make_pool: MakePool, script: Script) -> None:
    """Deaths with answers in between are no crash loop."""
    script.write({"when": "deadly", "tokens": ["a"], "then": "exit"})
    pool = make_pool(script, **QUICK)
    for number in range(5):
        assert isinstance((await pool.answer(f"deadly {number}")).error, WorkerDied)
        assert "echo(5)" == (await pool.answer("other")).text


async def test_restarts_are_spaced(make_pool: MakePool, script: Script, second_script: Script) -> None:
    """A crash loop costs a start per back-off period, not a core."""
    script.write(load=FAILS)
    pool = make_pool(script, backoff_s=(60.0,))
    assert isinstance((await pool.answer("first")).error, LoadFailed)
    # Long enough for many starts, did one follow on the other.
    second_script.write({"tokens": ["a"], "prefill_ms": 500})
    await make_pool(second_script).answer("meanwhile")
    assert 1 == script.loads()


async def test_an_idle_pool_unloads_and_starts_again(make_pool: MakePool, script: Script) -> None:
    """After the idle period no process is left; the next request starts one."""
    pool = make_pool(script, idle_unload_s=0.3)
    await pool.answer("first")
    first = psutil.Process(pool.pids[0])
    await pool.until(lambda status: not status.workers)
    psutil.wait_procs([first], timeout=2)
    assert not first.is_running()
    assert "echo(4)" == (await pool.answer("next")).text
    assert 2 == len(pool.pids)


async def test_a_request_in_the_very_turn_of_unloading_is_answered(make_pool: MakePool, script: Script) -> None:
    """A worker that is on its way out is given no request, not even before its end has begun."""
    pool = make_pool(script)
    await pool.answer("first")
    pool.pool._unload()
    assert "echo(4)" == (await pool.answer("next")).text
    assert 2 == len(pool.pids)


async def test_a_busy_pool_is_not_unloaded(make_pool: MakePool, script: Script) -> None:
    """A request longer than the idle period is served to its end."""
    script.write({"tokens": list("abcdef"), "token_ms": 100})
    pool = make_pool(script, idle_unload_s=0.2)
    assert "abcdef" == (await pool.answer("long")).text


async def test_unloading_in_the_middle_of_a_cancelled_request_loses_no_later_one(
    make_pool: MakePool, script: Script
) -> None:
    """A worker unloaded before it has confirmed a cancel leaves no place occupied."""
    script.write({"when": "deaf", "tokens": ["a"], "then": "forever", "token_ms": 5, "deaf": True})
    pool = make_pool(script, idle_unload_s=0.3)
    await pool.answer("warm")
    stream = pool.submit("deaf")
    await pieces(stream, 1)
    stream.close()
    await pool.until(lambda status: not status.workers)
    assert "echo(4)" == (await pool.answer("next")).text


async def test_a_request_during_unloading_starts_a_worker_after_the_old_one_is_gone(
    make_pool: MakePool, script: Script
) -> None:
    """A device never holds two models: the new worker starts when the old process has ended."""
    script.write({"when": "deaf", "tokens": ["a"], "then": "hang_gil"})
    pool = make_pool(script, idle_unload_s=0.3)
    stream = pool.submit("deaf")
    await pieces(stream, 1)
    stream.close()
    old = psutil.Process(pool.pids[0])
    await pool.until(lambda status: not status.workers)
    following = asyncio.create_task(pool.answer("next"))
    await pool.until(lambda status: any(worker.pid for worker in status.workers))
    assert not old.is_running()
    assert "echo(4)" == (await following).text
