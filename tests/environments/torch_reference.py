"""The built-in model as it was before its conversion, for torch."""

from __future__ import annotations

from pathlib import Path

from phi_providers.messages import Load, ModelInfo
from phi_providers.models.installed import builtin
from phi_providers.models.safetensors_folder import original_of

ORIGINAL = Path(__file__).parents[2] / "providers" / "starter-original"


def torch_order(device: str = "cpu", **options: object) -> Load:
    """Return the order for the built-in model on torch."""
    return Load(engine="transformers", device=device, model=torch_model(), options=options)


def torch_model() -> ModelInfo:
    """Return the built-in model, its weights as safetensors."""
    return original_of(builtin(), ORIGINAL)
