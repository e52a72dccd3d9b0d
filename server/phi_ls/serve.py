"""`phi-ls` without a command: the language server on stdin and stdout."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from phi_ls import __version__, logs


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the server; exits with 2 for others. Editors add the first two by themselves."""
    parser = argparse.ArgumentParser(prog="phi-ls", allow_abbrev=False)
    parser.add_argument("--stdio", action="store_true", help="the only transport, and the default")
    parser.add_argument("--clientProcessId", metavar="PID", help="accepted; the process named in initialize is watched")
    parser.add_argument("--log-file", metavar="FILE", type=Path)
    parser.add_argument("--log-level", default="warning", choices=logs.LEVELS)
    parser.add_argument("--version", action="version", version=f"phi-ls {__version__}")
    return parser.parse_args(list(arguments))


def serve(arguments: Sequence[str]) -> int:
    """Serve one editor until it goes; returns the exit code."""
    options = parse(arguments)
    logs.set_up(level=options.log_level, file=options.log_file)
    # Imported here: `--version` and a mistyped option need none of it.
    from phi_ls.configuration import Configuration
    from phi_ls.server import PhiLanguageServer
    from phi_ls.settings import user_file
    from phi_ls.transport import serve_stdio

    layer, complaints = user_file()
    server = PhiLanguageServer(Configuration([layer] if layer else [], complaints))
    return serve_stdio(server)


def main() -> None:
    """Entry for tests and debuggers that want the server alone."""
    sys.exit(serve(sys.argv[1:]))
