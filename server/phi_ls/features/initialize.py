"""initialize, initialized: the editor's settings, and the start of the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from phi_ls.context.ring import Ring
from phi_ls.features import completion
from phi_ls.session import Session
from phi_ls.settings import Layer, Source

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer


def register(server: PhiLanguageServer) -> None:
    """Register the handler of `initialize`; `initialized` belongs to the configuration."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.locale = params.locale
        server.configuration.add(Layer(source=Source.INITIALIZATION, options=params.initialization_options))
        server.configuration.read_project_files(server.roots)
        server.session = Session(server.configuration.settings, on_change=server.changed)
        server.session.ring = Ring(server.open_files)
        # Now, not at `initialized`: the model loads while the editor works through our answer.
        server.session.start()
        completion.register(server)
