"""Muon for the matrices inside the layers, AdamW for the embedding and the norms.

Muon (Jordan 2024): momentum, then the nearest orthogonal matrix by a Newton–Schulz iteration, so that every direction
of a weight matrix learns at the same rate. AdamW alone needed 1.3 to 1.9 times the tokens for
the same loss on the pilot's data.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of Jordan's quintic: quick to lift small singular values, content with any result between 0.7 and 1.2."""
STEPS = 5
MOMENTUM = 0.95


class Muon(torch.optim.Optimizer):
    """Orthogonalised Nesterov momentum for two-dimensional weights; the step's size fits AdamW's learning rates.

    `parts` in a group splits stacked matrices (q, k, v; gate, up) into those that they are.
    """

    def __init__(self, groups: Iterable[dict[str, Any]], *, rank: int, world: int, weight_decay: float) -> None:
        super().__init__(groups, {"lr": 0.0, "momentum": MOMENTUM, "weight_decay": weight_decay, "parts": 1})
        self.rank, self.world = rank, world

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # noqa: ARG002
        """Update every weight once; of several processes, each works out its share and all add them up."""
        updates: list[tuple[Tensor, Tensor, dict[str, Any]]] = [
            (weight, self._momentum(weight, group["momentum"]), group)
            for group in self.param_groups
            for weight in group["params"]
        ]
        for index, (_, update, group) in enumerate(updates):
            if index % self.world == self.rank:
                parts = [orthogonal(part) * scale(part) for part in update.chunk(group["parts"])]
                update.copy_(torch.cat(parts))
            else:
                update.zero_()
        if self.world > 1:
            _add_up([update for _, update, _ in updates])
        for weight, update, group in updates:
            weight.mul_(1 - group["lr"] * group["weight_decay"])
            weight.add_(update, alpha=-group["lr"])

    def _momentum(self, weight: Tensor, beta: float) -> Tensor:
        state = self.state[weight]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(weight)
        gradient = weight.grad if weight.grad is not None else torch.zeros_like(weight)
        state["momentum"].lerp_(gradient, 1 - beta)
        return gradient.lerp(state["momentum"], beta)


def _add_up(updates: list[Tensor]) -> None:
    flat = torch.cat([update.flatten() for update in updates])
    dist.all_reduce(flat)
    for update, part in zip(updates, flat.split([update.numel() for update in updates]), strict=True):
        update.copy_(part.view_as(update))


def scale(matrix: Tensor) -> float:
    """Return the factor that gives an orthogonal update the size of AdamW's (Liu and others 2025, Muon is scalable)."""
    return 0.2 * max(matrix.shape) ** 0.5


def orthogonal(matrix: Tensor) -> Tensor:
    """Return about the nearest matrix with orthonormal rows or columns."""
    a, b, c = COEFFICIENTS
    x = matrix.bfloat16()
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(STEPS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x.T if tall else x).to(matrix.dtype)


def optimisers(network: nn.Module, rank: int, world: int, weight_decay: float) -> list[torch.optim.Optimizer]:
    """Return both optimisers, each with learning rate 0: the schedule sets it before every step."""
    matrices, stacked, tripled, others = [], [], [], []
    for name, parameter in network.named_parameters():
        if parameter.ndim != 2 or "embed" in name:
            others.append(parameter)
        elif "gate_up" in name:
            stacked.append(parameter)
        elif "qkv" in name:
            tripled.append(parameter)
        else:
            matrices.append(parameter)
    groups = [{"params": matrices, "parts": 1}, {"params": stacked, "parts": 2}, {"params": tripled, "parts": 3}]
    muon = Muon(groups, rank=rank, world=world, weight_decay=weight_decay)
    adam = torch.optim.AdamW([{"params": others}], lr=0.0, betas=(0.9, 0.95), eps=1e-10, weight_decay=0.0)
    return [muon, adam]
