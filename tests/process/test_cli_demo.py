"""`phi-ls demo` from its first line to its last, with the model that comes with the package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from process.command_line import CommandLine

from phi_ls.terminal.demo_sample import MARK, load
from phi_providers.models.installed import builtin


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line with settings of its own."""
    return CommandLine(tmp_path)


def test_the_demo(cli: CommandLine) -> None:
    """All four acts are played by the real server, each with its time, in 80 columns of plain text."""
    done = cli.run("demo")
    assert (0, "") == (done.returncode, done.stderr)
    shown = done.stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "\x1b" not in shown
    acts = re.split(r"\n\d\. ", shown)
    assert 5 == len(acts)
    assert len(re.findall(rf"[\d.]+ ms · {builtin().id} on CPU · \d+ of \d+ prompt\s+tokens\s+reused", shown)) >= 3
    assert "class Cache:" in acts[3]
    assert "first word after" in acts[4]
    assert "It is a stand-in, not Phi-3" in " ".join(shown.split())


def test_what_is_typed_along_costs_nothing(cli: CommandLine) -> None:
    """With a known suggestion: the ghost text shrinks by what was typed, and the model is not asked."""
    cli.config.write_text("engine = 'echo'\n", "utf-8")
    cli.script({"when": "self.entries[", "tokens": ["key", "] = ", "value"]}, {"when": "", "tokens": ["None"]})
    shown = cli.run("demo").stdout
    assert "self.entries[▏key] = value" in shown
    assert "self.entries[key] =▏ value" in shown
    assert re.search(r"ms · from the suggestion cache, without the model", shown)


def test_what_is_not_suggested_is_said(cli: CommandLine) -> None:
    """A model that is never sure of itself: the demo shows the server's reason and goes on."""
    cli.config.write_text("engine = 'echo'\n", "utf-8")
    cli.script({"when": "", "tokens": ["None"], "log_prob": -9})
    done = cli.run("demo")
    assert 0 == done.returncode
    assert "nothing suggested: lowConfidence" in done.stdout


def test_no_engine_can_run(cli: CommandLine) -> None:
    """Exit code 3 and the cause in one sentence, with what to do next."""
    cli.config.write_text("engine = 'echo'\n", "utf-8")
    cli.script(load={"then": "fail"})
    done = cli.run("demo")
    assert 3 == done.returncode
    assert "nothing can be shown: the script says that loading fails" in " ".join(done.stdout.split())
    assert "phi-ls doctor" in done.stdout
    assert "" == done.stderr


def test_the_engine_dies_of_every_request(cli: CommandLine) -> None:
    """A model that loads and then cannot answer is no engine that works: exit code 3 with what happened to it."""
    cli.config.write_text("engine = 'echo'\n", "utf-8")
    cli.script({"when": "", "then": "exit"})
    done = cli.run("demo")
    assert 3 == done.returncode
    assert "exit code 7" in " ".join(done.stdout.split())


def test_phi_ls_is_off(cli: CommandLine) -> None:
    """Settings that switch everything off are named as the cause."""
    cli.config.write_text("enable = false\n", "utf-8")
    done = cli.run("demo")
    assert 3 == done.returncode
    assert "phi-ls is off in the settings" in done.stdout


@pytest.mark.parametrize("name", ["cache.py", "words.py", "settings.py"])
def test_samples(name: str) -> None:
    """Each stop is where the next one begins, and the whole is Python without a mark."""
    sample = load(name)
    assert sample.stops
    assert all(sample.text.startswith(stop) for stop in sample.stops)
    assert MARK not in sample.text
    compile(sample.text, name, "exec")
