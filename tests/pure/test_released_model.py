"""The built-in model as it is in the repository: what its release would write again."""

from __future__ import annotations

import json

from phi_providers.models.installed import BUILTIN
from phi_providers.models.manifest import verify
from starter_training.places import RECIPE
from starter_training.release import PROVIDERS, Sources, release
from starter_training.run_log import RUNS


def test_the_shipped_files_are_what_a_release_writes() -> None:
    """Profile, card and manifest are regenerated from the run's log and the data's manifest, byte for byte."""
    run = json.loads((RECIPE / "release.json").read_bytes())["run"]
    sources = Sources(checkpoint=PROVIDERS / "starter-original", exported=BUILTIN, run=RUNS / run)
    assert [] == release(sources, PROVIDERS, check=True)


def test_the_manifest_has_the_hash_of_every_shipped_file() -> None:
    """What the loader checks is what is there."""
    verify(BUILTIN, full=True)
