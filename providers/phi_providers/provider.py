"""The seam: what an engine must do to be part of the pool."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Protocol

from phi_providers.errors import LoadFailed
from phi_providers.messages import Load, ModelProfile, Piece, Request, Started, Usage

Emit = Callable[["Piece | Started"], bool]
"""Takes what became final; returns False when nobody wants more. A `Piece` without tokens is the heartbeat of a prefill
chunk. Must be called at least once per chunk and per token, never from another thread."""


class Provider(Protocol):
    """A model that can continue a prompt. Lives in the worker's main thread; one call at a time."""

    def load(self, progress: Callable[[str], None]) -> ModelProfile:
        """Load and warm up; `progress` takes the name of each stage. Raises LoadFailed."""
        ...

    def generate(self, request: Request, emit: Emit) -> Usage:
        """Continue the request's prompt, calling `emit` as text becomes final. Raises GenerationFailed."""
        ...

    def prefill(self, request: Request, emit: Emit) -> Usage:
        """Put the request's prompt into the prefix cache without output. Raises GenerationFailed."""
        ...


ENGINES = {
    "echo": "phi_providers.engines.echo:EchoProvider",
    "npu_library": "phi_providers.engines.npu_library:make_provider",
    "onnxruntime": "phi_providers.engines.onnxruntime:make_provider",
    "openvino": "phi_providers.engines.openvino:make_provider",
    "transformers": "phi_providers.engines.torch_engine:make_provider",
    "openai_server": "phi_providers.engines.openai_server:make_provider",
}
"""Engine name → `module:factory`; the factory takes the `Load` frame. Imported only in a worker, on demand."""


def load_provider(order: Load) -> Provider:
    """Return the provider that `order.engine` names, its engine not yet loaded; raises LoadFailed."""
    target = ENGINES.get(order.engine)
    if target is None:
        raise LoadFailed(f"there is no engine '{order.engine}'; known are {', '.join(sorted(ENGINES))}")
    module, _, name = target.partition(":")
    try:
        factory = getattr(importlib.import_module(module), name)
    except ImportError as exc:
        raise LoadFailed(f"engine '{order.engine}' is not installed completely: {exc}") from exc
    provider: Provider = factory(order)
    return provider
