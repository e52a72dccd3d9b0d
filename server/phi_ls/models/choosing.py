"""Which model answers, in the user's settings: all else in them stays as it was written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from phi_ls import folders
from phi_ls.layers import MAX_FILE_BYTES, SECTION, Layer, Source, user_file
from phi_ls.messages.text import say
from phi_ls.models.known import find_model
from phi_ls.settings import resolve
from phi_providers.models.forms import find
from phi_providers.models.manifest import ModelError, verify

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def choose(model_id: str) -> str:
    """Make a model, or `auto`, the one that answers; returns what to tell the user. Raises ModelError or OSError."""
    if model_id != "auto":
        model = find_model(model_id)
        verify(model.path, full=False)
        find(model.path)
    file = folders.config_file()
    before = _read(file)
    after, replaced = with_model(before, model_id)
    _check(after, model_id)
    target = file.resolve()  # the user may keep the file elsewhere and link to it
    target.parent.mkdir(parents=True, exist_ok=True)
    folders.write_private(target, after.encode())
    also = "; modelPath, which would have gone before it, is removed" if replaced else ""
    return f"{model_id} answers from now on ({file}{also}); servers that run take it up when they are started again"


def current() -> str:
    """Return the model that the user's settings name; `auto` where they name none or cannot be read."""
    layer, _ = user_file()
    settings, _ = resolve([layer] if layer else [])
    return settings.model if settings.model_path is None else settings.model_path


def with_model(text: str, model_id: str) -> tuple[str, bool]:
    """Return the settings with this model, all else as it was, and whether a modelPath had to go; raises ModelError."""
    try:
        document: Any = tomlkit.parse(text)
    except TOMLKitError as exc:
        fields = {"file": folders.config_file(), "cause": str(exc)}
        raise ModelError(say("{file} cannot be read: {cause}; mend it, then try again", **fields)) from exc
    # Settings below the section's name are all that counts where there are any.
    table = document.get(SECTION, document)
    replaced = table.pop("modelPath", None) is not None
    table["model"] = model_id
    return tomlkit.dumps(document), replaced


def _read(file: Path) -> str:
    try:
        return folders.read_regular(file, MAX_FILE_BYTES, follow=True).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as exc:
        raise ModelError(say("{file} is no UTF-8 text; mend it, then try again", file=file)) from exc


def _check(text: str, model_id: str) -> None:
    """Raise ModelError unless the settings, read as every server reads them, name this model."""
    settings, _ = resolve([Layer(source=Source.USER_FILE, options=tomllib.loads(text))])
    if (settings.model, settings.model_path) != (model_id, None):
        raise ModelError(
            say(
                "{file} is written in a way that cannot be changed; set model = '{model}'",
                file=folders.config_file(),
                model=model_id,
            )
        )
