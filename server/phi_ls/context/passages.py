"""Passages of other open documents: what they are, what they cost, and when one says what is there already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from phi_ls.context.secrets import masked_lines
from phi_ls.context.syntax import Parsed, Syntax

PART_NAME = "snippet"
"""What the parts of a prompt with passages are called, each with its number, in the worker's report of what it cut."""

MIN_LINE_CHARS = 4
"""Shorter lines, such as `}` and `pass`, are everywhere and make no two texts alike."""

MAX_ALIKE = 0.5
"""Share of a passage's lines that may be in the prompt already; models copy what stands there twice."""

NAMING_CHARS = 40
"""What stands around a passage in a prompt beside its path and language; of the longer of the forms."""

WORD = re.compile(r"[^\W\d]\w{2,}")

_FAMILIES = (
    frozenset({"javascript", "javascriptreact", "typescript", "typescriptreact"}),
    frozenset({"c", "cpp", "objective-c", "cuda-cpp"}),
)


@dataclass(frozen=True, kw_only=True)
class OpenFile:
    """An open document that a model may see."""

    uri: str
    version: int
    language: str
    """LSP language id."""
    path: str
    """As `Snapshot.path`: never absolute."""
    lines: Sequence[str]
    edited_line: int | None = None
    """Where it was edited last, from 0; None if it was not since it was opened."""
    syntax: Syntax | None = field(default=None, compare=False, repr=False)
    """What is known of its tree."""

    def parsed(self) -> Parsed | None:
        """Return its tree, of which only what has changed is parsed; None for a language without a grammar."""
        return (self.syntax or Syntax(self.language)).of(self.lines)


@dataclass(frozen=True, kw_only=True)
class Passage:
    r"""Neighbouring lines of an open document, joined by \n, as they were when they were chosen."""

    uri: str
    path: str
    language: str
    first_line: int
    text: str

    @property
    def lines(self) -> frozenset[str]:
        """Its lines that say something, without indentation."""
        return telling_lines(self.text.split("\n"))


def related(language: str, other: str) -> bool:
    """Whether what is written in one of two languages is of use in the other."""
    return language == other or any(language in family and other in family for family in _FAMILIES)


def passage(file: OpenFile, first: int, stop: int) -> Passage:
    """Return these lines of a document, less blank ones at both ends."""
    while first < stop and not file.lines[first].strip():
        first += 1
    while stop > first and not file.lines[stop - 1].strip():
        stop -= 1
    text = "\n".join(masked_lines(file.lines[first:stop]))
    return Passage(uri=file.uri, path=file.path, language=file.language, first_line=first, text=text)


def telling_lines(lines: Iterable[str]) -> frozenset[str]:
    """Return the lines that say something, without indentation."""
    return frozenset(bare for line in lines if len(bare := line.strip()) >= MIN_LINE_CHARS)


def words(lines: Iterable[str]) -> frozenset[str]:
    """Return the words of three letters and more."""
    return frozenset(word for line in lines for word in WORD.findall(line))


def alike(lines: frozenset[str], there: frozenset[str]) -> bool:
    """Whether more of the lines than is good are in the other text, too; a text without lines is like any."""
    return len(lines & there) > MAX_ALIKE * len(lines) or not lines


def tokens(passages: Iterable[Passage], chars_per_token: float) -> int:
    """Return about how many tokens passages take in a prompt, with the lines that name them.

    Outside ASCII a token is about two bytes of UTF-8.
    """
    total = 0.0
    for each in passages:
        size = len(each.text) + len(each.path) + len(each.language) + NAMING_CHARS
        total += size / chars_per_token + 0.75 * (len(each.text.encode("utf-8", "replace")) - len(each.text))
    return round(total)
