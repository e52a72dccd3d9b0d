"""All that the tests share: each form of the model made once, each engine loaded once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from conformance import models
from conformance.expected import Reference
from conformance.loaded import LoadedEngine
from conformance.subjects import Subject
from environments.prepared import interpreter
from environments.served import ServedModel

from phi_providers.messages import Load, ModelInfo


class Engines:
    """What has been made so far in this process."""

    def __init__(self, folder: Path) -> None:
        place = folder / "reference"
        place.mkdir()
        self.reference = Reference(place)
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._models: dict[str, ModelInfo] = {}
        self._loaded: dict[tuple[str, bool], LoadedEngine] = {}
        self._server: ServedModel | None = None

    def loaded(self, subject: Subject, *, shipped: bool = False) -> LoadedEngine:
        """Return an engine, loaded; `shipped`: with the options of the product."""
        key = (subject.name, shipped)
        if key not in self._loaded:
            self._loaded[key] = self.make(self.order(subject, shipped=shipped)).load()
        return self._loaded[key]

    def forget(self, subject: Subject) -> LoadedEngine:
        """Return the engine as shipped, which the caller closes."""
        found = self.loaded(subject, shipped=True)
        del self._loaded[(subject.name, True)]
        return found

    def make(self, order: Load) -> LoadedEngine:
        """Return an engine that is not loaded yet; the caller closes it."""
        home = self._folder / "home"
        home.mkdir(exist_ok=True)
        return LoadedEngine(order, home, self._loop)

    def order(self, subject: Subject, *, shipped: bool = False) -> Load:
        """Return what the worker is told."""
        options = dict(subject.shipped if shipped else subject.tested)
        if subject.form == "server":
            options |= {"url": self.server.url, "model": self.server.name}
        return Load(
            engine=subject.engine,
            device=subject.device,
            model=self.model(subject),
            options=options,
            python=interpreter(subject.environment) if subject.environment else "",
        )

    def model(self, subject: Subject) -> ModelInfo:
        """Return the model in the form that an engine takes."""
        if subject.form == "server":
            return replace(self.server.info("fim"), chars_per_token=self.reference.model.chars_per_token)
        return self._in_form(subject.form, subject.engine)

    def _in_form(self, form: str, engine: str) -> ModelInfo:
        if form not in self._models:
            self._models[form] = models.make(engine, self._folder / form, self.reference.model)
        return self._models[form]

    @property
    def server(self) -> ServedModel:
        """The model behind a server of OpenAI's interface."""
        if self._server is None:
            place = self._folder / "served"
            place.mkdir()
            self._server = ServedModel(place, Path(self._in_form("safetensors", "transformers").path))
        return self._server

    def close(self) -> None:
        """End all that runs."""
        for engine in self._loaded.values():
            engine.close()
        if self._server is not None:
            self._server.close()
        self._loop.close()
