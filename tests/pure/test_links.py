"""Where the names of documents lead."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from phi_ls.links import behind_links


@pytest.mark.skipif(sys.platform == "win32", reason="making a link takes a privilege there")
def test_a_link_leads_to_its_file_through_folders_and_other_links(tmp_path: Path) -> None:
    """Links in a row and links to folders are all followed."""
    folder = tmp_path / "real"
    folder.mkdir()
    (folder / "a b.py").write_text("")
    (tmp_path / "folder").symlink_to(folder)
    (tmp_path / "one").symlink_to(tmp_path / "folder" / "a b.py")
    (tmp_path / "two").symlink_to("one")
    assert (folder / "a b.py").resolve().as_uri() == behind_links((tmp_path / "two").as_uri())


@pytest.mark.skipif(sys.platform == "win32", reason="making a link takes a privilege there")
def test_links_in_a_circle_lead_somewhere(tmp_path: Path) -> None:
    """Two links that lead to each other raise nothing and never end in a loop."""
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert behind_links((tmp_path / "a").as_uri()).startswith("file:")


@pytest.mark.parametrize(
    "uri", ["untitled:notes", "git:/project/.env?ref", "file:///no/such/file.py", "file:///nul%00.py", "", "x", "file:"]
)
def test_what_is_no_link_leads_to_itself(uri: str) -> None:
    """Other schemes, files that are not there, and names that no file can have."""
    assert uri == behind_links(uri)
