"""What this machine can run a model on, and why something is unusable, for `doctor` and the engines.

Each engine is asked in a child process of its own (`python -m phi_providers.devices ENGINE`), in the interpreter that
its workers have: importing one loads drivers, and a broken driver takes the process with it, or keeps it for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from phi_providers.devices.intel import absence
from phi_providers.devices.report import Device, EngineReport, Inquiry

__all__ = ["PROBE_TIMEOUT_S", "Device", "EngineReport", "Inquiry", "absence", "probe"]

PROBE_TIMEOUT_S = 90.0
"""Importing torch in two environments at once took 45 s on two busy cores; whoever needs longer hangs."""


def probe(
    inquiries: Sequence[Inquiry],
    timeout_s: float = PROBE_TIMEOUT_S,
    waiting_for: Callable[[list[str]], None] = lambda _: None,
) -> list[EngineReport]:
    """Return what each engine found, in the order of the inquiries; survives children that crash or hang.

    Blocks while the children work, all at once, and never longer than the time limit and a moment; `waiting_for`
    is told the engines that have not answered yet, at first and after each answer.
    """
    # On demand: a worker imports this package for `absence`, and has no use for an event loop.
    from phi_providers.devices.children import answers

    return answers(inquiries, timeout_s, waiting_for)
