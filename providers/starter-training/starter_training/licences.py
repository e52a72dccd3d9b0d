"""Decides from a package's own metadata whether its licence lets its text into the corpus."""

from __future__ import annotations

import re

from starter_training.archives import Metadata

ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MIT",
        "MIT-0",
        "PSF-2.0",
        "Python-2.0",
    }
)
"""SPDX identifiers of the licences the corpus takes."""

CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Python Software Foundation License": "PSF-2.0",
    "Zero-Clause BSD (0BSD)": "0BSD",
}

SPOKEN = (
    (r"(the )?(expat/?)?mit( licen[sc]e)?\b(?!-)", "MIT"),
    (r"apache([- ]software)?([- ]licen[sc]e)?,?([- ](version )?v?2(\.0)?)?( licen[sc]e)?", "Apache-2.0"),
    (
        r"(the )?(new |modified |revised |3-clause |\(3-clause\) )?bsd([- ]3([- ]clause)?)?( licen[sc]e)?",
        "BSD-3-Clause",
    ),
    (r"(simplified |2-clause )?bsd([- ]2([- ]clause)?)?( licen[sc]e)?", "BSD-2-Clause"),
    (r"isc( licen[sc]e)?", "ISC"),
    (r"psf([- ]2\.0)?( licen[sc]e)?|python software foundation licen[sc]e", "PSF-2.0"),
)
"""Free texts of the License field, whole, without regard to case."""


def corpus_licence(metadata: Metadata) -> str | None:
    """The SPDX expression under which the package may be used, or None where it may not or says nothing clear."""
    if metadata.licence_expression:
        return from_expression(metadata.licence_expression)
    return from_classifiers(metadata.classifiers) or from_field(metadata.licence_field, metadata.classifiers)


def from_expression(expression: str) -> str | None:
    """The allowed reading of an SPDX expression: every part of a conjunction, any part of a choice."""
    return allowed_expression(expression) or from_field(expression, ())


def allowed_expression(expression: str) -> str | None:
    """The first choice of an SPDX expression whose parts are all allowed."""
    allowed = [choice for choice in _choices(expression) if all(part in ALLOWED for part in choice)]
    return " AND ".join(allowed[0]) if allowed else None


def from_classifiers(classifiers: tuple[str, ...]) -> str | None:
    """The licence that all licence classifiers agree to allow."""
    named = [c.rsplit(" :: ", 1)[1] for c in classifiers if c.startswith("License :: ") and c.count(" :: ") > 1]
    licences = [CLASSIFIERS.get(name) for name in named]
    return " AND ".join(sorted({str(x) for x in licences})) if licences and all(licences) else None


def from_field(field: str, classifiers: tuple[str, ...]) -> str | None:
    """The licence a free text names, unless a classifier speaks of another."""
    if any(c.startswith("License :: ") and c != "License :: OSI Approved" for c in classifiers):
        return None
    line = field.strip().split("\n", 1)[0].strip().rstrip(".").lower()
    return next((spdx for pattern, spdx in SPOKEN if re.fullmatch(pattern, line)), None) or allowed_expression(field)


def _choices(expression: str) -> list[list[str]]:
    """The alternatives of an expression without mixed brackets, each as its conjunction."""
    if re.search(r"\bAND\b", expression) and re.search(r"\bOR\b", expression):
        return []
    flat = re.sub(r"[()]", " ", expression)
    return [[part.strip() for part in re.split(r"\bAND\b", choice)] for choice in re.split(r"\bOR\b", flat)]
