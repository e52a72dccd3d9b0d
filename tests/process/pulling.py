"""Fetches from a local hub, in this process or by the command line, with a catalogue of what the local hub has."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from process.command_line import CommandLine
from process.local_hub import LocalHub, Repository

from phi_providers.catalogue.reading import read
from phi_providers.hub.failures import PullFailed
from phi_providers.hub.library import connect
from phi_providers.hub.place import InstalledModel, list_installed
from phi_providers.hub.progress import Progress, Stage
from phi_providers.hub.pull import Pull
from phi_providers.hub.thorough import verify_thoroughly
from phi_providers.models.installed import BUILTIN

REPOSITORY = "made-here/small-model"
MODEL, VARIANT = "small", "small-int8-ov"
FILES = ("config.json", "generation_config.json", "openvino_config.json", "openvino_model.bin", "openvino_model.xml")
FILES += ("tokenizer.json",)
WEIGHTS = "openvino_model.bin"


def small_model() -> dict[str, bytes]:
    """Return the files of the built-in model, as a repository of models in OpenVINO's form has them."""
    return {name: (BUILTIN / name).read_bytes() for name in FILES}


def smaller_model() -> dict[str, bytes]:
    """Return the same with less in its largest files: nobody who only fetches it looks into them."""
    return {name: data if name == "tokenizer.json" else data[:2_000_000] for name, data in small_model().items()}


def catalogue(**variant: Any) -> dict[str, Any]:
    """Return a catalogue that lists the small model."""
    profile = json.loads((BUILTIN / "profile.json").read_text("utf-8"))
    added = json.loads((BUILTIN / "tokenizer.json").read_text("utf-8"))["added_tokens"]
    roles = {index: role for role, index in profile["controls"].items()}
    tokens = [
        {"text": token["content"], "id": token["id"], "role": roles.get(token["id"], ""), "stop": token["id"] in stops}
        for stops in [profile["stop_ids"]]
        for token in added
        if token["id"] in roles or token["id"] in stops
    ]
    form = {"id": VARIANT, "engine": "openvino", "precision": "int8", "repository": REPOSITORY, "revision": None}
    form |= {"folder": "", "size_bytes": 10_000_000, "files": list(FILES), "suits": ["CPU"], "unsuited": {}}
    extra = {
        key: profile[key] for key in ("infill", "header", "chat", "languages", "calibration", "chars_per_token", "note")
    }
    model = {"id": MODEL, "title": "Small model", "family": profile["family"], "license": "MIT", "context": 2048}
    model |= {"safe_context": 2048, "kv_bytes_per_token": 0, "tokens": tokens, "profile": extra}
    return {"schema": 1, "models": [{**model, "variants": [{**form, "unverified": ["revision"], **variant}]}]}


class Fetcher:
    """Fetches the small model in this process, into `root`."""

    def __init__(self, home: Path, hub: LocalHub, **variant: Any) -> None:
        hub.repositories.setdefault(REPOSITORY, [Repository(smaller_model())])
        (home / "catalogue.json").write_text(json.dumps(catalogue(**variant)), "utf-8")
        self.hub = hub
        self.root = home / "models"
        self.entry = read(home / "catalogue.json").entry(VARIANT)
        self.notes: list[str] = []
        self.stages: list[Stage] = []
        self.cancelled = threading.Event()
        self.stall_s = 10.0
        self.cancel_at: int | None = None
        """Bytes that are fetched before the user has had enough."""

    def pull(self, *, latest: bool = False) -> InstalledModel:
        """Fetch and install, with hardly any waiting where something fails."""
        self.cancelled.clear()
        self.root.mkdir(parents=True, exist_ok=True)
        connection = connect(self.hub.address, stall_s=self.stall_s, waits_s=(0.01, 0.01, 0.01))
        pull = Pull(self.entry, self.root, self._report, self.cancelled, connection)
        return pull.install(pull.offer(latest=latest))

    def refused(self) -> str:
        """Fetch, and return why nothing was installed."""
        with pytest.raises(PullFailed) as caught:
            self.pull()
        assert [] == visible(self.root)
        return str(caught.value)

    def part(self, name: str = WEIGHTS) -> Path:
        """Return where a file is kept while it is fetched."""
        commit = self.hub.repositories[REPOSITORY][-1].commit
        return self.root / ".fetching" / f"{VARIANT}@{commit}" / f"{name}.part"

    def assert_whole(self) -> None:
        """Prove that the newest of the hub is installed."""
        assert_whole(self.root, self.hub)

    def _report(self, step: Progress) -> None:
        self.stages.append(step.stage)
        if self.cancel_at is not None and step.done >= self.cancel_at:
            self.cancelled.set()
        if step.note:
            self.notes.append(step.note)


def visible(root: Path) -> list[str]:
    """Return the names of everything that anybody would take for an installed model."""
    return sorted(path.name for path in root.glob("[!.]*")) if root.is_dir() else []


def assert_whole(root: Path, hub: LocalHub) -> None:
    """Prove that the small model is installed, byte for byte what the hub has, with nothing beside it."""
    assert [VARIANT] == visible(root) == [model.id for model in list_installed(root)]
    ours = (".dates.json", "manifest.json", "profile.json", "source.json")
    assert sorted((*FILES, *ours)) == sorted(path.name for path in (root / VARIANT).iterdir())
    assert len(FILES) + 2 == verify_thoroughly(root / VARIANT)
    published = hub.repositories[REPOSITORY][-1].files
    assert [] == [name for name in FILES if published[name] != (root / VARIANT / name).read_bytes()]


class Pulling(CommandLine):
    """Runs `phi-ls models`; all that it writes is below `folder`."""

    def __init__(self, folder: Path, hub: LocalHub, **variant: Any) -> None:
        super().__init__(folder)
        self.hub = hub
        hub.repositories.setdefault(REPOSITORY, [Repository(small_model())])
        self.env = {key: value for key, value in self.env.items() if "proxy" not in key.lower()}
        self.env |= {"HF_ENDPOINT": hub.address, "HF_HOME": str(folder / "hf"), "HF_HUB_DOWNLOAD_TIMEOUT": "60"}
        self.list(catalogue(**variant))

    def list(self, data: dict[str, Any]) -> None:
        """Write the user's own catalogue."""
        (self.folder / "catalogue.json").write_text(json.dumps(data), "utf-8")

    def models(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run one of the commands about models."""
        return self.run("models", *arguments, **options)

    def pull(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Fetch the small model without being asked."""
        return self.models("pull", VARIANT, "--yes", *arguments)

    def start_pull(self) -> subprocess.Popen[bytes]:
        """Begin to fetch the small model."""
        return self.start("models", "pull", VARIANT, "--yes")

    @property
    def root(self) -> Path:
        """The folder of installed models."""
        return self.folder / "data" / "models"

    @property
    def installed(self) -> Path:
        """Where the small model is installed once it is."""
        return self.root / VARIANT
