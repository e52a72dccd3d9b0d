"""`phi-ls`: without a command it serves an editor; with one it answers on the terminal."""

from __future__ import annotations

import sys

INTERRUPTED, READER_GONE = 130, 141
"""What a shell reports of a program that SIGINT or SIGPIPE ended."""


def main() -> None:
    """Run the command line; never returns."""
    try:
        sys.exit(_run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _run(arguments: list[str]) -> int:
    if arguments and (arguments[0] in ("--help", "-h") or not arguments[0].startswith("-")):
        return _command()
    from phi_ls.serve import serve

    return serve(arguments)


def _command() -> int:
    # typer and rich cost a tenth of a second; an editor that starts the server shall not wait for them.
    from phi_ls.terminal import output
    from phi_ls.terminal.app import app

    output.set_up()
    try:
        app(prog_name="phi-ls")
    except output.ReaderGone:
        return READER_GONE
    except OSError as exc:
        output.note(f"nothing more can be written: {exc.strerror}")
        return 2
    return 0
