"""What a model that is being loaded does, on the last line of a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from phi_ls.markdown_text import clean
from phi_providers.pool import PoolStatus


class LoadingLine:
    """Shows the stage of whoever loads, on stderr; nothing where nobody would see it go away."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._line = self._console.status("")
        self._shown = self._closed = False

    def show(self, status: PoolStatus) -> None:
        """Take the pool's state."""
        loading = next((worker for worker in status.workers if worker.stage), None)
        if loading is None or self._closed or not self._console.is_terminal:
            self._hide()
            return
        self._line.update(Text(clean(f"loading {loading.model} on {loading.device}: {loading.stage}")))
        if not self._shown:
            self._shown = True
            self._line.start()

    def close(self) -> None:
        """Take it away for good."""
        self._closed = True
        self._hide()

    def _hide(self) -> None:
        if self._shown:
            self._shown = False
            self._line.stop()
