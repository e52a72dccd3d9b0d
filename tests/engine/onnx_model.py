"""The built-in model as ONNX Runtime takes it, made anew from its original weights, in a test's hands."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from engine.built_in import Model

from phi_providers.engines.onnxruntime import make_provider
from phi_providers.messages import Load, ModelInfo
from phi_providers.models.installed import builtin
from phi_providers.models.onnx_export import export

ORIGINAL = Path(__file__).parents[2] / "providers" / "starter-original"


@cache
def _place() -> tempfile.TemporaryDirectory[str]:
    """One folder for all tests of this process; it goes with the process."""
    return tempfile.TemporaryDirectory(prefix="phi-ls-onnx-tests-", ignore_cleanup_errors=True)


@cache
def exported(precision: str = "int8") -> ModelInfo:
    """Return the built-in model, converted once for all tests."""
    return export(ORIGINAL, Path(_place().name) / precision, precision, builtin())


class OnnxModel(Model):
    """The converted model behind a provider."""

    def __init__(self, device: str = "CPU", info: ModelInfo | None = None, **options: Any) -> None:
        info = info or exported()
        self.provider = make_provider(Load(engine="onnxruntime", device=device, model=info, options=options))
        self.stages = []
        self.profile = self.provider.load(self.stages.append)
