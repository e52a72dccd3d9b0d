"""From the model's raw text to the document's own terms, before anything is judged or cut."""

from __future__ import annotations

from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.indentation import drop_repeated_start, shift_to_block, use_document_style
from phi_ls.ghost_text.wrapping import unwrap


def unify_line_endings(text: str) -> str:
    r"""Return the text with \n for every line ending that LSP knows."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def prepare(snapshot: Snapshot, text: str) -> tuple[str, bool]:
    r"""Return the code in the text, indented as the document is, and whether the model has said that it ends there."""
    code, ended = unwrap(snapshot, unify_line_endings(text))
    code = use_document_style(snapshot, drop_repeated_start(snapshot, code))
    return shift_to_block(snapshot, code), ended
