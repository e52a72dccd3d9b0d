"""Whether a suggestion is what was written: judged by the document that accepting it makes."""

from __future__ import annotations

from dataclasses import dataclass

from starter_training.evaluation.cursors import Cursor
from starter_training.evaluation.similarity import similarity
from starter_training.evaluation.syntax import errors


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of one cursor."""

    shown: bool
    exact: bool = False
    """One line: the document is the original up to the end of the truth's line. A block: the whole document is."""
    first_line: bool = False
    """The document is the original up to the end of the truth's first line."""
    similarity: float = 0.0
    parses: bool = False
    """The document has no more syntax errors than the original."""


def judge(cursor: Cursor, suggestion: str) -> Verdict:
    """Return the verdict on a suggestion; the empty one is none."""
    if not suggestion:
        return Verdict(shown=False)
    accepted = cursor.before + suggestion + cursor.after
    first = _equal(cursor, accepted, _first_row(cursor))
    exact = _equal(cursor, accepted, None) if cursor.is_multiline else first
    written = suggestion if cursor.is_multiline else suggestion.partition("\n")[0]
    return Verdict(
        shown=True,
        exact=exact,
        first_line=first,
        similarity=similarity(_trimmed(written), _trimmed(cursor.truth)),
        parses=errors(accepted, cursor.file.language) <= errors(cursor.file.text, cursor.file.language),
    )


def _first_row(cursor: Cursor) -> int:
    """Return the row on which the truth's first word stands."""
    blank = len(cursor.truth) - len(cursor.truth.lstrip())
    return cursor.row + cursor.truth[:blank].count("\n")


def _equal(cursor: Cursor, accepted: str, last: int | None) -> bool:
    """Tell whether the document is the original from the cursor's row to row `last`, trailing blanks aside."""
    span = slice(cursor.row, None if last is None else last + 1)
    mine, original = (text.split("\n")[span] for text in (accepted, cursor.file.text))
    return [line.rstrip() for line in mine] == [line.rstrip() for line in original]


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip()
