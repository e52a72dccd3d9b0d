"""The process around an engine: one request at a time, frames that nothing can spoil, and an end."""

from __future__ import annotations

import itertools

from conformance.engines import Engines
from conformance.prompts import beginnings, plain
from conformance.report import Tell
from conformance.subjects import Subject
from process.processes import left_after


def test_two_generates_never_overlap(subject: Subject, engines: Engines) -> None:
    """Asked for three answers at once, an engine gives one after the other."""
    engine = engines.loaded(subject)

    async def act() -> list[int]:
        streams = [engine.submit(plain(text), 8) for text in beginnings()[:3]]
        for stream in streams:
            await engine.collect(stream)
        return [stream.id for stream in streams]

    seen = len(engine.pool.frames)
    asked = engine.run(act())
    assert asked == [request for request, _ in itertools.groupby(frame.id for frame in engine.pool.frames[seen:])]


def test_a_worker_is_gone_after_close(subject: Subject, engines: Engines) -> None:
    """Loaded and at work a moment ago, the process has ended when the pool is closed, and so has all it had started."""
    engine = engines.forget(subject)
    processes = [engine.process, *engine.process.children(recursive=True)]
    engine.close()
    assert [] == left_after(processes, 5.0)


def test_it_says_where_it_ran(subject: Subject, engines: Engines, tell: Tell) -> None:
    """Engine and device are those that were asked for, or the profile says why not."""
    engine, order = engines.loaded(subject), engines.order(subject)
    tell(subject, "loaded in", f"{engine.load_s:.1f} s")
    profile = engine.profile
    assert (subject.engine, order.model.id, order.device) == (
        profile.engine,
        profile.model,
        profile.requested_device,
    )
    elsewhere = subject.form == "server" and profile.device in engines.server.url
    assert profile.device == order.device or profile.device_reason or elsewhere
    assert profile.engine_version
