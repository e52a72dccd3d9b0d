"""workspace/executeCommand phi-ls.regenerate: an explanation written anew, which is the one remembered from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phi_ls.features.explain import explained

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer

COMMAND = "phi-ls.regenerate"


def register(server: PhiLanguageServer) -> None:
    """Register the command."""

    @server.command(COMMAND)
    async def regenerate(*sent: Any) -> dict[str, Any]:
        return await explained(server, sent, anew=True)
