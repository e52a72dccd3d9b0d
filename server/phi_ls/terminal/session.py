"""A session for one command: the user's settings, the command line's choice, and workers that end with it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import typer

from phi_ls import folders, logs
from phi_ls.configuration import Configuration
from phi_ls.options import OPTIONS, BadValue
from phi_ls.plan import ENGINES
from phi_ls.session import Session
from phi_ls.settings import Layer, Source, user_file
from phi_ls.terminal import output
from phi_ls.terminal.loading import LoadingLine
from phi_providers.hub.place import find_installed
from phi_providers.models.forms import find
from phi_providers.models.installed import builtin
from phi_providers.models.manifest import ModelError


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What `--engine`, `--device` and `--model` say; None for what is not given."""

    engine: str | None = None
    device: str | None = None
    model: str | None = None

    def options(self) -> dict[str, object]:
        """Return them as settings; raises typer.BadParameter for what cannot be meant."""
        chosen: dict[str, object] = {}
        if self.engine is not None:
            chosen["engine"] = _engine(self.engine)
        if self.device is not None:
            chosen["device"] = _device(self.device)
        if self.model is not None:
            chosen.update(_model(self.model))
        return chosen


def _engine(name: str) -> str:
    if name not in ("auto", *ENGINES):
        raise typer.BadParameter(f"there is no engine '{name}'; known are auto, {', '.join(ENGINES)}")
    return name


def _device(name: str) -> str:
    # Whether there is such a device, only the engine knows: then another one answers, and that is said.
    try:
        return str(OPTIONS["device"].check(name))
    except BadValue as exc:
        raise typer.BadParameter(f"--device {exc}") from exc


def _model(name: str) -> dict[str, object]:
    """Return the settings for a model's id, or else for the folder that holds one."""
    if name == "auto":
        return {}
    if name == builtin().id:
        # By its folder: next to a modelPath in the user's configuration an id counts for nothing.
        return {"modelPath": builtin().path}
    folder = Path(name).expanduser().absolute()
    with contextlib.suppress(ModelError, OSError):  # what is no id may be a folder
        if installed := find_installed(folders.models_dir(), name):
            folder = installed.path
    if not folder.is_dir():
        known = f"`phi-ls models list` has the ids; those that are always there are auto and {builtin().id}"
        raise typer.BadParameter(f"'{name}' is neither the id nor the folder of a model; {known}")
    try:
        find(folder)
    except ModelError as exc:
        raise typer.BadParameter(str(exc)) from exc
    return {"modelPath": str(folder)}


@contextlib.asynccontextmanager
async def terminal_session(choice: Choice) -> AsyncIterator[Session]:
    """Yield a session; complaints about settings go to stderr."""
    # What the pool warns of, a worker that ended or a device that is missing, the command says itself if it matters.
    logs.set_up(level="error")
    layer, complaints = user_file()
    layers = [Layer(source=Source.COMMAND_LINE, options=choice.options())]
    configuration = Configuration([*([layer] if layer else []), *layers], complaints)
    line = LoadingLine()
    session = Session(configuration.settings, lambda: line.show(session.pool.status()), patient=True)
    for message in configuration.news(session.complaints):
        output.note(message.removeprefix("phi-ls: "))
    session.pool.start()
    try:
        yield session
    finally:
        line.close()
        await session.close()
