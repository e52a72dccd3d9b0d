"""`phi-ls` without a command: the language server on stdin and stdout."""

from __future__ import annotations

import argparse
import logging
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from phi_ls import __version__, logs

log = logging.getLogger(__name__)

HINT = (
    "phi-ls: this is the language server; it waits for an editor on stdin. "
    "Try `phi-ls demo` or `phi-ls --help`; Ctrl-C ends it."
)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the server's options. Editors add the first two by themselves."""
    parser = argparse.ArgumentParser(prog="phi-ls", allow_abbrev=False)
    parser.add_argument("--stdio", action="store_true", help="the only transport, and the default")
    parser.add_argument("--clientProcessId", metavar="PID", help="accepted; the process named in initialize is watched")
    parser.add_argument("--log-file", metavar="FILE", type=Path, help="write the log there instead of to stderr")
    parser.add_argument("--log-level", default="warning", choices=logs.LEVELS)
    parser.add_argument("--version", action="version", version=f"phi-ls {__version__}")
    return parser


def serve(arguments: Sequence[str]) -> int:
    """Serve one editor until it goes; returns the exit code, exits with 2 for options that do not exist."""
    parser = make_parser()
    options = parser.parse_args(list(arguments))
    try:
        logs.set_up(level=options.log_level, file=options.log_file)
    except OSError as exc:
        parser.error(f"--log-file: '{options.log_file}' cannot be written: {exc.strerror}")
    if sys.stdin is None or sys.stdout is None:
        # Python leaves them out when the descriptors are closed.
        parser.error("stdin or stdout is closed: there is no editor to serve")
    if sys.stdin.isatty() and not options.stdio:
        print(HINT, file=sys.stderr)  # noqa: T201  # somebody sits there and sees nothing else
    return _serve()


def _serve() -> int:
    # Imported here: `--version` and a mistyped option need none of it.
    from phi_ls.configuration import Configuration
    from phi_ls.connection.transport import serve_stdio
    from phi_ls.server import PhiLanguageServer
    from phi_ls.settings import user_file

    log.info("phi-ls %s, Python %s, process %d", __version__, platform.python_version(), os.getpid())
    layer, complaints = user_file()
    server = PhiLanguageServer(Configuration([layer] if layer else [], complaints))
    return serve_stdio(server)


def main() -> None:
    """Entry for tests and debuggers that want the server alone."""
    sys.exit(serve(sys.argv[1:]))
