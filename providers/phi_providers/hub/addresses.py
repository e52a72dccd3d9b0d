"""Which addresses may be asked for a model's files, whoever redirects us."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from phi_providers.hub.failures import PullFailed

OFFICIAL = ("huggingface.co", "hf.co")
"""The hub and its file servers; a mirror may redirect to them, too."""


def checked_endpoint(endpoint: str) -> str:
    """Return the hub's address; raises PullFailed unless what it says cannot be changed on the way."""
    parts = urlsplit(endpoint)
    if parts.username or parts.password or not parts.hostname:
        raise PullFailed(f"HF_ENDPOINT is {endpoint!r}, which is not an address like https://huggingface.co")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname)):
        raise PullFailed(f"HF_ENDPOINT is {endpoint}; models are fetched over https only")
    return endpoint


def refusal(url: str, endpoint: str) -> str:
    """Return why this address is not asked; empty when it may be."""
    try:
        target, hub = urlsplit(url), urlsplit(endpoint)
        host = target.hostname or ""
        same = (target.scheme, host, target.port) == (hub.scheme, hub.hostname, hub.port)
    except ValueError:
        return "this is no address"
    if same:
        return ""
    if target.scheme != "https":
        return f"it leads to {host} without encryption"
    if host == hub.hostname or any(host == name or host.endswith(f".{name}") for name in OFFICIAL):
        return ""
    return f"it leads to {host}, which is not one of the hub's servers"


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
