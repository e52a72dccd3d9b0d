"""`phi-ls doctor`: what it says of this machine, of a broken one, and that it imports no engine to find out."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest
from process.command_line import PATIENCE_S, CommandLine
from process.scripted_server import Script, serving

from phi_providers.environments.kept import folder_of, python_of, seal
from phi_providers.environments.recipes import recipe
from phi_providers.models.installed import builtin

ENGINES = ["openvino", "onnxruntime", "transformers", "npu_library", "openai_server"]
ENGINE_KEYS = ["name", "devices", "version", "packages", "note", "misfit"]
DEVICE_KEYS = ["name", "usable", "reason", "remedy", "driver", "memory_bytes", "misfit"]


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line with folders of its own."""
    return CommandLine(tmp_path)


OPENVINO, ONNX = {"openvino": "libtbb.so.12 is missing"}, {"onnxruntime_genai": "libgenai.so is missing"}


@pytest.fixture
def broken(cli: CommandLine) -> Path:
    """The interpreter of an installation in which OpenVINO and ONNX Runtime cannot be imported."""
    return installation(cli, {**OPENVINO, **ONNX})


def installation(cli: CommandLine, broken: dict[str, str]) -> Path:
    """Return the interpreter of an installation in which some packages cannot be imported, and why not."""
    folder = cli.folder / "broken"
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for name, why in broken.items():
        (packages / name).mkdir()
        (packages / name / "__init__.py").write_text(f"raise ImportError({why!r})\n", "utf-8")
    (packages / "others.pth").write_text("\n".join(path for path in sys.path if Path(path).is_dir()), "utf-8")
    return folder / "bin" / "python"


def doctor(cli: CommandLine, python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run doctor in an installation."""
    command = [python, "-m", "phi_ls", "doctor", *arguments]
    return subprocess.run(command, env=cli.env, capture_output=True, encoding="utf-8", timeout=PATIENCE_S * 2)


def examined(cli: CommandLine) -> dict[str, dict[str, Any]]:
    """Return the engines that doctor tells of, by name."""
    return {engine["name"]: engine for engine in json.loads(cli.run("doctor", "--json").stdout)["engines"]}


def test_as_json(cli: CommandLine) -> None:
    """The keys of the contract first, then what has been added; every engine; and the CPU that these tests run on."""
    done = cli.run("doctor", "--json")
    found = json.loads(done.stdout)
    assert 0 == done.returncode
    assert ["engines", "model"] == list(found)
    assert ENGINES == [engine["name"] for engine in found["engines"]]
    assert builtin().id == found["model"]
    for engine in found["engines"]:
        assert ENGINE_KEYS == list(engine)
        assert engine["devices"]
        for device in engine["devices"]:
            assert DEVICE_KEYS == list(device)
            # What works is named, and of what does not the reason is told.
            assert device["reason"]
    cpu = next(device for device in found["engines"][0]["devices"] if device["name"] == "CPU")
    assert cpu["usable"]
    assert cpu["memory_bytes"] > 2**30


def test_for_people(cli: CommandLine) -> None:
    """Devices, who answers, folders, telemetry and versions, in 80 columns."""
    done = cli.run("doctor")
    shown = " ".join(done.stdout.split())
    assert (0, "") == (done.returncode, done.stderr)
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "openvino openvino-genai " in shown
    assert f"while you type {builtin().id} on CPU (openvino)" in shown
    assert f"when you ask {builtin().id} on CPU (openvino)" in shown
    assert "Telemetry" in shown
    assert f"Python {sys.version.split()[0]}" in shown
    assert "phi-ls works here" in shown


def test_engines_without_an_environment(cli: CommandLine) -> None:
    """Nothing is started for them; the command that makes the environment is named, and what it takes."""
    shown = " ".join(cli.run("doctor").stdout.split())
    assert "cuda, xpu, cpu no not installed → run `phi-ls doctor --fix transformers` (takes up to " in shown
    assert "run `phi-ls doctor --fix npu_library`" in shown


def test_environments_that_are_damaged(cli: CommandLine) -> None:
    """One that was never finished, and one that is whole but lacks what the engine imports."""
    environments = cli.folder / "data" / "environments"
    folder_of(environments, recipe("npu_library")).mkdir(parents=True)
    whole = folder_of(environments, recipe("transformers"))
    python_of(whole).parent.mkdir(parents=True)
    python_of(whole).symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    seal(whole)
    engines = examined(cli)
    (cpu,) = engines["transformers"]["devices"]
    assert "torch cannot be loaded: No module named 'torch'" == cpu["reason"]
    assert "doctor --fix transformers" in cpu["remedy"]
    assert {"its installation was interrupted, or something is missing"} == {
        device["reason"] for device in engines["npu_library"]["devices"]
    }


def test_a_server_of_the_users_own_is_asked_only_if_it_is_in_use(cli: CommandLine) -> None:
    """With the address alone, no connection is made; with the engine chosen, it is said whether it answers."""
    with serving(Script()) as server:
        cli.config.write_text(f"openaiServer.url = '{server.url}'\n", "utf-8")
        idle = examined(cli)["openai_server"]
        assert [] == server.seen
        cli.config.write_text(f"engine = 'openai_server'\nopenaiServer.url = '{server.url}'\n", "utf-8")
        used = cli.run("doctor")
    (device,) = idle["devices"]
    assert (False, "elsewhere") == (device["usable"], device["name"])
    assert "was not asked" in device["reason"]
    shown = " ".join(used.stdout.split())
    host = server.url.removeprefix("http://").removesuffix("/v1")
    assert f"elsewhere works {host} answers, with the model the-model" in shown
    for text in (idle["note"], shown):
        assert f"Code is sent to a server on this machine ({host})" in text
    assert f"while you type model@{host} on elsewhere (openai_server)" in shown


def test_a_server_that_does_not_answer(cli: CommandLine) -> None:
    """It is not usable, the remedy names the setting, and the built-in model answers instead."""
    with serving(Script()) as server:
        url = server.url
    cli.config.write_text(f"engine = 'openai_server'\nopenaiServer.url = '{url}'\n", "utf-8")
    shown = " ".join(cli.run("doctor").stdout.split())
    assert "cannot be reached → start the server, or correct openaiServer.url" in shown
    assert f"while you type {builtin().id} on CPU (openvino)" in shown


def test_nothing_works(cli: CommandLine, broken: Path) -> None:
    """Exit code 3; the device, the reason and a remedy are named."""
    done = doctor(cli, broken, "--json")
    engines = json.loads(done.stdout)["engines"]
    assert 3 == done.returncode
    for engine, why in (("openvino", "libtbb.so.12 is missing"), ("onnxruntime", "libgenai.so is missing")):
        (device,) = next(found["devices"] for found in engines if found["name"] == engine)
        assert ("CPU", False) == (device["name"], device["usable"])
        assert why in device["reason"]
        assert device["remedy"]


def test_nothing_works_for_people(cli: CommandLine, broken: Path) -> None:
    """Who answers is said, too: nobody."""
    done = doctor(cli, broken)
    assert 3 == done.returncode
    assert "nobody" in done.stdout
    assert "No engine can run a model here" in done.stdout


def test_what_works_is_not_what_was_chosen(cli: CommandLine) -> None:
    """An engine that works, but that the settings do not lead to, answers nobody: the exit code says what is said."""
    cli.config.write_text("engine = 'openvino'\n", "utf-8")
    python = installation(cli, OPENVINO)
    done = doctor(cli, python)
    assert 3 == done.returncode
    assert "while you type nobody" in " ".join(done.stdout.split())
    assert "An engine works here, but not for this model with these settings" in " ".join(done.stdout.split())
    cli.config.write_text("engine = 'onnxruntime'\n", "utf-8")
    assert 0 == doctor(cli, python).returncode


def test_a_device_that_is_listed_but_cannot_compute() -> None:
    """A driver that is too old fails at the first operation: then the device is not usable, and the remedy is named."""
    program = (
        "from phi_providers.devices.openvino import _look\n"
        "class Core:\n"
        "    def get_property(self, device, name): return 'Intel NPU' if name == 'FULL_DEVICE_NAME' else 1\n"
        "    def compile_model(self, model, device): raise RuntimeError('ZE_RESULT_ERROR_UNSUPPORTED\\nat x.cpp')\n"
        "found = _look(Core(), 'NPU')\n"
        "print(found.usable, '|', found.reason, '|', found.remedy)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
    reason = "Intel NPU is there, but fails: ZE_RESULT_ERROR_UNSUPPORTED"
    assert f"False | {reason} | update Intel's NPU driver\n" == done.stdout, done.stderr


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


def test_what_is_wrong_with_folders_and_settings(cli: CommandLine) -> None:
    """A folder that others can read, one that is a file, and mistakes in the settings, each with what to do."""
    state = cli.folder / "state"
    state.mkdir()
    state.chmod(0o755)
    (cli.folder / "cache").write_text("", "utf-8")
    cli.config.write_text("engine = 'steam'\nmodelPath = '/nowhere'\n", "utf-8")
    shown = " ".join(cli.run("doctor").stdout.split())
    assert "run `chmod 700" in shown
    assert "is not a folder; move it away" in shown
    assert "there is no engine 'steam'" in shown
    assert "there is no folder /nowhere" in shown
