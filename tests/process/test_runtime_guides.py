"""The pages of docs/runtimes: each command is run or said not to be; those that need no environment are run here."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from process.guide_pages import ALL, COMMANDS, LIGHT, PAGES, ROOT, Block, Follower, lacking, read

from phi_ls.layers import Layer, Source
from phi_ls.settings import resolve
from phi_providers.engines.onnx_pins import ENVIRONMENTS
from phi_providers.environments.recipes import engines, recipe

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PATIENCE_S = 100.0

PAGE = """# A page

It prints two lines:

```sh run
printf 'one\\nsize 12 kB\\nthree\\n'
```

```text
one
size … kB
```

*Not run: needs Windows.*

```powershell
dir
```
"""


def blocks() -> list[Block]:
    """Return the blocks of all pages."""
    return [block for page in PAGES for block in read(page)]


def test_there_is_a_page_for_each_runtime_and_the_first_leads_to_all() -> None:
    """No page is missing, and none can only be found by its name."""
    names = {page.name for page in PAGES}
    assert {"README.md", "openvino.md", "onnxruntime.md", "npu-library.md", "cuda.md"} <= names
    first = (PAGES[0].parent / "README.md").read_text("utf-8")
    assert [] == [name for name in names - {"README.md"} if f"({name})" not in first]
    assert "(runtimes/README.md)" in (ROOT / "docs" / "engines.md").read_text("utf-8")


def test_each_command_is_run_or_said_not_to_be() -> None:
    """A command without a mark has a line above it that says so, and what it needs."""
    commands = [block for block in blocks() if block.language in COMMANDS]
    assert [] == [block.place for block in commands if block.how and (block.language, block.how) not in runnable()]
    unmarked = [block for block in commands if not block.how]
    assert [] == [b.place for b in unmarked if not ("*Not run" in b.above and re.search(r"needs[ \n]", b.above))]


def runnable() -> set[tuple[str, str]]:
    return {("sh", how) for how in ALL}


def test_nothing_else_stands_in_a_block() -> None:
    """Output stands below a command that is run, settings are TOML; what is anything else, no test looks at."""
    assert [] == [block.place for block in blocks() if block.language not in (*COMMANDS, "toml")]


def test_settings_are_taken_without_a_complaint() -> None:
    """Each block of settings is valid: names, values, syntax."""
    shown = [block for block in blocks() if block.language == "toml"]
    assert len(shown) >= 4
    for block in shown:
        values = tomllib.loads(block.text)
        settings, complaints = resolve([Layer(source=Source.USER_FILE, options=values)])
        assert ([], values["modelPath"]) == (complaints, settings.model_path), block.place


def test_versions_are_those_that_the_engines_are_checked_with() -> None:
    """A package with an exact version is one of the pins; all pairs for ONNX Runtime are there."""
    recipes = {pin for name in engines() for pin in recipe(name).requirements}
    pairs = {pin for each in ENVIRONMENTS for pin in each.requirements}
    named = {pin for block in blocks() for pin in re.findall(r"[\w-]+==[\w.]+", block.text)}
    assert named <= recipes | pairs
    assert pairs <= named


def test_a_page_is_read_as_it_is_meant(tmp_path: Path) -> None:
    """A command has its output, wildcards match within a line, and lines are looked for in their order."""
    page = tmp_path / "page.md"
    page.write_text(PAGE, "utf-8")
    run, unmarked = read(page)
    assert ("page.md:5", "sh", "run", ("one", "size … kB")) == (run.place, run.language, run.how, run.shown)
    assert ("powershell", "", "*Not run: needs Windows.*") == (unmarked.language, unmarked.how, unmarked.above)
    assert "" == lacking(run.shown, "zero\none\nsize 7 kB\n")
    assert "one" == lacking(run.shown, "size 7 kB\n")
    assert "size … kB" == lacking(run.shown, "size 7 kB\none\n")


def test_what_a_page_says_wrongly_is_noticed(tmp_path: Path) -> None:
    """Another output, and a command that fails."""
    page = tmp_path / "page.md"
    page.write_text(PAGE.replace("size 12", "weight 12"), "utf-8")
    with pytest.raises(AssertionError, match=r"page.md:5 prints no 'size … kB'"):
        follower(tmp_path).follow(page)
    page.write_text(PAGE.replace("three", "three' && false '"), "utf-8")
    with pytest.raises(AssertionError, match=r"page.md:5 ended with 1"):
        follower(tmp_path).follow(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_needs_nothing_is_done_as_it_is_written(page: Path, tmp_path: Path) -> None:
    """Commands that need neither a model nor an environment, in order, in an empty folder."""
    expected = [block.place for block in read(page) if block.how in LIGHT]
    assert expected == follower(tmp_path).follow(page, LIGHT)
    assert expected


def follower(folder: Path) -> Follower:
    """Return a reader in an empty folder."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return Follower(folder=folder, home=home, environ=os.environ, patience_s=PATIENCE_S)
