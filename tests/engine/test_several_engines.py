"""Two real engines in one pool: each takes over from the other, and when none can run, each says why."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from engine.onnx_model import exported
from engine.several_engines import PATIENCE_S, SeveralEngines, order, pieces

from phi_providers.errors import LoadFailed, NoProvider, WorkerDied
from phi_providers.messages import Load, ModelInfo, Urgency

pytestmark = pytest.mark.timeout(600)


def both(preferred: str) -> tuple[Load, Load]:
    """Return an order for each engine, this one first."""
    orders = {"openvino": order("openvino"), "onnxruntime": order("onnxruntime", exported())}
    return orders.pop(preferred), *orders.values()


@pytest.fixture
def torn(tmp_path: Path) -> ModelInfo:
    """The converted model with half of its weights."""
    shutil.copytree(exported().path, tmp_path / "torn")
    largest = max((tmp_path / "torn").iterdir(), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])
    return replace(exported(), path=str(tmp_path / "torn"))


@pytest.mark.parametrize("preferred", ["openvino", "onnxruntime"])
async def test_killed_mid_stream_the_other_engine_answers(tmp_path: Path, preferred: str) -> None:
    """The request that ran fails with the cause; the one behind it and the next are answered by the other engine."""
    orders = both(preferred)
    other = orders[1].engine
    async with SeveralEngines(tmp_path, *orders) as engines:
        behind = engines.submit("import os\n")
        found, error = await engines.ended_mid_stream(preferred)
        assert isinstance(error, WorkerDied)
        assert "".join(piece.text for piece in found)
        await pieces(behind)
        assert (await engines.answer())[0]
        assert other == (await engines.answer())[1]
        assert behind.profile is not None
        assert other == behind.profile.engine
        status = engines.pool.status()
        assert f"{preferred} on CPU was killed (signal 9" in status.trouble
        assert [(preferred, True)] == [(place.engine, place.served) for place in status.given_up]
        assert [other] == [worker.engine for worker in status.workers]


async def test_after_its_rest_the_preferred_engine_answers_again(tmp_path: Path) -> None:
    """It is tried once the quarantine is over, takes its place back, and the other engine's process is ended."""
    async with SeveralEngines(tmp_path, *both("onnxruntime"), breaker_rest_s=0.5) as engines:
        assert isinstance((await engines.ended_mid_stream("onnxruntime"))[1], WorkerDied)
        assert "openvino" == (await engines.answer())[1]
        stand_in = engines.process("openvino")
        while (await engines.answer())[1] != "onnxruntime":
            pass
        await engines.until(lambda status: [worker.engine for worker in status.workers] == ["onnxruntime"])
        assert ("", ()) == (engines.pool.status().trouble, engines.pool.status().given_up)
        gone, _ = await asyncio.to_thread(psutil.wait_procs, [stand_in], PATIENCE_S)
        assert [stand_in] == gone


async def test_a_model_that_one_engine_refuses_is_answered_by_the_other(tmp_path: Path, torn: ModelInfo) -> None:
    """Half a file of weights is refused while loading, before any request; what stands in says why it does."""
    async with SeveralEngines(tmp_path, order("onnxruntime", torn), order("openvino")) as engines:
        assert "openvino" == (await engines.answer())[1]
        (place,) = engines.pool.status().given_up
        assert ("onnxruntime", False) == (place.engine, place.served)
        assert place.cause == engines.pool.status().trouble


async def test_the_next_engine_answers_for_a_device_that_is_not_there(tmp_path: Path) -> None:
    """The engine that answers tells its own device; the status tells the one that was wanted, and why it is not it."""
    async with SeveralEngines(tmp_path, order("openvino", device="GPU.7"), both("onnxruntime")[0]) as engines:
        assert "onnxruntime" == (await engines.answer())[1]
        profile = engines.pool.profile_for(Urgency.TYPING)
        assert profile is not None
        assert ("onnxruntime", "CPU") == (profile.engine, profile.device)
        assert "GPU.7 cannot be used" in engines.pool.status().trouble


async def test_all_engines_are_dead_and_each_is_named_with_its_reason(tmp_path: Path, torn: ModelInfo) -> None:
    """One error for whoever waits, and for whoever asks later, has a reason for each place in the pool."""
    missing = order("openvino", device="GPU.7")
    nowhere = order("openvino", replace(exported(), path=str(tmp_path / "nowhere")))
    orders = [missing, order("onnxruntime", torn), missing, nowhere]
    async with SeveralEngines(tmp_path, *orders, breaker_limit=1) as engines:
        with pytest.raises(LoadFailed) as waiting:
            await engines.answer()
        with pytest.raises(NoProvider) as later:
            engines.submit()
    for said in (str(waiting.value), str(later.value)):
        reasons = [said.index(f"{place}: ") for place in ("openvino on GPU.7", "onnxruntime on CPU", "openvino on CPU")]
        assert sorted(reasons) == reasons
        assert 1 == said.count("openvino on GPU.7")
