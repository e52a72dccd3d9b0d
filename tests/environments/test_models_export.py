"""`phi-ls models export` with the real tools: the built-in model's original weights by every preset, used at once."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from environments import exported, prepared
from environments.torch_reference import ORIGINAL
from process.command_line import COMMAND, CommandLine, child_of, read_until

from phi_providers.export.export import export
from phi_providers.export.order import CONVERTED, Order
from phi_providers.export.original import read_original
from phi_providers.export.presets import PRESETS, Preset, preset
from phi_providers.export.progress import Progress, Stage
from phi_providers.hub.place import begun, find_installed, list_installed
from phi_providers.hub.thorough import verify_thoroughly
from phi_providers.models.installed import builtin, write_profile
from phi_providers.models.safetensors_folder import original_of

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("export")]

PATIENCE_S = 500


@dataclass
class Workshop:
    """A folder of models, the original beside it, and the environments that are there."""

    cli: CommandLine

    @property
    def original(self) -> Path:
        """The built-in model before its conversion, with its profile."""
        return self.cli.folder / "small"

    @property
    def root(self) -> Path:
        """Where models are installed."""
        return self.cli.folder / "data" / "models"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.cli.folder,
            env=self.cli.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
        )

    def export(self, wanted: Preset) -> dict[str, Any]:
        """Convert by a preset; return what is printed."""
        done = self.run("models", "export", "small", "--preset", wanted.name, "--json")
        assert 0 == done.returncode, done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    def order(self, wanted: Preset) -> Order:
        """Return what the command makes of its arguments."""
        return Order(id=f"small-{wanted.name}", original=read_original(self.original), preset=wanted, root=self.root)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    cli = CommandLine(tmp_path)
    workshop = Workshop(cli)
    workshop.original.mkdir()
    for name in ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json"):
        shutil.copy(ORIGINAL / name, workshop.original)
    write_profile(workshop.original, original_of(builtin(), ORIGINAL))
    cli.file("def area(width, height):\n    return width * height\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "environments").symlink_to(prepared.root(), target_is_directory=True)
    return workshop


@pytest.fixture
def kept(workshop: Workshop) -> Workshop:
    """The same, but what is converted is kept: other tests use it, and other runs."""
    shutil.rmtree(workshop.original)
    workshop.original.symlink_to(exported.original(exported.place()), target_is_directory=True)
    workshop.root.symlink_to(exported.models(exported.place()), target_is_directory=True)
    return workshop


@pytest.mark.parametrize("each", PRESETS, ids=lambda each: each.name)
def test_converted_checked_and_used(kept: Workshop, each: Preset) -> None:
    """One command makes a model of which every byte is recorded; it answers as soon as it is chosen."""
    report = kept.export(each)
    model = find_installed(kept.root, f"small-{each.name}")
    assert model is not None
    verify_thoroughly(model.path)
    expected = (each.name, each.engine, each.precision, str(model.path), model.size)
    assert expected == tuple(report[key] for key in ("preset", "engine", "precision", "path", "size_bytes"))
    assert [] == begun(kept.root, model.id)
    assert report == kept.export(each)  # it is there: nothing is done again
    assert 0 == kept.run("models", "use", model.id).returncode
    # Graphs that are drawn for GPUs can be computed here, too, in FP16.
    done = kept.run("hover", "sample.py:1:5", "--engine", each.engine, "--device", "CPU", "--json")
    assert 0 == done.returncode, done.stderr
    answer = json.loads(done.stdout)
    assert (model.id, each.engine, "CPU") == (answer["model"], answer["engine"], answer["device"])
    assert answer["new_tokens"] > 0


def test_interrupted_while_it_is_converted(workshop: Workshop) -> None:
    """Ctrl-C ends the tool, nothing is half installed, and the same command does it."""
    command = ("models", "export", "small", "--preset", "openvino-int8")
    process = workshop.cli.start(*command)
    read_until(process, "converting\n")
    tool = child_of(process)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=PATIENCE_S)
    assert 130 == process.returncode, stderr
    assert "nothing is installed; the same command goes on" in stderr.decode()
    assert [] == psutil.wait_procs([tool], PATIENCE_S)[1]
    assert [] == list_installed(workshop.root)
    assert ["export.json"] == [
        path.name for folder in begun(workshop.root, "small-openvino-int8") for path in folder.iterdir()
    ]
    workshop.export(preset("openvino-int8"))


def test_a_conversion_that_has_ended_is_not_done_again(workshop: Workshop) -> None:
    """Interrupted after the tool, it goes on from there, without the tool's environment."""
    order = workshop.order(preset("openvino-int8"))
    workshop.root.mkdir()
    stages: list[Stage] = []

    def interrupt(step: Progress) -> None:
        if step.stage is Stage.CHECKING:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(order, prepared.interpreter("openvino-export"), interrupt)
    (place,) = begun(order.root, order.id)
    assert order.converted
    assert (place / CONVERTED).is_dir()
    model = export(order, "", lambda step: stages.append(step.stage))
    assert [Stage.CHECKING, Stage.INSTALLING] == stages
    verify_thoroughly(model.path)
    assert [] == begun(order.root, order.id)
