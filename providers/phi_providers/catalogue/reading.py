"""Reads catalogues: the one that comes with the package, and one of the user's own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phi_providers.catalogue.checking import Checker, Wrong
from phi_providers.catalogue.entries import Catalogue, ListedFile, ListedModel, ListedToken, Variant
from phi_providers.messages import Control
from phi_providers.models.manifest import ModelError, checked_name

CATALOGUE = Path(__file__).parent / "catalogue.json"
SCHEMA = 1
MOST_BYTES = 4 * 1024 * 1024

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
ENGINES = ("openvino", "onnxruntime", "transformers")
FAMILIES = ("phi3_chat", "fim")
VERIFIABLE = ("revision", "files", "size_bytes")
PROFILE = ("chars_per_token", "infill", "header", "snippets", "chat", "languages", "calibration", "note")
"""What an entry may say of a model beyond what the catalogue's own fields say."""

RESERVED = ("auto", "echo", "starter")
"""Ids that mean something else in the settings."""

MADE_HERE = ("manifest.json", "profile.json", "source.json")
"""Names of files that we write into a model's folder ourselves."""

EXECUTABLE = re.compile(
    r".*\.(py|pyc|pyd|so|dll|dylib|exe|sh|bat|ps1|js|jinja2?|pkl|pickle|pt|pth|ckpt|joblib|npy|npz)|pytorch_model.*",
    re.IGNORECASE,
)
"""Files that run, or that a careless reader would run: none is ever fetched. OpenVINO's `.bin` is raw numbers."""


def load(user_file: Path | None = None) -> Catalogue:
    """Return our catalogue, with the user's own models before and instead of ours; raises ModelError."""
    ours = read(CATALOGUE)
    if user_file is None or not user_file.exists():
        return ours
    own = read(user_file)
    taken = {model.id for model in own.models} | {entry.id for entry in own.entries()}
    kept = [model for model in ours.models if model.id not in taken and not any(v.id in taken for v in model.variants)]
    return Catalogue((*own.models, *kept))


def read(file: Path) -> Catalogue:
    """Return what a catalogue file says; raises ModelError naming the place that is wrong."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Wrong("is too large")
        data = json.loads(file.read_text("utf-8"))
        return _catalogue(Checker(data, ""))
    except Wrong as exc:
        raise ModelError(f"{file}: {exc}") from exc
    except (OSError, ValueError, RecursionError) as exc:
        raise ModelError(f"{file} cannot be read: {exc}") from exc


def _catalogue(data: Checker) -> Catalogue:
    data.only("$schema", "schema", "models")
    if data.integer("schema", 1) != SCHEMA:
        raise Wrong(f"schema: {SCHEMA} is known; update phi-ls")
    models = tuple(_model(each) for each in data.objects("models"))
    ids = [model.id for model in models] + [variant.id for model in models for variant in model.variants]
    for each in ids:
        if ids.count(each) > 1:
            raise Wrong(f"models: two are called '{each}'")
    return Catalogue(models)


def _model(data: Checker) -> ListedModel:
    data.only(*ListedModel.__dataclass_fields__)
    tokens = tuple(_token(each) for each in data.objects("tokens"))
    context = data.integer("context", 1)
    return ListedModel(
        id=_id(data),
        title=data.text("title"),
        family=data.one_of("family", FAMILIES),
        license=data.text("license"),
        license_url=data.text("license_url", ""),
        context=context,
        safe_context=min(context, data.integer("safe_context", 1)),
        kv_bytes_per_token=data.integer("kv_bytes_per_token", 0),
        tokens=tokens,
        variants=tuple(_variant(each) for each in data.objects("variants")),
        profile=_profile(data),
    )


def _profile(data: Checker) -> Mapping[str, object]:
    given = data.mapping("profile")
    data.child("profile", given).only(*PROFILE)
    return given


def _token(data: Checker) -> ListedToken:
    data.only(*ListedToken.__dataclass_fields__)
    roles = ("", *(control.value for control in Control))
    return ListedToken(
        text=data.text("text"), id=data.integer("id", 0), role=data.one_of("role", roles, ""), stop=data.flag("stop")
    )


def _variant(data: Checker) -> Variant:
    data.only(*Variant.__dataclass_fields__)
    files = tuple(_file(each) for each in data.objects("files", "name"))
    names = [name.lower() for file in files for name in file.names]
    if not files or len(set(names)) < len(names):
        raise data.wrong("files", "must be different names, at least one")
    return Variant(
        id=_id(data),
        engine=data.one_of("engine", ENGINES),
        precision=data.text("precision", ""),
        repository=data.matching("repository", REPOSITORY),
        revision=data.matching("revision", COMMIT, "") if data.value("revision") is not None else "",
        folder=_folder(data),
        size_bytes=data.integer("size_bytes", 0),
        files=files,
        suits=data.texts("suits"),
        unsuited=data.text_mapping("unsuited"),
        unverified=tuple(str(data.child("unverified", each).among(VERIFIABLE)) for each in data.texts("unverified")),
    )


def _file(data: Checker) -> ListedFile:
    data.only(*ListedFile.__dataclass_fields__)
    names = (data.text("name"), *data.texts("alternatives"))
    for name in names:
        if EXECUTABLE.fullmatch(name) or name in MADE_HERE:
            raise data.wrong("name", f"must not be {name}")
        _plain(data, "name", name)
    size = data.integer("size_bytes", 0) if data.value("size_bytes") is not None else None
    return ListedFile(
        name=names[0],
        required=data.flag("required", True),
        alternatives=names[1:],
        size_bytes=size,
        sha256=data.matching("sha256", SHA256, ""),
    )


def _id(data: Checker) -> str:
    found = _plain(data, "id", data.matching("id", ID))
    if found in RESERVED:
        raise data.wrong("id", f"must not be '{found}', which means something else")
    return found


def _folder(data: Checker) -> str:
    folder = data.text("folder", "")
    for part in folder.split("/") if folder else ():
        _plain(data, "folder", part)
    return folder


def _plain(data: Checker, key: str, name: str) -> str:
    try:
        return checked_name(name)
    except ModelError as exc:
        raise data.wrong(key, f"must be a plain name, not {name!r:.80}") from exc


def as_json(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the entries in the form that `models list --json` has, without what only the machine knows."""
    return [
        {
            "id": entry.id,
            "family": entry.model.family,
            "engine": entry.variant.engine,
            "precision": entry.variant.precision,
            "license": entry.model.license,
            "size_bytes": entry.variant.size_bytes,
            "revision": entry.variant.revision,
            "files": [file.name for file in entry.variant.files],
            "suits": list(entry.variant.suits),
        }
        for entry in catalogue.entries()
    ]
