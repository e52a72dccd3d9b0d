"""Questions that have been answered before."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from phi_ls.answers.explanation import Explanation
from phi_ls.answers.question import Question
from phi_ls.caches.answers import Answers, Key
from phi_ls.identities import Identities
from phi_ls.session import Session
from phi_providers.messages import Load, ModelProfile, Urgency
from phi_providers.pool import Stream

FORM = "1"
"""Of the key."""


class Author(NamedTuple):
    """Who is asked: it may be somebody else by the time that the answer is written."""

    order: Load
    identities: Identities

    def key(self, question: Question, profile: ModelProfile | None) -> Key:
        """Return what identifies this author's answer; `profile`: what loading it has found out.

        All that the model is shown is in it, to the letter, and so is the form of its prompts: another wording of a
        prompt is another question. Each field has its length in front, so that no two keys are confused.
        """
        *named, lasting = self.identities.of(self.order, profile)
        fields = [FORM, "hover" if question.brief else "explain", question.language, *map(str, named)]
        for part in question.parts(self.order.model):
            fields += [part.text, part.control.value if part.control else "", part.cut.value, str(part.keep)]
        digest = hashlib.sha256()
        for field in fields:
            data = field.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
        return Key(digest.digest(), bool(lasting))

    def wrote(self, stream: Stream) -> bool:
        """Whether it was this author who has written a stream."""
        profile = stream.profile
        return profile is not None and (stream.model, profile.engine) == (self.order.model, self.order.engine)


def author(session: Session) -> Author | None:
    """Return who answers questions now; None if nobody can."""
    order = session.pool.order_for(Urgency.ASKED)
    return Author(order, session.identities) if order is not None else None


async def remembered(session: Session, question: Question) -> Explanation | None:
    """Return the answer if the same has been asked before."""
    key = _key(session, question)
    return await session.answers.get(key) if key else None


def at_hand(session: Session, question: Question) -> bool:
    """Whether the answer is known without looking on the disk."""
    key = _key(session, question)
    return key is not None and session.answers.in_memory(key)


def remember(answers: Answers, question: Question, asked: Author, stream: Stream, explanation: Explanation) -> None:
    """Keep an answer, if the one who was asked has written it."""
    if asked.wrote(stream):
        answers.put(asked.key(question, stream.profile), explanation)


def _key(session: Session, question: Question) -> Key | None:
    asked = author(session)
    return asked.key(question, session.pool.profile_for(Urgency.ASKED)) if asked else None
