"""The test corpus on a machine that has none: the packages of the test split alone are downloaded and cleaned."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from starter_training.collect import download, wanted_packages
from starter_training.corpus import build
from starter_training.evaluation.corpus import TEST, NoCorpus
from starter_training.evaluation.measuring import CONSOLE

SPLITS = ("excluded", "test")
"""The excluded projects are not looked into, but for leaving out copies of their files."""


def fetch() -> None:
    """Make the test corpus unless it is there; raises NoCorpus for a package that cannot be downloaded."""
    if TEST.is_file():
        return
    wanted = [package for package in wanted_packages() if package.split in SPLITS]
    CONSOLE.print(f"downloading {len(wanted)} packages, once")
    try:
        with ThreadPoolExecutor(2) as pool:
            failures = [failure for failure in pool.map(download, wanted) if failure]
    except FileNotFoundError as exc:
        raise NoCorpus(f"the packages are downloaded by pip and npm, and {exc.filename} is not installed") from exc
    if failures:
        raise NoCorpus(f"packages of the test corpus cannot be downloaded; try again: {'; '.join(failures)}")
    TEST.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TEST.parent) as folder:
        build(wanted, Path(folder))
        (Path(folder) / TEST.name).replace(TEST)
