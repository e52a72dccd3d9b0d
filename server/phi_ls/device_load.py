"""How busy this machine's processors are and what memory they have left, where the system tells."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from phi_providers.devices import nvidia_tool

ANSWER_S = 2.0
"""For NVIDIA's tool, while somebody watches the screen."""

SYSFS, PROCFS = Path("/sys"), Path("/proc")


@dataclass(frozen=True, kw_only=True)
class DeviceLoad:
    """One processor at one moment."""

    name: str
    busy: float | None = None
    """Share of the time since the last look, 0 to 1; None where the system does not tell, or at the first look."""
    memory_used: int | None = None
    """Bytes."""
    memory_total: int | None = None
    """Bytes; None where it shares the machine's."""


class Meter:
    """Looks again and again; shares of time are those since the last look."""

    def __init__(
        self,
        *,
        sysfs: Path = SYSFS,
        procfs: Path = PROCFS,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._sysfs, self._procfs, self._clock = sysfs, procfs, clock
        self._last: dict[str, tuple[int, int]] = {}
        self._looked = False
        self._nvidia = Nvidia()

    def look(self, workers: Iterable[int] = ()) -> list[DeviceLoad]:
        """Return what is known of every processor; `workers` are the processes whose use of a GPU is added up."""
        found = [_cpu(known=self._looked), *self._npus(), *self._nvidia.look()]
        self._looked = True
        gpu = self._gpu(list(workers))
        return [*found, gpu] if gpu else found

    def _npus(self) -> Iterator[DeviceLoad]:
        """Intel NPUs, as newer Linux `ivpu` drivers tell, who ask not to be looked at more than once a second."""
        for device in sorted(self._sysfs.glob("class/accel/accel*/device")):
            busy_us = _number(device / "npu_busy_time_us")
            if busy_us is not None:
                busy = self._share(f"npu {device.parent.name}", busy_us * 1000)
                yield DeviceLoad(name="NPU", busy=busy, memory_used=_number(device / "npu_memory_utilization"))

    def _gpu(self, workers: list[int]) -> DeviceLoad | None:
        """The workers' own use of an Intel or AMD GPU, as every Linux graphics driver tells it (drm-usage-stats)."""
        clients: dict[str, tuple[int, int]] = {}
        for pid in workers:
            for text in _texts(self._procfs / str(pid) / "fdinfo"):
                facts = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
                if "drm-client-id" in facts and any(name.startswith("drm-engine-") for name in facts):
                    # Several descriptors may be of one client, each of which tells all of its use.
                    clients[facts.get("drm-pdev", "") + facts["drm-client-id"]] = _used(facts)
        if not clients:
            return None
        busy = self._share("gpu", sum(time_ns for time_ns, _ in clients.values()))
        return DeviceLoad(name="GPU (phi-ls alone)", busy=busy, memory_used=sum(size for _, size in clients.values()))

    def _share(self, name: str, used_ns: int) -> float | None:
        now = self._clock()
        before = self._last.get(name)
        self._last[name] = (now, used_ns)
        if before is None or now <= before[0]:
            return None
        return min(1.0, max(0.0, (used_ns - before[1]) / (now - before[0])))


def _cpu(*, known: bool) -> DeviceLoad:
    memory = psutil.virtual_memory()
    busy = psutil.cpu_percent(interval=None) / 100  # at first 0: it has nothing to compare with, and does not say so
    return DeviceLoad(
        name="CPU", busy=busy if known else None, memory_used=memory.total - memory.available, memory_total=memory.total
    )


class Nvidia:
    """NVIDIA GPUs, as their driver's own tool tells; one that hangs is not asked again."""

    def __init__(self, tool: str | None = None, answer_s: float = ANSWER_S) -> None:
        self._tool = tool or shutil.which("nvidia-smi")
        self._answer_s = answer_s

    def look(self) -> list[DeviceLoad]:
        """Return a load for each GPU; none where there is no tool, or no answer."""
        if self._tool is None:
            return []
        fields = ("name", "utilization.gpu", "memory.used", "memory.total")
        try:
            return list(read_nvidia(nvidia_tool.ask(*fields, tool=self._tool, answer_s=self._answer_s)))
        except subprocess.TimeoutExpired:
            self._tool = None
            return []


def read_nvidia(table: str) -> Iterator[DeviceLoad]:
    """Yield what the tool's table says, a GPU a line: name, per cent, MiB used, MiB there are."""
    for name, busy, used, total in nvidia_tool.rows(table, columns=4):
        yield DeviceLoad(
            name=name,
            busy=int(busy) / 100 if busy.isdigit() else None,
            memory_used=nvidia_tool.mebibytes(used),
            memory_total=nvidia_tool.mebibytes(total),
        )


def _used(facts: dict[str, str]) -> tuple[int, int]:
    """Return nanoseconds on all engines and bytes of memory of one client."""
    time_ns = sum(_leading(value) for name, value in facts.items() if name.startswith("drm-engine-"))
    sizes = [value.split() for name, value in facts.items() if name.startswith("drm-resident-")]
    unit = {"KiB": 2**10, "MiB": 2**20}
    return time_ns, sum(_leading(words[0]) * unit.get(words[-1], 1) for words in sizes if words)


def _leading(text: str) -> int:
    word = text.split(maxsplit=1)[0] if text.split() else ""
    return int(word) if word.isdigit() else 0


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):
        return None


def _texts(folder: Path) -> Iterator[str]:
    """Yield the texts of a folder of another process, which may end meanwhile or belong to someone else."""
    try:
        paths = list(folder.iterdir())
    except OSError:
        return
    for path in paths:
        with contextlib.suppress(OSError):
            yield path.read_text("utf-8", "replace")
