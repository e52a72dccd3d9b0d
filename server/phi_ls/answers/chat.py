"""An answer in a conversation that is about no document; it is not remembered."""

from __future__ import annotations

from collections.abc import Sequence

from phi_ls.answers.explanations import OnDelta, Writing, nobody
from phi_ls.prompts.chat import Message, chat_parts
from phi_ls.session import Session
from phi_providers.messages import Urgency
from phi_providers.pool import Job

CHAT_TOKENS = 512


def converse(session: Session, messages: Sequence[Message], on_delta: OnDelta) -> Writing:
    """Begin to write the answer to the last message; raises ProviderError."""
    order = session.pool.order_for(Urgency.ASKED)
    if order is None:
        raise nobody(session)
    new_tokens = min(CHAT_TOKENS, order.model.context // 4)
    job = Job(
        parts=lambda model: chat_parts(model, messages, new_tokens), max_new_tokens=new_tokens, urgency=Urgency.ASKED
    )
    return Writing(session, order.model, session.pool.submit(job), on_delta)
