"""All that the tests share: each form of the model made once, each engine loaded once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from conformance import models
from conformance.expected import Reference
from conformance.exported_weights import weights_of
from conformance.loaded import LoadedEngine
from conformance.subjects import Subject, subject_named
from environments import exported
from environments.prepared import interpreter
from environments.served import ServedModel

from phi_providers.export.presets import preset
from phi_providers.messages import Load, ModelInfo
from phi_providers.models.builtin_forms import form_of_builtin
from phi_providers.models.installed import BUILTIN
from phi_providers.models.openvino_ir import IrWeights


class Engines:
    """What has been made so far in this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._references: dict[str, Reference] = {}
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
            return replace(self.server.info("fim"), chars_per_token=self.reference(subject).model.chars_per_token)
        if subject.form not in self._models:
            source = _exported(subject) or form_of_builtin(subject.engine, self._folder / "forms")
            made = models.make(source, self._folder / subject.form, self.reference(subject).model)
            self._models[subject.form] = made
        return self._models[subject.form]

    def reference(self, subject: Subject) -> Reference:
        """Return the model with an engine's weights, and what plain arithmetic makes of it."""
        key = subject.preset or "built-in"
        if key not in self._references:
            folder = _exported(subject)
            weights = weights_of(folder) if folder else IrWeights(BUILTIN)
            self._references[key] = Reference(self._folder / f"reference-{key}", weights)
        return self._references[key]

    @property
    def server(self) -> ServedModel:
        """The model behind a server of OpenAI's interface."""
        if self._server is None:
            place = self._folder / "served"
            place.mkdir()
            self._server = ServedModel(place, Path(self.model(subject_named("transformers")).path))
        return self._server

    def close(self) -> None:
        """End all that runs."""
        for engine in self._loaded.values():
            engine.close()
        if self._server is not None:
            self._server.close()
        self._loop.close()


def _exported(subject: Subject) -> Path | None:
    return exported.installed(preset(subject.preset)) if subject.preset else None
