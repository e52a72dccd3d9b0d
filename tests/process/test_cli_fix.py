"""`phi-ls doctor --fix`: it asks, it says what it would do, and it does nothing without consent."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from process.command_line import CommandLine


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line with folders of its own."""
    return CommandLine(tmp_path)


def shown(done: subprocess.CompletedProcess[str]) -> str:
    """Return what was printed, on one line."""
    return " ".join(done.stdout.split())


def test_it_asks_first_and_takes_silence_for_no(cli: CommandLine) -> None:
    """What is downloaded, how much and where to is said; without an answer nothing is written."""
    done = cli.run("doctor", "--fix", "transformers")
    assert 2 == done.returncode
    assert re.search(r"This downloads up to \d\.\d GB of packages .* up to \d\.\d GB of disk space", shown(done))
    assert "with --yes it is not asked" in shown(done)
    assert not (cli.folder / "data").exists()


def test_no_means_no(cli: CommandLine) -> None:
    """Anything but yes is a no."""
    done = cli.run("doctor", "--fix", "transformers", input="perhaps\n", stdin=None)
    assert (2, False) == (done.returncode, (cli.folder / "data").exists())


def test_an_engine_that_needs_none(cli: CommandLine) -> None:
    """Those that do are named."""
    done = cli.run("doctor", "--fix", "openvino")
    assert 1 == done.returncode
    assert "'openvino' needs no environment of its own; those that do are" in shown(done)
    assert "npu_library" in shown(done)


def test_what_is_there_is_removed_and_nothing_else(cli: CommandLine) -> None:
    """An unfinished environment goes; a second call finds none."""
    environments = cli.folder / "data" / "environments"
    (environments / "transformers-0123456789ab" / "lib").mkdir(parents=True)
    (environments / "transformers-notes").mkdir()
    first, second = (cli.run("doctor", "--fix", "transformers", "--remove") for _ in range(2))
    assert (0, 0) == (first.returncode, second.returncode)
    assert "removed" in shown(first)
    assert "there is no environment of transformers" in shown(second)
    assert ["transformers-notes"] == [path.name for path in environments.iterdir()]


def test_a_data_folder_that_cannot_be_used(cli: CommandLine) -> None:
    """A file in its place is an error with a message and no traceback."""
    (cli.folder / "data").write_text("", "utf-8")
    done = cli.run("doctor", "--fix", "transformers", "--yes")
    assert 1 == done.returncode
    assert "cannot be made" in shown(done)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["--yes", "--remove"])
def test_options_that_belong_to_fix(cli: CommandLine, option: str) -> None:
    """Without --fix they are wrong usage."""
    done = cli.run("doctor", option)
    assert 2 == done.returncode
    assert "belong to --fix ENGINE" in " ".join(done.stderr.split())
