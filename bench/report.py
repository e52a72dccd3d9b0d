"""What a measurement found: figures with units and, where there is one, the target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number."""

    name: str
    value: float
    unit: str
    target: float | None = None
    """The value should be at most this."""

    @property
    def met(self) -> bool | None:
        """Whether the target is met, None without one."""
        return None if self.target is None else self.value <= self.target


@dataclass
class Report:
    """All figures of one measurement."""

    title: str
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """How it was measured, and what else must be known to read the figures."""

    def add(self, name: str, value: float, unit: str, target: float | None = None) -> None:
        """Enter a figure."""
        self.figures.append(Figure(name=name, value=round(value, 3), unit=unit, target=target))

    def add_distribution(
        self, name: str, values: Sequence[float], unit: str, targets: dict[int, float] | None = None
    ) -> None:
        """Enter count, p50, p95, p99 and the largest of some values; `targets`: percentile → value."""
        self.add(f"{name}: count", len(values), "")
        for percent in (50, 95, 99):
            self.add(f"{name}: p{percent}", percentile(values, percent / 100), unit, (targets or {}).get(percent))
        self.add(f"{name}: max", max(values), unit)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


def slope(values: Sequence[float], xs: Sequence[float]) -> float:
    """Return the slope of the least-squares line."""
    mean_x, mean_y = sum(xs) / len(xs), sum(values) / len(values)
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, values, strict=True)) / spread
