"""What this machine has to run a model with."""

from __future__ import annotations

import psutil

from phi_providers.catalogue.choice import Machine
from phi_providers.device_names import device_kind
from phi_providers.devices import Inquiry, probe

ENGINES = ("openvino", "onnxruntime")
"""Those that models are published for in their own form."""


def this_machine() -> Machine:
    """Look at memory and devices; takes seconds, because the engines are asked."""
    reports = probe([Inquiry(engine=engine) for engine in ENGINES])
    usable = {(device.engine, device_kind(device.name)) for each in reports for device in each.devices if device.usable}
    return Machine(memory_bytes=psutil.virtual_memory().total, devices=frozenset(usable))
