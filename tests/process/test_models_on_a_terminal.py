"""What fetching a model looks like on a terminal."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
from pathlib import Path

from process.command_line import COMMAND, PATIENCE_S
from process.hub_faults import cut
from process.local_hub import local_hub
from process.pulling import VARIANT, WEIGHTS, Pulling, assert_whole, small_model

SIZE = f"{sum(map(len, small_model().values())) / 1000**2:.1f}"


def test_the_question_and_the_bars(tmp_path: Path) -> None:
    """The user is asked, agrees, and sees both stages come to their ends, and what went wrong on the way."""
    with local_hub() as hub:
        cli = Pulling(tmp_path, hub)
        hub.faults[WEIGHTS] = [cut(1_000_000)]
        master, slave = pty.openpty()
        env = {**cli.env, "TERM": "xterm-256color", "COLUMNS": "100", "NO_COLOR": "1"}
        command = [*COMMAND, "models", "pull", VARIANT]
        process = subprocess.Popen(command, cwd=cli.folder, env=env, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        written, answered = b"", False
        # Linux ends a pseudo-terminal with an error, others with nothing.
        with contextlib.suppress(OSError):
            while piece := os.read(master, 65536):
                written += piece
                if b"[y/N]" in written and not answered:
                    os.write(master, b"y\n")
                    answered = True
        os.close(master)
        assert 0 == process.wait(PATIENCE_S), written.decode()
        assert_whole(cli.root, hub)
    shown = written.decode()
    for said in ("download", "verify", f"{SIZE}/{SIZE} MB", "trying again", "is installed in"):
        assert said in shown
