"""`phi-ls bench`: what it measures through a worker process, what it prints, what it does when a worker will not."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from process.command_line import CommandLine

WORDS = {"tokens": ["a ", "b ", "c ", "d "], "then": "forever"}
QUICK = ("--engine", "echo", "--repeats", "3", "--tokens", "8", "--prompt-tokens", "64")


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line whose engine takes 20 ms to read a prompt and 5 ms for a token."""
    command_line = CommandLine(tmp_path)
    command_line.script({**WORDS, "prefill_ms": 20, "token_ms": 5}, record=str(tmp_path / "record"))
    return command_line


def measured(cli: CommandLine, *arguments: str) -> dict[str, Any]:
    """Run the command with the scripted engine and return its JSON."""
    done = cli.run("bench", *QUICK, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def prompts(cli: CommandLine) -> list[str]:
    """Return the prompts that the engine got, in order."""
    lines = (cli.folder / "record").read_text("utf-8").splitlines()
    return [entry["prompt"] for entry in map(json.loads, lines) if "prompt" in entry]


def test_times_are_those_of_the_engine(cli: CommandLine) -> None:
    """A scripted pace is found again: never faster, and not much slower."""
    (row,) = measured(cli)["rows"]
    assert ("echo", "echo", "none", "") == (row["model"], row["engine"], row["device"], row["failure"])
    assert 25 <= row["first_token_cold_ms"] < 250
    assert 5 <= row["ms_per_token"] < 50
    assert row["tokens_per_s"] == pytest.approx(1000 / row["ms_per_token"], rel=0.01)
    assert 0 < row["load_ms"] < 60_000


def test_each_repeat_has_a_new_prompt_and_then_the_same_with_more(cli: CommandLine) -> None:
    """Cold is a prompt whose first word the engine has not seen; cached is that prompt and a few tokens."""
    measured(cli)
    asked = prompts(cli)[2:]  # two before the first repeat find out how long a prompt is
    assert 6 == len(asked)
    assert 3 == len({prompt.split()[0] for prompt in asked})
    for cold, cached in zip(asked[::2], asked[1::2], strict=True):
        assert cached.startswith(cold)
        assert 0 < len(cached) - len(cold) < 32


def test_what_the_cache_gave_is_reported(cli: CommandLine) -> None:
    """The engine knows nothing of a cold prompt, and all words but the last of a cached one."""
    for sample in measured(cli)["rows"][0]["samples"]:
        assert 0 == sample["cold_tokens_reused"]
        assert sample["prompt_tokens"] - 1 <= sample["cached_tokens_reused"] <= sample["prompt_tokens"]
        assert 8 == sample["new_tokens"]


def test_each_length_has_a_row_of_about_that_length(cli: CommandLine) -> None:
    """The prompt's length is the engine's count of tokens, whatever a token is; one worker serves both lengths."""
    rows = measured(cli, "--prompt-tokens", "256")["rows"]
    assert 2 == len(rows)
    for wanted, row in zip((64, 256), rows, strict=True):
        assert abs(row["prompt_tokens"] - wanted) <= 12
    assert 1 == (cli.folder / "record").read_text("utf-8").count('"load"')


def test_a_prompt_stays_within_the_context(cli: CommandLine) -> None:
    """More tokens than the model takes are never sent."""
    row = measured(cli, "--prompt-tokens", "100000", "--repeats", "1")["rows"][-1]
    assert 1800 < row["prompt_tokens"] < 2048


def test_the_memory_is_the_workers(cli: CommandLine) -> None:
    """A Python process with an engine in it has megabytes, and never had less at most than it has now."""
    row = measured(cli)["rows"][0]
    assert 5 * 2**20 < row["resident_bytes"] < 2 * 2**30
    assert row["peak_bytes"] is None or row["peak_bytes"] >= row["resident_bytes"] // 2
    assert row["device_bytes"] is None


def test_the_table(cli: CommandLine) -> None:
    """People get a table of at most their terminal's width on stdout, and what is being done on stderr."""
    for width in ("80", "120"):
        cli.env["COLUMNS"] = width
        done = cli.run("bench", *QUICK)
        assert 0 == done.returncode
        assert max(map(len, done.stdout.splitlines())) <= int(width)
        (row,) = (line.split() for line in done.stdout.splitlines() if line.strip().startswith("echo "))
        assert ["echo", "none"] == row[:2]
        assert "echo none: 3 of 3" in done.stderr


def test_a_worker_that_dies_is_a_row_with_the_reason(cli: CommandLine) -> None:
    """The figures of the repeats before its death stay, and the death is told."""
    cli.script({"when": " = 1\n", "tokens": ["x "], "then": "abort", "at": 1}, WORDS)
    done = cli.run("bench", *QUICK, "--json")
    (row,) = json.loads(done.stdout)["rows"]
    assert (0, 1) == (done.returncode, len(row["samples"]))
    assert "crashed in native code" in row["failure"]


def test_a_worker_that_dies_leaves_a_row_for_each_length(cli: CommandLine) -> None:
    """Also for those whose turn had not come, with the same reason."""
    cli.script({"when": " = 1\n", "tokens": ["x "], "then": "abort", "at": 1}, WORDS)
    done = cli.run("bench", *QUICK, "--prompt-tokens", "256", "--json")
    first, second = json.loads(done.stdout)["rows"]
    assert (1, 0) == (len(first["samples"]), len(second["samples"]))
    assert "crashed in native code" in first["failure"]
    assert first["failure"] == second["failure"]


def test_a_worker_that_refuses_is_no_end(cli: CommandLine) -> None:
    """An engine that cannot load is told of with its reason, once, and nothing measured at all is exit code 3."""
    cli.script(load={"then": "fail"}, record=str(cli.folder / "record"))
    done = cli.run("bench", *QUICK)
    assert 3 == done.returncode
    assert "echo none: the script says that loading fails" in " ".join(done.stdout.split())
    assert 1 == (cli.folder / "record").read_text("utf-8").count('"load"')


def test_an_engine_without_its_environment_is_left_out(cli: CommandLine) -> None:
    """What cannot run is not tried: why and what to do is told, and the rest is measured."""
    found = measured(cli, "--engine", "npu_library")
    assert ["echo"] == [row["engine"] for row in found["rows"]]
    assert [("npu_library", True)] == [
        (each["what"], "phi-ls doctor --fix npu_library" in each["reason"]) for each in found["left_out"]
    ]


def test_the_users_own_server_needs_its_address(cli: CommandLine) -> None:
    """Named without the setting openaiServer.url, the engine openai_server is left out, which is said."""
    (left,) = measured(cli, "--engine", "openai_server")["left_out"]
    assert "openai_server" == left["what"]
    assert "openaiServer.url" in left["reason"]


def test_wrong_words_are_refused_before_anything_is_measured(cli: CommandLine) -> None:
    """An engine, a model or a number that cannot be meant is a usage error, and no worker starts."""
    for wrong in (("--engine", "tensorflow"), ("--model", "nowhere"), ("--device", "a b"), ("--repeats", "0")):
        done = cli.run("bench", *QUICK, *wrong)
        assert (2, "") == (done.returncode, done.stdout), wrong
    assert not (cli.folder / "record").exists()


def test_the_charts_are_a_picture(cli: CommandLine) -> None:
    """`--chart` writes a PNG of more than a few bytes and says where."""
    done = cli.run("bench", *QUICK, "--chart", "speed.png")
    picture = (cli.folder / "speed.png").read_bytes()
    assert (0, b"\x89PNG\r\n\x1a\n") == (done.returncode, picture[:8])
    assert len(picture) > 10_000
    assert "speed.png" in done.stderr


def test_a_chart_that_could_not_be_drawn_is_refused_at_once(cli: CommandLine) -> None:
    """A folder that is not there, or a picture of an unknown kind: one error, and no worker starts."""
    (cli.folder / "folder.png").mkdir()
    for file, told in (("nowhere/speed.png", "no folder"), ("speed.bmp", ".png"), ("folder.png", "is no file")):
        done = cli.run("bench", *QUICK, "--chart", file)
        assert (2, "") == (done.returncode, done.stdout)
        assert told in done.stderr
    assert not (cli.folder / "record").exists()


def test_without_matplotlib_it_is_said_how_to_get_it(cli: CommandLine) -> None:
    """Before anything is measured, one error names the extra to install; without --chart nothing needs it."""
    # In the child, as on a machine without it.
    (cli.folder / "sitecustomize.py").write_text("import sys\nsys.modules['matplotlib'] = None\n", "utf-8")
    cli.env["PYTHONPATH"] = os.pathsep.join([str(cli.folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = cli.run("bench", *QUICK, "--chart", "speed.png")
    assert (2, False) == (done.returncode, (cli.folder / "record").exists())
    assert "pip install 'phi-ls[charts]'" in done.stderr
    assert 0 == cli.run("bench", *QUICK).returncode
