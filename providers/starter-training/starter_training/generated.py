"""Recognises text that no person wrote: generated, compiled, bundled or minified files, and tables."""

from __future__ import annotations

import re
import string

MARKERS = re.compile(
    r"@generated|auto[- ]?generated|automatically (generated|rebuilt)|machine[- ]generated|code generated"
    r"|do not (edit|modify)|don't edit|(file|module|code) (is|was) generated",
    re.IGNORECASE,
)
COMMENT_MARKERS = re.compile(r"^\s*(#|//|/?\*).*\bgenerated (by|from|with|using) ", re.IGNORECASE)
"""Words that say so only in a comment; a docstring may speak of what its function does."""

COMPILED = (
    "__esModule",
    "_interopRequire",
    "__awaiter",
    "__decorate",
    "__webpack_require__(",
    "@babel/runtime",
    "_createClass(",
    "__extends",
    '"tslib"',
    "'tslib'",
    "_classCallCheck",
    "_jsx(",
    "_jsxs(",
    "sourceMappingURL=",
    "\n//#region ",
    "__toESM(",
    "_objectSpread(",
)
"""What TypeScript, Babel and the bundlers leave in their output."""

REFERENCE = re.compile(
    r"^\s*(?:from \S+ import [^(\n]*(?:\([^)]*\))?|import [^(\n]*\s*(?:\{[^}]*\})?"
    r"|export (?:type )?\{[^}]*\} from|export \* )[^\n]*\n",
    re.MULTILINE,
)
"""An import, or an export of another file's names."""

MOST_REFERENCES = 0.7
LONGEST_LINE = 1000
MEAN_LINE = 100.0
LEAST_LETTERS = 0.5
MOST_DIGITS = 0.22
LEAST_DISTINCT = 0.35


def generated_reason(text: str, language: str) -> str | None:
    """Why a text counts as not written by a person, or None."""
    if is_minified(text):
        return "minified"
    if has_generator_marker(text):
        return "generated"
    if language != "python" and any(trace in text for trace in COMPILED):
        return "compiled"
    if is_index(text):
        return "index"
    return "table" if is_table(text) else None


def has_generator_marker(text: str) -> bool:
    """Whether one of the first lines says that a program wrote the file."""
    head = text[:3000].split("\n")[:15]
    return any(MARKERS.search(line) or COMMENT_MARKERS.search(line) for line in head)


def is_index(text: str) -> bool:
    """Whether the text hardly does more than to pass on names of other files."""
    return len(REFERENCE.sub("", text)) < (1 - MOST_REFERENCES) * len(text)


def is_minified(text: str) -> bool:
    """Whether the lines are longer than people write them."""
    lines = [len(line) for line in text.split("\n") if line.strip()]
    return not lines or max(lines) > LONGEST_LINE or sum(lines) / len(lines) > MEAN_LINE


def is_table(text: str) -> bool:
    """Whether the text is mostly numbers, signs or repetition."""
    dense = text.encode("utf-8", "replace").translate(None, string.whitespace.encode())
    letters = len(dense) - len(dense.translate(None, string.ascii_letters.encode()))
    digits = len(dense) - len(dense.translate(None, string.digits.encode()))
    if not dense or letters / len(dense) < LEAST_LETTERS or digits / len(dense) > MOST_DIGITS:
        return True
    lines = [line for line in map(str.strip, text.split("\n")) if len(line) >= 12 and line[0] != "*"]
    return len(lines) > 60 and len(set(lines)) / len(lines) < LEAST_DISTINCT
