"""Explanations: asked of the model, streamed, remembered by what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from phi_ls.answers.circles import without_circles
from phi_ls.answers.explanation import Explanation
from phi_ls.answers.known import author, remember, remembered
from phi_ls.answers.question import Question
from phi_ls.messages.text import say
from phi_ls.session import Session
from phi_providers.errors import NoProvider
from phi_providers.messages import ModelInfo, Urgency, Usage
from phi_providers.pool import Job, Stream

EXPLAIN_TOKENS = 400
HOVER_TOKENS = 120
DOCUMENTATION_TOKENS = 240

OnDelta = Callable[[str], None]


class Writing:
    """One explanation being written; goes on when the hover that asked for it has been answered."""

    def __init__(
        self,
        session: Session,
        model: ModelInfo,
        stream: Stream,
        on_delta: OnDelta,
        keep: Callable[[Explanation], None] = lambda _: None,
    ) -> None:
        """`model`: who is asked; `keep` gets an answer that says something."""
        self.text = ""
        self._session = session
        self._model = model
        self._stream = stream
        self._on_delta = on_delta
        self._keep = keep
        self.waiting = 0
        """Hovers that wait for it now."""
        self.task: asyncio.Task[Explanation] = asyncio.get_running_loop().create_task(self._write(), name="explanation")

    def abandon(self) -> None:
        """Nobody wants it: the engine stops within two tokens."""
        self._stream.close()
        self.task.cancel()

    async def _write(self) -> Explanation:
        ended = ""
        try:
            async for piece in self._stream:
                if ended:
                    continue
                # Leading blank lines are the chat format's, not the answer's.
                delta = piece.text if self.text else piece.text.lstrip()
                self.text += delta
                if delta:
                    self._on_delta(delta)
                if ended := self._why_to_end():
                    self._stream.finish()
        finally:
            self._stream.close()
        usage = self._stream.usage or Usage()
        self._session.meter.worked(usage.prompt_tokens, usage.tokens_reused)
        profile = self._stream.profile
        # Another model may have stepped in since the question was asked; its answer is not this one's.
        as_expected = profile is None or profile.model == self._model.id
        explanation = Explanation(
            text=without_circles(self.text).strip(),
            model=profile.model if profile else self._model.id,
            note=self._model.note if as_expected else "",
            finish_reason=ended or usage.finish_reason,
            device=profile.device if profile else "",
            profile=profile,
            usage=usage,
        )
        if explanation.text:
            self._keep(explanation)
        return explanation

    def _why_to_end(self) -> str:
        """Return the reason to end what is being written, as in `Usage.finish_reason`; empty if there is none."""
        if not self._model.chat and _has_nothing_more_to_say(self.text):
            return "stop"
        return "repetition" if without_circles(self.text) != self.text else ""


def _has_nothing_more_to_say(text: str) -> bool:
    """Whether a model that goes on with a comment, all it can do without chat training, has begun to leave it empty."""
    *written, last, begun = ["", *text.split("\n")]
    return any(written) and not last.strip("#/ ") and not begun.strip("#/ ")


def ignore(_delta: str) -> None:
    """For callers that want the whole answer only."""


async def ask(
    session: Session,
    question: Question,
    on_delta: OnDelta = ignore,
    replaces: str | None = None,
    *,
    anew: bool = False,
) -> Writing | Explanation:
    """Return the remembered answer, or begin to write one; raises ProviderError.

    `anew`: what is remembered is not looked at, and replaced by what is written.
    A brief question is as urgent as somebody who looks, any other as somebody who asked.
    """
    asked = author(session)
    if asked is None:
        raise nobody(session)
    if not anew and (known := await remembered(session, question)):
        on_delta(known.text)
        return known
    model = asked.order.model
    key = (model.id, model.path, question)
    if question.brief and (running := session.writings.get(key)):
        return running
    job = Job(
        parts=question.parts,
        max_new_tokens=min(_most_tokens(question), model.context // 4),
        urgency=Urgency.LOOKING if question.brief else Urgency.ASKED,
        replaces=replaces,
    )
    stream = session.pool.submit(job)
    keep = partial(remember, session.answers, question, asked, stream)
    writing = Writing(session, model, stream, on_delta, keep)
    if question.brief:
        session.writings[key] = writing
    writing.task.add_done_callback(lambda task: _left(session, key, writing, task))
    return writing


def nobody(session: Session) -> NoProvider:
    """Return the error that says why no model can answer."""
    return NoProvider(session.pool.status().trouble or say("no engine can run on this machine; run `phi-ls doctor`"))


def _most_tokens(question: Question) -> int:
    if question.documents:
        return DOCUMENTATION_TOKENS
    return HOVER_TOKENS if question.brief else EXPLAIN_TOKENS


def _left(session: Session, key: tuple[str, str, Question], writing: Writing, task: asyncio.Task[Explanation]) -> None:
    if session.writings.get(key) is writing:
        del session.writings[key]
    if not task.cancelled():
        task.exception()  # looked at, so that one nobody waits for any more is not reported as lost
