"""complete, hover and explain on the command line: what is printed, and with which exit code the command ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from process.command_line import REPORT_KEYS, CommandLine

SOURCE = 'def area(width, height):\n    """Return the area."""\n    return \n'
CURSOR = "sample.py:3:12"


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line, with a sample to ask about."""
    command_line = CommandLine(tmp_path)
    command_line.file(SOURCE)
    return command_line


def test_complete_prints_the_suggestion(cli: CommandLine) -> None:
    """The text alone on stdout, nothing on stderr, exit code 0."""
    cli.script({"when": "area", "tokens": ["width", " * height"]})
    done = cli.echo("complete", CURSOR)
    assert (0, "width * height\n", "") == (done.returncode, done.stdout, done.stderr)


def test_complete_as_json(cli: CommandLine) -> None:
    """All keys of the contract, no others, and the values that the engine told."""
    cli.script({"when": "area", "tokens": ["width", " * height"]})
    report = cli.report("complete", CURSOR)
    assert REPORT_KEYS == list(report)
    assert ("width * height", "echo", "echo", "none", "auto") == tuple(report[key] for key in REPORT_KEYS[:5])
    assert report["prompt_tokens"] > 0
    assert (2, "stop", None) == (report["new_tokens"], report["finish_reason"], report["dropped_reason"])


def test_complete_has_nothing_to_suggest(cli: CommandLine) -> None:
    """Exit code 1, the reason by its name in the JSON, and in a sentence on stderr."""
    cli.script({"when": "area", "tokens": ["width"], "log_prob": -9})
    done = cli.echo("complete", CURSOR, "--json")
    assert 1 == done.returncode
    assert "lowConfidence" == json.loads(done.stdout)["dropped_reason"]
    assert done.stderr.startswith("phi-ls: lowConfidence: ")


@pytest.mark.parametrize("command", ["complete", "hover", "explain"])
def test_nothing_can_run(cli: CommandLine, command: str) -> None:
    """Exit code 3 with one line that says why, the same reason in the JSON, no traceback."""
    cli.script(load={"then": "fail"})
    done = cli.echo(command, "sample.py:1:5" if command != "explain" else "sample.py", "--json")
    assert 3 == done.returncode
    assert "noProvider" == json.loads(done.stdout)["dropped_reason"]
    assert REPORT_KEYS == list(json.loads(done.stdout))
    assert "phi-ls: noProvider: the script says that loading fails\n" == done.stderr


def test_hover_prints_facts_before_the_models_words(cli: CommandLine) -> None:
    """Signature and documentation first, then what the model says and who said it."""
    cli.script({"when": "area", "tokens": ["It", " multiplies."]})
    done = cli.echo("hover", "sample.py:1:5")
    assert 0 == done.returncode
    facts, _, said = done.stdout.partition("---")
    assert "def area(width, height)" in facts
    assert "Return the area." in facts
    assert said.strip().startswith("It multiplies.\n\n(echo:")


def test_hover_beside_a_symbol(cli: CommandLine) -> None:
    """Where no word is, there is nothing to say: exit code 1."""
    done = cli.echo("hover", "sample.py:3:1", "--json")
    assert (1, "empty") == (done.returncode, json.loads(done.stdout)["dropped_reason"])


def test_explain_keeps_the_spaces_of_each_piece(cli: CommandLine) -> None:
    """What is streamed to stdout is what the model wrote, blanks and line ends included."""
    cli.script({"when": "area", "tokens": ["This", " is", "  the\tarea", ".\n", "  - ", "done"]})
    done = cli.echo("explain", "sample.py")
    assert (0, "This is  the\tarea.\n  - done\n") == (done.returncode, done.stdout)


def test_explain_drives_no_terminal(cli: CommandLine) -> None:
    """Escape sequences, bidi marks and tags of the model do not reach the terminal; the words do."""
    cli.script({"when": "area", "tokens": ["\x1b[31mred ", "\u202eleft", " \U000e0041\x07end"]})
    assert "[31mred left end\n" == cli.echo("explain", "sample.py").stdout


def test_explain_as_json(cli: CommandLine) -> None:
    """One object, with the whole text, after the last word."""
    cli.script({"when": "area", "tokens": ["It", " multiplies."]})
    report = cli.report("explain", "sample.py:1-3")
    assert REPORT_KEYS == list(report)
    assert "It multiplies." == report["text"]


def test_explain_lines_alone(cli: CommandLine) -> None:
    """Only the lines asked for are in the prompt that asks, and those above them."""
    cli.file("first = 1\nsecond = 2\nthird = 3\n", "lines.py")
    cli.script({"when": "third", "tokens": ["wrong"]}, {"when": "second", "tokens": ["right"]})
    assert "right" == cli.report("explain", "lines.py:2")["text"]


def test_a_notice_goes_to_stderr(cli: CommandLine) -> None:
    """What the user must know of the model's answers is no part of the answer."""
    cli.script({"when": "area", "tokens": ["It multiplies."]})
    done = cli.echo("explain", "sample.py")
    assert "It multiplies.\n" == done.stdout
    assert "phi-ls: echo: scripted answers, no model\n" == done.stderr


def test_the_built_in_model_answers(cli: CommandLine) -> None:
    """With no option at all, the model that comes with the package hovers, explains, and suggests or says why not."""
    report = json.loads(cli.run("hover", "sample.py:1:5", "--json").stdout)
    assert ("openvino", "CPU", "auto") == (report["engine"], report["device"], report["requested_device"])
    assert report["prompt_tokens"] > 0
    assert "def area(width, height)" in report["text"]
    assert 0 == cli.run("explain", "sample.py").returncode
    done = cli.run("complete", CURSOR, "--json")
    suggestion = json.loads(done.stdout)
    assert bool(done.returncode) == bool(suggestion["dropped_reason"]) == (not suggestion["text"])
