"""Converts a model and installs the result: it is there whole and checked, or it is not there.

What is being made lies out of sight, in the folder of begun models. A conversion that has ended is kept there until it
is installed, so that whoever interrupts the rest does not pay for it twice.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from phi_providers.export.child import SCRATCH, run_tool
from phi_providers.export.failures import ExportFailed
from phi_providers.export.finish import finish
from phi_providers.export.order import CONVERTED, RECORD, Order, made_of
from phi_providers.export.progress import Progress, Report, Stage
from phi_providers.export.saying import in_words
from phi_providers.hub.place import MADE, InstalledModel, begun, find_installed, held, staging, swap_in
from phi_providers.hub.thorough import verify_thoroughly
from phi_providers.models.installed import write_object
from phi_providers.models.manifest import ModelError

CONVERTING = "converting"
FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def export(order: Order, python: str, report: Report) -> InstalledModel:
    """Convert and install, with the interpreter of the tool's environment; raises ExportFailed.

    Returns at once when the same conversion of the same original is installed already and nothing is wrong with it.
    """

    def wait() -> None:
        report(Progress(stage=Stage.WAITING, text="another process is making this model; waiting for it"))

    with _explained(order), held(order.root, order.id, wait):
        found = installed_already(order)
        if found is None:
            place = begin(order)
            _convert(order, python, place, report)
            _install(order, place, report)
            found = find_installed(order.root, order.id)
        for rest in begun(order.root, order.id):
            shutil.rmtree(rest, ignore_errors=True)
    if found is None:
        raise ExportFailed(f"{order.id} has gone again; did somebody remove it just now?")
    return found


def begin(order: Order) -> Path:
    """Return the folder that the model is made in; what was begun with another original or preset is removed."""
    return staging(order.root, order.id, order.key, MADE)


def installed_already(order: Order) -> InstalledModel | None:
    """Return the model that this order makes, if it is installed and whole; raises ExportFailed if another one is."""
    try:
        found = find_installed(order.root, order.id)
        if found is None:
            return None
        key = made_of(found.path)
        if not key:
            raise ExportFailed(f"{order.id} is installed and was not made here; give another name with --name")
        if key != order.key:
            return None
        verify_thoroughly(found.path)
    except ExportFailed:
        raise
    except ModelError:
        return None  # making it again is what mends it
    return found


def _convert(order: Order, python: str, place: Path, report: Report) -> None:
    """Have the tool write `CONVERTED`, unless an earlier attempt has."""
    write_object(place / RECORD, {"key": order.key})
    if (place / CONVERTED).is_dir():
        return
    report(Progress(stage=Stage.CONVERTING))
    out = place / CONVERTING
    arguments = order.preset.arguments(order.original.folder, out, place / SCRATCH)
    tool = order.preset.tool.module
    if "@" in "".join(arguments):
        raise ExportFailed("the tool cannot work in a folder with an @ in its path; PHI_LS_DATA_DIR names another one")

    def say(line: str) -> None:
        if words := in_words(line):
            report(Progress(stage=Stage.CONVERTING, text=words))

    _clear(place)  # one that was killed leaves its own behind
    try:
        run_tool(python, tool, arguments, place, say)
        if not out.is_dir():
            raise ExportFailed("the conversion has written nothing")
        out.rename(place / CONVERTED)
    finally:
        _clear(place)


def _clear(place: Path) -> None:
    """Remove what a tool has left half done."""
    for left in (place / CONVERTING, place / SCRATCH):
        shutil.rmtree(left, ignore_errors=True)


def _install(order: Order, place: Path, report: Report) -> None:
    report(Progress(stage=Stage.CHECKING))
    try:
        finish(place / CONVERTED, order)
    except ExportFailed:
        shutil.rmtree(place / CONVERTED)  # going on from it would end here again
        raise
    report(Progress(stage=Stage.INSTALLING))
    swap_in(order.root, order.id, place / CONVERTED)


@contextlib.contextmanager
def _explained(order: Order) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        if exc.errno in FULL:
            raise ExportFailed(f"the disk of {order.root} is full; make room, and run the command again") from exc
        raise ExportFailed(f"{order.root} cannot be written: {exc.strerror or exc}") from exc
