"""Keys and passwords in source text, made unreadable before a model sees it."""

from __future__ import annotations

import base64
import binascii
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from phi_ls.context import secret_patterns as patterns

MASK = "x"
MAX_LINE = 20_000
"""Characters of a line that are looked at, in longer ones the beginning; in documents with longer lines nothing is
suggested."""

_BLOB_BITS = 4.5
"""Bits per character: base64 of random bytes has 5.4 to 6 at this length, names joined by underscores about 4."""
_RANDOM_BITS = 2.5
"""Bits per character of a named value: eight random letters and digits have 3 at most, `aaaaaaaa` has none."""
_SHORT_BITS = 2.0
"""The same of one shorter than eight characters, which must have a digit, too."""
_SHORT = 8
_TOKEN = 16
"""Characters of a value without quotes whose name is that of a token: shorter ones are mostly words of a language."""
_TOKEN_DIGITS = 3
_BLOCK_LEAST = 16
"""Characters of a private key's first line; code that only speaks of such keys has `pass` there."""
_SHORTEST = 6
_RUN = 64
_NAME = "password = "


def masked_lines(lines: Sequence[str], first: int = 0) -> tuple[str, ...]:
    """Return consecutive lines with keys and passwords made unreadable, those over several lines as well.

    `first`: where in their document the lines begin. They are looked at, and remembered, in runs that stay where they
    are in it: a key changes one of fifteen.
    """
    edges = [0, *range(-first % _RUN or _RUN, len(lines), _RUN), len(lines)]
    result: list[str] = []
    for start, stop in itertools.pairwise(edges):
        result += _masked_run(lines[start - 1] if start else "", tuple(lines[start:stop]))
    for row, line in enumerate(lines):
        if "PRIVATE KEY" in line:
            _mask_block(lines, row, result)
    return tuple(result)


@lru_cache(maxsize=1024)
def _masked_run(before: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines behind `before`, masked but for blocks, which may be longer."""
    above = (before, *lines)
    return tuple(
        _mask_continued(masked(line)) if _opens(above[row]) else masked(line) for row, line in enumerate(lines)
    )


@lru_cache(maxsize=8192)
def masked(line: str) -> str:
    """Return the line with keys and passwords made unreadable; everything stays in its column."""
    text = line[:MAX_LINE]
    if len(text) < _SHORT:
        return line
    return _cover(line, [*_spans(text)])


def _cover(line: str, spans: Sequence[tuple[int, int]]) -> str:
    if not spans:
        return line
    characters = list(line)
    for start, stop in spans:
        characters[start:stop] = MASK * (stop - start)
    return "".join(characters)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    yield from (each.span("value") for each in patterns.ISSUED.finditer(text))
    yield from (each.span("value") for each in patterns.BLOB.finditer(text) if _bits(each["value"]) >= _BLOB_BITS)
    if not patterns.HINT.search(text):
        return
    yield from (each.span("value") for each in patterns.NAMED.finditer(text) if _is_named_secret(each))
    yield from (each.span("value") for each in patterns.BARE.finditer(text) if _is_bare_secret(each))
    yield from (each.span(each.lastgroup or 0) for each in patterns.OTHERS.finditer(text))
    yield from (each.span("value") for each in patterns.BASIC.finditer(text) if _is_login(each["value"]))


def _is_named_secret(named: re.Match[str]) -> bool:
    value = named["value"]
    words = " " in value
    if (named["loose"] or words) and named["certain"] is None:
        return False
    needs_digit = bool(named["loose"]) or words or named["certain"] is None or len(value) < _SHORT
    return (not needs_digit or _has_digit(value)) and _looks_random(value)


def _is_bare_secret(bare: re.Match[str]) -> bool:
    value = bare["value"]
    certain = bare["certain"] or bare["inner"] or bare["flag"]
    if bare["sign"] is None and bare["flag"] is None:
        return False
    long_enough = len(value) >= (_SHORTEST if certain else _TOKEN)
    digits = sum(character.isdigit() for character in value)
    mixed = digits >= (1 if certain else _TOKEN_DIGITS) and any(character.isalpha() for character in value)
    return long_enough and mixed and _looks_random(value) and not patterns.TYPE.fullmatch(value)


def _looks_random(value: str) -> bool:
    least = _SHORT_BITS if len(value) < _SHORT else _RANDOM_BITS
    return not patterns.PLACEHOLDER.fullmatch(value) and _bits(value) >= least


def _is_login(encoded: str) -> bool:
    """Tell whether this is `user:password` in base64."""
    try:
        decoded = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return b":" in decoded and decoded.isascii() and decoded.decode("ascii").isprintable()


@lru_cache(maxsize=8192)
def _opens(line: str) -> bool:
    """Tell whether the line ends in a name that says what its value is, which stands in the next one."""
    return patterns.OPENS.search(line[-200:]) is not None


def _mask_continued(line: str) -> str:
    """Return the line masked as if the name stood in front of it."""
    value = line.lstrip()
    return line[: len(line) - len(value)] + masked(_NAME + value)[len(_NAME) :]


def _mask_block(lines: Sequence[str], row: int, result: list[str]) -> None:
    """Mask the lines of a private key below its beginning or above its end, as far as they are such lines."""
    if patterns.BEGIN_BLOCK.search(lines[row]):
        step, least = 1, _BLOCK_LEAST
    elif patterns.END_BLOCK.match(lines[row]):
        step, least = -1, 0
    else:
        return
    at = row + step
    while 0 <= at < len(lines) and (found := patterns.BLOCK_LINE.fullmatch(lines[at])):
        if len(found["value"]) < least:
            return
        result[at] = _cover(lines[at], [found.span("value")])
        at, least = at + step, 0


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _bits(text: str) -> float:
    """Return the Shannon entropy of the characters, in bits per character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())
