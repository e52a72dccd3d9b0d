"""The layers of settings as they come in over a server's life, and what has been complained of already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pygls.uris import to_fs_path

from phi_ls.settings import Complaint, Layer, Settings, Source, project_file, resolve


class Configuration:
    """Layers → settings; each complaint is handed out once."""

    def __init__(self, layers: Sequence[Layer] = (), complaints: Sequence[Complaint] = ()) -> None:
        self._layers = list(layers)
        self._messages = [complaint.message for complaint in complaints]
        self._told: set[str] = set()
        self.settings = Settings()
        self._resolve()

    def add(self, layer: Layer) -> None:
        """Add a layer; one of the editor's configuration, or of the user's file, replaces the one before."""
        if layer.source in (Source.CONFIGURATION, Source.USER_FILE):
            self._layers = [old for old in self._layers if old.source is not layer.source]
        self._layers.append(layer)
        self._resolve()

    def read_project_files(self, roots: Iterable[str]) -> None:
        """Read `[tool.phi-ls]` of each workspace folder's pyproject.toml."""
        for root in roots:
            path = to_fs_path(root)
            if path is not None:
                layer, complaints = project_file(Path(path))
                self._messages += [complaint.message for complaint in complaints]
                if layer is not None:
                    self.add(layer)

    def news(self, more: Iterable[str] = ()) -> list[str]:
        """Return what the user should be told and has not been told yet."""
        news = [message for message in dict.fromkeys((*self._messages, *more)) if message not in self._told]
        self._told.update(news)
        return news

    def _resolve(self) -> None:
        self.settings, complaints = resolve(self._layers)
        self._messages += [complaint.message for complaint in complaints]
