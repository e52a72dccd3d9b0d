"""`phi-ls` without a command, as editors and service managers start it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from editor.raw_client import RawClient
from process.command_line import COMMAND, CommandLine

from phi_ls import __version__


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line with settings of its own."""
    return CommandLine(tmp_path)


def test_version(cli: CommandLine) -> None:
    """One line with name and version."""
    done = cli.run("--version")
    assert (0, f"phi-ls {__version__}\n") == (done.returncode, done.stdout)


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(cli: CommandLine, option: str) -> None:
    """It names each command and the options of the server, in 80 columns."""
    shown = cli.run(option).stdout
    for name in ("complete", "hover", "explain", "demo", "doctor", "status", "--stdio", "--log-file", "--version"):
        assert name in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("command", ["complete", "hover", "explain", "demo", "doctor", "status"])
def test_help_of_a_command(cli: CommandLine, command: str) -> None:
    """Each command tells what it does."""
    done = cli.run(command, "--help")
    assert 0 == done.returncode
    assert re.search(r"\n  [A-Z][^\n]{20,}", done.stdout)


@pytest.mark.parametrize(
    ("complaint", "arguments"),
    [
        ("No such command 'complet'", ["complet"]),
        ("unrecognized arguments: --stdioo", ["--stdioo"]),
        ("invalid choice: 'loud'", ["--log-level", "loud"]),
        ("cannot be written", ["--log-file", "config.toml/x.log"]),
    ],
)
def test_wrong_options(cli: CommandLine, complaint: str, arguments: list[str]) -> None:
    """Exit code 2 and a sentence; nothing on stdout, which belongs to the protocol."""
    cli.config.write_text("", "utf-8")
    done = cli.run(*arguments)
    assert (2, "") == (done.returncode, done.stdout)
    assert complaint in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_an_editor_that_never_speaks(cli: CommandLine) -> None:
    """The end of stdin ends the server: exit code 1, because nobody said `shutdown`."""
    done = cli.run("--stdio")
    assert (1, "") == (done.returncode, done.stdout)


def test_what_editors_add(cli: CommandLine) -> None:
    """`--stdio` and `--clientProcessId=N` change nothing: the handshake works, the end is in order."""
    with RawClient([*COMMAND, "--stdio", "--clientProcessId=4711"], env=cli.env, cwd=str(cli.folder)) as client:
        client.initialize(init_options={"engine": "echo"})
        client.exit()


def test_a_log_file(cli: CommandLine) -> None:
    """The log goes where it is wanted, folders included, and not to stderr."""
    log = cli.folder / "logs" / "phi-ls.log"
    arguments = ["--log-file", str(log), "--log-level", "info"]
    with RawClient([*COMMAND, *arguments], env=cli.env, cwd=str(cli.folder)) as client:
        client.initialize(init_options={"engine": "echo"})
        client.exit()
        assert "" == client.stderr
    assert f"phi-ls {__version__}" in log.read_text("utf-8")
