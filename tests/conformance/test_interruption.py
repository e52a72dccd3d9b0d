"""Answers that are put off or not wanted any more."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from conformance.engines import Engines
from conformance.loaded import beats, tokens
from conformance.prompts import beginnings, long_text, plain
from conformance.report import Tell
from conformance.subjects import Reuse, Subject
from engine.built_in import Answer

from phi_providers.messages import Done, Urgency

LENGTH = 60
"""Tokens that an answer may have: more than are written before anybody can interrupt it."""

SURE, UNSURE = 1e-3, 0.5
"""Where an answer departs from the other, the reference must hold both ways for so nearly equal: with arithmetic in
FP32, and with arithmetic in which the same token computed alone or in a chunk is not quite the same."""

ENOUGH = 2
"""Answers that were in fact interrupted; one may be over before anybody can."""

HEARD_WITHIN = 2
"""Tokens, or prefill steps: one may have been over before the cancel came, the next one hears of it."""


def common(first: Sequence[int], second: Sequence[int]) -> int:
    """Return how many tokens are the same in front."""
    pairs = zip(first, second, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))


def test_text_that_made_room_equals_text_in_one_go(subject: Subject, engines: Engines, tell: Tell) -> None:
    """Put off for something more urgent after its first tokens, an answer comes out as if nothing had been."""
    engine = engines.loaded(subject)
    made_room = equal = 0
    for text in beginnings():
        if made_room == ENOUGH:
            break
        whole = engine.ask(plain(text), LENGTH)
        if whole.usage.new_tokens < 4:
            continue

        async def act(text: str = text) -> tuple[Answer, Answer, int, int]:
            patient = engine.submit(plain(text), LENGTH, Urgency.LOOKING)
            urgent = []
            prompt = plain(long_text(300))
            await engine.interrupt(patient, lambda: urgent.append(engine.submit(prompt, 2, Urgency.TYPING)))
            return await engine.collect(urgent[0]), await engine.collect(patient), urgent[0].id, patient.id

        urgent, patient, urgent_id, patient_id = engine.run(act())
        assert urgent.usage.new_tokens <= 2
        ends = [frame.id for frame in engine.pool.frames if isinstance(frame, Done)][-3:]
        if ends == [patient_id, urgent_id, patient_id]:
            made_room += 1
            same = whole.text == patient.text
            equal += same
            if not same and not subject.opaque:
                written = whole.ids[: common(whole.ids, patient.ids)]
                assert engines.reference(subject).doubt(text, written) < (UNSURE if subject.inexact else SURE)
    assert made_room
    tell(subject, "resumed as in one go", f"{equal} of {made_room}")
    assert equal or not subject.opaque


def test_a_cancel_is_heard_within_two_tokens(subject: Subject, engines: Engines) -> None:
    """With the cancel in front of it, an engine that is writing writes two more tokens at most.

    Of three, the one in the middle counts: where all processors are busy, a worker's thread that reads the cancel may
    have to wait for one while a small model writes on.
    """
    engine = engines.loaded(subject)
    later: list[int] = []
    for text in beginnings():
        if len(later) == ENOUGH + 1:
            break

        async def act(text: str = text) -> tuple[Answer, int]:
            stream = engine.submit(plain(text), LENGTH)
            before = await engine.interrupt(stream, stream.finish)
            return await engine.collect(stream), tokens(before)

        answer, before = engine.run(act())
        if answer.usage.finish_reason == "cancelled":
            later.append(tokens(answer.frames) - before)
    assert later
    assert statistics.median_low(later) <= HEARD_WITHIN


def test_a_cancel_is_heard_within_a_chunk_which_is_kept(stoppable_subject: Subject, engines: Engines) -> None:
    """With the cancel in front of it, a prefill ends with the step that runs; asked again it goes on from there."""
    engine, subject = engines.loaded(stoppable_subject), stoppable_subject
    prompt = plain(long_text(4500))

    async def act() -> tuple[Answer, int]:
        stream = engine.submit(prompt, 4)
        before = await engine.interrupt(stream, stream.finish, heartbeats=1)
        return await engine.collect(stream), beats(before)

    answer, before = engine.run(act())
    computed = beats(answer.frames)
    again = engine.ask(prompt, 1)
    assert ("cancelled", 0) == (answer.usage.finish_reason, tokens(answer.frames))
    assert computed - before <= HEARD_WITHIN
    assert subject.reuse is not Reuse.NONE
    kept = answer.usage.tokens_reused + computed * subject.chunk
    assert kept == again.usage.tokens_reused


def test_what_is_cancelled_leaves_nothing_behind(subject: Subject, engines: Engines) -> None:
    """After an answer that was broken off, the next one is what it always was, and nothing of the old one comes."""
    engine = engines.loaded(subject)
    first, second = beginnings()[:2]
    # Known by then, so that both answers are computed in the same steps.
    _, usual = engine.ask(plain(second)), engine.ask(plain(second))

    async def act() -> tuple[Answer, list[int]]:
        dropped = engine.submit(plain(first), LENGTH)
        await engine.interrupt(dropped, dropped.close)
        wanted = engine.submit(plain(second), 16)
        answer = await engine.collect(wanted)
        return answer, [frame.id for frame in engine.pool.frames if frame.id >= dropped.id]

    answer, order = engine.run(act())
    assert sorted(order) == order
    assert usual.text == answer.text
