"""Questions that have been answered before."""

from __future__ import annotations

import hashlib

from phi_ls.answers.explanation import Explanation
from phi_ls.answers.question import Question
from phi_ls.caches.answers import Key
from phi_ls.session import Session
from phi_providers.messages import ModelInfo, Urgency

FORM = "1"
"""Of the key."""


def key_of(session: Session, question: Question, model: ModelInfo) -> Key:
    """Return what identifies the answer of the model that answers questions now.

    All that the model is shown is in it, to the letter, and so is the form of its prompts: another wording of a prompt
    is another question. Each field has its length in front, so that no two keys are confused.
    """
    order = session.pool.order_for(Urgency.ASKED)
    profile = session.pool.profile_for(Urgency.ASKED)
    *named, lasting = session.identities.of(order, profile) if order else (model.id, model.path, False)
    digest = hashlib.sha256()
    fields = [FORM, "hover" if question.brief else "explain", question.language, *map(str, named)]
    for part in question.parts(model):
        fields += [part.text, part.control.value if part.control else "", part.cut.value, str(part.keep)]
    for field in fields:
        data = field.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return Key(digest.digest(), bool(lasting))


async def remembered(session: Session, question: Question) -> Explanation | None:
    """Return the answer if the same has been asked before."""
    model = session.pool.model_for(Urgency.ASKED)
    return await session.answers.get(key_of(session, question, model)) if model else None


def at_hand(session: Session, question: Question) -> bool:
    """Whether the answer is known without looking on the disk."""
    model = session.pool.model_for(Urgency.ASKED)
    return model is not None and session.answers.in_memory(key_of(session, question, model))


def remember(session: Session, question: Question, model: ModelInfo, explanation: Explanation) -> None:
    """Keep an answer of this model."""
    session.answers.put(key_of(session, question, model), explanation)
