"""Another model while the server runs: written into the user's settings, and taken up as any change of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from phi_ls.features.configuration import tell
from phi_ls.layers import user_file

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer


async def take_up(server: PhiLanguageServer, model_id: str) -> None:
    """Make an installed model, or `auto`, the one that answers; raises ModelError or OSError.

    What is being written is finished first. A model that the editor or the project names goes before the user's.
    """
    # On demand: most servers run without ever writing settings, for which tomlkit is loaded.
    from phi_ls.models.choosing import choose

    await asyncio.to_thread(choose, model_id)
    layer, _ = await asyncio.to_thread(user_file)
    if layer is not None:
        server.configuration.add(layer)
    await server.session.configure(server.configuration.settings, anew=True)
    tell(server)
