"""The pages of docs/runtimes, followed from the first command to the last: environments, conversion, answers."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from environments import prepared
from process.guide_pages import COMMANDS, PAGES, ROOT, Follower, read

from phi_providers.environments.kept import folder_of

PATIENCE_S = 1200.0
"""Of one block: the longest installs PyTorch."""

pytestmark = pytest.mark.timeout(2400)

EXPORT = ROOT / "providers" / "starter-training" / "requirements-export.txt"
"""What a page has its readers install into an environment in their home folder."""

ENVIRONMENTS = Path(".local") / "share" / "phi-ls" / "environments"


@pytest.fixture(scope="module")
def home() -> Path:
    """A home folder that is kept, because a page makes an environment in it; a new one when that is another."""
    key = hashlib.sha256(EXPORT.read_bytes()).hexdigest()[:12]
    folder = prepared.root() / f"home-{key}"
    (folder / ENVIRONMENTS).mkdir(parents=True, exist_ok=True)
    for place in (folder, *(folder / part for part in ENVIRONMENTS.parents), folder / ENVIRONMENTS):
        place.chmod(0o700)
    return folder


@pytest.fixture
def work() -> Iterator[Path]:
    """A work folder that goes at once: models take gigabytes."""
    with tempfile.TemporaryDirectory(prefix="phi-ls-guides-") as place:
        yield Path(place)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_is_done_as_it_is_written(page: Path, home: Path, work: Path) -> None:
    """Each command that a page does not except ends well and prints what the page says."""
    expected = [block.place for block in read(page) if block.how]
    for name in fixed_by(page):
        link(home, name)
    follower = Follower(folder=work, home=home, environ=environ(), patience_s=PATIENCE_S)
    assert expected == follower.follow(page)


def fixed_by(page: Path) -> list[str]:
    """Return the environments that a page has made."""
    text = "".join(block.text for block in read(page) if block.how and block.language in COMMANDS)
    return re.findall(r"doctor --fix ([\w-]+)", text)


def link(home: Path, name: str) -> None:
    """Put an environment that is kept for tests into the place where the page's command looks for it."""
    assert "" == prepared.prepare(name, print)
    kept = folder_of(prepared.root(), prepared.needed(name))
    place = home / ENVIRONMENTS / kept.name
    if not place.is_symlink():
        place.symlink_to(kept)


def environ() -> dict[str, str]:
    """Return ours, with pip's cache where it is, which pip would look for in the home folder."""
    cache = os.environ.get("PIP_CACHE_DIR") or os.path.expanduser("~/.cache/pip")  # noqa: PTH111
    return {**os.environ, "PIP_CACHE_DIR": cache}
