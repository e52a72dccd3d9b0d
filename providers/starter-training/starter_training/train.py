"""One training run: on a CUDA device in bfloat16 if there is one, else on as many processes as there are cores.

On two cores, two processes of one thread each do 1.1 to 1.26 times what one of two does: nothing waits at the end of
every small operation. Rows go through the network one at a time there, which keeps them in the cache.
"""

from __future__ import annotations

import math
import os
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import nn

from starter_training import checkpoint
from starter_training.model import Network, Shape
from starter_training.optimiser import optimisers
from starter_training.pack import load as load_rows
from starter_training.rows import batch, order
from starter_training.run_log import RunLog
from starter_training.schedule import Schedule

BETWEEN_CHECKPOINTS_S = 300.0
BETWEEN_LINES = 20
VALIDATION_TOKENS = 49_152
MEETING = "meeting"
"""The file by which the processes of a run find each other."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that decides the outcome of a run."""

    run: str
    shape: Shape
    length: int = 1024
    """Ids in a row."""
    rows_per_step: int = 16
    rate: float = 3e-3
    """Peak learning rate of the matrices."""
    rate_embedding: float = 3e-3
    """Of the embedding and the norms."""
    weight_decay: float = 0.02
    warmup_tokens: int = 500_000
    seed: int = 1
    parent: str = ""
    """The run whose last checkpoint this one starts from."""
    decay_tokens: int = 0
    """The learning rate falls to nothing over these tokens, from the start of the run; 0: it stays."""
    minutes: float = math.inf
    """A run without decay ends after these."""
    copying_every: int = 0
    """One row in so many is an exercise in copying; 0: none."""
    compiled: bool = True


@dataclass
class State:
    """How far a run has come."""

    tokens: int = 0
    rows: int = 0
    seconds: float = 0.0


class Run:
    """A run on one process of several that share its steps."""

    def __init__(self, plan: Plan, rank: int, world: int, device: torch.device) -> None:
        self.plan, self.rank, self.world, self.device = plan, rank, world, device
        torch.manual_seed(plan.seed)
        self.network = Network(plan.shape).to(device)
        self.optimisers = optimisers(self.network, rank, world, plan.weight_decay)
        self.state = State()
        self.start = 0
        self._resume()
        decaying = self.start if plan.decay_tokens else None
        self.schedule = Schedule(
            warmup_tokens=0 if plan.parent else plan.warmup_tokens, decay_from=decaying, decay_tokens=plan.decay_tokens
        )
        self.loss = torch.compile(self.network.loss) if plan.compiled else self.network.loss
        self.rows = load_rows("train", plan.length)
        self.unseen = load_rows("validation", plan.length)[: VALIDATION_TOKENS // plan.length]

    def train(self) -> None:
        """Take steps until the schedule or the time ends; keep checkpoints, and a log on the first process."""
        numbers = order(len(self.rows), self.plan.seed + self.plan.length, self.state.rows)
        with ExitStack() as stack:
            log = stack.enter_context(RunLog(self.plan.run, asdict(self.plan))) if not self.rank else None
            begun = saved = time.perf_counter() - self.state.seconds
            saved += self.state.seconds
            losses: list[float] = []
            while not self._ended():
                losses.append(self._step(list(islice(numbers, self.plan.rows_per_step))))
                now = time.perf_counter()
                self.state.seconds = self._agreed(now - begun)
                if len(losses) == BETWEEN_LINES or self._ended():
                    self._report(log, losses)
                    losses = []
                if now - saved > BETWEEN_CHECKPOINTS_S and not self.rank:
                    self._save()
                    saved = now
            self._finish(log)

    def _step(self, numbers: list[int]) -> float:
        factor = self.schedule.factor(self.state.tokens)
        rates = (self.plan.rate, self.plan.rate_embedding)
        for optimiser, rate in zip(self.optimisers, rates, strict=True):
            for group in optimiser.param_groups:
                group["lr"] = rate * factor
        mine = numbers[self.rank :: self.world]
        total = 0.0
        per_pass = len(mine) if self.device.type == "cuda" else max(1, 1024 // self.plan.length)
        passes = [mine[first : first + per_pass] for first in range(0, len(mine), per_pass)]
        for rows in passes:
            loss = self._loss(*batch(self.rows, rows, self.plan.copying_every)) / len(passes)
            loss.backward()
            total += float(loss.detach())
        total = self._share_gradients(total)
        for optimiser in self.optimisers:
            optimiser.step()
        self.network.zero_grad(set_to_none=False)
        self.state.tokens += self.plan.rows_per_step * self.plan.length
        self.state.rows += self.plan.rows_per_step
        return total

    def _loss(self, ids: np.ndarray, targets: np.ndarray) -> torch.Tensor:
        on_device = (torch.from_numpy(array).to(self.device) for array in (ids, targets))
        return self.loss(*on_device, torch.bfloat16)

    def _share_gradients(self, loss: float) -> float:
        if self.world == 1:
            nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            return loss
        gradients = [parameter.grad for parameter in self.network.parameters() if parameter.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients] + [torch.tensor([loss])])
        dist.all_reduce(flat)
        flat /= self.world
        flat[:-1] *= min(1.0, 1.0 / (float(flat[:-1].norm()) + 1e-6))
        for gradient, part in zip(gradients, flat[:-1].split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))
        return float(flat[-1])

    def _agreed(self, seconds: float) -> float:
        """Return the first process's clock, so that all stop at the same step."""
        if self.world == 1:
            return seconds
        shared = torch.tensor([seconds], dtype=torch.float64)
        dist.broadcast(shared, 0)
        return float(shared)

    def _ended(self) -> bool:
        return self.schedule.ended(self.state.tokens) or self.state.seconds > 60 * self.plan.minutes

    @torch.no_grad()
    def validate(self) -> float:
        """Return the mean loss in nats on rows of packages that are not trained on."""
        losses = [float(self._loss(*batch(self.unseen, [row]))) for row in range(len(self.unseen))]
        return sum(losses) / len(losses)

    def _report(self, log: RunLog | None, losses: list[float]) -> None:
        if log is not None:
            factor = self.schedule.factor(self.state.tokens)
            log.line(
                tokens=self.state.tokens,
                loss=round(sum(losses) / len(losses), 4),
                rate=round(self.plan.rate * factor, 7),
                seconds=round(self.state.seconds, 1),
            )

    def _resume(self) -> None:
        own = (checkpoint.folder(self.plan.run) / "checkpoint.pt").exists()
        if not own and not self.plan.parent:
            return
        content = checkpoint.load(self.plan.run if own else self.plan.parent)
        self.network.load_state_dict(content["network"])
        for optimiser, state in zip(self.optimisers, content["optimisers"], strict=True):
            optimiser.load_state_dict(state)
        self.state = State(**content["state"])
        self.start = content["start"] if own else self.state.tokens
        if not own:
            self.state.seconds = 0.0
            if content["length"] != self.plan.length:
                self.state.rows = 0

    def _save(self) -> None:
        checkpoint.save(
            self.plan.run,
            self.network,
            self.optimisers,
            {"state": asdict(self.state), "start": self.start, "length": self.plan.length},
        )

    def _finish(self, log: RunLog | None) -> None:
        if log is not None:
            self._save()
            log.line(
                tokens=self.state.tokens,
                validation_loss=round(self.validate(), 4),
                seconds=round(self.state.seconds, 1),
            )
            checkpoint.save_final(self.plan.run, self.network)


def start(plan: Plan) -> None:
    """Run a plan to its end on all that this machine has."""
    if torch.cuda.is_available():
        Run(plan, 0, 1, torch.device("cuda")).train()
        return
    (checkpoint.folder(plan.run)).mkdir(parents=True, exist_ok=True)
    (checkpoint.folder(plan.run) / MEETING).unlink(missing_ok=True)
    world = math.gcd(plan.rows_per_step, os.cpu_count() or 1)
    if world == 1:
        Run(plan, 0, 1, torch.device("cpu")).train()
        return
    torch.multiprocessing.spawn(_worker, args=(plan, world), nprocs=world)


def _worker(rank: int, plan: Plan, world: int) -> None:
    torch.set_num_threads(1)
    place: dict[str, Any] = {"init_method": f"file://{checkpoint.folder(plan.run) / MEETING}", "rank": rank}
    dist.init_process_group("gloo", world_size=world, **place)
    Run(plan, rank, world, torch.device("cpu")).train()
    dist.destroy_process_group()
