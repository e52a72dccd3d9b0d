"""Who suggests and who answers questions, by the setting and by what was measured."""

from __future__ import annotations

import pytest

from phi_ls.arrangement import arrange
from phi_ls.speeds import Speed
from phi_providers.messages import Load, ModelInfo, ModelProfile
from phi_providers.plan import Plan, one_order

PHI = ModelInfo(id="phi-3", family="phi3_chat", path="models/phi-3", context=2047, precision="int4")
SMALL = ModelInfo(id="small", family="fim", path="small", context=2048)
BUILTIN = Load(engine="openvino", device="CPU", model=SMALL)
GPU, NPU, CPU = (Load(engine="openvino", device=device, model=PHI) for device in ("GPU", "NPU", "CPU"))


def speed(load: Load, line_ms: float) -> Speed:
    """A measurement in which a line takes so long."""
    return Speed(
        model=PHI.id,
        path=PHI.path,
        precision=PHI.precision,
        engine=load.engine,
        engine_version="2026.1",
        device=load.device,
        actual_device=load.device,
        prefill_tokens_per_s=256 / (line_ms / 2 / 1000),
        decode_ms_per_token=line_ms / 2 / 24,
        measured=1.0,
    )


def names(plan: Plan) -> tuple[str, str]:
    """Return both orders, each as devices, the built-in model as `-`."""
    typing, asking = (
        " ".join("-" if load == BUILTIN else load.device for load in each) for each in (plan.typing, plan.asking)
    )
    return typing, asking


@pytest.mark.parametrize(
    ("typing", "asking", "setting", "measured"),
    [
        ("GPU NPU CPU -", "NPU GPU CPU -", "auto", {}),
        ("GPU NPU - CPU", "NPU GPU CPU -", "auto", {"GPU": 300, "NPU": 400, "CPU": 401}),
        ("NPU - GPU CPU", "GPU NPU CPU -", "auto", {"GPU": 500, "NPU": 300, "CPU": 2000}),
        ("- GPU NPU CPU", "GPU NPU CPU -", "auto", {"GPU": 500, "NPU": 600, "CPU": 2000}),
        ("GPU NPU CPU -", "NPU GPU CPU -", "chosen", {"GPU": 500, "NPU": 600, "CPU": 2000}),
        ("- GPU NPU CPU", "GPU NPU CPU -", "built-in", {"GPU": 100}),
    ],
)
def test_typing_goes_where_it_is_quick_and_questions_leave_it_alone(
    typing: str, asking: str, setting: str, measured: dict[str, float]
) -> None:
    """Slow places come after the built-in model for typing; the NPU goes first for questions if typing has the GPU."""
    places = {"GPU": GPU, "NPU": NPU, "CPU": CPU}
    speeds = [speed(places[device], takes) for device, takes in measured.items()]
    assert (typing, asking) == names(arrange([GPU, NPU, CPU, BUILTIN], speeds, setting))


def test_the_built_in_model_bridges_the_loading_of_a_larger_one() -> None:
    """Where it is the only model, there is nothing to bridge and one order for all."""
    assert BUILTIN == arrange([CPU, BUILTIN], [], "auto").bridge
    elsewhere = Load(engine="onnxruntime", device="auto", model=SMALL)
    assert one_order([elsewhere, BUILTIN]) == arrange([elsewhere, BUILTIN], [], "auto")
    assert one_order([]) == arrange([], [], "auto")


@pytest.mark.parametrize(
    ("quick", "prefill", "decode", "before"),
    [(True, 2560.0, 12.5, 0), (False, 2560.0, 12.6, 0), (True, 0.0, 0.0, 0), (True, 2560.0, 50.0, 300)],
)
def test_a_model_just_loaded_is_judged_by_its_line(quick: bool, prefill: float, decode: float, before: float) -> None:
    """256 prompt tokens and 24 written ones within 400 ms, now or at an earlier time; without any, it is tried."""
    profile = ModelProfile(
        model="phi-3",
        family="phi3_chat",
        context=2047,
        engine="openvino",
        engine_version="",
        device="CPU",
        requested_device="CPU",
        prefill_tokens_per_s=prefill,
        decode_ms_per_token=decode,
    )
    assert quick is arrange([CPU, BUILTIN], [speed(CPU, before)] if before else [], "auto").quick(CPU, profile)
