"""What the commands look like on a terminal: styles, and none where they are not wanted."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
from pathlib import Path

import pytest
from process.command_line import COMMAND, CommandLine

GHOST = "\x1b[3"
"""Italic, alone or with a colour."""
COLOURS = ("\x1b[36m", "\x1b[1;36m", "\x1b[90m", "\x1b[3;90m")


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line whose engine writes the same everywhere."""
    command_line = CommandLine(tmp_path)
    command_line.config.write_text("engine = 'echo'\n", "utf-8")
    command_line.script({"when": "", "tokens": ["key", "] = ", "value"]})
    return command_line


def on_a_terminal(cli: CommandLine, *arguments: str, **more: str) -> str:
    """Run a command on a pseudo-terminal of 80 columns and return all that it wrote."""
    master, slave = pty.openpty()
    env = {**cli.env, "TERM": "xterm-256color", "COLUMNS": "80", **more}
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=cli.folder, env=env, stdin=slave, stdout=slave, stderr=slave, close_fds=True
    )
    os.close(slave)
    written = b""
    # Linux ends a pseudo-terminal with an error, others with nothing.
    with contextlib.suppress(OSError):
        while piece := os.read(master, 65536):
            written += piece
    os.close(master)
    assert 0 == process.wait(60), written.decode()
    return written.decode()


def test_the_demo_in_colour(cli: CommandLine) -> None:
    """Ghost text has a style of its own."""
    shown = on_a_terminal(cli, "demo")
    assert f"{GHOST};90mkey] = value" in shown


def test_the_demo_without_colour(cli: CommandLine) -> None:
    """NO_COLOR leaves no colour; what is ghost text can still be told by its slant."""
    shown = on_a_terminal(cli, "demo", NO_COLOR="1")
    assert f"{GHOST}mkey] = value" in shown
    assert not any(colour in shown for colour in COLOURS)


def test_the_server_is_started_by_hand(cli: CommandLine) -> None:
    """Somebody who types `phi-ls` is told what it waits for."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND], cwd=cli.folder, env=cli.env, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    os.close(slave)
    assert process.stderr is not None
    line = process.stderr.readline().decode()
    assert "waits for an editor" in line
    assert "phi-ls demo" in line
    os.close(master)
    process.communicate(timeout=60)


def test_the_loading_of_a_model_is_shown_and_leaves_no_trace(cli: CommandLine) -> None:
    """Whoever waits for a large model sees what it does; the line is gone before the answer comes."""
    cli.script({"when": "", "tokens": ["key", "] = ", "value"]}, load={"ms": 300})
    place = cli.file("def put(key, value):\n    store[")
    shown = on_a_terminal(cli, "complete", f"{place}:2:11")
    before, _, after = shown.rpartition("loading echo on none: following the script")
    assert before
    assert "\x1b[2K" in after.partition("key] = value")[0]
    assert "loading" not in cli.run("complete", f"{place}:2:11").stderr
