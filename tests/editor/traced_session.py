"""A session under strace: the sockets it opens, and the files it opens for writing."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

CALLS = "network,open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod"

_CALL = re.compile(r"^\d+ +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")
_CHANGES = {"creat", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"}
_OPENS = {"open", "openat", "openat2"}


def strace(trace: Path) -> list[str]:
    """Return the command that runs another one and writes its system calls to `trace`; fails if it is not installed."""
    assert shutil.which("strace"), "this test needs strace: install the package 'strace'"
    return ["strace", "-f", "-qq", "-s", "512", "-e", f"trace={CALLS}", "-o", str(trace)]


def no_network() -> list[str]:
    """Return the command that runs another one in an empty network namespace; fails if it is not installed."""
    assert shutil.which("unshare"), "this test needs unshare: install the package 'util-linux'"
    return ["unshare", "--user", "--map-root-user", "--net"]


@dataclass(frozen=True)
class Call:
    """One system call."""

    name: str
    arguments: str
    result: int

    @property
    def paths(self) -> list[str]:
        """The paths among the arguments."""
        return _QUOTED.findall(self.arguments)


def calls(trace: Path) -> list[Call]:
    """Return all system calls of a trace that are complete."""
    lines = (_CALL.match(line) for line in _joined(trace.read_text(errors="replace").splitlines()))
    return [Call(match["name"], match["arguments"], int(match["result"])) for match in lines if match]


def _joined(lines: list[str]) -> list[str]:
    """Put calls that strace reports in two pieces, because another thread came between, together again."""
    begun: dict[str, str] = {}
    whole = []
    for line in lines:
        pid = line.partition(" ")[0]
        if line.endswith("<unfinished ...>"):
            begun[pid] = line.removesuffix("<unfinished ...>").rstrip()
        elif "resumed>" in line and pid in begun:
            whole.append(begun.pop(pid) + line.partition("resumed>")[2])
        else:
            whole.append(line)
    return whole + list(begun.values())


def internet(trace: Path) -> list[Call]:
    """Return the calls that have to do with the internet, or that wait for connections of any kind."""
    return [call for call in calls(trace) if call.name == "listen" or "AF_INET" in call.arguments]


def written(trace: Path) -> list[str]:
    """Return the paths that were opened for writing, made, or given another name."""
    found = []
    for call in calls(trace):
        changes = call.name in _CHANGES or (call.name in _OPENS and _WRITES.search(call.arguments))
        if changes and call.result >= 0:
            found += call.paths
    return found
