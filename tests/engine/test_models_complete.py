"""From a hub to a suggestion: fetched, checked, chosen, and it answers like the model that it is a copy of."""

from __future__ import annotations

import json
from pathlib import Path

from process.local_hub import local_hub
from process.pulling import VARIANT, Pulling


def test_a_fetched_model_completes(tmp_path: Path) -> None:
    """The same suggestion from the model that the settings name, from its id, and from the one that is built in."""
    with local_hub() as hub:
        cli = Pulling(tmp_path, hub)
        assert 0 == cli.pull("--no-use").returncode
    cli.file("def add(first, second):\n    return ")
    place = ("complete", "sample.py:2:12", "--json")
    built_in = json.loads(cli.run(*place).stdout)
    by_id = json.loads(cli.run(*place, "--model", VARIANT).stdout)
    assert 0 == cli.models("verify", VARIANT).returncode
    assert 0 == cli.models("use", VARIANT).returncode
    chosen = json.loads(cli.run(*place).stdout)
    assert ["starter", VARIANT, VARIANT] == [answer["model"] for answer in (built_in, by_id, chosen)]
    assert built_in["text"] == by_id["text"] == chosen["text"]
