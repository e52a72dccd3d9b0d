"""Another model while the server runs: written into the user's settings, and taken up as any change of them."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from phi_ls.features.configuration import tell
from phi_ls.layers import user_file

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer

REST_S = 10.0
"""How long the model in use may go on with what it is writing before it has to go."""


async def take_up(server: PhiLanguageServer, model_id: str) -> None:
    """Make an installed model, or `auto`, the one that answers; raises ModelError or OSError.

    What is being written is finished first. A model that the editor or the project names goes before the user's.
    """
    # On demand: most servers run without ever writing settings.
    from phi_ls.terminal.models_use import choose

    await asyncio.to_thread(choose, model_id)
    layer, _ = await asyncio.to_thread(user_file)
    if layer is not None:
        server.configuration.add(layer)
    await _rest(server)
    await server.session.configure(server.configuration.settings)
    tell(server)


async def _rest(server: PhiLanguageServer) -> None:
    """Wait until the pool has nothing to do."""
    changed = asyncio.Event()
    server.on_change.append(changed.set)
    try:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(_until_idle(server, changed), REST_S)
    finally:
        server.on_change.remove(changed.set)


async def _until_idle(server: PhiLanguageServer, changed: asyncio.Event) -> None:
    while (status := server.session.pool.status()).busy or status.queue:
        await changed.wait()
        changed.clear()
