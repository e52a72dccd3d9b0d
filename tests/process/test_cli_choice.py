"""--engine, --device and --model: what is unknown is refused, what is missing is replaced and said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from process.command_line import CommandLine

from phi_providers.models.installed import BUILTIN, builtin


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line, with a sample to ask about."""
    command_line = CommandLine(tmp_path)
    command_line.file("def main():\n    return 0\n", "main.py")
    return command_line


@pytest.mark.parametrize(
    ("complaint", "arguments"),
    [
        ("there is no engine 'steam'; known are auto, openvino, onnxruntime,", ("--engine", "steam")),
        ("there is no engine ''", ("--engine", "")),
        ("--device must be a device like", ("--device", "../CPU")),
        ("'phi-99' is neither the id nor the folder of a model", ("--model", "phi-99")),
        ("missing from", ("--model", ".")),
        ("No such option", ("--temperature", "1")),
    ],
)
def test_a_choice_that_cannot_be_meant(cli: CommandLine, complaint: str, arguments: tuple[str, ...]) -> None:
    """Exit code 2 and a sentence naming what is known instead."""
    done = cli.run("hover", "main.py:1:5", *arguments)
    assert (2, "") == (done.returncode, done.stdout)
    assert complaint in " ".join(done.stderr.split())


def test_a_device_that_is_not_there(cli: CommandLine) -> None:
    """Another one answers, which is said with the reason, and both devices are in the report."""
    done = cli.run("hover", "main.py:1:5", "--device", "GPU.7", "--json")
    report = json.loads(done.stdout)
    assert ("CPU", "GPU.7") == (report["device"], report["requested_device"])
    assert "phi-ls: CPU has answered, not GPU.7: GPU.7 cannot be used" in done.stderr


def test_a_model_by_its_id(cli: CommandLine) -> None:
    """The id wins over the folder in the user's settings."""
    folder = cli.folder / "mine"
    shutil.copytree(BUILTIN, folder)
    cli.config.write_text(f"modelPath = '{folder}'\ndevice = 'CPU'\n", "utf-8")
    (folder / "profile.json").unlink()
    done = cli.run("hover", "main.py:1:5", "--model", builtin().id, "--json")
    assert builtin().id == json.loads(done.stdout)["model"]
    assert "" == done.stderr


def test_a_model_by_its_folder(cli: CommandLine) -> None:
    """A relative path will do, and a machine without a GPU answers on the CPU at once."""
    shutil.copytree(BUILTIN, cli.folder / "mine")
    done = cli.run("hover", "main.py:1:5", "--model", "mine", "--json")
    assert "CPU" in json.loads(done.stdout)["device"] or "GPU" in json.loads(done.stdout)["device"]


def test_settings_of_the_user(cli: CommandLine) -> None:
    """config.toml applies, and what is wrong with it is said once and ignored."""
    cli.config.write_text("engine = 'echo'\ncolour = 'red'\n", "utf-8")
    cli.script({"when": "name", "tokens": ['__main__":']})
    done = cli.run("hover", "main.py:1:5", "--json")
    assert "echo" == json.loads(done.stdout)["engine"]
    assert 1 == done.stderr.count("'colour' in the user's config.toml is not an option")


def test_an_engine_in_the_settings_that_does_not_exist(cli: CommandLine) -> None:
    """It is named, with the one that answers; the command goes on."""
    cli.config.write_text("engine = 'steam'\n", "utf-8")
    done = cli.run("hover", "main.py:1:5", "--json")
    assert "openvino" == json.loads(done.stdout)["engine"]
    assert "there is no engine 'steam'" in done.stderr
