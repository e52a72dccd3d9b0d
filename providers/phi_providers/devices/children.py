"""Asks all engines at the same time, each in a child process, and says what became of those that did not answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from phi_providers.devices.report import Device, EngineReport, Inquiry, from_lines
from phi_providers.worker_process import (
    PACKAGES,
    describe_exit,
    end_with_parent,
    environment,
    kill_group,
    last_words,
    module_command,
)

KEPT_BYTES = 64 * 1024
"""Of what a child writes: its report comes last, and a driver may write without end."""

GRACE_S = 2.0
"""For a killed process to be gone."""

DRIVERS = "update the graphics and NPU drivers, then run `phi-ls doctor` again"
REMEDIES = {
    "onnxruntime": "install onnxruntime-genai again and update the graphics driver",
    "transformers": "run `phi-ls doctor --fix transformers`, which checks its environment; update the graphics driver",
    "npu_library": "run `phi-ls doctor --fix npu_library`, which checks its environment; update the NPU driver",
    "openai_server": "look at the server, and correct openaiServer.url",
}
"""What helps when a child dies or hangs, where that is not the drivers alone."""

SOLE_DEVICE = {"transformers": "cpu", "openai_server": "elsewhere"}
"""What the report of an engine that said nothing at all names, where that is not `CPU`."""


Waiting = Callable[["list[str]"], None]
"""Takes the engines that have not answered yet."""


def answers(inquiries: Sequence[Inquiry], timeout_s: float, waiting_for: Waiting) -> list[EngineReport]:
    """Return a report for each inquiry; blocks."""
    # Some engines drop files into their home; the user's is none of their business.
    with tempfile.TemporaryDirectory(prefix="phi-ls-doctor-", ignore_cleanup_errors=True) as home:
        return asyncio.run(_all(inquiries, Path(home), timeout_s, waiting_for))


async def _all(inquiries: Sequence[Inquiry], home: Path, timeout_s: float, waiting_for: Waiting) -> list[EngineReport]:
    left = [inquiry.engine for inquiry in inquiries]
    waiting_for(left)

    async def answered(inquiry: Inquiry) -> EngineReport:
        report = await _report(inquiry, home, timeout_s)
        left.remove(inquiry.engine)
        waiting_for(left)
        return report

    return list(await asyncio.gather(*map(answered, inquiries)))


@dataclass
class _Output:
    """The end of what a child has written so far."""

    stdout: bytes = b""
    stderr: bytes = b""
    end: str = field(default="")
    """How it ended, if not well."""

    async def follow(self, name: str, stream: asyncio.StreamReader) -> None:
        while block := await stream.read(KEPT_BYTES):
            setattr(self, name, (getattr(self, name) + block)[-KEPT_BYTES:])


async def _report(inquiry: Inquiry, home: Path, timeout_s: float) -> EngineReport:
    output = await _output(inquiry, home, timeout_s)
    sole = Device(SOLE_DEVICE.get(inquiry.engine, "CPU"), inquiry.engine, usable=False)
    found = from_lines(output.stdout) or EngineReport(inquiry.engine, "", (sole,))
    words = last_words(output.stderr)
    why = (output.end or "ended without an answer") + (f": {words}" if words else "")
    return replace(found, devices=tuple(_completed(device, why) for device in found.devices))


async def _output(inquiry: Inquiry, home: Path, timeout_s: float) -> _Output:
    output = _Output()
    try:
        process = await _start(inquiry, home)
    except OSError as exc:
        output.end = f"could not be started ({exc.strerror})"
        return output
    try:
        await asyncio.wait_for(_followed(process, inquiry, output), timeout_s)
        if process.returncode:
            output.end = describe_exit(process.returncode)
    except asyncio.TimeoutError:
        output.end = f"did not answer within {timeout_s:g} seconds"
    finally:
        kill_group(process)
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE_S)
    return output


async def _start(inquiry: Inquiry, home: Path) -> asyncio.subprocess.Process:
    command = inquiry.command or tuple(module_command(inquiry.python, "phi_providers.devices"))
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NO_WINDOW}
    pipe = subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(*command, inquiry.engine, str(os.getpid())),
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        # As its workers have it: what they would not find, doctor must not find.
        env=environment(home, inquiry.engine),
        cwd=PACKAGES,
        **options,
    )
    await end_with_parent(process)
    return process


async def _followed(process: asyncio.subprocess.Process, inquiry: Inquiry, output: _Output) -> None:
    """Tell the child what it must know and read until it has ended."""
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise AssertionError("unreachable")
    # Open until the child has ended: the end of its stdin tells it that we are gone.
    process.stdin.write(json.dumps(dict(inquiry.options)).encode() + b"\n")
    await asyncio.gather(
        output.follow("stdout", process.stdout), output.follow("stderr", process.stderr), process.wait()
    )


def _completed(device: Device, why: str) -> Device:
    """Say what became of the device that was being tried when the child ended, and how much memory a CPU has."""
    if not device.usable and not device.reason:
        reason = f"the process that tried it {why}"
        return replace(device, reason=reason, remedy=REMEDIES.get(device.engine, DRIVERS))
    if device.usable and device.memory_bytes is None and device.name.upper() == "CPU":
        return replace(device, memory_bytes=psutil.virtual_memory().total)
    return device
