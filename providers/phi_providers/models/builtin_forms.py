"""The built-in model in the form that each engine takes; only OpenVINO's is shipped.

The others are made of it where they are first needed: in the worker, before its engine loads, in whichever interpreter
that runs in (numpy is enough; for ONNX Runtime `onnx` as well). They are kept in a cache folder, under a name with the
hash of what they were made from.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from phi_providers.errors import LoadFailed
from phi_providers.file_lock import Held, lock
from phi_providers.messages import Load
from phi_providers.models.installed import BUILTIN
from phi_providers.models.manifest import MANIFEST, ModelError, verify

FORMS_DIR = "forms_dir"
"""The option of a Load frame that has the model converted: the folder in which its forms are kept."""

FORMS = {"onnxruntime": "onnx", "transformers": "safetensors", "npu_library": "safetensors"}
"""Engine → form. Engines that are not here take the model as it is."""

REVISION = 1
"""Raised whenever the same model is converted to something else than before."""

OLD_S = 30 * 24 * 3600.0
"""A form that was made so long ago is made anew by whoever still needs it."""

_UNFINISHED = ".part"


def form_of_builtin(engine: str, cache: Path) -> Path:
    """Return the folder of the built-in model in this engine's form, made if need be; raises ModelError."""
    return form_of(BUILTIN, engine, cache)


def with_form(order: Load, progress: Callable[[str], None]) -> Load:
    """Return the order with its model in the engine's form, if its options ask for that; raises LoadFailed."""
    cache = order.options.get(FORMS_DIR)
    if not cache:
        return order
    try:
        folder = form_of(Path(order.model.path), order.engine, Path(cache), progress)
    except ModelError as exc:
        raise LoadFailed(f"model {order.model.id} could not be converted for {order.engine}: {exc}") from exc
    return replace(order, model=replace(order.model, path=str(folder)))


def form_of(source: Path, engine: str, cache: Path, progress: Callable[[str], None] = lambda _: None) -> Path:
    """Return the folder in which the model of `source` (with a manifest) has this engine's form; raises ModelError.

    Whoever comes while it is being made waits. What an earlier, interrupted attempt left goes, and so does a form that
    is damaged or was made of another model.
    """
    form = FORMS.get(engine)
    if form is None:
        return source
    folder = cache / f"{form}-{_key(source)}"
    try:
        if not _is_whole(folder):
            progress("converting the model")
            _make_alone(source, form, folder)
    except Held as exc:
        raise ModelError("another process has been converting it for a while; try again") from exc
    except OSError as exc:
        remedy = "make room, move the cache with PHI_LS_CACHE_DIR, or use openvino"
        raise ModelError(f"{folder} cannot be written: {exc.strerror or exc}; {remedy}") from exc
    return folder


def _make_alone(source: Path, form: str, folder: Path) -> None:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder.parent / f"{form}.lock").open("a+b") as file:
        lock(file, wait=True)
        if not _is_whole(folder):  # somebody else may just have made it
            _make(source, form, folder)


def _make(source: Path, form: str, folder: Path) -> None:
    """Write the form beside its place and put it there in one step. The lock is held."""
    verify(source, full=True)
    _remove_others(form, folder.parent)
    shutil.rmtree(folder, ignore_errors=True)  # damaged, or we would not be here
    unfinished = folder.with_suffix(_UNFINISHED)
    try:
        _convert(form, source, unfinished)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _convert(form: str, source: Path, out: Path) -> None:
    # On demand: workers of other models need neither this nor numpy.
    from phi_providers.models.builtin_conversion import to_onnx, to_safetensors

    {"onnx": to_onnx, "safetensors": to_safetensors}[form](source, out)


def _remove_others(form: str, cache: Path) -> None:
    """Remove what was left unfinished, and forms of other models that nobody has made for long.

    Two installations may share the cache, each with a model of its own: both forms stay.
    """
    for folder in cache.glob(f"{form}-*"):
        unfinished = folder.suffix == _UNFINISHED
        with contextlib.suppress(OSError):
            if unfinished or time.time() - folder.stat().st_mtime > OLD_S:
                shutil.rmtree(folder, ignore_errors=True)


def _key(source: Path) -> str:
    try:
        manifest = (source / MANIFEST).read_bytes()
    except OSError as exc:
        raise ModelError(f"{MANIFEST} is missing from {source.name}; install the model again") from exc
    return hashlib.sha256(manifest + str(REVISION).encode()).hexdigest()[:12]


def _is_whole(folder: Path) -> bool:
    """Whether the form is there and every byte of it is right: 0.1 s, and nobody could repair it but us."""
    try:
        verify(folder, full=True)
    except ModelError:
        return False
    return (folder / MANIFEST).is_file()
