"""`phi-ls`: without a command it serves an editor; with one it answers on the terminal."""

from __future__ import annotations

import sys

COMMANDS = ("complete", "hover", "explain", "demo", "doctor", "status")


def main() -> None:
    """Run the command line; never returns."""
    arguments = sys.argv[1:]
    if any(argument in (*COMMANDS, "--help", "-h") for argument in arguments[:1]):
        # typer and rich cost a tenth of a second; an editor that starts the server shall not wait for them.
        from phi_ls.terminal.app import app

        app(prog_name="phi-ls")
    from phi_ls.serve import serve

    sys.exit(serve(arguments))
