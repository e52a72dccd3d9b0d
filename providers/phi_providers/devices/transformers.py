"""What torch can run a model on; runs in the environment of the engine `transformers`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from phi_providers.devices.hardware import GPU, has, nvidia_absence, nvidia_gpus
from phi_providers.devices.packages import first_line, versions
from phi_providers.devices.report import Device, EngineReport

ENGINE = "transformers"
ENVIRONMENT = "run `phi-ls doctor --fix transformers`, which checks its environment"
UPDATE = {"cuda": "update NVIDIA's driver", "xpu": "update Intel's graphics driver", "cpu": ENVIRONMENT}


def examine(_options: Mapping[str, str]) -> Iterator[EngineReport]:
    """Yield what is known so far, each time before something that may break. Runs in the child."""
    found = versions("transformers", "torch", "tokenizers")
    report = EngineReport(ENGINE, found.get("transformers", ""), (_tried("cpu"),), found)
    yield report
    try:
        from phi_providers.engines.torch_import import torch

        module = torch()
        done = [_look(module, "cpu")]
    except (ImportError, OSError, RuntimeError) as exc:
        reason = f"torch cannot be loaded: {first_line(exc)}"
        yield replace(report, devices=(Device("cpu", ENGINE, False, reason, ENVIRONMENT),))
        return
    for kind in ("cuda", "xpu"):
        yield replace(report, devices=(*done, _tried(kind)))
        why, remedy = _absence(module, kind)
        if why:
            done.append(Device(kind, ENGINE, False, why, remedy))
            continue
        for number in range(getattr(module, kind).device_count()):
            yield replace(report, devices=(*done, _tried(f"{kind}:{number}")))
            done.append(_look(module, f"{kind}:{number}"))
    yield replace(report, devices=tuple(done))


def _tried(name: str) -> Device:
    return Device(name, ENGINE, usable=False)


def _absence(module: Any, kind: str) -> tuple[str, str]:
    """Return why there is no device of this kind: no such hardware, no driver, too old a one, or not this torch."""
    from phi_providers.engines.torch_device import absence

    gpus = nvidia_gpus() if kind == "cuda" else []
    why, remedy = absence(kind)
    if not why:
        return "", ""
    if kind == "xpu":
        return ("there is no Intel GPU", "") if has(GPU, "Intel") is False else (why, remedy)
    # ROCm's torch calls AMD's GPUs cuda, too, and then NVIDIA's absence says nothing.
    if module.version.hip is None and (hardware := nvidia_absence(gpus))[0]:
        return hardware
    if module.version.cuda is None:
        return why, remedy
    try:
        module.cuda.init()
    except (RuntimeError, AssertionError) as exc:
        return first_line(exc), UPDATE["cuda"]
    return why, remedy


def _look(module: Any, name: str) -> Device:
    """Let the device compute something small: one that is listed may still fail, by its driver or its age."""
    kind, _, number = name.partition(":")
    title, driver, size = _description(module, kind, int(number or 0))
    try:
        module.ones(16, device=name).add(1).sum().item()
    except RuntimeError as exc:
        reason = f"{title} is there, but fails: {first_line(exc)}"
        return Device(name, ENGINE, False, reason, UPDATE[kind], driver, size)
    return Device(name, ENGINE, True, title, "", driver, size)


def _description(module: Any, kind: str, number: int) -> tuple[str, str, int | None]:
    if kind == "cpu":
        return "", "", None
    about = getattr(module, kind).get_device_properties(number)
    driver = next((gpu.driver for gpu in nvidia_gpus()), "") if kind == "cuda" else about.driver_version
    return str(about.name), str(driver), int(about.total_memory)
