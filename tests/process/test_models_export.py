"""`phi-ls models export` before and around the tool that converts: what is refused, and that no process is left."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from process.command_line import PATIENCE_S, CommandLine

from phi_providers.export.child import SCRATCH, run_tool
from phi_providers.export.failures import ExportFailed
from phi_providers.models.installed import BUILTIN, write_object

LONG = ("timeit", "-n", "1", "print('begun', flush=True)", "import time; time.sleep(1000)")
"""A module of the standard library that runs for a quarter of an hour, in the place of a tool."""

OWNER = """
import sys
from pathlib import Path
from phi_providers.export.child import run_tool
run_tool(sys.executable, sys.argv[2], sys.argv[3:], Path(sys.argv[1]), lambda line: print(line, flush=True))
"""


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A model as it is published, but for its weights."""
    folder = tmp_path / "phi"
    folder.mkdir()
    write_object(folder / "config.json", {"model_type": "phi3", "max_position_embeddings": 4096, "dtype": "float16"})
    shutil.copy(BUILTIN / "tokenizer.json", folder)
    (folder / "model.safetensors").write_bytes(bytes(1000))
    return folder


def owner(folder: Path) -> tuple[subprocess.Popen[str], psutil.Process]:
    """Start a process that runs a tool, and return it with the tool."""
    command = [sys.executable, "-c", OWNER, str(folder), *LONG]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    assert process.stdout is not None
    assert "begun\n" == process.stdout.readline()
    (tool,) = psutil.Process(process.pid).children()
    return process, tool


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_tool_ends_with_whoever_runs_it(tmp_path: Path, how: signal.Signals) -> None:
    """Killed without a chance to clean up, or interrupted: the tool is gone in both cases."""
    process, tool = owner(tmp_path)
    process.send_signal(how)
    with process:
        assert 0 != process.wait(PATIENCE_S)
    assert [] == psutil.wait_procs([tool], PATIENCE_S)[1]


def test_a_tool_that_the_system_ends(tmp_path: Path) -> None:
    """The commonest reason is named; a tool that fails is quoted instead."""
    begun: list[psutil.Process] = []
    others = psutil.Process().children()  # such as engines that tests share

    def kill(_line: str) -> None:
        begun.extend(child for child in psutil.Process().children() if child not in others)
        for child in begun:
            child.kill()

    with pytest.raises(ExportFailed, match="for want of memory"):
        run_tool(sys.executable, LONG[0], LONG[1:], tmp_path, kill)
    assert 1 == len(begun)
    with pytest.raises(ExportFailed, match="the conversion failed: ZeroDivisionError: "):
        run_tool(sys.executable, "timeit", ["1 / 0"], tmp_path, print)


def test_a_tool_has_nobody_to_ask(tmp_path: Path) -> None:
    """Its input is empty, it works in the folder that it is given, and its temporary files go below that."""
    said: list[str] = []
    program = "import sys, os, tempfile; print(repr(sys.stdin.read()), os.getcwd(), tempfile.gettempdir())"
    run_tool(sys.executable, "timeit", ["-n", "1", "-r", "1", program], tmp_path, said.append)
    assert f"'' {tmp_path.resolve()} {tmp_path / SCRATCH}" == said[0]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("phi", "--preset", "int4"), "there is no preset 'int4'; there are openvino-int4"),
        (("nothing", "--preset", "openvino-int8"), "no model nothing is installed; give a folder"),
        (("phi-3-mini-4k", "--preset", "openvino-int8"), "`phi-ls models pull phi-3-mini-4k-original` fetches it"),
        (("phi", "--preset", "openvino-int8", "--name", "starter"), "'starter' is another model's id"),
    ],
)
def test_what_cannot_be_converted(cli: CommandLine, original: Path, arguments: tuple[str, ...], told: str) -> None:
    """One sentence that says what to do, exit code 1, and nothing is written."""
    done = cli.run("models", "export", *arguments)
    assert 1 == done.returncode
    assert told in done.stderr
    assert not (cli.folder / "data").exists()
    assert original.is_dir()


def test_a_pickle_beside_the_weights(cli: CommandLine, original: Path) -> None:
    """It is named, and not read."""
    (original / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    done = cli.run("models", "export", "phi", "--preset", "openvino-int8", "--yes")
    assert 1 == done.returncode
    assert "pytorch_model.bin: code, or weights that can hold code" in done.stderr


def test_what_it_takes_is_said_before_anything_is_made(cli: CommandLine, original: Path) -> None:
    """Memory, disk and the download of the environment; without a yes nothing is made."""
    done = cli.run("models", "export", "phi", "--preset", "openvino-int4-npu", stdin=None, input="n\n")
    assert 2 == done.returncode, done.stderr
    for said in (
        "OpenVINO, INT4 in all layers",
        "phi-openvino-int4-npu",
        str(original),
        "GB of memory",
        "downloads up",
    ):
        assert said in done.stdout
    assert "Nobody answered" in cli.run("models", "export", "phi", "--preset", "openvino-int8").stdout
    assert not list((cli.folder / "data").rglob("*"))


def test_a_model_that_is_too_large_for_this_machine(cli: CommandLine, original: Path) -> None:
    """It is refused before an environment is made for it, even after a yes."""
    with (original / "model.safetensors").open("wb") as file:
        file.truncate(4_000_000_000_000)  # takes no disk space
    done = cli.run("models", "export", "phi", "--preset", "onnx-int4-cpu", "--yes")
    assert 1 == done.returncode
    assert "the conversion needs 14401.8 GB of memory" in done.stderr
    assert not (cli.folder / "data").exists()
