"""From what the model wrote to what is shown: a row of small filters, each with the reason for which it drops all."""

from __future__ import annotations

from collections.abc import Iterator

from phi_ls.context.snapshot import Snapshot
from phi_ls.decisions import Drop, Reason
from phi_ls.ghost_text.brackets import cut_brackets
from phi_ls.ghost_text.echoes import cut_echoes
from phi_ls.ghost_text.limits import end_of
from phi_ls.ghost_text.preparation import prepare, unify_line_endings
from phi_ls.ghost_text.repetition import cut_loop
from phi_ls.ghost_text.surroundings import cut_suffix, repeats_above
from phi_ls.ghost_text.unsafe import unsafe_character
from phi_ls.messages.text import say

_ROUNDS = 50
"""A cut can uncover work for an earlier filter; text only gets shorter, so that a few rounds settle it."""


_DETAILS = {
    Reason.PROSE_OR_FENCE: say("The model talked instead of writing code."),
    Reason.REPEATS_LINES: say("The suggestion only repeated itself or lines next to the cursor."),
    Reason.REPEATS_SUFFIX: say("The suggestion only repeated what stands right of the cursor."),
    Reason.UNBALANCED: say("The suggestion closed or opened a bracket or a quote that does not fit here."),
    Reason.DEDENT: say("The suggestion left the block that the cursor is in."),
    Reason.EMPTY: say("Nothing was left of the suggestion."),
}


def shape(
    snapshot: Snapshot, text: str, *, multiline: bool, mean_probability: float | None, min_confidence: float
) -> str | Drop:
    """Return the text to insert at the cursor, with the document's own line endings, or why there is none."""
    text = unify_line_endings(text)
    dropped = _refused(snapshot, text, mean_probability, min_confidence)
    if dropped is not None:
        return dropped
    for _ in range(_ROUNDS):
        result = _once(snapshot, text, multiline=multiline)
        if isinstance(result, Drop):
            return result
        if result == text:
            return text.replace("\n", snapshot.eol)
        text = result
    return Drop(reason=Reason.EMPTY, detail=say("The suggestion could not be brought into a stable shape."))


def _refused(snapshot: Snapshot, text: str, mean_probability: float | None, min_confidence: float) -> Drop | None:
    if not text.strip():
        return Drop(reason=Reason.EMPTY, detail=say("The model suggested nothing."))
    name = unsafe_character(snapshot, text)
    if name:
        return Drop(reason=Reason.UNSAFE_CHARACTERS, detail=say("The suggestion contained {name}.", name=name))
    if mean_probability is not None and not mean_probability >= min_confidence:  # NaN is no confidence either
        detail = say(
            "The mean probability of its words was {found:.2f}; the setting asks for {wanted:.2f}.",
            found=mean_probability,
            wanted=min_confidence,
        )
        return Drop(reason=Reason.LOW_CONFIDENCE, detail=detail)
    return None


def _once(snapshot: Snapshot, text: str, *, multiline: bool) -> str | Drop:
    for left, reason in _cuts(snapshot, text, multiline=multiline):
        if not left.strip():
            return Drop(reason=reason, detail=_DETAILS[reason])
        text = left
    return text


def _cuts(snapshot: Snapshot, text: str, *, multiline: bool) -> Iterator[tuple[str, Reason]]:
    """Yield what is left after each filter, with the reason should that be nothing."""
    text, _ = prepare(snapshot, text)
    yield text, Reason.PROSE_OR_FENCE
    text = cut_loop(cut_echoes(snapshot, text))
    yield text, Reason.REPEATS_LINES
    end = end_of(snapshot, text, multiline=multiline, final=True)
    text = text[: end.position] if end else text
    yield text, end.reason if end else Reason.EMPTY
    yield "" if repeats_above(snapshot, text) else text, Reason.REPEATS_LINES
    text = cut_suffix(snapshot, text)
    yield text, Reason.REPEATS_SUFFIX
    text = cut_brackets(snapshot, text)
    yield text, Reason.UNBALANCED
    yield strip_blanks(snapshot, text), Reason.EMPTY


def strip_blanks(snapshot: Snapshot, text: str) -> str:
    """Return the text without blanks at the ends of lines and, where the line ends at the cursor, at its own end.

    In front of something that stands right of the cursor, a last line of blanks is the indentation of that.
    """
    *lines, last = text.split("\n")
    keeps_last = bool(lines) and bool(snapshot.after.strip()) and not last.strip()
    stripped = "\n".join([*(line.rstrip() for line in lines), last if keeps_last else last.rstrip()])
    return stripped if snapshot.after.strip() else stripped.rstrip()
