"""FILE:LINE:COLUMN on the command line: every kind of file, and every way to name a place that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from process.command_line import CommandLine

ANSWER = {"when": "x", "tokens": ["42"]}


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line whose engine answers where there is an x."""
    command_line = CommandLine(tmp_path)
    command_line.script(ANSWER)
    return command_line


@pytest.mark.parametrize("name", ["a b.py", "größe 数.py", "a:5.py", "12:3.py", "-x.py", "no-suffix", "'q'\".py"])
def test_names_of_files(cli: CommandLine, name: str) -> None:
    """Blanks, colons, quotes and letters of any script are part of a name."""
    cli.file("x = ", name)
    done = cli.run("complete", "--engine", "echo", "--", f"{name}:1:5")
    assert (0, "42\n") == (done.returncode, done.stdout), done.stderr


def test_a_name_that_ends_like_a_place(cli: CommandLine) -> None:
    """`explain a:1` means the file of that name where there is one."""
    cli.file("x = 1\n", "a:1")
    assert 0 == cli.echo("explain", "a:1").returncode


@pytest.mark.parametrize("content", ["x = 1\r\nx = \r\n", "\ufeffx = 1\nx = \n", "x = 1\rx = \r"])
def test_line_endings_and_marks(cli: CommandLine, content: str) -> None:
    """CRLF, CR and a byte-order mark count as no column and no line of their own."""
    cli.file(content)
    assert "42\n" == cli.echo("complete", "sample.py:2:5").stdout


def test_columns_are_characters(cli: CommandLine) -> None:
    """An emoji is one column, whatever editors make of it; the column after the last is the end of the line."""
    cli.file('x = "😀é" + ')
    assert "42\n" == cli.echo("complete", "sample.py:1:12").stdout
    assert 2 == cli.echo("complete", "sample.py:1:13").returncode


def test_text_that_is_not_utf8(cli: CommandLine) -> None:
    """A stray byte of another encoding does not end the command."""
    cli.file(b"# caf\xe9\nx = ")
    assert "42\n" == cli.echo("complete", "sample.py:2:5").stdout


@pytest.mark.parametrize(
    ("reason", "content"),
    [
        ("binary", b"\x7fELF\0\0\0x = "),
        ("binary", "x = 1\n".encode("utf-16")),
        ("tooLarge", b"x" * 30_000),
        ("tooLarge", b"x = 1\n" * 500_000),
        ("tooLarge", b"x = 1\n" * 6_000_000),
        ("empty", b""),
        ("empty", b"\n \n\n"),
    ],
    ids=["NUL", "UTF-16", "long line", "large", "larger than is read", "empty", "blank"],
)
def test_files_that_nothing_is_said_about(cli: CommandLine, reason: str, content: bytes) -> None:
    """Exit code 1 and the reason by its name, for whoever asks for an explanation."""
    cli.file(content)
    done = cli.echo("explain", "sample.py", "--json")
    assert (1, reason) == (done.returncode, json.loads(done.stdout)["dropped_reason"])


@pytest.mark.parametrize("content", [b"\0\0x", b"x" * 30_000, b"x = 1\n" * 6_000_000])
def test_a_place_in_a_file_that_is_no_text(cli: CommandLine, content: bytes) -> None:
    """A cursor in it is no usage error: the file is the reason."""
    cli.file(content)
    assert 1 == cli.echo("complete", "sample.py:7:9").returncode


def test_an_empty_file_has_one_place(cli: CommandLine) -> None:
    """Line 1, column 1 of an empty file is a cursor like any other."""
    cli.file("")
    cli.script({"when": "", "tokens": ["import", " os"]})
    assert "import os\n" == cli.echo("complete", "sample.py:1:1").stdout


def test_a_secret(cli: CommandLine) -> None:
    """A file that the settings exclude is not sent to any model."""
    cli.file("x = ", ".env")
    done = cli.echo("complete", ".env:1:5", "--json")
    assert (1, "excluded") == (done.returncode, json.loads(done.stdout)["dropped_reason"])


@pytest.mark.parametrize(
    ("complaint", "place"),
    [
        ("there is no file 'missing.py'", "missing.py:1:1"),
        ("is not FILE:LINE:COLUMN", "sample.py"),
        ("is not FILE:LINE:COLUMN", "sample.py:1"),
        ("is not FILE:LINE:COLUMN", "sample.py:one:two"),
        ("is not FILE:LINE:COLUMN", "sample.py:1:-1"),
        ("there is no line 0", "sample.py:0:1"),
        ("there is no line 3", "sample.py:3:1"),
        ("has columns 1 to 6, not 0", "sample.py:1:0"),
        ("has columns 1 to 6, not 7", "sample.py:1:7"),
        ("there is no line 999999999", "sample.py:999999999:1"),
        ("is not FILE:LINE:COLUMN", "sample.py:1:" + "9" * 5000),
        ("'folder' is a directory", "folder:1:1"),
        ("cannot be read: File name too long", "x" * 300 + ":1:1"),
    ],
)
def test_places_that_are_none(cli: CommandLine, complaint: str, place: str) -> None:
    """Exit code 2 and a sentence about what is wrong; nothing on stdout, no traceback."""
    cli.file("x = 1\n")
    (cli.folder / "folder").mkdir()
    done = cli.echo("complete", place)
    assert (2, "") == (done.returncode, done.stdout)
    assert complaint in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("lines", ["0", "3", "2-1", "1-3"])
def test_lines_that_are_none(cli: CommandLine, lines: str) -> None:
    """Lines count from 1, and the last is not before the first."""
    cli.file("x = 1")
    done = cli.echo("explain", f"sample.py:{lines}")
    assert 2 == done.returncode
    assert "sample.py has lines 1 to 1" in " ".join(done.stderr.split())
