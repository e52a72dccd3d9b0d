"""What somebody in an editor sees of an engine that ends, of a device that is not there, and of one that is faster."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psutil
import pytest
from editor.echo_editor import URI, EchoEditor, span
from engine.built_in import SOURCE
from engine.onnx_model import exported

from phi_ls.measured import keep, kept
from phi_ls.speeds import Speed
from phi_providers.models.installed import BUILTIN, builtin

pytestmark = pytest.mark.timeout(400)

PATIENCE_S = 120.0
TEXT = "\n".join(SOURCE[200:260]) + "\n"


def editor(folder: Path, **options: Any) -> EchoEditor:
    """A server with these settings, and a document of real code; patient, for real models are loaded."""
    client = EchoEditor(folder, options={"engine": "auto", **options}, may_log_errors=True, initialize=False)
    client.patience = PATIENCE_S
    client.initialize(init_options={"engine": "auto", **options})
    client.open(URI, TEXT)
    return client


def shown(client: EchoEditor) -> list[str]:
    """Return the messages that the user was shown."""
    return [sent["params"]["message"] for sent in client.notifications if sent["method"] == "window/showMessage"]


def answerer(client: EchoEditor, line: int) -> str:
    """Have ten lines explained, and return the engine that is ready then."""
    assert not client.explain(URI, range=span((line, 0), (line + 10, 0)))["cached"]
    return str(client.status()["engine"])


def test_an_engine_killed_at_work_is_one_message(tmp_path: Path) -> None:
    """The explanation that ran fails with the cause, the built-in model gives the next ones, nothing is said twice."""
    with editor(tmp_path, modelPath=exported().path) as client:
        status = client.until(client.status, lambda status: status["engine"] == "onnxruntime", PATIENCE_S)
        (worker,) = [worker for worker in status["workers"] if worker["engine"] == "onnxruntime"]
        asked = client.send_explain(URI, range=span((0, 0), (40, 0)), token="t")
        client.wait_notification("$/progress", lambda progress: progress["value"]["kind"] == "delta")
        psutil.Process(worker["pid"]).kill()
        assert "signal 9" in client.reply(asked)["error"]["message"]
        assert ["openvino"] * 3 == [answerer(client, line) for line in (1, 2, 3)]
        (message,) = shown(client)
        assert "onnxruntime" in message
        assert "signal 9" in message
        assert f"{builtin().id} with openvino on CPU answers instead" in message


def test_a_device_that_the_user_has_named_and_that_is_not_there_is_one_message(tmp_path: Path) -> None:
    """Said once, however many requests follow; the status tells what was asked for, what answers, and why."""
    with editor(tmp_path, device="GPU.7") as client:
        assert ["openvino"] * 3 == [answerer(client, line) for line in (1, 2, 3)]
        status = client.status()
        (message,) = shown(client)
    assert "openvino on GPU.7: GPU.7 cannot be used" in message
    assert ("CPU", "GPU.7") == (status["device"], status["requestedDevice"])
    assert "GPU.7 cannot be used" in status["deviceReason"]


def test_loading_measures_and_the_next_start_takes_the_faster_device(tmp_path: Path) -> None:
    """What was found out about the CPU is kept; a GPU that is known to be slower is not even started."""
    shutil.copytree(BUILTIN, tmp_path / "mine")
    speeds = tmp_path / "cache_dir" / "speeds"
    with editor(tmp_path, modelPath=str(tmp_path / "mine"), device="CPU") as client:
        answerer(client, 1)
    # The built-in model, which suggests meanwhile, may have been measured as well.
    (measured,) = [speed for speed in kept(speeds) if speed.path == str(tmp_path / "mine")]
    assert (builtin().id, "openvino", "CPU") == (measured.model, measured.engine, measured.device)
    slower = {"device": "GPU", "actual_device": "GPU", "decode_ms_per_token": measured.decode_ms_per_token * 1000}
    keep(Speed(**{**vars(measured), **slower}), speeds)
    with editor(tmp_path, modelPath=str(tmp_path / "mine")) as client:
        answerer(client, 2)
        status = client.status()
        assert [] == shown(client)
    # On a busy machine there are two: the built-in model suggests where a line of this one takes too long.
    assert {"CPU"} == {worker["device"] for worker in status["workers"]}
    assert ("CPU", "auto") == (status["device"], status["requestedDevice"])
    assert "measured here, a line takes" in status["deviceReason"]
    assert "on CPU" in status["deviceReason"].partition(",")[2].partition(",")[0]
