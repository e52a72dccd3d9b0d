"""A session for one command: the user's settings, the command line's choice, and workers that end with it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from phi_ls.configuration import Configuration
from phi_ls.session import Session
from phi_ls.settings import Layer, Source, user_file


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What `--engine`, `--device` and `--model` say."""

    engine: str = "auto"
    device: str = "auto"
    model: str | None = None

    def options(self) -> dict[str, object]:
        """Return them as settings; a model that is a folder is a path."""
        chosen: dict[str, object] = {}
        if self.engine != "auto":
            chosen["engine"] = self.engine
        if self.device != "auto":
            chosen["device"] = self.device
        if self.model is not None:
            is_folder = Path(self.model).is_dir()
            chosen["modelPath" if is_folder else "model"] = self.model
        return chosen


@contextlib.asynccontextmanager
async def terminal_session(choice: Choice) -> AsyncIterator[Session]:
    """Yield a session; complaints about settings go to stderr."""
    layer, complaints = user_file()
    layers = [Layer(source=Source.COMMAND_LINE, options=choice.options())]
    configuration = Configuration([*([layer] if layer else []), *layers], complaints)
    session = Session(configuration.settings)
    for message in configuration.news(session.complaints):
        print(message, file=sys.stderr)  # noqa: T201  # this is the terminal
    session.pool.start()
    try:
        yield session
    finally:
        await session.close()
