"""The engines as they are held to one behaviour: what each is asked to load, and in what it truly differs."""

from __future__ import annotations

import enum
import os
import sys
from dataclasses import dataclass, field, replace
from typing import Any

CHOICE = "PHI_LS_TEST_ENGINES"
"""`all` runs every subject; names with commas between them run those; unset runs those that need no environment."""


class Reuse(enum.Enum):
    """What of a known prompt is not computed again when the next one goes on after it."""

    BLOCKS = "all whole blocks"
    ALL_BUT_LAST = "all but the last token"
    NONE = "nothing"
    SERVER = "what the server says"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One engine on one device that every machine has."""

    name: str
    engine: str
    device: str
    form: str
    """`openvino`, `onnx`, `safetensors`, `server`, or the name of a preset."""
    preset: str = ""
    """By which the built-in model's original weights were exported; empty: the built-in model itself."""
    environment: str = ""
    """Whose interpreter runs the worker; empty: the tests' own."""
    light: bool = False
    """It needs nothing that the development environment does not have."""
    least_python: tuple[int, int] = (3, 10)
    """ONNX Runtime GenAI has no wheels for older ones than this."""
    shipped: dict[str, Any] = field(default_factory=dict)
    """`Load.options` as the product gives them."""
    tested: dict[str, Any] = field(default_factory=dict)
    """`Load.options` for all other tests: exact arithmetic if it can be had, and steps of a known size."""
    inexact: str = ""
    """Why its arithmetic is not that of the reference; empty: equal answers are asked of it."""
    chunk: int = 0
    """Tokens of a prefill step under `tested`; 0: a prompt is one step."""
    unstoppable: str = ""
    """Why a prompt is one step."""
    reuse: Reuse
    block: int = 1
    """Tokens of a cache block."""
    rewinds: bool = True
    any_device: str = ""
    """Why it takes any device's name; empty: it refuses those that are not there."""
    opaque: str = ""
    """Why its pieces do not carry the model's token ids; empty: they do."""
    shows_end: str = ""
    """Why the text of a stop token can be in an answer; empty: it cannot."""
    no_probabilities: str = ""
    """Why its pieces carry no log-probabilities; empty: they do."""

    def expected_reuse(self, common: int, prompt: int) -> int:
        """Return the tokens to be reused of a prompt that has `common` tokens in front which are known."""
        if self.reuse is Reuse.BLOCKS:
            return min(common, prompt - 1) // self.block * self.block
        return min(common, prompt - 1) if self.reuse is Reuse.ALL_BUT_LAST else 0


BUILT_IN = (
    Subject(
        name="openvino",
        engine="openvino",
        device="CPU",
        form="openvino",
        light=True,
        tested={"strict": True, "chunk_tokens": 32},
        chunk=32,
        reuse=Reuse.BLOCKS,
        block=32,
    ),
    Subject(
        name="openvino-npu-path",
        engine="openvino",
        device="NPU",
        form="openvino",
        light=True,
        shipped={"npuw_devices": "CPU"},
        tested={"npuw_devices": "CPU", "chunk_tokens": 128},
        inexact="the NPU computes in FP16, and its pipeline has no other mode",
        chunk=128,
        reuse=Reuse.BLOCKS,
        block=128,
        no_probabilities="the pipeline tells none for a token",
    ),
    Subject(
        name="onnxruntime",
        engine="onnxruntime",
        device="CPU",
        form="onnx",
        light=True,
        least_python=(3, 11),
        tested={"strict": True, "chunk_tokens": 32},
        chunk=32,
        reuse=Reuse.ALL_BUT_LAST,
    ),
    Subject(
        name="onnxruntime-as-on-directml",
        engine="onnxruntime",
        device="CPU",
        form="onnx",
        light=True,
        least_python=(3, 11),
        shipped={"continuous": False},
        tested={"strict": True, "continuous": False},
        unstoppable="DirectML takes no tokens after a first prompt",
        reuse=Reuse.NONE,
        rewinds=False,
    ),
    Subject(
        name="transformers",
        engine="transformers",
        device="cpu",
        form="safetensors",
        environment="transformers",
        tested={"strict": True, "chunk_tokens": 32},
        chunk=32,
        reuse=Reuse.ALL_BUT_LAST,
    ),
    Subject(
        name="npu_library",
        engine="npu_library",
        device="NPU",
        form="safetensors",
        environment="npu_library",
        shipped={"precision": "int8"},
        tested={"precision": "fp16"},
        inexact="the library computes its linear layers in FP16 or less",
        any_device="the library computes on the NPU where there is one and lets OpenVINO choose elsewhere",
        chunk=64,
        reuse=Reuse.ALL_BUT_LAST,
    ),
    Subject(
        name="openai_server",
        engine="openai_server",
        device="elsewhere",
        form="server",
        unstoppable="the server computes the prompt; closing the stream is all that can be done",
        reuse=Reuse.SERVER,
        opaque="the interface sends text; what the pool takes for token ids are numbers of texts",
        shows_end="`transformers serve` sends the text of the token at which it ends, unless it is a control token",
        no_probabilities="`transformers serve` tells none",
    ),
)

EXPORTED_LIKE = {
    "openvino-int4": ("openvino",),
    "openvino-int4-npu": ("openvino", "openvino-npu-path"),
    "openvino-int8": ("openvino",),
    "openvino-fp16": ("openvino",),
    "onnx-int4-cpu": ("onnxruntime",),
    "onnx-int4-cuda": ("onnxruntime",),
    "onnx-int4-dml": ("onnxruntime-as-on-directml",),
}
"""Preset → the subjects that its result is run like, all of them on the CPU."""

GRAPHS_IN_FP16 = ("onnx-int4-cuda", "onnx-int4-dml")


def subject_named(name: str) -> Subject:
    """Return what an engine is asked with the built-in model."""
    return next(each for each in BUILT_IN if each.name == name)


def _exported(preset: str, like: str) -> Subject:
    """Return the subject with the model that a preset makes, and its weights as the reference's."""
    base = subject_named(like)
    name = f"{preset}-exported" if like != "openvino-npu-path" else f"{preset}-exported-npu-path"
    subject = replace(base, name=name, form=preset, preset=preset, light=False)
    if preset not in GRAPHS_IN_FP16:
        return subject
    options = {name: value for name, value in base.tested.items() if name != "strict"}
    return replace(subject, tested=options, inexact="a graph that is drawn for GPUs computes in FP16")


SUBJECTS = (*BUILT_IN, *(_exported(preset, like) for preset, names in EXPORTED_LIKE.items() for like in names))

NEEDS_HARDWARE = {
    "openvino": ("GPU", "NPU"),
    "onnxruntime": ("CUDA", "DML", "NVTENSORRTRTX", "QNN", "OPENVINO", "WEBGPU", "VITISAI"),
    "transformers": ("cuda", "xpu"),
    "npu_library": ("NPU",),
}
"""All that is not run here, engine by engine. The NPU's pipeline and DirectML's way of working are run on the CPU."""


def chosen() -> list[Subject]:
    """Return the subjects of this run; raises ValueError for a name that there is not."""
    wanted = os.environ.get(CHOICE, "")
    if not wanted:
        # ONNX Runtime GenAI has no wheels for an older Python.
        return [
            each for each in SUBJECTS if each.light and (each.engine != "onnxruntime" or sys.version_info >= (3, 11))
        ]
    names = [each.name for each in SUBJECTS] if wanted == "all" else wanted.split(",")
    known = {each.name: each for each in SUBJECTS}
    if unknown := set(names) - set(known):
        raise ValueError(f"{CHOICE}: {', '.join(sorted(unknown))} not among {', '.join(known)}")
    return [known[name] for name in names]
