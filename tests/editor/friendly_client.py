"""pytest-lsp's client in front of a server whose model follows a script: LSP's types in and out, as editors do it."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from editor.echo_editor import SERVER, echo_script, environment
from editor.raw_wire import Json
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features


class FriendlyClient(LanguageClient):
    """Keeps what comes by a token of its own, which LSP allows and pytest-lsp does not know."""

    def __init__(self) -> None:
        super().__init__(converter_factory=default_converter)
        self.deltas: list[str] = []
        self.server_capabilities = types.ServerCapabilities()
        register_lsp_features(self, {**DEFAULT_CLIENT_FEATURES, types.PROGRESS: _progress})


def _progress(client: FriendlyClient, params: types.ProgressParams) -> None:
    value: Any = params.value
    if value.get("kind") == "delta":
        client.deltas.append(value["text"])
    else:
        DEFAULT_CLIENT_FEATURES[types.PROGRESS](client, params)


@asynccontextmanager
async def friendly_client(
    folder: Path,
    *answers: Json,
    options: Json | None = None,
    profile: str = "visual-studio-code",
    ghost_text: bool = True,
    load: Json | None = None,
) -> AsyncIterator[FriendlyClient]:
    """Start a server, introduce the client as the editor of this name, and leave in order at the end."""
    script = echo_script(folder, answers, **({"load": load} if load else {}))
    config = ClientServerConfig(
        server_command=list(SERVER), client_factory=FriendlyClient, server_env=environment(folder, script)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the version of the profile
        capabilities = client_capabilities(profile)
    if ghost_text:
        assert capabilities.text_document is not None
        capabilities.text_document.inline_completion = types.InlineCompletionClientCapabilities()
    client = await config.start()
    assert isinstance(client, FriendlyClient)
    try:
        settings = {"engine": "echo", **(options or {})}
        result = await client.initialize_session(
            types.InitializeParams(capabilities=capabilities, initialization_options=settings)
        )
        client.server_capabilities = result.capabilities
        yield client
        await client.shutdown_session()
        assert client.error is None
    except BaseException:
        # `stop` waits for the server's end, which after a failure nobody has asked for.
        assert client._server is not None
        client._server.kill()
        raise
    finally:
        await client.stop()  # type: ignore[no-untyped-call]  # it has no hints there


StartFriendly = Callable[..., AbstractAsyncContextManager[FriendlyClient]]
"""The fixture `friendly`: answers and keywords as friendly_client takes them behind the folder."""
