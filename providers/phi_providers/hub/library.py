"""The hub's own client library, set up so that it asks for nothing but what we ask for."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

import httpx2

from phi_providers.hub.addresses import checked_endpoint, refusal
from phi_providers.hub.failures import PullFailed
from phi_providers.hub.patience import WAITS_S

LIBRARY = "huggingface_hub"

QUIET: Mapping[str, str] = {
    "HF_HUB_DISABLE_TELEMETRY": "1",  # else it also asks for a list of programs, to say which one it was started by
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_XET": "1",  # another way to the same files, through network code that knows none of our checks
}

CONNECT_S = 10.0

NAME, VERSION = "phi-ls", importlib.metadata.version("phi-ls")
"""What we call ourselves."""


@dataclass(frozen=True)
class Hub:
    """The library and what it was told by the environment: `HF_ENDPOINT`, `HF_TOKEN`, `HF_HUB_DOWNLOAD_TIMEOUT`."""

    library: ModuleType
    endpoint: str
    timeout: httpx2.Timeout
    """For each single step; a transfer that stands still for so long is ended and taken up again."""
    waits_s: tuple[float, ...] = WAITS_S
    """Before each further attempt."""

    def headers(self) -> dict[str, str]:
        """Return the headers of a request, with the user's token if there is one."""
        headers: dict[str, str] = self.library.utils.build_hf_headers(library_name=NAME, library_version=VERSION)
        # Compressed on the way, a file could not be taken up again in its middle.
        return {**headers, "Accept-Encoding": "identity"}

    def address(self, repository: str, commit: str, path: str) -> str:
        """Return where a file is fetched from."""
        url: str = self.library.hf_hub_url(repository, path, revision=commit, endpoint=self.endpoint)
        return url

    def check(self, response: httpx2.Response) -> None:
        """Raise what the library calls an answer that is none."""
        self.library.utils.hf_raise_for_status(response)

    def client(self) -> httpx2.Client:
        """Return the connection that everything is fetched through; it obeys the proxies in the environment."""
        client: httpx2.Client = self.library.get_session()
        return client


def connect(endpoint: str = "", stall_s: float = 0.0, waits_s: tuple[float, ...] = WAITS_S) -> Hub:
    """Load and set up the library; raises PullFailed where nothing may be fetched. Asks nobody anything.

    `endpoint` and `stall_s` go before what the environment says.
    """
    if LIBRARY not in sys.modules:  # it reads its environment once, while it is imported
        os.environ.update(QUIET)
    import huggingface_hub
    from huggingface_hub import constants

    if not (constants.HF_HUB_DISABLE_TELEMETRY and constants.HF_HUB_DISABLE_XET):
        raise PullFailed("huggingface_hub was imported before it could be told to keep quiet; start phi-ls by itself")
    if constants.HF_HUB_OFFLINE:
        raise PullFailed("HF_HUB_OFFLINE is set, so nothing is fetched; unset it, or copy an installed model's folder")
    endpoint = checked_endpoint(endpoint or constants.ENDPOINT)
    timeout = httpx2.Timeout(stall_s or constants.HF_HUB_DOWNLOAD_TIMEOUT, connect=CONNECT_S)
    huggingface_hub.set_client_factory(lambda: _client(endpoint, timeout))
    return Hub(huggingface_hub, endpoint, timeout, waits_s)


def _client(endpoint: str, timeout: httpx2.Timeout) -> httpx2.Client:
    def guard(request: httpx2.Request) -> None:
        if reason := refusal(str(request.url), endpoint):
            raise PullFailed(f"the hub redirects elsewhere: {reason}; nothing was fetched from there")

    # Called for every redirection as well, before anything is sent.
    return httpx2.Client(event_hooks={"request": [guard]}, follow_redirects=True, timeout=timeout)
