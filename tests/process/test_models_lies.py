"""A hub, or whoever stands in its place, that sends or says what is not so: nothing of it is ever installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from process.hub_faults import (
    compressed,
    endless,
    flipped,
    login_page,
    login_page_in_disguise,
    redirect,
    too_long,
    too_short,
)
from process.local_hub import Answer, LocalHub, Repository, git_id, local_hub, sha256
from process.pulling import FILES, REPOSITORY, VARIANT, WEIGHTS, Fetcher, smaller_model, visible

SIZE = len(smaller_model()[WEIGHTS])
SMALL = "config.json"
"""A file that git keeps itself, with another kind of fingerprint."""


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with local_hub() as running:
        yield running


@pytest.fixture
def fetcher(hub: LocalHub, tmp_path: Path) -> Fetcher:
    return Fetcher(tmp_path, hub)


@pytest.mark.parametrize("name", [WEIGHTS, SMALL])
@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("fingerprint", flipped(0)),
        ("fingerprint", flipped(-1)),
        ("fingerprint", flipped(1234)),
        ("should have", too_short(1)),
        ("should have", too_long(1)),
        ("sends more than", endless()),
        ("a web page came", login_page()),
        ("should have", login_page_in_disguise()),
        ("came compressed", compressed()),
    ],
    ids=["first bit", "last bit", "a bit", "short", "long", "endless", "login page", "disguised page", "compressed"],
)
def test_not_what_was_published(hub: LocalHub, fetcher: Fetcher, name: str, said: str, answer: Answer) -> None:
    """What comes instead of a file is refused and kept by nobody; what is fetched next is whole."""
    hub.faults[name] = [answer]
    assert said in fetcher.refused()
    hub.faults[name] = []
    fetcher.pull()
    fetcher.assert_whole()


def test_a_wrong_file_is_not_asked_for_twice(hub: LocalHub, fetcher: Fetcher) -> None:
    """What came in one piece and is wrong will not be right the second time: two gigabytes are not fetched again."""
    hub.faults[WEIGHTS] = [flipped(5)]
    fetcher.refused()
    assert SIZE == hub.served[WEIGHTS]
    assert not fetcher.part().exists()


def test_more_than_was_published_does_not_fill_the_disk(hub: LocalHub, fetcher: Fetcher) -> None:
    """Not a byte beyond the published size is written."""
    hub.faults[WEIGHTS] = [endless()]
    fetcher.refused()
    assert fetcher.part().stat().st_size <= SIZE


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://127.0.0.1:1/model",
        "http://localhost:{port}/model",
        "https://models.example/model",
        "https://huggingface.co.evil.example/x",
        "http://huggingface.co/x",
        "file:///etc/passwd",
    ],
)
def test_redirected_elsewhere(hub: LocalHub, fetcher: Fetcher, elsewhere: str) -> None:
    """Other servers are not asked, wherever the hub sends us: neither for files nor for the list of them."""
    address = elsewhere.format(port=hub.server.server_address[1])
    hub.faults[WEIGHTS] = [redirect(address)]
    assert "redirects elsewhere" in fetcher.refused()
    hub.faults["list"] = [redirect(address)]
    assert "redirects elsewhere" in fetcher.refused()


def test_another_server_hears_nothing(hub: LocalHub, fetcher: Fetcher) -> None:
    """A redirection to another server of this machine sends no request there."""
    with local_hub() as other:
        other.repositories.update(hub.repositories)
        digest = sha256(smaller_model()[WEIGHTS])
        hub.faults[WEIGHTS] = [redirect(f"{other.address}/large/{digest}/{WEIGHTS}")]
        assert "redirects elsewhere" in fetcher.refused()
        assert [] == other.requests


Lie = Callable[[dict[str, Any]], None]


def _weights(info: dict[str, Any]) -> dict[str, Any]:
    return next(sibling for sibling in info["siblings"] if sibling["rfilename"] == WEIGHTS)


def _other_commit(info: dict[str, Any]) -> None:
    info["sha"] = "../../../../etc"


def _no_commit(info: dict[str, Any]) -> None:
    del info["sha"]


def _no_fingerprint(info: dict[str, Any]) -> None:
    _weights(info).update(lfs=None, blobId=None)


def _strange_fingerprint(info: dict[str, Any]) -> None:
    _weights(info)["lfs"]["sha256"] = "sha256:0"


def _negative_size(info: dict[str, Any]) -> None:
    _weights(info)["lfs"]["size"] = -1


def _huge_size(info: dict[str, Any]) -> None:
    _weights(info)["lfs"]["size"] = 10**15


def _another_size(info: dict[str, Any]) -> None:
    _weights(info)["lfs"]["size"] += 1


def _no_files(info: dict[str, Any]) -> None:
    info["siblings"] = []


def _no_object(info: dict[str, Any]) -> None:
    info["siblings"] = 7


@pytest.mark.parametrize(
    ("said", "lie"),
    [
        ("instead of main", _other_commit),
        ("instead of main", _no_commit),
        ("no fingerprint", _no_fingerprint),
        ("no fingerprint", _strange_fingerprint),
        ("no size", _negative_size),
        ("no size", _huge_size),
        ("should have", _another_size),
        ("is not in the repository", _no_files),
        ("does not answer like a hub", _no_object),
    ],
)
def test_a_list_that_is_wrong(hub: LocalHub, fetcher: Fetcher, said: str, lie: Lie) -> None:
    """What cannot be checked is not fetched."""

    def published(info: dict[str, Any]) -> dict[str, Any]:
        lie(info)
        return info

    hub.published = published
    assert said in fetcher.refused()


def test_a_page_instead_of_the_list(hub: LocalHub, fetcher: Fetcher) -> None:
    """A network's login page is called by its name."""
    hub.faults["list"] = [login_page()]
    assert "login page" in fetcher.refused()


def test_a_commit_is_answered_with_another(hub: LocalHub, fetcher: Fetcher, tmp_path: Path) -> None:
    """Who asks for a pinned revision gets that one or nothing."""
    commit = hub.repositories[REPOSITORY][0].commit
    pinned = Fetcher(tmp_path, hub, revision=commit)
    hub.published = lambda info: {**info, "sha": "0" * 40}
    assert f"instead of {commit}" in pinned.refused()


def test_what_the_catalogue_pins(hub: LocalHub, tmp_path: Path) -> None:
    """A hub that publishes another file than the catalogue knows is not believed, even if its own fingerprint fits."""
    others = [name for name in FILES if name not in (WEIGHTS, SMALL)]
    small = smaller_model()[SMALL]
    known = [{"name": WEIGHTS, "sha256": "0" * 64}, {"name": SMALL, "sha256": sha256(small), "size_bytes": len(small)}]
    assert "not what the catalogue says" in Fetcher(tmp_path, hub, files=[*others, *known]).refused()
    known[0] = {"name": WEIGHTS, "size_bytes": SIZE - 1}
    assert "not what the catalogue says" in Fetcher(tmp_path, hub, files=[*others, *known]).refused()
    known[0] = {"name": WEIGHTS, "sha256": sha256(smaller_model()[WEIGHTS]), "size_bytes": SIZE}
    whole = Fetcher(tmp_path, hub, files=[*others, *known])
    whole.pull()
    whole.assert_whole()


def test_a_small_file_that_the_catalogue_pins(hub: LocalHub, tmp_path: Path) -> None:
    """Of a small file the hub publishes git's fingerprint alone; the catalogue's own is compared as well."""
    files = [name for name in FILES if name != SMALL]
    fetcher = Fetcher(tmp_path, hub, files=[*files, {"name": SMALL, "sha256": "0" * 64}])
    assert f"{SMALL} is not what was published" in fetcher.refused()


def test_another_models_tokenizer(hub: LocalHub, tmp_path: Path) -> None:
    """A model whose control tokens have other numbers would be asked nonsense: it is refused."""
    files = smaller_model()
    swapped = files["tokenizer.json"].replace(b'"id":5,', b'"id":6,').replace(b'"id": 5,', b'"id": 6,')
    assert swapped != files["tokenizer.json"]
    hub.repositories[REPOSITORY] = [Repository({**files, "tokenizer.json": swapped})]
    assert "the tokenizer of" in Fetcher(tmp_path, hub).refused()


def test_a_link_instead_of_a_file(hub: LocalHub, tmp_path: Path) -> None:
    """A symbolic link in the repository is a file with a path in it, and no link here."""
    files = {name: data for name, data in smaller_model().items() if name != SMALL}
    hub.repositories[REPOSITORY] = [Repository(files, links={SMALL: "/etc/passwd"})]
    fetcher = Fetcher(tmp_path, hub)
    fetcher.pull()
    found = fetcher.root / VARIANT / SMALL
    assert (b"/etc/passwd", False) == (found.read_bytes(), found.is_symlink())
    assert git_id(b"/etc/passwd") == git_id(found.read_bytes())


def test_what_else_is_in_a_repository(hub: LocalHub, tmp_path: Path) -> None:
    """Nothing is asked for but the files of the catalogue: no code, no pickle, no template, no path that leads out."""
    others = ["modeling_phi3.py", "pytorch_model.bin", "model.pkl", "chat_template.jinja", "libcustom_op.so"]
    others += ["../../outside.txt", "/etc/cron.d/evil", "C:\\evil.txt", "a/../../b", "nul", "manifest.json"]
    others += ["tokenizer.json\0.py", "sub/config.json", ".gitattributes", "README.md", "profile.json"]
    hub.repositories[REPOSITORY] = [Repository(smaller_model() | dict.fromkeys(others, b"evil"))]
    fetcher = Fetcher(tmp_path, hub)
    fetcher.pull()
    assert [VARIANT] == visible(fetcher.root)
    asked = {path.rpartition("/")[2] for _, path, _ in hub.requests if "/api/" not in path}
    assert set(FILES) == asked
    installed = {path.name: path.read_bytes() for path in (fetcher.root / VARIANT).iterdir()}
    assert {*FILES, ".dates.json", "manifest.json", "profile.json", "source.json"} == set(installed)
    assert b"evil" not in installed.values()
    assert not list(tmp_path.rglob("outside.txt"))
