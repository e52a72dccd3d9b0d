"""A model on a server of the user's choice: its address, what is known of it, and what its use means for privacy."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from phi_providers.messages import ModelInfo
from phi_providers.models.installed import PHI3_4K_CONTEXT

DEFAULT_PATH = "/v1"
"""Where servers have this interface when the address names no path; OpenVINO Model Server has it at /v3."""


@dataclass(frozen=True, kw_only=True)
class ServerAddress:
    """The checked address of a server's interface."""

    url: str
    """Without a slash at the end; the interface's paths are appended."""
    host: str
    local: bool
    """This very machine: what is sent leaves no network card."""
    encrypted: bool


def server_address(url: str) -> ServerAddress:
    """Return the parts of an address; raises ValueError saying what is wrong with it."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise ValueError("this is no address") from exc
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("an address like http://localhost:8000/v3 is needed")
    if parts.username or parts.password:
        raise ValueError("an address must not hold a name or a password; the key belongs into the environment")
    if parts.query or parts.fragment:
        raise ValueError("an address must not hold a query")
    place = f"[{host}]" if ":" in host else host
    path = parts.path.rstrip("/") or DEFAULT_PATH
    return ServerAddress(
        url=f"{parts.scheme}://{place}{f':{port}' if port else ''}{path}",
        host=place + (f":{port}" if port else ""),
        local=_is_this_machine(host),
        encrypted=parts.scheme == "https",
    )


def privacy(address: ServerAddress) -> str:
    """Return what a user must know: where the code goes, in one sentence."""
    if address.local:
        return f"Code is sent to a server on this machine ({address.host}), which may do with it what it likes."
    how = "over an encrypted connection" if address.encrypted else "UNENCRYPTED"
    return f"Code around the cursor and what you ask to be explained is sent to {address.host}, {how}."


def elsewhere(
    url: str, name: str = "", *, family: str = "phi3_chat", context: int = PHI3_4K_CONTEXT, infill: bool = True
) -> ModelInfo:
    """Return what is known of a server's model before the server is asked; raises ValueError for a bad address.

    `name` is the server's; `context` in tokens, which only the server can count: prompts keep well below it.
    """
    address = server_address(url)
    return ModelInfo(
        id=f"{name or 'model'}@{address.host}",
        family=family,
        path="",
        context=context,
        infill=infill,
        chat=family == "phi3_chat",
        note=privacy(address),
    )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
