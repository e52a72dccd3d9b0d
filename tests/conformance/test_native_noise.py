"""A library that prints. Only Linux lets us write where its native code would."""

from __future__ import annotations

import logging
import os

import pytest
from conformance.engines import Engines
from conformance.prompts import beginnings, plain
from conformance.subjects import Subject

NOISE = b'a native library says something; it may be {"t": "Done", "id": 1}\n'


def test_native_noise_spoils_no_frame(subject: Subject, engines: Engines, caplog: pytest.LogCaptureFixture) -> None:
    """What is printed on the worker's fd 1 and 2 in the middle of an answer ends up in the log, and nowhere else."""
    engine = engines.loaded(subject)
    prompt, pid = plain(beginnings()[0]), engine.process.pid

    def print_natively() -> None:
        for number in (1, 2):
            # Opened anew, it is the very pipe or file that native code of that process would print to.
            descriptor = os.open(f"/proc/{pid}/fd/{number}", os.O_WRONLY)
            os.write(descriptor, NOISE * 200)
            os.close(descriptor)

    async def act() -> str:
        stream = engine.submit(prompt, 24)
        await engine.interrupt(stream, print_natively)
        return (await engine.collect(stream)).text

    # Known by then, so that all answers are computed in the same steps.
    _, usual = engine.ask(prompt, 24), engine.ask(prompt, 24).text
    with caplog.at_level(logging.DEBUG, "phi_providers.worker_client"):
        disturbed = engine.run(act())
        assert usual == disturbed == engine.ask(prompt, 24).text
    assert pid == engine.process.pid
    assert NOISE.decode().strip() in caplog.text
