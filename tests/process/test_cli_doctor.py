"""`phi-ls doctor`: what it says of this machine, of a broken one, and that it imports no engine to find out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from process.command_line import CommandLine

from phi_providers.models.installed import builtin


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line with folders of its own."""
    return CommandLine(tmp_path)


@pytest.fixture
def broken(cli: CommandLine) -> CommandLine:
    """A machine on which OpenVINO cannot be imported."""
    package = cli.folder / "broken" / "openvino"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('libtbb.so.12 is missing')\n", "utf-8")
    cli.env["PYTHONPATH"] = str(package.parent)
    return cli


def test_as_json(cli: CommandLine) -> None:
    """The keys of the contract, and the CPU that these tests run on."""
    done = cli.run("doctor", "--json")
    found = json.loads(done.stdout)
    assert 0 == done.returncode
    assert {"engines"} == set(found)
    for engine in found["engines"]:
        assert ["name", "devices", "version"] == list(engine)
        for device in engine["devices"]:
            assert ["name", "usable", "reason", "remedy"] == list(device)
    usable = {device["name"] for engine in found["engines"] for device in engine["devices"] if device["usable"]}
    assert "CPU" in usable


def test_for_people(cli: CommandLine) -> None:
    """Devices, who answers, folders, telemetry and versions, in 80 columns."""
    done = cli.run("doctor")
    shown = " ".join(done.stdout.split())
    assert 0 == done.returncode
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert f"while you type {builtin().id} on CPU (openvino)" in shown
    assert f"when you ask {builtin().id} on CPU (openvino)" in shown
    assert "Telemetry" in shown
    assert f"Python {sys.version.split()[0]}" in shown
    assert "phi-ls works here" in shown


def test_nothing_works(broken: CommandLine) -> None:
    """Exit code 3; the device, the reason and a remedy are named."""
    done = broken.run("doctor", "--json")
    (device, *_) = json.loads(done.stdout)["engines"][0]["devices"]
    assert 3 == done.returncode
    assert ("CPU", False) == (device["name"], device["usable"])
    assert "libtbb.so.12 is missing" in device["reason"]
    assert device["remedy"]


def test_nothing_works_for_people(broken: CommandLine) -> None:
    """Who answers is said, too: nobody."""
    done = broken.run("doctor")
    assert 3 == done.returncode
    assert "nobody" in done.stdout
    assert "No engine can run a model here" in done.stdout


def test_no_engine_is_imported(cli: CommandLine) -> None:
    """The process that examines the machine loads no module of an engine."""
    program = (
        "import sys\n"
        "from phi_ls.terminal.doctor import examine\n"
        "assert examine().works\n"
        "print([name for name in sys.modules if name.split('.')[0].startswith(('openvino', 'onnxruntime', 'torch'))])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], env=cli.env, capture_output=True, encoding="utf-8")
    assert "[]\n" == done.stdout, done.stderr


def test_nothing_is_written(cli: CommandLine) -> None:
    """Folders that do not exist are not made by being looked at."""
    cli.run("doctor")
    assert ["script.json"] == sorted(path.name for path in cli.folder.iterdir())


def test_a_folder_that_others_can_read(cli: CommandLine) -> None:
    """It is named, with the command that mends it."""
    state = cli.folder / "state"
    state.mkdir()
    state.chmod(0o755)
    assert "run `chmod 700" in " ".join(cli.run("doctor").stdout.split())


def test_a_folder_that_is_a_file(cli: CommandLine) -> None:
    """What stands in a folder's way is named."""
    (cli.folder / "cache").write_text("", "utf-8")
    assert "is not a folder; move it away" in " ".join(cli.run("doctor").stdout.split())


def test_settings_with_mistakes(cli: CommandLine) -> None:
    """What is wrong with the user's settings is part of the examination."""
    cli.config.write_text("engine = 'steam'\nmodelPath = '/nowhere'\n", "utf-8")
    shown = " ".join(cli.run("doctor").stdout.split())
    assert "there is no engine 'steam'" in shown
    assert "there is no folder /nowhere" in shown
