"""Code that is typed key by key into an editor which closes brackets and tags, lets them be typed over and indents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lsprotocol.types import Position

from phi_ls.context.snapshot import Snapshot
from phi_ls.documents import Document

SAMPLES = Path(__file__).parent.parent / "data" / "typing"
MARK = "‸"
"""Stands where the typing begins, and where it ends."""

LANGUAGES = {".c": "c", ".go": "go", ".html": "html", ".md": "markdown", ".py": "python", ".ts": "typescript"}
BRACKETS = {"(": ")", "[": "]", "{": "}"}
QUOTES = {'"': '"', "'": "'", "`": "`"}
OPEN_TAG = re.compile(r"<(\w+)[^<>/]*>$")


@dataclass
class Sample:
    """A file of which a part is typed."""

    path: str
    language: str
    before: str
    typed: str
    after: str

    def amid(self, others: int) -> Sample:
        """Return it in the middle of a file that is so many times as long on each side."""
        more = f"{self.before}{self.typed}{self.after}\n" * others
        return Sample(self.path, self.language, more + self.before, self.typed, f"{self.after}\n{more}")


def samples() -> list[Sample]:
    """Return all samples: six languages, of them Python in two scripts."""
    found = []
    for file in sorted(SAMPLES.iterdir()):
        before, typed, after = file.read_text("utf-8").split(MARK)
        path = Path("src") / file.stem
        found.append(Sample(path.as_posix(), LANGUAGES[path.suffix], before, typed, after))
    return found


class Typist:
    """What stands before the cursor and after it, while a sample is typed."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self._before, self._after = sample.before, sample.after
        self._closers: list[str] = []
        self._pairs = BRACKETS if sample.language in ("html", "markdown") else {**BRACKETS, **QUOTES}

    def snapshots(self) -> Iterator[Snapshot]:
        """Yield the document after each key, which brings the text that there is to be in the end."""
        rest = self.sample.typed
        while rest:
            rest = rest[self._press(rest) :]
            yield self._snapshot()
        assert self.sample.before + self.sample.typed == self._before
        assert self.sample.after == self._after

    def _press(self, rest: str) -> int:
        """Press the key that brings the next of the text; return how much it has brought."""
        closer = self._closers[-1] if self._closers else ""
        if closer and rest.startswith(closer) and self._after.startswith(closer):
            return self._pass(len(closer))
        if rest[0] == "\n":
            return self._enter(rest, closer)
        self._before += rest[0]
        if closing := self._closing(rest[0]):
            self._closers.append(closing)
            self._after = closing + self._after
        return 1

    def _pass(self, count: int) -> int:
        self._before, self._after = self._before + self._after[:count], self._after[count:]
        self._closers.pop()
        return count

    def _closing(self, typed: str) -> str:
        """Return what the editor puts behind the cursor: nothing in front of a word, and no quote behind one."""
        if tag := OPEN_TAG.search(self._before) if self.sample.language == "html" else None:
            return f"</{tag[1]}>"
        last, following = self._before[-2:-1], self._after[:1]
        if following.strip() and following not in BRACKETS.values():
            return ""
        return "" if typed in QUOTES and (last.isalnum() or last == typed) else self._pairs.get(typed, "")

    def _enter(self, rest: str, closer: str) -> int:
        """Begin a line with its indentation; between an opener and its closer that one gets a line of its own."""
        gap = rest[: len(rest) - len(rest.lstrip())]
        if closer and self._after.startswith(gap + closer) and rest.startswith(gap + closer):
            return self._pass(len(gap + closer))  # a step down to the line that the closer was pushed to
        line = self._before.rpartition("\n")[2]
        if closer and line[-1:] in (*BRACKETS, ">") and self._after.startswith(closer) and _ends_block(rest, closer):
            self._after = f"\n{line[: len(line) - len(line.lstrip())]}{self._after}"
        self._before += gap
        return len(gap)

    def _snapshot(self) -> Snapshot:
        document = Document("file:///w/m", 1, self.sample.language, self._before + self._after, "utf-32")
        lines = self._before.split("\n")
        return document.snapshot(Position(len(lines) - 1, len(lines[-1])), path=self.sample.path)


def _ends_block(rest: str, closer: str) -> bool:
    """Tell whether in the text to be typed this closer stands at the beginning of a line."""
    depth = 0
    for found in re.finditer(r"[(\[{]|[)\]}]|<\w[^<>/]*>|</\w+>", rest):
        closes = found[0][0] in ")]}" or found[0].startswith("</")
        depth += -1 if closes else 1
        if depth < 0:
            return found[0] == closer and not rest[: found.start()].rpartition("\n")[2].strip()
    return False
