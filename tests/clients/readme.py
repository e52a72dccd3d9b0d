"""The configurations that the editors' pages tell a person to write: the tests run what stands there."""

from __future__ import annotations

import re
from pathlib import Path

CLIENTS = Path(__file__).parents[2] / "editor-clients"


def configuration(editor: str, language: str, number: int = 0) -> str:
    """Return a block of code in an editor's page, by its language and which of these it is."""
    page = (CLIENTS / editor / "README.md").read_text("utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return str(blocks[number])
