"""Prompts for models with fill-in-the-middle tokens, as the built-in one was trained: file's name, suffix, prefix."""

from __future__ import annotations

from collections.abc import Sequence

from phi_ls.context.passages import PART_NAME, Passage
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import Window
from phi_ls.prompts import wording
from phi_ls.prompts.subject import ExplainSubject
from phi_providers.messages import Control, Cut, ModelInfo, Part

OVERHEAD_TOKENS = 100
"""The four control tokens, and a header with a path of the longest kind; rounded up."""

_HASH_LANGUAGES = ("python", "ruby", "shellscript", "yaml", "toml", "perl", "r")


def infill_parts(
    info: ModelInfo, snapshot: Snapshot, window: Window, passages: Sequence[Passage] = ()
) -> tuple[Part, ...]:
    """Return passages, header, suffix, prefix, middle; no suffix where nothing follows the cursor or can be used.

    What changes least stands first, for the prefix cache. Nothing is stripped: a line feed and its indentation are one
    token, so text that ends elsewhere is unlike all that the model has seen.
    """
    begin = Part(control=Control.BEGIN)
    prefix = Part(text=window.prefix, cut=Cut.START, keep=2, name="prefix")
    head: tuple[Part, ...] = (begin, *_passages(passages))
    if info.header or passages:  # below passages of other files a document without a header would be one of them
        head = (*head, Part(text=header(snapshot.path, snapshot.language)))
    if not info.infill or not window.suffix.strip():
        return (*head, prefix)
    return (
        *head,
        Part(control=Control.FIM_SUFFIX),
        Part(text=window.suffix, cut=Cut.END, keep=1, name="suffix"),
        Part(control=Control.FIM_PREFIX),
        prefix,
        Part(control=Control.FIM_MIDDLE),
    )


def _passages(passages: Sequence[Passage]) -> tuple[Part, ...]:
    return tuple(
        Part(text=f"{header(each.path, each.language)}{each.text}\n", cut=Cut.WHOLE, keep=-at, name=f"{PART_NAME} {at}")
        for at, each in enumerate(passages)
    )


def header(path: str, language: str) -> str:
    """Return the comment line above a file's text, and above a passage of another file, that says what it is."""
    return f"{_mark(language)} {wording.fence_name(language) or 'text'}: {path[-wording.MAX_PATH_CHARS :]}\n"


def ask_parts(subject: ExplainSubject) -> tuple[Part, ...]:
    """Return the code and the beginning of a comment: all that a model without chat training can be asked."""
    mark = _mark(subject.language)
    return (
        Part(text=f"{mark} {subject.path}\n"),
        Part(text=f"{subject.code}\n", cut=Cut.END, keep=1, name="code"),
        Part(text=f"\n{mark} The code above"),
    )


def _mark(language: str) -> str:
    return "#" if language in _HASH_LANGUAGES else "//"
