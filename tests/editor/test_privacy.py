"""What leaves the machine, and what is left on it: with the built-in model, seen from below the process."""

from __future__ import annotations

import itertools
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from editor.echo_editor import SERVER, EchoEditor, StartEditor, span
from editor.traced_session import internet, no_network, strace, written

URI = "file:///project/meter.py"
TEXT = '''"""Response times."""


class Meter:
    """Counts and times."""

    def __init__(self):
        self.times = []

    def add(self, seconds):
        """Remember a time."""
        self.times.append(seconds)

    def mean(self):
        """Return the mean."""
        return{space}
'''.replace("{space}", " ")
LONG_TESTS = os.environ.get("PHI_LS_LONG_TESTS") == "1"
SESSION_S = 60.0 if LONG_TESTS else 0.0
"""How long a person goes on after each feature has been used once."""

SLOW_START_S = 60.0
"""Each system call of a traced server costs several times what it costs otherwise."""

OUTSIDE = ("/dev/null", "/proc/self/setgroups", "/proc/self/uid_map", "/proc/self/gid_map")
"""What is written to besides our own folders: nothing that stays."""


def _work(client: EchoEditor, seconds: float = SESSION_S) -> None:
    """Type, and use every feature: once, and again and again until the time is up."""
    client.patience = SLOW_START_S
    client.until(client.status, lambda status: status["kind"] == "normal", SLOW_START_S)
    client.open(URI, TEXT)
    until = time.monotonic() + seconds
    for number in itertools.count():
        client.edit(URI, (0, 3), (0, 11), f"Times {number % 10} ")
        client.inline(URI, 15, 15, invoked=True)
        client.hover(URI, 9, 9)
        client.explain(URI, range=span((9, 0), (12, 0)))
        client.why()
        if time.monotonic() >= until:
            break
    client.until(lambda: (client.status(), list(client.folder.glob("state_dir/servers/*.json")))[1], bool)


def _traced(editor: StartEditor, folder: Path, *around: str) -> Path:
    """Work in a traced session with the built-in model and return the trace."""
    trace = folder / "trace"
    home = folder / "home"
    home.mkdir()
    # `env -u`: engines keep quiet where CI is set, and that is not what users run.
    command = [*around, *strace(trace), "env", "-u", "CI", *SERVER]
    variables = {"HOME": str(home)}
    with editor(command=command, variables=variables, initialize=False) as client:
        client.patience = SLOW_START_S
        client.initialize(capabilities={"textDocument": {"inlineCompletion": {}}})
        _work(client)
    return trace


@pytest.mark.timeout(300)
@pytest.mark.parametrize("around", [no_network, list], ids=["no network", "with network"])
def test_nothing_reaches_for_the_network(editor: StartEditor, tmp_path: Path, around: Callable[[], list[str]]) -> None:
    """Server and worker open no internet socket and listen on none, whether or not there is a network to use.

    What they write lies in phi-ls's own folders, and the user's home stays empty.
    """
    trace = _traced(editor, tmp_path, *around())
    own = tuple(f"{tmp_path / name}/" for name in ("cache_dir", "state_dir", "data_dir"))
    made = [path for path in written(trace) if not f"{path}/".startswith(own)]

    assert [] == internet(trace)
    assert [] == [path for path in made if path not in OUTSIDE]
    assert any(path.startswith(own) for path in written(trace))
    assert [] == list((tmp_path / "home").iterdir())


def test_an_internet_socket_would_be_seen(tmp_path: Path) -> None:
    """The trace does show what it is looked through for: sockets, listening, files in the home folder."""
    trace, stray = tmp_path / "trace", tmp_path / "stray"
    code = f"import socket; s = socket.create_server(('127.0.0.1', 0)); open({str(stray)!r}, 'w')"
    subprocess.run([*strace(trace), sys.executable, "-c", code], check=True)
    assert {"socket", "bind", "listen"} <= {call.name for call in internet(trace)}
    assert str(stray) in written(trace)


def test_what_is_kept_is_readable_by_its_owner_alone(editor: StartEditor, tmp_path: Path) -> None:
    """With the most careless umask folders have mode 0700 and files 0600."""
    command = ("sh", "-c", 'umask 000; exec "$@"', "sh", *SERVER)
    with editor(command=command, options={"engine": "auto"}) as client:
        _work(client, 0.0)
        kept = [path for name in ("cache_dir", "state_dir", "data_dir") for path in _below(tmp_path / name)]
        modes = {str(path): stat.S_IMODE(path.stat().st_mode) for path in kept if path.exists()}

    assert len(modes) > 2
    assert {} == {path: oct(mode) for path, mode in modes.items() if mode & 0o077}


def _below(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]
