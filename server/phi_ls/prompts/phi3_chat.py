"""Prompts in Phi-3's chat format; infill by an answer whose beginning is already written.

The model's tokenizer swallows white space after a role token, so it was trained on `<|user|>` directly followed by the
first word: no part here begins with a line feed. A chat model has no fill-in-the-middle tokens. It is asked for the
file, shown what follows the cursor, and finds its own answer written as far as the cursor; a keystroke, a new line too,
then only adds tokens at the very end.

Closers right of the cursor are not shown. An editor inserts one and lets it be typed over, and each time all that comes
after it in the prompt, most of the file, would be another text: with brackets that close themselves, 84 to 94 % of a
prompt's tokens were the one before, where it is 99.5 % now. The answer may close what it opens: what is made of it for
the editor leaves off what the document has.
"""

from __future__ import annotations

from collections.abc import Sequence

from phi_ls.context.closers import beyond_closers
from phi_ls.context.passages import PART_NAME, Passage
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import Window
from phi_ls.prompts import wording
from phi_ls.prompts.subject import ExplainSubject
from phi_providers.messages import Control, Cut, Part

OVERHEAD_TOKENS = 200
"""Control tokens and the fixed sentences of an infill prompt, with a path of the longest kind; rounded up."""


def infill_parts(snapshot: Snapshot, window: Window, passages: Sequence[Passage] = ()) -> tuple[Part, ...]:
    """Return the question with passages of other files and the text after the cursor, and the answer up to the cursor.

    The passages come before all that a jump changes.
    """
    following = beyond_closers(window.suffix)
    fence = wording.fence(window.prefix, following)
    opening = f"{fence}{wording.fence_name(snapshot.language)}\n"
    return (
        Part(control=Control.BEGIN),
        Part(control=Control.USER),
        Part(text=f"{wording.INFILL}\n\n{wording.about(snapshot.path, snapshot.language)}\n\n"),
        *_passages(passages),
        *_following(opening, following, fence),
        Part(control=Control.END),
        Part(control=Control.ASSISTANT),
        Part(text=opening),
        Part(text=window.prefix, cut=Cut.START, keep=2, name="prefix"),
    )


def _passages(passages: Sequence[Passage]) -> tuple[Part, ...]:
    """Return each under its file's name, in a fence of its own: what is typed elsewhere must not change it."""
    return tuple(
        Part(
            text=wording.excerpt(each.path, each.language, each.text), cut=Cut.WHOLE, keep=-at, name=f"{PART_NAME} {at}"
        )
        for at, each in enumerate(passages)
    )


def _following(opening: str, suffix: str, fence: str) -> tuple[Part, ...]:
    if not suffix.strip():
        return (Part(text="Nothing follows the cursor."),)
    return (
        Part(text=f"The code after the cursor:\n{opening}"),
        Part(text=suffix, cut=Cut.END, keep=1, name="suffix"),
        Part(text=f"\n{fence}"),
    )


def ask_parts(subject: ExplainSubject, task: str) -> tuple[Part, ...]:
    """Return the question about the code: `task`, the file, what stands above, the code, the diagnostics."""
    fence = wording.fence(subject.above, subject.code)
    opening = f"{fence}{wording.fence_name(subject.language)}\n"
    return (
        Part(control=Control.BEGIN),
        Part(control=Control.USER),
        Part(text=f"{task}\n\n{wording.about(subject.path, subject.language)}\n\n"),
        *_above(subject.above, opening, fence),
        Part(text=f"The code:\n{opening}"),
        Part(text=subject.code, cut=Cut.END, keep=2, name="code"),
        Part(text=f"\n{fence}"),
        *_diagnostics(subject),
        Part(control=Control.END),
        Part(control=Control.ASSISTANT),
    )


def turn_parts(said: Sequence[tuple[str, str]]) -> tuple[Part, ...]:
    """Return what follows a question's prompt when it was answered: each answer, and what was asked next."""
    return tuple(
        part
        for answer, question in said
        for part in (
            # A line feed would be swallowed behind the role, as the model's own answers' is.
            Part(text=answer.strip()),
            Part(control=Control.END),
            Part(control=Control.USER),
            Part(text=question),
            Part(control=Control.END),
            Part(control=Control.ASSISTANT),
        )
    )


def _above(above: str, opening: str, fence: str) -> tuple[Part, ...]:
    if not above.strip():
        return ()
    return (
        Part(text=f"What stands above it:\n{opening}"),
        # With its last line feed, so that the line which a cut never takes is an empty one.
        Part(text=f"{above}\n", cut=Cut.START, keep=1, name="above"),
        Part(text=f"{fence}\n\n"),
    )


def _diagnostics(subject: ExplainSubject) -> tuple[Part, ...]:
    text = wording.diagnostics(subject.diagnostics)
    return (Part(text=text, cut=Cut.END, keep=3, name="diagnostics"),) if text else ()
