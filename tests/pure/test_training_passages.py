"""What passages of other files are worth to a model: which files are open, and how sure a difference is."""

from __future__ import annotations

from starter_training.evaluation.corpus import SourceFile
from starter_training.evaluation.cursors import Cursor
from starter_training.evaluation.other_files import OPEN_FILES, difference, opened


def source(path: str, package: str = "one", language: str = "python") -> SourceFile:
    return SourceFile(package=package, language=language, path=path, text="from one.store import Store\nx = 1\n")


def test_the_difference_is_taken_at_the_same_cursors() -> None:
    """One gained and none lost of four is a quarter, with the standard error of the four differences."""
    assert (0.25, 0.25) == difference([(False, True), (True, True), (False, False), (False, False)])
    assert (0.0, 0.0) == difference([(1.5, 1.5)])


def test_open_are_files_of_the_package_those_imported_last() -> None:
    """What was opened last is looked at first: imported files, then those beside this one, then others."""
    here = source("one/here.py")
    others = [source(f"one/far/{number}.py") for number in range(9)]
    files = [here, source("one/beside.py"), source("one/far/store.py"), *others, source("store.py", package="two")]
    found = [each.path for each in opened(Cursor(here, "x", 28, 33), files, 1)]
    assert OPEN_FILES == len(found)
    assert ["one/beside.py", "one/far/store.py"] == found[-2:]


def test_a_file_is_not_beside_itself() -> None:
    """Nor are files of other languages open."""
    here = source("one/here.py")
    assert [] == opened(Cursor(here, "x", 28, 33), [here, source("one/a.ts", language="typescript")], 1)
