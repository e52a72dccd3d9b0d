"""Engines with environments of their own in one pool with OpenVINO: where one of them ends, the next one answers."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from engine.several_engines import PATIENCE_S, SeveralEngines, order, pieces
from environments.prepared import interpreter
from environments.torch_reference import torch_order

from phi_providers.errors import LoadFailed, NoProvider, WorkerDied
from phi_providers.messages import Load, Urgency
from phi_providers.models.builtin_forms import FORMS_DIR
from phi_providers.models.installed import builtin

pytestmark = pytest.mark.timeout(900)

MakePool = Callable[..., SeveralEngines]


@pytest.fixture
def npu_library(tmp_path: Path) -> Callable[[str], Load]:
    """The built-in model in Intel's NPU library, which computes on the CPU where there is no NPU."""

    def at(precision: str) -> Load:
        options = {"precision": precision, FORMS_DIR: str(tmp_path / "forms")}
        return replace(order("npu_library", builtin(), "NPU", **options), python=interpreter("npu_library"))

    return at


def transformers(device: str = "cpu") -> Load:
    """The built-in model in torch."""
    return replace(torch_order(device), python=interpreter("transformers"))


def abort(process: psutil.Process) -> None:
    """Do what the library does where INT4 goes wrong: "terminate called without an active exception"."""
    process.send_signal(signal.SIGABRT)


@pytest.fixture
async def make_pool(tmp_path: Path) -> AsyncIterator[MakePool]:
    """Make pools of these orders, closed at the end."""
    made: list[SeveralEngines] = []

    def make(*orders: Load) -> SeveralEngines:
        # No quarantine ends before the test does, however long the next engine takes to load.
        made.append(SeveralEngines(tmp_path, *orders, breaker_rest_s=3600.0, longest_rest_s=3600.0))
        return made[-1]

    yield make
    for each in made:
        await each.pool.close()


async def test_an_abort_at_int4_and_a_kill_are_answered_by_the_next_and_the_next(
    make_pool: MakePool, npu_library: Callable[[str], Load]
) -> None:
    """The library aborted in its first answer, then torch killed in its own: each costs one request and no more."""
    engines = make_pool(npu_library("int4"), transformers(), order("openvino"))
    found, error = await engines.ended_mid_stream("npu_library", abort, new=50)
    assert found
    with pytest.raises(WorkerDied, match=r"npu_library on NPU crashed in native code .signal 6."):
        raise error or AssertionError
    _, error = await engines.ended_mid_stream("transformers")
    with pytest.raises(WorkerDied, match=r"transformers on cpu was killed .signal 9"):
        raise error or AssertionError
    # Another prompt: one that has ended two workers is not given to a third.
    found, engine = await engines.answer("import os\nimport sys\n")
    assert "openvino" == engine
    assert "".join(piece.text for piece in found)
    assert ["npu_library", "transformers"] == [place.engine for place in engines.pool.status().given_up]


async def test_an_abort_while_int4_is_prepared_keeps_nobody_waiting(
    make_pool: MakePool, npu_library: Callable[[str], Load]
) -> None:
    """Who asked before the model was there is answered by the next engine; the library is not loaded a second time."""
    engines = make_pool(npu_library("int4"), order("openvino"))
    stream = engines.submit(urgency=Urgency.TYPING)
    await engines.until(lambda status: any(worker.stage == "quantising to int4" for worker in status.workers))
    abort(engines.process("npu_library"))
    assert await pieces(stream)
    assert stream.profile is not None
    assert "openvino" == stream.profile.engine
    status = engines.pool.status()
    assert "npu_library on NPU crashed in native code (signal 6)" in status.trouble
    assert ["openvino"] == [worker.engine for worker in status.workers]
    assert [False] == [place.served for place in status.given_up]


async def test_three_engines_are_dead_and_each_is_named_with_its_reason(
    make_pool: MakePool, npu_library: Callable[[str], Load]
) -> None:
    """A precision that does not exist, a GPU that is not there, another one: the error has all three, in order."""
    engines = make_pool(npu_library("int3"), transformers("cuda:9"), order("openvino", device="GPU.7"))
    with pytest.raises(LoadFailed) as waiting:
        await engines.answer()
    await asyncio.wait_for(engines.until(lambda status: not status.workers and "GPU.7" in status.trouble), PATIENCE_S)
    with pytest.raises(NoProvider) as later:
        engines.submit()
    places = ["npu_library on NPU: ", "transformers on cuda:9: ", "openvino on GPU.7: "]
    for said in (str(waiting.value), str(later.value)):
        assert sorted(map(said.index, places)) == list(map(said.index, places))
        assert "no precision int3" in said
