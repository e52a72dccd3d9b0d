"""Keys and passwords in source text, made unreadable before a model sees it."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache

MASK = "x"
MAX_LINE = 2_000
"""Characters of a line that are looked at; in longer ones the beginning."""

_ISSUED = re.compile(
    r"""(?x)
    (?<![A-Za-z0-9_])
    (?: (?:AKIA|ASIA|ABIA|ACCA)(?=[A-Z0-9]{16}\b)             # Amazon Web Services
      | gh[pousr]_(?=[A-Za-z0-9]{36})                          # GitHub
      | github_pat_(?=[A-Za-z0-9_]{22})
      | glpat-(?=[A-Za-z0-9_-]{20})                            # GitLab
      | xox[abposr]-(?=[A-Za-z0-9-]{10})                       # Slack
      | sk-(?:ant-|proj-)?(?=[A-Za-z0-9_-]{20})                # model providers
      | [sr]k_(?:live|test)_(?=[A-Za-z0-9]{16})                # Stripe
      | AIza(?=[A-Za-z0-9_-]{35})                              # Google
      | hf_(?=[A-Za-z0-9]{30})                                 # Hugging Face
      | npm_(?=[A-Za-z0-9]{36})
      | pypi-(?=[A-Za-z0-9_-]{50})
      | eyJ(?=[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.)        # JSON Web Token
    )
    """
)
"""How keys begin that say whose they are, with the least that must follow."""
_KEY_TAIL = re.compile(r"[A-Za-z0-9_.=+/-]+")

_NAMED = re.compile(
    r"""(?xi)
    (?: (?P<certain>pass(?:word|wd|phrase|(?![a-z]))|pwd|secret)
      | token|credentials?|(?:api|access|private)[_-]?key|auth )
    \w*["']?\s*(?:=>|:=|[=:])\s*[bru]{0,2}(?P<quote>["'])(?P<value>[^"'\s]{8,})(?P=quote)
    """
)
"""A value in quotes under a name that says what it is; only a password may be without a digit, a token is mostly a word
then."""
_PLACEHOLDER = re.compile(r"(?i)x+|\*+|[<{$%].*|.*(?:example|changeme|placeholder|your[_-]|dummy|test|none|null).*")

_IN_ADDRESS = re.compile(r"://[^\s/:@\"']{0,100}:(?P<value>[^\s/@\"']{3,200})@")
"""`scheme://user:password@host`."""

_BLOB = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{60,}={0,2}(?![A-Za-z0-9+/_-])")
"""A line of a PEM block, or a key without a name."""
_BLOB_BITS = 4.5
"""Bits per character: base64 of random bytes has 5.4 to 6 at this length, names joined by underscores about 4."""

_RANDOM_BITS = 2.5
"""Bits per character of a named value: eight random letters and digits have 3 at most, `aaaaaaaa` has none."""


@lru_cache(maxsize=8192)
def masked(line: str) -> str:
    """Return the line with keys and passwords made unreadable; everything stays in its column."""
    text = line[:MAX_LINE]
    if len(text) < 12:
        return line
    spans = [*_issued(text), *_named(text), *_blobs(text), *(each.span("value") for each in _IN_ADDRESS.finditer(text))]
    if not spans:
        return line
    characters = list(line)
    for start, stop in spans:
        characters[start:stop] = MASK * (stop - start)
    return "".join(characters)


def _issued(text: str) -> list[tuple[int, int]]:
    """Return what follows the beginnings, which stay: they tell a model what stands there."""
    found = []
    for each in _ISSUED.finditer(text):
        tail = _KEY_TAIL.match(text, each.end())
        if tail is not None:
            found.append(tail.span())
    return found


def _named(text: str) -> list[tuple[int, int]]:
    return [each.span("value") for each in _NAMED.finditer(text) if _looks_secret(each)]


def _looks_secret(named: re.Match[str]) -> bool:
    value = named["value"]
    likely = named["certain"] is not None or any(character.isdigit() for character in value)
    return likely and not _PLACEHOLDER.fullmatch(value) and _bits(value) >= _RANDOM_BITS


def _blobs(text: str) -> list[tuple[int, int]]:
    return [each.span() for each in _BLOB.finditer(text) if _bits(each.group()) >= _BLOB_BITS]


def _bits(text: str) -> float:
    """Return the Shannon entropy of the characters, in bits per character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())
