"""What is said on stderr while `phi-ls bench` measures."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.status import Status
from rich.text import Text

from phi_ls.layers import printable
from phi_ls.terminal import output


class Progress:
    """One line that changes on a terminal; where stderr is a file or a pipe, a line for each thing new."""

    def __init__(self, console: Console | None = None) -> None:
        console = console or Console(stderr=True, highlight=False)
        self._status = Status(Text("beginning"), console=console) if console.is_terminal else None
        self._last = ""

    def __enter__(self) -> Progress:
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    def say(self, text: str) -> None:
        """Say what is being done now, unless it was said last."""
        if text == self._last:
            return
        self._last = text
        if self._status:
            self._status.update(Text(printable(text, 200)))
        else:
            output.note(text)
