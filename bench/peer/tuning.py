"""How the peer is at its best on this machine: how many threads, and whether those that wait keep a core busy.

Threads that spin while they wait are the faster ones on cores that nobody else uses, and many times slower where an
editor and its server want the same cores. So it is measured, each time, and the peer gets what was fastest.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.peer.server import LlamaServer

PROMPT, ADDED, NEW = 256, 3, 12
"""Tokens: of the prompt that is kept, added by a key, and written for a line."""
ROUNDS = 6


@dataclass(frozen=True)
class Tuning:
    """Settings of llama-server."""

    threads: int
    spins: bool

    def __str__(self) -> str:
        return f"threads: {self.threads}, {'spinning' if self.spins else 'sleeping'} while they wait"

    def start(self, program: Path, weights: Path, context: int) -> LlamaServer:
        """Start a server so; raises NoPeer."""
        policy = {} if self.spins else {"OMP_WAIT_POLICY": "passive"}
        return LlamaServer([program], weights, context=context, threads=self.threads, variables=policy)


def fastest(program: Path, weights: Path, ids: Sequence[int]) -> Tuning:
    """Return the settings with which a key's line is there first, in a prompt of these ids; all are tried in turn."""
    cores = os.cpu_count() or 1
    tunings = {Tuning(cores, True), Tuning(cores, False), Tuning(max(cores // 2, 1), True)}
    times: dict[Tuning, list[float]] = {each: [] for each in tunings}
    with ExitStack() as stack:
        servers = {each: stack.enter_context(closing(each.start(program, weights, 2 * PROMPT))) for each in tunings}
        for number in range(ROUNDS):
            for tuning, server in servers.items():
                times[tuning].append(_line_s(server, [*ids[:PROMPT], *ids[number : number + ADDED]]))
    # The first one has computed the prompt.
    return min(tunings, key=lambda each: median(times[each][1:]))


def _line_s(server: LlamaServer, ids: Sequence[int]) -> float:
    begun = time.perf_counter()
    list(server.complete(ids, new_tokens=NEW))
    return time.perf_counter() - begun
