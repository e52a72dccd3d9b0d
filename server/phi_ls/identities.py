"""What tells one model on one engine from another, so that an answer is given again only for the one that wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from phi_ls.speeds import Speed, version_of
from phi_providers.messages import Load, ModelProfile
from phi_providers.models.manifest import fingerprint


class Identity(NamedTuple):
    """Fields for a key; equal ones write equal answers."""

    model: str
    files: str
    """Hash of the manifest, which holds those of all files; the folder for one that has none."""
    engine: str
    engine_version: str
    lasting: bool
    """Whether the fields mean the same model tomorrow."""


class Identities:
    """Those of the models of a plan, whose manifests are read once."""

    def __init__(self, loads: Sequence[Load], speeds: Sequence[Speed]) -> None:
        """`speeds` tell the version of an engine before it is loaded: the one that was measured last."""
        self._files = {load.model.path: fingerprint(Path(load.model.path)) for load in loads if load.model.path}
        self._speeds = tuple(speeds)

    def of(self, order: Load, profile: ModelProfile | None) -> Identity:
        """Return the identity of a model; `profile`: what loading it has found out, once it is loaded."""
        files = self._files.get(order.model.path, "")
        version = profile.engine_version if profile is not None else version_of(order, self._speeds)
        lasting = bool(files and version)
        return Identity(order.model.id, files or order.model.path, order.engine, version, lasting)
