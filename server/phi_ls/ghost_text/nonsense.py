"""Lines that nobody writes: one pattern over and over, the same on both sides, a name set to itself."""

from __future__ import annotations

import re

from phi_ls.ghost_text.languages import PROSE

_OPERAND = r"[\w.!]+(?:\([^()\n]{0,80}\))?(?:\s(?:[=!]==?|[<>]=?|is|in)\s[\w.\"']+)?"
_SAME_TWICE = re.compile(
    rf"""(?x)
      (?: ^\s* | [(\[{{,=]\s* | \b(?:return|if|elif|while|not|yield|await)\s+ )
      ({_OPERAND}) \s+ (?:and|or|&&|\|\||\?\?) \s+ \1 \s* (?= $ | [)\]}};:,{{] )
    | \? \s* ({_OPERAND}) \s* : \s* \2 \s* (?= $ | [)\]}};,] )
    """
)
"""`a and a`, `c ? b : b`: in 280,000 lines of installed packages nine look like this, and in most of those only the end
of a longer operand does."""
_SET_TO_ITSELF = re.compile(r"\s*([\w.]*\w)\s+=\s+\1;?\s*")
_RUN = re.compile(r"(\S.{0,79}?)\1{2,}")
_ATTACHED_RULER = re.compile(r"[\w)]([-=*#_~])\1{11}")
"""A ruler that begins in the middle of a word; in 280,000 lines of installed packages there are two."""
_DECORATION = frozenset("-=*#_~./\\ \t+|")
_UPWARDS = 9
"""Folders that a path may go up."""


def is_nonsense(line: str, language: str) -> bool:
    """Tell whether the line, from its first character to its last, is one that is never meant."""
    if has_run(line):
        return True
    if language in PROSE:
        return False
    return _SET_TO_ITSELF.fullmatch(line) is not None or _SAME_TWICE.search(line) is not None


def has_run(line: str) -> bool:
    """Tell whether one pattern stands in the line more often in a row than anybody writes it; more text keeps it so."""
    return _ATTACHED_RULER.search(line) is not None or any(map(_is_run, _RUN.finditer(line)))


def _is_run(found: re.Match[str]) -> bool:
    unit = found[1]
    return len(found[0]) // len(unit) >= _too_often(unit)


def _too_often(unit: str) -> int:
    """Return how often a unit in a row is nonsense; rulers and rows of a table are not, however long they are."""
    if set(unit) == {".", "/"}:
        return _UPWARDS
    if set(unit) <= _DECORATION or len(unit) < 3:
        return 121
    if any(character.isdigit() for character in unit) and not any(character.isalpha() for character in unit):
        return 16
    if len(unit) < 10:
        return 6
    return 4 if len(unit) < 24 else 3
