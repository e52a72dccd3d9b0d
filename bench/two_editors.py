"""`PYTHONPATH=tests python -m bench.two_editors`: the memory that two editors on one project take, a server each."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import psutil
from clients.project import SAMPLE, running, sample_project, until_ready
from clients.side_by_side import F5, emacs_beside, neovim, server_below, variables

from bench.output import show
from bench.process import MIB, usage_of
from bench.report import Report

TYPED = "self.name = "


def measure(folder: Path) -> Report:
    """Start Neovim and Emacs on one file, have each show a suggestion, and look at their servers and workers."""
    cut = SAMPLE.replace("self.name = name", "")
    line = cut.splitlines().index("        ") + 1
    file = sample_project(folder, cut)
    report = Report("Two editors on one project")
    with neovim(folder) as left, emacs_beside(folder, file, line) as right:
        left.edit(file)
        left.input(f"{line}GA{TYPED}")
        ghost = left.until_ghost()
        right.until("eglot:")
        until_ready(variables(folder), servers=2)
        right.type(f"\x05{TYPED}")
        right.until(f"{TYPED}{ghost}")
        servers = running(variables(folder))
        for name, pid in {"Neovim": left.process.pid, "Emacs": right.pid}.items():
            _enter(report, name, server_below(psutil.Process(pid), servers))
        right.type(F5)
        right.wait_for_end()
    total = sum(figure.value for figure in report.figures if figure.name.endswith("PSS"))
    report.add("all processes of phi-ls: PSS", total, "MiB")
    report.notes.append("RSS counts shared pages whole, PSS by share; the editors themselves are not counted")
    return report


def _enter(report: Report, editor: str, server: dict[str, Any]) -> None:
    workers = [worker["pid"] for worker in server["status"]["workers"]]
    for what, pid in [("server", server["pid"]), *[("worker", pid) for pid in workers]]:
        usage = usage_of(pid)
        report.add(f"{editor}, {what}: RSS", usage.rss / MIB, "MiB")
        report.add(f"{editor}, {what}: PSS", usage.pss / MIB, "MiB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        show(measure(Path(made)))
