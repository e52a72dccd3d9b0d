"""What each engine can run on here: engines that can be asked are, of the others it is said why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from phi_ls import folders
from phi_ls.plan import OWN_ENVIRONMENT
from phi_ls.settings import Settings
from phi_providers.devices import Device, EngineReport, Inquiry, probe
from phi_providers.environments.kept import State, folder_of, python_of, state
from phi_providers.environments.recipes import EnvironmentFailed, recipe
from phi_providers.models.elsewhere import privacy, server_address

INSTALLED = ("openvino", "onnxruntime")
"""Engines that run in our own interpreter."""

DEVICES = {"transformers": ("cuda", "xpu", "cpu"), "npu_library": ("NPU", "CPU")}
SERVER, ELSEWHERE = "openai_server", "elsewhere"


def look_at_engines(settings: Settings, waiting_for: Callable[[list[str]], None]) -> list[EngineReport]:
    """Return a report for each engine; blocks while they are asked, and says of which an answer is awaited."""
    found = [*map(_installed, INSTALLED), *map(_in_environment, OWN_ENVIRONMENT), _server(settings)]
    inquiries = [item for item in found if isinstance(item, Inquiry)]
    answers = iter(probe(inquiries, waiting_for=waiting_for))
    return _named([next(answers) if isinstance(item, Inquiry) else item for item in found])


def _installed(engine: str) -> Inquiry:
    return Inquiry(engine=engine)


def _in_environment(engine: str) -> Inquiry | EngineReport:
    """Return what to ask in the engine's own environment, or why there is none."""
    try:
        wanted = recipe(engine)
    except EnvironmentFailed as exc:  # not for this system
        why, _, remedy = str(exc).partition("; ")
        return _unusable(engine, DEVICES[engine], why, remedy)
    folder = folder_of(folders.environments_dir(), wanted)
    found = state(folder)
    if found is State.READY:
        return Inquiry(engine=engine, python=str(python_of(folder)))
    why = "not installed" if found is State.ABSENT else "its installation was interrupted, or something is missing"
    size = f"takes up to {wanted.megabytes / 1000:.1f} GB"
    return _unusable(engine, DEVICES[engine], why, f"run `phi-ls doctor --fix {engine}` ({size})")


def _server(settings: Settings) -> Inquiry | EngineReport:
    """Return what to ask the user's server, or why it is not asked: without having been chosen, no server is."""
    url = settings.openai_server_url
    if url is None:
        remedy = "for a server of yours, set engine and openaiServer.url"
        return _unusable(SERVER, [ELSEWHERE], "no address is set", remedy)
    try:
        address = server_address(url)
    except ValueError as exc:
        return _unusable(SERVER, [ELSEWHERE], "its address cannot be used", f"correct openaiServer.url: {exc}")
    if settings.engine != SERVER:
        why, remedy = f"{address.host} is not in use and was not asked", "to use it, set engine to openai_server"
        return replace(_unusable(SERVER, [ELSEWHERE], why, remedy), note=privacy(address))
    return Inquiry(engine=SERVER, options={"url": url, "model": "" if settings.model == "auto" else settings.model})


def _unusable(engine: str, devices: Sequence[str], why: str, remedy: str) -> EngineReport:
    return EngineReport(engine, "", tuple(Device(device, engine, False, why, remedy) for device in devices))


def _named(reports: list[EngineReport]) -> list[EngineReport]:
    """Give every CPU the name that one engine has found out."""
    usable = [device for report in reports for device in report.devices if device.usable and _is_cpu(device)]
    name = next((device.reason for device in usable if device.engine == "openvino"), "")

    def named(device: Device) -> Device:
        return replace(device, reason=name) if device in usable and not device.reason else device

    return [replace(report, devices=tuple(map(named, report.devices))) for report in reports]


def _is_cpu(device: Device) -> bool:
    return device.name.upper() == "CPU"
