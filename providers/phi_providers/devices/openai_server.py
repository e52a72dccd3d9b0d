"""Whether the server that the user has named answers; it is asked for its models and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from phi_providers.devices.report import Device, EngineReport
from phi_providers.errors import ProviderError
from phi_providers.models.elsewhere import privacy, server_address

ENGINE = "openai_server"
DEVICE = "elsewhere"
PATIENCE_S = 5.0


def examine(options: Mapping[str, str]) -> Iterator[EngineReport]:
    """Yield what is known so far, then what the server says. `options`: `url`, and `model` if one is named."""
    address = server_address(options["url"])
    note = privacy(address)
    yield EngineReport(ENGINE, "", (Device(DEVICE, ENGINE, False),), note=note)
    # On demand: the connection brings an HTTP library.
    from phi_providers.engines.openai_server import KEY_VARIABLE
    from phi_providers.engines.openai_server_connection import Connection, Patience

    try:
        patience = Patience(connect_s=PATIENCE_S, next_s=PATIENCE_S)
        server = Connection(address, os.environ.get(KEY_VARIABLE, ""), patience)
        listed = server.get("/models").get("data") or ()
        names = [str(item["id"]) for item in listed]
    except ProviderError as exc:
        reason, _, remedy = str(exc).partition("; ")
        device = Device(DEVICE, ENGINE, False, reason, remedy)
    except (ValueError, KeyError, TypeError, AttributeError):
        reason = f"{address.host} answers, but not as a server of this kind"
        device = Device(DEVICE, ENGINE, False, reason, "correct openaiServer.url; some servers want /v3 at its end")
    else:
        device = _answered(address.host, names, options.get("model", ""))
    yield EngineReport(ENGINE, "", (device,), note=note)


def _answered(host: str, names: list[str], wanted: str) -> Device:
    if wanted:
        # Servers that load a model when it is asked for list only what they have loaded.
        known = "" if wanted in names else f"; {wanted} is not in its list"
        return Device(DEVICE, ENGINE, True, f"{host} answers{known}")
    if len(names) == 1:
        return Device(DEVICE, ENGINE, True, f"{host} answers, with the model {names[0]}")
    listed = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
    reason = f"{host} answers, but has {len(names)} models" + (f" ({listed})" if names else "")
    return Device(DEVICE, ENGINE, False, reason, "name the one to use in the setting model")
