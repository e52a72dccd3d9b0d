"""What an editor waits for: the modules that are loaded before the server can answer."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVING = "import phi_ls.serve, phi_ls.connection.transport, phi_ls.server, phi_ls.settings"


@pytest.mark.parametrize("package", ["huggingface_hub", "httpx2", "tomlkit", "rich", "typer"])
def test_the_server_starts_without_what_only_commands_need(package: str) -> None:
    """What fetches models, writes settings and draws on terminals is loaded by nobody who serves an editor."""
    program = f"import sys\n{SERVING}\nprint([name for name in sys.modules if name.split('.')[0] == {package!r}])\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
    assert "[]\n" == done.stdout, done.stderr
