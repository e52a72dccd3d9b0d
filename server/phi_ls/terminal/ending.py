"""How commands about models and environments end."""

from __future__ import annotations

import json
from collections.abc import Callable

from phi_ls.terminal import output
from phi_providers.models.manifest import ModelError

DONE, FAILED, DECLINED = 0, 1, 2
"""Exit codes."""


def ended(work: Callable[[], object], *, as_json: bool) -> int:
    """Do a command's work and print what it returns: JSON or text; returns the exit code."""
    try:
        result = work()
    except (ModelError, OSError) as exc:
        output.note(str(exc))
        return FAILED
    output.write(f"{json.dumps(result) if as_json else result}\n")
    return DONE
