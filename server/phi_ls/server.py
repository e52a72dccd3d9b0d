"""The language server: owns the session, registers the features, starts and stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pygls.lsp.server import LanguageServer

from phi_ls import __version__
from phi_ls.configuration import Configuration
from phi_ls.context.passages import OpenFile
from phi_ls.context.paths import display_path
from phi_ls.decisions import Drop, Reason
from phi_ls.documents import Document, Documents
from phi_ls.features import (
    chat,
    code_action,
    configuration,
    docstring,
    explain,
    failover,
    hover,
    initialize,
    inline_completion,
    loading_progress,
    model_offer,
    power,
    regenerate,
    select_model,
    status,
    synchronization,
    why_no_suggestion,
)
from phi_ls.features.ahead_of_time import AheadOfTime
from phi_ls.features.model_fetching import Fetching
from phi_ls.features.showing import Showing
from phi_ls.messages.catalogue import Catalogue, catalogue_for
from phi_ls.messages.text import say
from phi_ls.protocol import PhiProtocol
from phi_ls.session import Session

FEATURES = (
    initialize,
    synchronization,
    configuration,
    status,
    loading_progress,
    failover,
    inline_completion,
    hover,
    explain,
    regenerate,
    docstring,
    chat,
    code_action,
    why_no_suggestion,
    model_offer,
    select_model,
    power,
)


class PhiLanguageServer(LanguageServer):
    """One editor's server. The session is made at `initialize`, before which the protocol lets no request through."""

    protocol: PhiProtocol

    def __init__(self, configuration: Configuration | None = None) -> None:
        super().__init__("phi-ls", __version__, protocol_cls=PhiProtocol)
        self.configuration = configuration or Configuration()
        """Settings of the command line and the user's own file; the editor's are added as they come."""
        self.locale: str | None = None
        """The editor's display language, as a tag."""
        self.on_change: list[Callable[[], None]] = []
        """Called when the pool or the session has something new to show."""
        self.on_close: list[Callable[[], None]] = []
        self.fetching = Fetching(self)
        self.ahead = AheadOfTime(self)
        self.shown = Showing(self)
        self._session: Session | None = None
        self.protocol.translate = self._translated
        for feature in FEATURES:
            feature.register(self)

    @property
    def session(self) -> Session:
        """Settings, pool and caches; raises RuntimeError before `initialize`."""
        if self._session is None:
            raise RuntimeError("the server has not been initialized")
        return self._session

    @session.setter
    def session(self, session: Session) -> None:
        self._session = session

    @property
    def catalogue(self) -> Catalogue:
        """What the server says to this user: in the language of the settings, else of the editor."""
        setting = self._session.settings.language if self._session else "auto"
        return catalogue_for(setting, self.locale)

    def _translated(self, value: Any) -> Any:
        return self.catalogue.value(value)

    @property
    def documents(self) -> Documents:
        """The open documents."""
        return self.protocol.documents

    @property
    def roots(self) -> list[str]:
        """URIs of the workspace folders."""
        folders = self.workspace.folders
        return list(folders) or ([self.workspace.root_uri] if self.workspace.root_uri else [])

    def path_of(self, uri: str) -> str:
        """Return what the document is called in prompts and messages."""
        return display_path(uri, self.roots)

    def refusal(self, document: Document) -> Drop | None:
        """Return why nothing is done in this document at all, or None."""
        if not self.session.settings.enabled_for(document.language):
            off = say("phi-ls is off for '{language}' in the settings", language=document.language)
            return Drop(reason=Reason.DISABLED, detail=off)
        return self.session.refusal(document, self.roots)

    def open_files(self) -> Iterator[OpenFile]:
        """Yield the open documents that a model may see, in the order in which they were opened."""
        for each in self.documents:
            if self.refusal(each) is None:
                yield each.as_open_file(self.path_of(each.uri))

    def changed(self) -> None:
        """Tell everybody that the pool or the session has something new to show."""
        for listener in self.on_change:
            listener()

    async def close(self) -> None:
        """End the workers; called once when the editor goes."""
        for listener in self.on_close:
            listener()
        if self._session is not None:
            await self._session.close()
