"""Thousands of requests of all kinds, with cancels and deaths among them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

from process.watched_pool import MakePool, Outcome, Script, WatchedPool, outcome

from phi_providers.errors import GenerationFailed, ProviderError, QueueFull, Superseded, WorkerDied
from phi_providers.messages import Urgency
from phi_providers.pool import Stream

REQUESTS = 2000
AT_ONCE = 100
ANSWERS = {"short": ["a"], "middle": list("abcdefgh"), "deadly": ["a"]}


class Client:
    """Sends requests one after the other and treats some of them badly."""

    def __init__(self, pool: WatchedPool, chance: random.Random) -> None:
        self._pool = pool
        self._chance = chance
        self.ends: Counter[str] = Counter()

    async def send(self, number: int) -> None:
        """Send one request and note how it ended; its text must be what was ordered, or a beginning of it."""
        kind = self._chance.choices(["short", "middle", "deadly"], [60, 100, 1])[0]
        replaces = self._chance.choice([None, "a.py", "b.py"])
        try:
            stream = self._pool.submit(f"{number} {kind}", self._chance.choice(list(Urgency)), replaces=replaces)
        except QueueFull:
            self.ends["refused"] += 1
            return
        treatment = self._chance.choices(["read", "close", "cancel", "close at a piece", "finish"], [5, 1, 1, 1, 1])[0]
        result = await self._treat(stream, treatment)
        whole = "".join(ANSWERS[kind])
        assert whole.startswith(result.text)
        if treatment == "read" and result.error is None:
            assert whole == result.text
        self.ends[type(result.error).__name__ if result.error else treatment] += 1
        self._check_that_nothing_follows(stream)

    async def _treat(self, stream: Stream, treatment: str) -> Outcome:
        if treatment == "close":
            stream.close()
        elif treatment == "cancel":
            self._pool.pool.cancel(stream.id)
        elif treatment == "finish":
            stream.finish()
        elif treatment == "close at a piece":
            return await self._close_at_a_piece(stream)
        return await outcome(stream)

    async def _close_at_a_piece(self, stream: Stream) -> Outcome:
        result = Outcome()
        try:
            async for piece in stream:
                result.text += piece.text
                break
        except ProviderError as exc:
            result.error = exc
        stream.close()
        return result

    def _check_that_nothing_follows(self, stream: Stream) -> None:
        stream.finish()
        stream.close()
        self._pool.pool.cancel(stream.id)


async def test_each_of_two_thousand_requests_ends_exactly_once(make_pool: MakePool, script: Script) -> None:
    """Whatever is mixed, every stream ends, none gets another's text, and the pool is as fresh as before."""
    script.write(
        {"when": "deadly", "tokens": ANSWERS["deadly"], "then": "exit"},
        {"when": "short", "tokens": ANSWERS["short"]},
        {"when": "middle", "tokens": ANSWERS["middle"]},
    )
    pool = make_pool(script, breaker_limit=REQUESTS, backoff_s=(0.0,))
    client = Client(pool, random.Random(20))
    numbers = iter(range(REQUESTS))

    async def sender() -> None:
        for number in numbers:
            await client.send(number)

    await asyncio.wait_for(asyncio.gather(*(sender() for _ in range(AT_ONCE))), 60)
    assert REQUESTS == client.ends.total()
    expected = {"read", "finish", "close", GenerationFailed.__name__, Superseded.__name__, WorkerDied.__name__}
    assert expected <= set(client.ends)
    await pool.until_ready()
    assert "echo(4)" == (await pool.answer("next")).text
    assert (0, False) == (pool.pool.status().queue, pool.pool.status().busy)


async def test_ten_thousand_cancels_are_no_burden(pool: WatchedPool, script: Script) -> None:
    """A storm of submissions, each cancelled at once, leaves the running request alone and is over in seconds."""
    script.write({"when": "running", "tokens": list("abcdefgh"), "token_ms": 20})
    running = asyncio.create_task(outcome(pool.submit("running")))
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(10_000):
        pool.submit(f"{number}", Urgency.ASKED).close()
    assert loop.time() - begun < 5
    assert "abcdefgh" == (await running).text
    assert "echo(4)" == (await pool.answer("next")).text
