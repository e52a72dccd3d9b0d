"""Turns the source files of one package into cleaned texts, counting what is left out and why."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from starter_training.archives import LANGUAGES
from starter_training.clean_paths import is_declaration, is_test, path_reason
from starter_training.generated import generated_reason
from starter_training.secret_values import has_secret, without_people

LEAST_CHARACTERS = 200
MOST_TESTS = 0.1
"""Largest share of a package's text that tests may have."""

MOST_DECLARATIONS = 0.05
"""Largest share of a package's TypeScript that declaration files may have."""

HEADER = {
    "python": re.compile(r"\A((?:#!.*\n|#.*coding[:=].*\n|\s*\n)*)((?:#.*\n|\s*\n)+)"),
    "javascript": re.compile(r"\A((?:#!.*\n|\s*\n)*)((?:/\*(?:.|\n)*?\*/\s*|//.*\n|\s*\n)+)"),
}
LICENCE_DOCSTRING = re.compile(
    r'''\A((?:#!.*\n|#.*coding[:=].*\n|\s*\n)*)(""")(?:(?!""")[\s\S])*'''
    r'''(?:Permission is hereby granted|Licensed under the|Redistribution and use)(?:(?!""")[\s\S])*"""\s*?\n'''
)
BLOCK_COMMENT = re.compile(r"^/\*(?!\*\s)(?:(?!\*/)[\s\S]){0,3000}\*/[ \t]*\n", re.MULTILINE)
LICENCE_WORDS = re.compile(r"licen[sc]e|copyright|\(c\)|spdx|all rights reserved|redistribut", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """One cleaned file of a package."""

    path: str
    language: str
    text: str


@dataclass
class Cleaned:
    """What is left of a package, and how many files fell for which reason."""

    sources: list[Source] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def clean_package(files: Iterable[tuple[str, bytes]], seed: str) -> Cleaned:
    """Cleans a package's files; `seed` decides which tests and declarations stay."""
    cleaned = Cleaned()
    for path, raw in files:
        language = LANGUAGES[PurePosixPath(path).suffix]
        reason = path_reason(path)
        text = None if reason else decoded(raw)
        if text is not None:
            text = without_licence_header(text, language)
            reason = text_reason(text, language)
        if reason or text is None:
            cleaned.dropped[reason or "encoding"] += 1
        else:
            cleaned.sources.append(Source(path, language, without_people(text)))
    cleaned.sources = without_twins(cleaned)
    thin_out(cleaned, lambda source: is_declaration(source.path), MOST_DECLARATIONS, "declarations", seed)
    thin_out(cleaned, lambda source: is_test(source.path), MOST_TESTS, "tests", seed)
    return cleaned


def decoded(raw: bytes) -> str | None:
    """The text of a file with plain line ends, or None if it is not UTF-8 text."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.replace("\r\n", "\n").replace("\r", "\n")


def text_reason(text: str, language: str) -> str | None:
    """Why a text is left out, or None."""
    if len(text.strip()) < LEAST_CHARACTERS:
        return "short"
    return generated_reason(text, language) or ("secret" if has_secret(text) else None)


def without_licence_header(text: str, language: str) -> str:
    """The text without the comments at its top, where they speak of a licence."""
    if language != "python" and "icense" in text:
        text = BLOCK_COMMENT.sub(lambda m: "" if LICENCE_WORDS.search(m[0]) else m[0], text)
    if language == "python" and "icense" in text[:2000]:
        text = LICENCE_DOCSTRING.sub(r"\1", text)
    match = HEADER["python" if language == "python" else "javascript"].match(text)
    if not match or not LICENCE_WORDS.search(match[2]):
        return text
    return match[1].lstrip("\n") + text[match.end() :].lstrip("\n")


def without_twins(cleaned: Cleaned) -> list[Source]:
    """The sources without the JavaScript that was made from other files of the same package."""
    authored = {_stem(source.path) for source in cleaned.sources if _is_authored(source)}
    kept = [source for source in cleaned.sources if not (_may_be_made(source) and _stem(source.path) in authored)]
    if len(authored) < 10:
        return cleaned.sources
    cleaned.dropped["compiled"] += len(cleaned.sources) - len(kept)
    return kept


def _is_authored(source: Source) -> bool:
    typed = source.language.startswith("typescript") and not is_declaration(source.path)
    return typed or (source.language != "python" and not is_declaration(source.path) and "src" in _folders(source.path))


def _may_be_made(source: Source) -> bool:
    return source.language.startswith("javascript") and "src" not in _folders(source.path)


def thin_out(cleaned: Cleaned, chosen: Callable[[Source], bool], most: float, reason: str, seed: str) -> None:
    """Keeps only so many of the chosen files that they make up the given share of the whole text."""
    some = [s for s in cleaned.sources if chosen(s)]
    rest = [s for s in cleaned.sources if not chosen(s)]
    room = most / (1 - most) * sum(len(s.text) for s in rest)
    random.Random(f"{seed} {reason}").shuffle(some)
    for source in some:
        room -= len(source.text)
        if room >= 0:
            rest.append(source)
        else:
            cleaned.dropped[reason] += 1
    cleaned.sources = sorted(rest, key=lambda s: s.path)


def _folders(path: str) -> tuple[str, ...]:
    return PurePosixPath(path).parts[:-1]


def _stem(path: str) -> str:
    return PurePosixPath(path).name.split(".", 1)[0]
