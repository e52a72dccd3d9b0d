"""Whether a generation may stop, and whether more than one line is worth asking for."""

from __future__ import annotations

from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.brackets import closes_too_much
from phi_ls.ghost_text.echoes import cut_echoes
from phi_ls.ghost_text.indentation import following_line, opens_block, previous_line, width
from phi_ls.ghost_text.languages import line_comment
from phi_ls.ghost_text.limits import BLANK_LIMIT, end_of
from phi_ls.ghost_text.nonsense import has_run
from phi_ls.ghost_text.preparation import prepare
from phi_ls.ghost_text.repetition import loops

_CLOSING = " \t)]}>\"'`;,"


def finished(snapshot: Snapshot, text: str, *, multiline: bool) -> bool:
    """Tell whether the text streamed so far, as the model wrote it, has all that will be shown of it."""
    if not text.strip():
        return text.count("\n") > BLANK_LIMIT
    code, ended = prepare(snapshot, text)
    return (
        ended
        or loops(code)
        or end_of(snapshot, code, multiline=multiline, final=False) is not None
        or _will_be_cut(snapshot, code)
    )


def _will_be_cut(snapshot: Snapshot, code: str) -> bool:
    """Tell whether a filter cuts something off that no further text can save."""
    return (
        cut_echoes(snapshot, code, final=False) != code
        or has_run(code.rpartition("\n")[2])
        or closes_too_much(snapshot, code)
    )


def wants_multiline(snapshot: Snapshot, mode: str) -> bool:
    """Tell whether to ask for a block; `mode` is the setting `inlineCompletion.multiline`.

    `auto` asks for one where one line would be half an answer: in a block that is still empty, and below a comment,
    which says what is to be written. Anywhere else the first line is there many times sooner than a block, and is more
    often right.
    """
    if mode != "auto":
        return mode == "always"
    if snapshot.after.strip(_CLOSING):
        return False
    if snapshot.before.strip():
        return opens_block(snapshot.before, snapshot.language) and _is_empty_below(snapshot, snapshot.before)
    above = previous_line(snapshot)
    if above.lstrip().startswith(line_comment(snapshot.language)):
        return bool(snapshot.row) and bool(snapshot.lines[snapshot.row - 1].strip())
    return opens_block(above, snapshot.language) and _is_empty_below(snapshot, above)


def _is_empty_below(snapshot: Snapshot, opener: str) -> bool:
    below = following_line(snapshot)
    return not below or width(below) <= width(opener)
