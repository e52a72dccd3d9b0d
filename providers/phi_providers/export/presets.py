"""The conversions that are known: which tool makes what, with which parameters, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phi_providers.models.manifest import ModelError


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A program that converts models, in an isolated environment."""

    recipe: str
    """Of its environment."""
    module: str
    """That is run there."""
    arguments: tuple[str, ...]
    """`{source}`, `{out}` and `{scratch}` stand for folders; a preset's options follow."""
    files: tuple[str, ...]
    """Names that make up a result, with `*` for any letters."""


MEMORY_BYTES = 1_800_000_000
"""What a tool takes without any model: PyTorch and the compressor's libraries."""

OPTIMUM = Tool(
    recipe="openvino-export",
    module="optimum.commands.optimum_cli",
    # Our engines take tokenizer.json as it is, not as an OpenVINO graph.
    arguments=(
        *("export", "openvino", "--model", "{source}", "--task", "text-generation-with-past"),
        *("--disable-convert-tokenizer", "{out}"),
    ),
    files=(
        *("config.json", "generation_config.json", "openvino_config.json"),
        *("openvino_model.bin", "openvino_model.xml"),
    ),
)
MODEL_BUILDER = Tool(
    recipe="onnx-builder",
    module="onnxruntime_genai.models.builder",
    arguments=("--input", "{source}", "--output", "{out}", "--cache_dir", "{scratch}"),
    files=("genai_config.json", "*.onnx", "*.onnx.data"),
)


@dataclass(frozen=True, kw_only=True)
class Preset:
    """One conversion."""

    name: str
    title: str
    tool: Tool
    options: tuple[str, ...]
    engine: str
    """That runs the result."""
    precision: str
    mode: str = ""
    """How the weights are compressed, as OpenVINO writes it into a model."""
    npu: bool = False
    """The result is what an Intel NPU takes."""
    size: float
    """Of the result, in sizes of the original at 16 bits, the measure of the next two as well."""
    memory: float
    """Most that the tool holds, beside `MEMORY_BYTES`."""
    scratch: float = 0.0
    """Disk that the tool takes beside the result."""

    def arguments(self, source: Path, out: Path, scratch: Path) -> list[str]:
        """Return what the tool's module is called with."""
        places = {"source": str(source), "out": str(out), "scratch": str(scratch)}
        return [*(part.format(**places) for part in self.tool.arguments), *self.options]


_INT4 = ("--weight-format", "int4", "--sym", "--group-size", "128", "--ratio")

PRESETS = (
    Preset(
        name="openvino-int4",
        title="OpenVINO, INT4 with two fifths of the layers in INT8: CPU and Intel GPU",
        tool=OPTIMUM,
        options=(*_INT4, "0.6"),
        engine="openvino",
        precision="int4",
        mode="int4_sym",
        size=0.45,
        memory=1.1,
        scratch=1.0,
    ),
    Preset(
        name="openvino-int4-npu",
        title="OpenVINO, INT4 in all layers: Intel NPU, and GPU and CPU beside it",
        tool=OPTIMUM,
        options=(*_INT4, "1.0"),
        engine="openvino",
        precision="int4",
        mode="int4_sym",
        npu=True,
        size=0.4,
        memory=1.1,
        scratch=1.0,
    ),
    Preset(
        name="openvino-int8",
        title="OpenVINO, INT8: CPU and Intel GPU",
        tool=OPTIMUM,
        options=("--weight-format", "int8"),
        engine="openvino",
        precision="int8",
        mode="int8_asym",
        size=0.55,
        memory=1.1,
        scratch=1.0,
    ),
    Preset(
        name="openvino-fp16",
        title="OpenVINO, FP16, not quantised: Intel GPU and CPU",
        tool=OPTIMUM,
        options=("--weight-format", "fp16"),
        engine="openvino",
        precision="fp16",
        size=1.05,
        memory=1.1,
    ),
    *(
        Preset(
            name=f"onnx-int4-{provider}",
            title=f"ONNX Runtime, INT4: {device}",
            tool=MODEL_BUILDER,
            options=("--precision", "int4", "--execution_provider", provider),
            engine="onnxruntime",
            precision="int4",
            size=size,
            memory=memory,
        )
        for provider, device, size, memory in (
            # The CPU's graph computes in FP32, and the builder holds the weights in it.
            ("cpu", "CPU", 0.75, 3.6),
            ("cuda", "NVIDIA GPU", 0.45, 2.4),
            ("dml", "any GPU on Windows, by DirectML", 0.45, 2.4),
        )
    ),
)
"""Memory and disk were measured with 1, 2 and 8 layers of Phi-3-mini's shape: 0.6, 0.8 and 2.2 GB of weights."""


def preset(name: str) -> Preset:
    """Return the preset of this name; raises ModelError naming those that there are."""
    found = next((each for each in PRESETS if each.name == name), None)
    if found is None:
        raise ModelError(f"there is no preset '{name}'; there are {', '.join(each.name for each in PRESETS)}")
    return found
