"""What a request brings when nothing goes wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from process.watched_pool import PATIENCE_S, Script, WatchedPool, job, outcome, pieces

from phi_providers.errors import GenerationFailed, NoProvider
from phi_providers.messages import Part, Urgency
from phi_providers.plan import one_order
from phi_providers.pool import Job, Pool


async def test_the_first_token_comes_before_the_last_is_made(pool: WatchedPool, script: Script) -> None:
    """Text is passed on as it becomes final, not when the answer is complete."""
    script.write({"tokens": ["first"], "then": "forever", "token_ms": 5})
    stream = pool.submit("x")
    assert "first" == await pieces(stream, 1)
    stream.close()


async def test_pieces_come_in_order_with_their_tokens(pool: WatchedPool, script: Script) -> None:
    """Text, token ids and probabilities arrive as the engine gave them, once and in order."""
    words = [f"w{number} " for number in range(200)]
    script.write({"tokens": words, "log_prob": -0.5})
    result = await pool.answer("x")
    assert "".join(words) == result.text
    assert list(range(200)) == [token for piece in result.pieces for token in piece.token_ids]
    assert [-0.5] * 200 == [value for piece in result.pieces for value in piece.log_probs]
    for piece in result.pieces:
        assert "".join(words[token] for token in piece.token_ids) == piece.text


async def test_usage_and_profile_say_who_answered_and_what_it_cost(pool: WatchedPool, script: Script) -> None:
    """A finished stream knows its costs, the model and how the prompt was cut."""
    script.write({"tokens": ["a", "b", "c"]})
    stream = pool.submit("three short words", max_new_tokens=2)
    result = await outcome(stream)
    assert "ab" == result.text
    assert result.usage is not None
    assert (3, 2, "length") == (result.usage.prompt_tokens, result.usage.new_tokens, result.usage.finish_reason)
    assert stream.profile is not None
    assert stream.started is not None
    assert ("scripted", "echo", 3) == (stream.profile.model, stream.profile.engine, stream.started.prompt_tokens)


async def test_a_prefill_warms_the_cache_and_brings_no_text(pool: WatchedPool) -> None:
    """With no new tokens asked for, only the prompt is taken in, and the next request reuses it."""
    warmed = await pool.answer("some long prompt", Urgency.AHEAD, max_new_tokens=0)
    assert "" == warmed.text
    usage = (await pool.answer("some long prompt here")).usage
    assert usage is not None
    assert 3 == usage.tokens_reused


async def test_text_crosses_unchanged_both_ways(pool: WatchedPool, script: Script) -> None:
    """Line ends, lone surrogates and control tokens written as text are neither split nor changed."""
    awkward = "a\nb\r\nc\u2028\x85\0\ud800<|end|>𐐷"
    script.write({"when": awkward, "tokens": [awkward]})
    assert awkward == (await pool.answer(awkward)).text


async def test_a_failing_request_leaves_the_worker_alive(pool: WatchedPool, script: Script) -> None:
    """An error of the engine is that request's alone; the same process serves the next one."""
    script.write({"when": "bad", "tokens": ["a"], "then": "fail"})
    result = await pool.answer("bad")
    assert "a" == result.text
    assert isinstance(result.error, GenerationFailed)
    assert "the script says" in str(result.error)
    assert "echo(4)" == (await pool.answer("good")).text
    assert 1 == len(pool.pids)


async def test_a_prompt_that_cannot_be_built_fails_alone(pool: WatchedPool) -> None:
    """An error in a prompt's builder ends its own request and nothing else."""

    def broken(_: object) -> tuple[Part, ...]:
        raise KeyError("no such part")

    waiting = pool.submit("first")
    bad = pool.pool.submit(Job(parts=broken, max_new_tokens=1, urgency=Urgency.TYPING))
    results = await asyncio.wait_for(asyncio.gather(outcome(bad), outcome(waiting)), PATIENCE_S)
    assert "the prompt could not be built: KeyError" == str(results[0].error)
    assert "echo(5)" == results[1].text


async def test_an_exhausted_stream_stays_exhausted(pool: WatchedPool, script: Script) -> None:
    """After its end, or its error, a stream gives nothing more and never waits."""
    script.write({"when": "bad", "then": "fail"})
    for text in ("good", "bad"):
        stream = pool.submit(text)
        await outcome(stream)
        again = await asyncio.wait_for(outcome(stream), PATIENCE_S)
        assert ("", None) == (again.text, again.error)


async def test_the_status_follows_the_worker(pool: WatchedPool, script: Script) -> None:
    """Loading, ready and busy are reported, with the stage and the process."""
    script.write({"when": "long", "tokens": ["a"], "then": "forever", "token_ms": 20})
    pool.pool.start()
    loading = await pool.until(lambda status: any(worker.stage for worker in status.workers))
    assert loading.busy
    await pool.until_ready()
    assert not pool.pool.status().busy
    stream = pool.submit("long")
    busy = await pool.until(lambda status: status.busy)
    assert [("echo", "none", "scripted", "busy")] == [(w.engine, w.device, w.model, w.state) for w in busy.workers]
    stream.close()
    assert [pool.pids[0]] == [worker.pid for worker in (await pool.until(lambda status: not status.busy)).workers]


async def test_an_error_in_the_status_listener_is_not_the_workers(script: Script) -> None:
    """A listener that raises is reported to the loop, and requests are served all the same."""
    reported: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))

    def broken() -> None:
        raise RuntimeError("the editor is gone")

    pool = Pool(one_order([script.order()]), script.path.parent, broken)
    assert "echo(1)" == (await asyncio.wait_for(outcome(pool.submit(job("x"))), PATIENCE_S)).text
    await pool.close()
    assert {"the editor is gone"} == {str(context["exception"]) for context in reported}


async def test_a_pool_without_a_plan_says_what_to_do() -> None:
    """Without any engine a request is refused at once, with the remedy."""
    pool = Pool(one_order([]), Path())
    pool.start()
    with pytest.raises(NoProvider, match="phi-ls doctor"):
        pool.submit(job("x"))
    assert (None, None) == (pool.model_for(Urgency.TYPING), pool.profile_for(Urgency.TYPING))
    await pool.close()
