"""Child processes of the environment builder, and what their errors mean."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from phi_providers.environments.recipes import EnvironmentFailed
from phi_providers.environments.watch import SILENCE_S, NotStarted, follow

Progress = Callable[[str], None]
"""Takes a line for people, each time something begins."""

TEMPORARY = "tmp-"
"""How the folders begin that a command's temporary files lie in; one that was killed leaves its own behind."""

_AGAIN = "check the network and run the command again, which goes on from here"

_TOLD = re.compile(
    r"(Collecting|Processing|Downloading|Using cached|Installing collected packages|Building wheel)\b(.*)"
)

_UNREACHABLE = (
    "Temporary failure in name resolution|Network is unreachable|NewConnectionError|getaddrinfo failed"
    "|ConnectTimeout|Connection refused|ProxyError|Read timed out"
)
_CAUSES = {
    "No space left on device|not enough space": "the disk is full; free some space and run the command again",
    _UNREACHABLE: "the package index cannot be reached; check the network or pip's proxy settings and try again",
    "SSLError|CERTIFICATE_VERIFY_FAILED": "the package index's certificate is not trusted; see pip's option --cert",
    r"No matching distribution found for (?P<what>\S+)": "there is no {what} for this Python and this system, or the "
    "package index does not have it",
    "Permission denied": "a file cannot be written; check who owns the folder",
    "ensurepip is not available|No module named ensurepip": "Python's venv module is incomplete; install python3-venv",
}
"""What pip says → what it means and what to do; the first that is found counts."""


def run(
    command: Sequence[str | Path], folder: Path, what: str, progress: Progress, *, silence_s: float = SILENCE_S
) -> None:
    """Run a command in `folder`, telling what pip collects and downloads; raises EnvironmentFailed.

    It is ended when for `silence_s` it has said nothing and nothing in `folder` has grown.
    """

    def told(line: str) -> None:
        if found := _TOLD.match(line):
            progress(f"{found[1]}{_shortened(found[2])}")

    # Downloads go where the environment goes: the system's folder for temporary files is often small, or in memory.
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=folder, ignore_cleanup_errors=True) as temporary:
        try:
            ended = follow(command, folder, _environment(temporary), told, silence_s=silence_s)
        except NotStarted as exc:
            raise EnvironmentFailed(f"{what} failed: {exc}") from exc
    if ended.stuck:
        raise EnvironmentFailed(f"{what} was ended: nothing came of it for {silence_s / 60:.0f} minutes; {_AGAIN}")
    if ended.code:
        raise EnvironmentFailed(f"{what} failed: {cause(ended.tail)}")


def pip_for(python: Path, progress: Progress) -> list[str | Path]:
    """Return the command of a pip that installs into the environment of this interpreter.

    Ours when there is one (22.3 can serve another environment): giving each environment a pip takes seconds.
    """
    if importlib.util.find_spec("pip") and _pip_version() >= (22, 3):
        return [sys.executable, "-I", "-m", "pip", "--python", python]
    run([python, "-I", "-m", "ensurepip"], python.parents[1], "giving it a pip", progress)
    return [python, "-I", "-m", "pip"]


def _pip_version() -> tuple[int, ...]:
    return tuple(int(part) for part in importlib.metadata.version("pip").split(".")[:2] if part.isdigit())


def cause(output: str) -> str:
    """Return what the end of a failed command's output says, in one sentence with what to do."""
    for sign, told in _CAUSES.items():
        if found := re.search(sign, output):
            return told.format(**found.groupdict())
    errors = [line for line in output.splitlines() if re.search(r"\berror\b", line, re.IGNORECASE)]
    last = (errors or output.splitlines() or ["it said nothing"])[-1]
    return last[:300]


def _environment(temporary: str) -> dict[str, str]:
    """Return the user's environment, whose pip settings and proxy count, without what would change our packages."""
    strange = ("PYTHON", "VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_PROGRESS_BAR": "off", "PIP_USER": "0"}
    quiet["PYTHONUTF8"] = "1"
    return {**kept, **quiet, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary)}


def _shortened(text: str) -> str:
    # Where a requirement comes from is of no interest, and an address may hold a password.
    return re.sub(r"\s*\(from .*", "", re.sub(r"\S+/(?=[^/\s]+)", "", text))[:100]
