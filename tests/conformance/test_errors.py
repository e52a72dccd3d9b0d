"""What an engine cannot do becomes an error of ours: of the right kind, in one line, with what to do."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from conformance.engines import Engines
from conformance.subjects import Subject

from phi_providers.errors import LoadFailed
from phi_providers.messages import Load

REMEDY = re.compile(r"[;,] (install|copy|use|give|start|check|correct|export|convert|name|make|update)\b")


def refusal(engines: Engines, order: Load) -> str:
    """Return what loading says that must fail."""
    engine = engines.make(order)
    with pytest.raises(LoadFailed) as caught:
        engine.load()
    engine.close()
    return str(caught.value)


def test_a_folder_without_weights_is_refused(subject: Subject, engines: Engines, tmp_path: Path) -> None:
    """The model, where it was to run, what is wrong, what to do; on a server, a name that it does not know."""
    order = engines.order(subject)
    if subject.form == "server":
        order = replace(order, options={**order.options, "model": "no-such-model"})
    else:
        shutil.copytree(order.model.path, tmp_path / "model")
        max((tmp_path / "model").iterdir(), key=lambda file: file.stat().st_size).unlink()
        order = replace(order, model=replace(order.model, path=str(tmp_path / "model")))
    said = refusal(engines, order)
    assert "\n" not in said
    assert REMEDY.search(said), said


def test_a_device_that_is_not_there_is_refused(choosing_subject: Subject, engines: Engines) -> None:
    """The device, why not, what to do; for a server, its address."""
    order = replace(engines.order(choosing_subject), device="FPGA")
    if choosing_subject.form == "server":
        order = replace(order, options={**order.options, "url": "http://127.0.0.1:9"})
    said = refusal(engines, order)
    assert "\n" not in said
    assert ("127.0.0.1:9" if choosing_subject.form == "server" else "FPGA") in said
    assert REMEDY.search(said), said
