"""The editors' pages: what they tell a person to write can be read by the editor."""

from __future__ import annotations

import json
import re

import pytest
import tomlkit
from clients.readme import CLIENTS, configuration

PAGES = {path.parent.name: path.read_text("utf-8") for path in CLIENTS.glob("*/README.md")}
BLOCKS = [
    (editor, language, number)
    for editor, page in sorted(PAGES.items())
    for language in ("json", "toml")
    for number in range(len(re.findall(rf"^```{language}$", page, re.MULTILINE)))
]
READERS = {"json": json.loads, "toml": tomlkit.parse}


@pytest.mark.parametrize(("editor", "language", "number"), BLOCKS)
def test_a_configuration_is_well_formed_and_starts_the_server(editor: str, language: str, number: int) -> None:
    """JSON and TOML are read as such; a block that names a command names ours."""
    read = READERS[language](configuration(editor, language, number))
    assert "command" not in str(read) or "phi-ls" in str(read)


def test_the_editors_without_a_test_of_their_own_have_one_here() -> None:
    """Sublime Text, Kate and Zed cannot be run by these tests, so at least their configurations are read."""
    assert {"sublime", "kate", "zed"} <= {editor for editor, _, _ in BLOCKS}
