"""What the user is told, once, when another engine or device has to answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phi_ls.features.failover import Told, message
from phi_providers.messages import Load, ModelInfo
from phi_providers.pool import GivenUp, WorkerStatus

PHI3 = ModelInfo(id="phi-3", family="phi3_chat", path="", context=2047)
SMALL = replace(PHI3, id="small")
LOST = GivenUp(engine="openvino", device="GPU", model="phi-3", cause="the GPU is gone", served=True, rest_s=60.0)
ABSENT = GivenUp(engine="openvino", device="NPU", model="phi-3", cause="there is no NPU", served=False, rest_s=120.0)


def worker(engine: str, device: str, model: ModelInfo) -> WorkerStatus:
    order = Load(engine=engine, device=device, model=model)
    return WorkerStatus(engine=engine, device=device, model=model.id, pid=1, state="ready", stage="", order=order)


def test_one_message_for_a_device_that_is_lost() -> None:
    """However often it is tried again, until it has answered; its next loss is news."""
    told = Told()
    assert [LOST] == told.news([LOST], PHI3, pinned=False)
    assert [[]] * 3 == [told.news([LOST], PHI3, pinned=False) for _ in range(3)]
    assert [] == told.news([replace(LOST, cause="there is no GPU")], PHI3, pinned=False)
    assert [] == told.news([], PHI3, pinned=False)
    assert [LOST] == told.news([LOST], PHI3, pinned=False)


def test_a_second_device_is_told_by_itself() -> None:
    """What the user knows already is not said again."""
    told = Told()
    other = replace(LOST, device="NPU")
    told.news([LOST], PHI3, pinned=False)
    assert [other] == told.news([LOST, other], PHI3, pinned=False)


def test_a_device_that_was_only_tried_is_no_news() -> None:
    """A machine without an NPU is not told so at each start; whoever has asked for the NPU is."""
    assert [] == Told().news([ABSENT], PHI3, pinned=False)
    assert [ABSENT] == Told().news([ABSENT], PHI3, pinned=True)


@pytest.mark.parametrize("answering", [SMALL, None])
def test_a_model_that_runs_nowhere_is_news(answering: ModelInfo | None) -> None:
    """Whoever has chosen a model hears that another one answers, or none, with all reasons in one message."""
    gpu = replace(ABSENT, device="GPU", cause="no memory")
    assert [gpu, ABSENT] == Told().news([gpu, ABSENT], answering, pinned=False)


def test_the_message_names_what_failed_why_and_who_answers() -> None:
    """Each place with its reason, in one sentence; a cause that names the place is not given a second name."""
    answering = worker("openvino", "CPU", SMALL)
    assert (
        "phi-ls: openvino on GPU: the GPU is gone; small with openvino on CPU answers instead; tried again in 60 s"
    ) == message([LOST], [LOST], SMALL, [worker("openvino", "GPU", PHI3), answering])
    crashed = replace(LOST, cause="the worker of openvino on GPU crashed")
    assert "phi-ls: the worker of openvino on GPU crashed; small answers instead" in message(
        [crashed], [crashed], SMALL, []
    )
    assert "nothing answers, run `phi-ls doctor`; tried again in 60 s" in message(
        [LOST, ABSENT], [LOST, ABSENT], None, []
    )
    retried = message([LOST], [LOST, ABSENT], SMALL, [worker("openvino", "NPU", PHI3), answering])
    assert "small with openvino on CPU answers" in retried


def test_a_cause_of_several_places_is_said_once() -> None:
    """A model that is too large is so on the GPU and on the CPU."""
    full = [replace(LOST, device=device, cause="model phi-3 needs 3.8 GB") for device in ("GPU", "CPU")]
    said = message(full, full, SMALL, [])
    assert said.startswith("phi-ls: openvino on GPU, openvino on CPU: model phi-3 needs 3.8 GB; small answers")
