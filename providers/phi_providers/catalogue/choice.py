"""Which variant of a model suits a machine best."""

from __future__ import annotations

from dataclasses import dataclass

from phi_providers.catalogue.entries import Entry, ListedModel, Variant
from phi_providers.models.manifest import ModelError
from phi_providers.sizes import GIGABYTE

RUNTIME_BYTES = GIGABYTE
"""What a runtime takes besides weights and KV cache: published peaks of Phi-3-mini at INT4, INT8 and FP16 on built-in
GPUs (3.4, 5.1 and 8.8 GB with 1,024 tokens) leave 0.8 to 0.9 GB."""

REST_BYTES = 3 * GIGABYTE
"""What a system with an editor and a browser needs for itself."""

PREFERENCE = (
    ("onnxruntime", "CUDA"),
    ("openvino", "NPU"),
    ("openvino", "GPU"),
    ("onnxruntime", "DML"),
    ("openvino", "CPU"),
    ("onnxruntime", "CPU"),
)
"""Engine and kind of device, the best first. A model made for the NPU runs on the GPU beside it, too: then
typing can have the one and questions the other."""

PRECISIONS = ("int4", "int8", "fp16", "bf16")
"""The best first: writing is bound by memory, which makes the smallest the fastest everywhere."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What a choice depends on."""

    memory_bytes: int
    """All of it, used or not."""
    devices: frozenset[tuple[str, str]]
    """Engine and kind of device of everything that works here."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the user insists on; empty: whatever is best."""

    engine: str = ""
    precision: str = ""


def needed_bytes(entry: Entry) -> int:
    """Return the memory that a variant takes while it runs, with its context full."""
    return entry.variant.size_bytes + entry.model.safe_context * entry.model.kv_bytes_per_token + RUNTIME_BYTES


def fits(entry: Entry, machine: Machine) -> bool:
    """Return whether the machine's memory holds a variant beside everything else."""
    return needed_bytes(entry) + REST_BYTES <= machine.memory_bytes


def choose(model: ListedModel, machine: Machine, wish: Wish | None = None) -> Entry:
    """Return the best variant of a model for a machine; raises ModelError saying why there is none."""
    wanted = [Entry(model=model, variant=each) for each in model.variants if _matches(each, wish or Wish())]
    if not wanted:
        forms = ", ".join(sorted({f"{v.engine} {v.precision}" for v in model.variants}))
        raise ModelError(f"{model.title} has no such variant; it has {forms}")
    running = [entry for entry in wanted if _rank(entry, machine) is not None]
    if not running:
        raise ModelError(f"no engine here can run {model.title} in that form; `phi-ls doctor` says what is missing")
    fitting = [entry for entry in running if fits(entry, machine)]
    if not fitting:
        smallest = min(running, key=needed_bytes)
        raise ModelError(
            f"{model.title} needs {needed_bytes(smallest) / GIGABYTE:.1f} GB of memory at its smallest, and this "
            f"machine has {machine.memory_bytes / GIGABYTE:.1f} GB in all; the built-in model goes on answering "
            f"(`phi-ls models pull {smallest.id}` fetches it all the same)"
        )
    return min(fitting, key=lambda entry: _rank(entry, machine) or ())


def _matches(variant: Variant, wish: Wish) -> bool:
    # The original form is there to be converted and compared with; no machine is best served by it.
    asked = wish.engine or ("" if variant.engine == "transformers" else variant.engine)
    return variant.engine == asked and wish.precision in ("", variant.precision)


def _rank(entry: Entry, machine: Machine) -> tuple[int, int, int] | None:
    """Return what the smallest of is best; None where nothing here runs the variant."""
    usable = [(entry.variant.engine, kind) for kind in entry.variant.suits]
    places = [PREFERENCE.index(pair) for pair in usable if pair in machine.devices and pair in PREFERENCE]
    if not places:
        return None
    return min(places), _place(entry.variant.precision), len(entry.variant.suits)


def _place(precision: str) -> int:
    return PRECISIONS.index(precision) if precision in PRECISIONS else len(PRECISIONS)
