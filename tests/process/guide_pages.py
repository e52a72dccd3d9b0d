"""Reads the pages of docs/runtimes, and does what they say.

Behind the language of a fenced block stands how it is tried:

- `sh run`: by `make test`; `sh run-engines`: by `make test-engines`, which runs the others of the page, too
- `sh watch`: by `make test`, on a terminal, ended with Ctrl-C once it shows what the page says
- nothing: not at all, and the paragraph above says so, and what it needs

A block of `text` right below one that is run is what it prints: these lines in this order, `…` being anything.
"""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "runtimes").glob("*.md"))

LIGHT = ("run", "watch")
ALL = (*LIGHT, "run-engines")
COMMANDS = ("sh", "powershell")
"""Languages of what is typed into a terminal; the others are files and output."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block of a page."""

    place: str
    """Page and line, for messages."""
    language: str
    how: str
    text: str
    above: str
    """The paragraph right above it; empty when there is none."""
    shown: tuple[str, ...] = ()
    """Lines that it prints."""


def read(page: Path) -> list[Block]:
    """Return the blocks of a page; output is with the command that prints it."""
    blocks: list[Block] = []
    for block in _fences(page):
        if block.language == "text" and blocks and blocks[-1].how and not block.above:
            blocks[-1] = replace(blocks[-1], shown=tuple(block.text.splitlines()))
        else:
            blocks.append(block)
    return blocks


def _fences(page: Path) -> Iterator[Block]:
    above = ""
    for token in MarkdownIt().parse(page.read_text("utf-8")):
        if token.type == "inline":
            above = token.content
        elif token.type == "fence":
            language, _, how = token.info.strip().partition(" ")
            line = token.map[0] + 1 if token.map else 0
            place = f"{page.name}:{line}"
            yield Block(place=place, language=language, how=how.strip(), text=token.content, above=above)
            above = ""


def lacking(expected: Iterable[str], output: str) -> str:
    """Return the first expected line that the output does not have behind the ones before it; empty if it has all."""
    lines = iter(line.strip() for line in output.splitlines())
    for wanted in filter(None, map(str.strip, expected)):
        pattern = re.compile(".*".join(map(re.escape, wanted.split("…"))))
        if not any(pattern.fullmatch(line) for line in lines):
            return wanted
    return ""


@dataclass(frozen=True, kw_only=True)
class Follower:
    """Somebody who types what a page says, with a work folder and a home folder."""

    folder: Path
    home: Path
    environ: Mapping[str, str]
    """Of the one who runs the tests, as far as it is not about folders."""
    patience_s: float

    def follow(self, page: Path, how: tuple[str, ...] = ALL) -> list[str]:
        """Do the blocks of these kinds in order; return their places. Raises AssertionError at the first that fails."""
        done = []
        for block in read(page):
            if block.language in COMMANDS and block.how in how:
                output = self._watch(block) if block.how == "watch" else self._run(block)
                assert not (line := lacking(block.shown, output)), f"{block.place} prints no {line!r}, but\n{output}"
                done.append(block.place)
        return done

    def _run(self, block: Block) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text],
            cwd=self.folder,
            env=self._env(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=self.patience_s,
        )
        assert 0 == done.returncode, (
            f"{block.place} ended with {done.returncode}:\n{done.stdout}\n{done.stderr[-3000:]}"
        )
        return done.stdout

    def _watch(self, block: Block) -> str:
        """Run it on a terminal until it has shown what the page says; the test's own time limit ends the wait."""
        assert block.shown, f"{block.place} does not say what it shows"
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", f"exec {block.text}"],
            cwd=self.folder,
            env={**self._env(), "TERM": "xterm-256color", "COLUMNS": "120"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        written, asked = b"", False
        # Linux ends a pseudo-terminal with an error, others with nothing.
        with contextlib.suppress(OSError):
            while piece := os.read(ours, 65536):
                written += piece
                if not (asked or lacking(block.shown, _plain(written))):
                    asked = True
                    process.send_signal(signal.SIGINT)
        os.close(ours)
        code = process.wait(self.patience_s)
        assert 0 == code, f"{block.place} ended with {code}:\n{_plain(written)}"
        return _plain(written)

    def _env(self) -> dict[str, str]:
        """Return the environment of a terminal in which phi-ls is installed."""
        ours = ("PHI_LS_", "XDG_", "PYTHON", "VIRTUAL_ENV")
        kept = {name: value for name, value in self.environ.items() if not name.startswith(ours)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{self.environ['PATH']}"
        # PHI_LS is what the pages call the reader's checkout.
        return {**kept, "HOME": str(self.home), "PATH": path, "PYTHONUTF8": "1", "PHI_LS": str(ROOT)}


def _plain(written: bytes) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.decode("utf-8", "replace"))
