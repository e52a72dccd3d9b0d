"""Intel's NPU Acceleration Library without an NPU: FP16 and INT8 answer, and an abort at INT4 costs one request."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from environments.prepared import interpreter

from phi_providers.errors import LoadFailed, WorkerDied
from phi_providers.messages import Load, ModelInfo, Part, Piece, Urgency, Usage
from phi_providers.models.builtin_forms import form_of_builtin
from phi_providers.models.installed import builtin
from phi_providers.plan import one_order
from phi_providers.pool import Job, Limits, Pool

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("npu_library")]

ORIGINAL = Path(__file__).parents[2] / "providers" / "starter-original"
"""One matrix serves as embedding and output layer here."""
PATIENCE_S = 300.0
TEXT = "import os\nimport sys\n\n\ndef main():\n    for name in os.listdir(path):\n        print(" * 3
PATIENT = Limits(silence_s=60.0, loading_silence_s=120.0, cancel_grace_s=60.0, backoff_s=(0.0,))
"""Every layer of the library is a call of its own: a token takes a second on two busy cores."""

MakePool = Callable[..., Pool]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelInfo:
    """The built-in model in the form that the library reads."""
    return replace(builtin(), path=str(form_of_builtin("npu_library", tmp_path_factory.mktemp("forms"))))


@pytest.fixture
async def make_pool(tmp_path: Path, model: ModelInfo) -> AsyncIterator[MakePool]:
    """Make pools whose first worker runs the library, in its own environment, and others that the test names."""
    pools: list[Pool] = []

    def make(precision: str, *others: Load, tied: bool = False) -> Pool:
        order = Load(
            engine="npu_library",
            device="NPU",
            model=replace(model, path=str(ORIGINAL)) if tied else model,
            options={"precision": precision},
            python=interpreter("npu_library"),
        )
        pools.append(Pool(one_order([order, *others]), tmp_path, limits=PATIENT))
        return pools[-1]

    yield make
    for pool in pools:
        await pool.close()


async def ask(pool: Pool, text: str = TEXT, new: int = 3) -> tuple[list[Piece], Usage | None]:
    """Ask and return what came."""
    stream = pool.submit(Job(parts=lambda _: (Part(text=text),), max_new_tokens=new, urgency=Urgency.ASKED))

    async def collect() -> list[Piece]:
        return [piece async for piece in stream]

    return await asyncio.wait_for(collect(), PATIENCE_S), stream.usage


@pytest.mark.parametrize("precision", ["fp16", "int8"])
async def test_it_answers_reuses_its_prefix_and_says_where_it_ran(make_pool: MakePool, precision: str) -> None:
    """Tokens with probabilities; asked again, only the last prompt token is computed, and the answer is the same."""
    pool = make_pool(precision)
    first, cold = await ask(pool)
    again, warm = await ask(pool)
    more, longer = await ask(pool, TEXT + "name")
    profile = pool.profile_for(Urgency.ASKED)
    assert profile is not None
    assert None not in (cold, warm, longer)
    assert ("npu_library", "1.4.0", "NPU") == (profile.engine, profile.engine_version, profile.requested_device)
    assert "NPU" == profile.device or "found no NPU" in profile.device_reason
    assert 1 <= len([token for piece in first for token in piece.token_ids]) <= 3
    assert all(value <= 0 for piece in first for value in piece.log_probs)
    assert [piece.token_ids for piece in first] == [piece.token_ids for piece in again]
    assert (0, cold.prompt_tokens - 1) == (cold.tokens_reused, warm.tokens_reused)
    assert longer.tokens_reused >= cold.prompt_tokens - 2
    assert more


@pytest.mark.parametrize("precision", ["int8", "int4"])
async def test_a_model_that_the_quantiser_would_spoil_is_refused(make_pool: MakePool, precision: str) -> None:
    """With one matrix for embedding and output it repeats its last token for ever: said at load, with what to do."""
    with pytest.raises(LoadFailed, match=f"{precision} does not work for this model: .* use fp16"):
        await ask(make_pool(precision, tied=True))


async def test_an_abort_at_int4_takes_nothing_with_it(make_pool: MakePool) -> None:
    """Where the library aborts its process at INT4, or is aborted in the middle of an answer, others are answered.

    Without an NPU it does so on some machines; on the others the test sends the signal.
    """
    pool = make_pool("int4", Load(engine="openvino", device="CPU", model=builtin()))
    stream = pool.submit(Job(parts=lambda _: (Part(text=TEXT),), max_new_tokens=50, urgency=Urgency.ASKED))

    async def abort_at_the_first_token() -> None:
        async for _piece in stream:
            (pid,) = (worker.pid for worker in pool.status().workers if worker.engine == "npu_library")
            assert pid is not None
            os.kill(pid, signal.SIGABRT)

    with pytest.raises(WorkerDied, match=r"npu_library on NPU crashed in native code .signal 6."):
        await asyncio.wait_for(abort_at_the_first_token(), PATIENCE_S)
    pieces, _usage = await ask(pool)
    assert "".join(piece.text for piece in pieces)
