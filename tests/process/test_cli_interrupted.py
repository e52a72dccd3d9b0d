"""Streams that are closed, and Ctrl-C: commands end at once, quietly, and leave nothing running."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from process.command_line import COMMAND, CommandLine, end_of, read_until

ENDLESS = {"when": "x", "tokens": ["first ", "word ", "and ", "the ", "next "], "then": "forever", "token_ms": 5}


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line whose engine never comes to an end."""
    command_line = CommandLine(tmp_path)
    command_line.script(ENDLESS)
    command_line.file("x = 1\n")
    return command_line


def test_words_are_shown_while_more_are_written(cli: CommandLine) -> None:
    """Ctrl-C in the middle of an explanation ends it with exit code 130, without a word of complaint."""
    explaining = cli.start("explain", "sample.py", "--engine", "echo")
    assert "first word and" == read_until(explaining, "first word and")
    explaining.send_signal(signal.SIGINT)
    assert (130, "") == end_of(explaining)


def test_the_reader_leaves(cli: CommandLine) -> None:
    """A closed pipe, as `head` leaves it, ends the explanation as SIGPIPE would: no traceback, no worker left."""
    explaining = cli.start("explain", "sample.py", "--engine", "echo")
    read_until(explaining, "first")
    assert explaining.stdout is not None
    explaining.stdout.close()
    assert (141, "") == end_of(explaining)


def test_nobody_reads_at_all(cli: CommandLine) -> None:
    """A pipe whose reader has gone before the first word is no error of ours either."""
    cli.script({"when": "x", "tokens": ["42"]})
    command = [*COMMAND, "complete", "sample.py:1:6", "--engine", "echo"]
    done = subprocess.run(
        ["sh", "-c", '"$@" | true; exit 0', "sh", *command],
        cwd=cli.folder,
        env=cli.env,
        capture_output=True,
        timeout=60,
    )
    assert (b"", b"") == (done.stdout, done.stderr)


def test_stdin_is_closed(cli: CommandLine) -> None:
    """Without a stdin there is no editor to serve, which is said."""
    command = ["sh", "-c", '"$@" <&-', "sh", *COMMAND, "--stdio"]
    done = subprocess.run(command, cwd=cli.folder, env=cli.env, capture_output=True, timeout=60)
    assert (2, b"") == (done.returncode, done.stdout)
    assert b"stdin or stdout is closed" in done.stderr


def test_a_full_disk(cli: CommandLine) -> None:
    """What cannot be written is said in one line."""
    cli.script({"when": "x", "tokens": ["42"]})
    with Path("/dev/full").open("wb") as full:
        command = [*COMMAND, "complete", "sample.py:1:6", "--engine", "echo"]
        done = subprocess.run(command, cwd=cli.folder, env=cli.env, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert (2, b"phi-ls: nothing more can be written: No space left on device\n") == (done.returncode, done.stderr)


def test_the_demo_is_interrupted(cli: CommandLine) -> None:
    """Ctrl-C during the demo ends its server and its worker, too."""
    cli.config.write_text("engine = 'echo'\n", "utf-8")
    cli.script({**ENDLESS, "when": "", "token_ms": 50})
    demo = cli.start("demo")
    read_until(demo, "1. You type")
    demo.send_signal(signal.SIGINT)
    assert (130, "") == end_of(demo)


def test_a_watched_status_is_interrupted(cli: CommandLine) -> None:
    """Ctrl-C is how `status --watch` ends: exit code 0."""
    watching = cli.start("status", "--watch", "--json")
    read_until(watching, "[]")
    watching.send_signal(signal.SIGINT)
    assert (0, "") == end_of(watching)
