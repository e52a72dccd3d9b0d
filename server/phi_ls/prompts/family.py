"""A model's family decides what its prompts look like; everything else asks here."""

from __future__ import annotations

from collections.abc import Sequence

from phi_ls.context.passages import Passage
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import Window
from phi_ls.prompts import fim, phi3_chat, wording
from phi_ls.prompts.conversation import SHARE, Turn, newest
from phi_ls.prompts.subject import ExplainSubject
from phi_providers.errors import GenerationFailed
from phi_providers.messages import ModelInfo, Part

__all__ = [
    "ExplainSubject",
    "documentation_parts",
    "explain_parts",
    "follow_up_parts",
    "heal_fragment",
    "hover_parts",
    "infill_parts",
    "takes_questions",
    "text_budget",
]

_OVERHEAD = {"fim": fim.OVERHEAD_TOKENS, "phi3_chat": phi3_chat.OVERHEAD_TOKENS}


def text_budget(info: ModelInfo, max_new_tokens: int) -> int:
    """Return the tokens that the document's own text may take in an infill prompt."""
    _check(info)
    return max(0, info.context - max_new_tokens - _OVERHEAD[info.family])


def infill_parts(
    info: ModelInfo, snapshot: Snapshot, window: Window, passages: Sequence[Passage] = ()
) -> tuple[Part, ...]:
    """Return the prompt that asks for what comes at the cursor; its last text ends exactly there.

    `passages` are of other documents. They stand in front, and go first where there is no room, the last one before.
    """
    _check(info)
    if info.family == "fim":
        return fim.infill_parts(info, snapshot, window, passages)
    return phi3_chat.infill_parts(snapshot, window, passages)


def explain_parts(info: ModelInfo, subject: ExplainSubject, language: str) -> tuple[Part, ...]:
    """Return the prompt that asks for an explanation in the language with this tag."""
    return _ask(info, subject, wording.explain_task(subject, language))


def hover_parts(info: ModelInfo, subject: ExplainSubject, language: str) -> tuple[Part, ...]:
    """Return the prompt that asks for the few sentences of a hover."""
    return _ask(info, subject, wording.hover_task(subject, language))


def takes_questions(info: ModelInfo) -> bool:
    """Whether a model answers what a user asks in words of his own.

    One that was trained to explain, in a few languages, was trained for that alone: asked anything else, the built-in
    model wrote the question once more.
    """
    return info.chat and not info.languages


def documentation_parts(info: ModelInfo, subject: ExplainSubject, language: str) -> tuple[Part, ...]:
    """Return the prompt that asks for the text of a documentation comment.

    A model that takes no questions is asked what a hover asks, in words that it was trained on.
    """
    task = wording.documentation_task if takes_questions(info) else wording.hover_task
    return _ask(info, subject, task(subject, language))


def follow_up_parts(
    info: ModelInfo, subject: ExplainSubject, language: str, question: str, previous: Sequence[Turn] = ()
) -> tuple[Part, ...]:
    """Return the prompt that asks the user's own question about code of which `previous` has been said.

    It begins as the prompt before it did. Raises GenerationFailed for a model that takes no questions.
    """
    _check(info)
    if not takes_questions(info):
        raise GenerationFailed(f"the model {info.id} cannot be asked questions: it was not trained to answer them")
    turns = newest(previous, int(info.context * SHARE), info.chars_per_token)
    first = turns[0].question if turns else question
    task = wording.question_task(first, language) if first else wording.explain_task(subject, language)
    asked = [turn.question for turn in turns[1:]] + [question] if turns else []
    said = [(turn.answer, wording.question_again(each, language)) for turn, each in zip(turns, asked, strict=True)]
    return (*phi3_chat.ask_parts(subject, task), *phi3_chat.turn_parts(said))


def heal_fragment(snapshot: Snapshot, info: ModelInfo | None = None) -> str:
    """Return what stands left of the cursor and may be half of a token: an unfinished word, else nothing.

    Vocabularies join a blank to the word behind it, so blanks are such a half, too. Where nothing but indentation
    stands before the cursor, the built-in model has one token for it, which stays. With its blanks healed, it got the
    first word after a blank right at 13 of 120 cursors in code that it had not seen, without at none.
    """
    before = snapshot.before
    if before.endswith(" ") and info is not None and (info.family == "phi3_chat" or before.strip()):
        return before[len(before.rstrip(" ")) :]
    start = len(before)
    while start and (before[start - 1].isalnum() or before[start - 1] == "_"):
        start -= 1
    return before[start:]


def _ask(info: ModelInfo, subject: ExplainSubject, task: str) -> tuple[Part, ...]:
    _check(info)
    return phi3_chat.ask_parts(subject, task) if info.chat else fim.ask_parts(subject)


def _check(info: ModelInfo) -> None:
    if info.family not in _OVERHEAD:
        raise ValueError(f"model '{info.id}' is of the family '{info.family}'; known are {', '.join(_OVERHEAD)}")
