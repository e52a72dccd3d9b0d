"""What environments are made of, what pip's last words mean, and which of two caches a prompt goes on with."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from phi_providers.engines.npu_library_lanes import Lanes
from phi_providers.environments.pip import cause
from phi_providers.environments.recipes import RECIPES, EnvironmentFailed, engines, recipe

PINNED = re.compile(r"[A-Za-z0-9_.-]+==[0-9][0-9A-Za-z.]*")


@pytest.mark.parametrize("engine", engines())
def test_every_requirement_is_one_exact_version(engine: str) -> None:
    """On every system, so that what was tested is what is installed; and a size, a trial and a Python are given."""
    data = json.loads(RECIPES.read_text("utf-8"))[engine]
    for requirements in data["requirements"].values():
        assert [] == [item for item in requirements if not PINNED.fullmatch(item)]
        names = [item.split("==")[0] for item in requirements]
        assert len(set(names)) == len(names)
    for sizes in (data["download"], data["megabytes"]):
        assert set(data["requirements"]) == set(sizes)
        assert min(sizes.values()) > 100
    assert data["probe"]
    assert data["python"]


@pytest.mark.parametrize("engine", ["npu_library", "transformers"])
def test_environments_of_workers_have_what_a_worker_needs(engine: str) -> None:
    """`tokenizers` is the one package that the worker itself imports."""
    for requirements in json.loads(RECIPES.read_text("utf-8"))[engine]["requirements"].values():
        assert any(item.startswith("tokenizers==") for item in requirements)


def test_the_key_names_the_content(tmp_path: Path) -> None:
    """Another version is another folder; another title or size is not."""
    size = {sys.platform: 1}
    data = {"title": "A", "python": ["3.11"], "probe": ["a"], "requirements": {sys.platform: ["a==1"]}}
    data |= {"megabytes": size, "download": size}
    file = tmp_path / "recipes.json"

    def key(**changed: object) -> str:
        file.write_text(json.dumps({"a": {**data, **changed}}), "utf-8")
        return recipe("a", file).key

    assert key() == key(title="B", megabytes={sys.platform: 2})
    assert key() != key(requirements={sys.platform: ["a==2"]})


def test_a_system_that_the_engine_does_not_exist_for(tmp_path: Path) -> None:
    """The systems that it exists for are named."""
    file = tmp_path / "recipes.json"
    data = {"title": "A thing", "requirements": {"win32": [], "amiga": []}}
    file.write_text(json.dumps({"a": data}), "utf-8")
    if sys.platform != "win32":
        with pytest.raises(EnvironmentFailed, match="A thing exists for Windows and amiga only"):
            recipe("a", file)


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("NewConnectionError('<...>: [Errno 101] Network is unreachable')\nERROR: No matching", "cannot be reached"),
        ("ERROR: No matching distribution found for torch==2.13.0", "there is no torch==2.13.0 for this Python"),
        ("Error: ensurepip is not available", "install python3-venv"),
        ("compiling\nfatal error: openvino.h: No such file\nfailed", "fatal error: openvino.h: No such file"),
        ("", "it said nothing"),
    ],
)
def test_last_words_become_a_sentence(output: str, told: str) -> None:
    """A cause and a remedy where they are known, otherwise the line that says most."""
    assert told in cause(output)


class Cut:
    """A cache that notes to what it was cropped."""

    def __init__(self) -> None:
        self.length: int | None = None

    def crop(self, length: int) -> None:
        """Note the length."""
        self.length = length


def test_two_prompts_in_turn_do_not_evict_each_other() -> None:
    """Typing in one lane, an explanation in the other: each goes on with its own."""
    lanes = Lanes(Cut)
    typing, asking = list(range(100)), [*range(10), *range(500, 590)]
    for ids in (typing, asking):
        lanes.choose(ids).ids[:] = ids
    assert 99 == len(lanes.choose([*typing[:99], 7]).ids)
    assert 99 == len(lanes.choose(asking).ids)
    assert 99 == lanes.choose([*typing[:99], 7]).cache.length


def test_a_third_prompt_takes_the_place_of_the_oldest() -> None:
    """The lane that was not used last goes; a new beginning gets a new cache."""
    lanes = Lanes(Cut)
    for ids in ([1] * 50, [2] * 50):
        lanes.choose(ids).ids[:] = ids
    third = lanes.choose([3] * 50)
    assert ([], None) == (third.ids, third.cache.length)
    assert (49, 0) == (len(lanes.choose([2] * 50).ids), len(lanes.choose([1] * 50).ids))


def test_the_last_token_is_always_computed() -> None:
    """Its probabilities are what the answer begins with."""
    lanes = Lanes(Cut)
    lanes.choose([1, 2, 3]).ids[:] = [1, 2, 3]
    assert [1, 2] == lanes.choose([1, 2, 3]).ids
    assert [] == lanes.choose([1]).ids
