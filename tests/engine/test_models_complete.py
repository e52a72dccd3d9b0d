"""A model that was fetched from a hub answers like the one that it is a copy of."""

from __future__ import annotations

import json
from pathlib import Path

from process.local_hub import local_hub
from process.pulling import VARIANT, Pulling


def test_a_fetched_model_completes(tmp_path: Path) -> None:
    """The same suggestion, from the folder that `models path` prints."""
    with local_hub() as hub:
        cli = Pulling(tmp_path, hub)
        cli.file("def add(first, second):\n    return ")
        assert 0 == cli.pull("--no-use").returncode
    folder = cli.models("path", VARIANT).stdout.strip()
    fetched = json.loads(cli.run("complete", "sample.py:2:12", "--json", "--model", folder).stdout)
    built_in = json.loads(cli.run("complete", "sample.py:2:12", "--json").stdout)
    assert (VARIANT, "starter") == (fetched["model"], built_in["model"])
    assert built_in["text"] == fetched["text"]
