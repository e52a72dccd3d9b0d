"""Settings while the server runs: pulled by workspace/configuration, pushed by workspace/didChangeConfiguration."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from phi_ls.settings import Layer, Source

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer

log = logging.getLogger(__name__)


def register(server: PhiLanguageServer) -> None:
    """Register the handlers of `initialized` and `workspace/didChangeConfiguration`."""

    @server.feature(types.INITIALIZED)
    async def initialized(_params: types.InitializedParams) -> None:
        tell(server)
        if _wants_registration(server):
            await _register_for_changes(server)
        if _pulls(server):
            await _pull(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
        if _pulls(server):
            await _pull(server)
        elif params.settings is not None:
            await _take(server, params.settings)


def _pulls(server: PhiLanguageServer) -> bool:
    workspace = server.client_capabilities.workspace
    return bool(workspace and workspace.configuration)


def _wants_registration(server: PhiLanguageServer) -> bool:
    workspace = server.client_capabilities.workspace
    changes = workspace.did_change_configuration if workspace else None
    return bool(changes and changes.dynamic_registration)


async def _register_for_changes(server: PhiLanguageServer) -> None:
    registration = types.Registration(
        id="phi-ls-configuration",
        method=types.WORKSPACE_DID_CHANGE_CONFIGURATION,
        register_options={"section": "phi-ls"},
    )
    try:
        await server.client_register_capability_async(types.RegistrationParams([registration]))
    except JsonRpcException as exc:
        log.warning("the editor did not register us for changes of the configuration: %s", exc.message)


async def _pull(server: PhiLanguageServer) -> None:
    item = types.ConfigurationItem(section="phi-ls")
    try:
        answers = await server.workspace_configuration_async(types.ConfigurationParams([item]))
    except JsonRpcException as exc:
        log.warning("the editor did not tell its configuration: %s", exc.message)
        return
    await _take(server, answers[0] if answers else None)


async def _take(server: PhiLanguageServer, options: object) -> None:
    server.configuration.add(Layer(source=Source.CONFIGURATION, options=options))
    await server.session.configure(server.configuration.settings)
    tell(server)


def tell(server: PhiLanguageServer) -> None:
    """Show each complaint once; the server goes on with the defaults that it names."""
    for message in server.configuration.news(server.session.complaints):
        server.window_show_message(types.ShowMessageParams(type=types.MessageType.Warning, message=message))
