"""How the corpus is collected, read, written and described."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from starter_training.archives import Metadata, declared_metadata, mapped_sources, source_files
from starter_training.clean import Source
from starter_training.clean_paths import path_reason
from starter_training.collect import Wanted, client_command, wanted_packages
from starter_training.corpus import write_split
from starter_training.licences import corpus_licence
from starter_training.manifest import write_manifest
from starter_training.package import Package


@pytest.mark.parametrize(
    ("expected", "metadata"),
    [
        ("MIT", Metadata("a", "1", licence_expression="MIT")),
        ("Apache-2.0", Metadata("a", "1", licence_expression="GPL-2.0-only OR Apache-2.0")),
        ("Apache-2.0 AND MIT", Metadata("a", "1", licence_field="Apache-2.0 AND MIT")),
        ("BSD-3-Clause", Metadata("a", "1", licence_field="BSD 3-Clause License\n\nCopyright somebody")),
        ("ISC", Metadata("a", "1", classifiers=("License :: OSI Approved :: ISC License (ISCL)",))),
        (None, Metadata("a", "1", licence_expression="MIT AND GPL-3.0-or-later")),
        (None, Metadata("a", "1", licence_expression="(MIT OR GPL-2.0) AND Zlib")),
        (None, Metadata("a", "1", licence_field="MIT-like")),
        (None, Metadata("a", "1", licence_field="see LICENSE")),
        (None, Metadata("a", "1")),
        (
            None,
            Metadata(
                "a", "1", licence_field="MIT", classifiers=("License :: OSI Approved :: GNU General Public License",)
            ),
        ),
    ],
)
def test_only_a_clear_permissive_licence_is_taken(expected: str | None, metadata: Metadata) -> None:
    """A licence counts only where the metadata names an allowed one and nothing else."""
    assert expected == corpus_licence(metadata)


def test_original_sources_come_out_of_source_maps() -> None:
    """A source map's texts get the path they have in the package, foreign ones keep their telling path."""
    source_map = {
        "sources": [
            "../../src/deep/a.ts",
            "webpack://lib/../node_modules/b/index.js",
            "../style.css",
            None,
            "../../dev/core/src/c.ts",
        ],
        "sourcesContent": ["let a", "let b", "css", "let n", "let c"],
    }
    found = dict(mapped_sources("dist/deep/a.js.map", json.dumps(source_map).encode()))
    assert b"let a" == found["src/deep/a.ts"]
    assert [b"let b"] == [text for path, text in found.items() if path_reason(path) == "foreign code"]
    assert b"let c" == found["src/c.ts"]
    assert 3 == len(found)


def test_archives_are_read_without_unpacking(tmp_path: Path) -> None:
    """Wheels and npm archives yield their declared metadata and their source files alone."""
    wheel = tmp_path / "thing-1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as out:
        out.writestr("thing/a.py", "a = 1\n")
        out.writestr("thing/data.bin", "0")
        out.writestr("thing-1.2.dist-info/METADATA", "Name: thing\nVersion: 1.2\nLicense-Expression: MIT\n\ntext\n")
    npm = tmp_path / "other-3.0.0.tgz"
    with tarfile.open(npm, "w:gz") as tar:
        for name, text in (("package.json", '{"name":"other","version":"3.0.0","license":"ISC"}'), ("b.ts", "let b\n")):
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    assert ("1.2", "MIT") == (declared_metadata(wheel).version, corpus_licence(declared_metadata(wheel)))
    assert ("3.0.0", "ISC") == (declared_metadata(npm).version, corpus_licence(declared_metadata(npm)))
    assert [("thing/a.py", b"a = 1\n")] == list(source_files(wheel))
    assert [("b.ts", b"let b\n")] == list(source_files(npm))


def test_the_list_pins_every_package_once() -> None:
    """No package is in two splits and each has a version, which its client is asked for."""
    wanted = wanted_packages()
    assert [1] == sorted(set(Counter((w.registry, w.name) for w in wanted).values()))
    assert all(w.version for w in wanted)
    assert {"excluded", "train", "validation", "test"} == {w.split for w in wanted}
    assert "flask==3.1.3" in client_command(Wanted("pypi", "test", "flask", "3.1.3"))
    assert "@scope/name@1.0.0" in client_command(Wanted("npm", "test", "@scope/name", "1.0.0"))


def test_a_split_is_written_as_shuffled_lines_and_described(tmp_path: Path) -> None:
    """The same sources always give the same lines, in mixed order, and the manifest adds up to them."""
    sources = [Source(f"{i:02}.py", "python", f"text {i}\n") for i in range(20)]
    packages = [
        Package("pypi", "train", "one", "1", "MIT", sources),
        Package("npm", "train", "closed", "2", "", refused="licence: none"),
    ]
    write_split("train", packages, tmp_path)
    first = (tmp_path / "train.jsonl").read_text(encoding="utf-8")
    write_split("train", packages, tmp_path)
    rows = [json.loads(line) for line in first.splitlines()]
    assert first == (tmp_path / "train.jsonl").read_text(encoding="utf-8")
    assert {s.path for s in sources} == {row["path"] for row in rows}
    assert [s.path for s in sources] != [row["path"] for row in rows]
    write_manifest(packages, tmp_path / "manifest.json")
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert sum(len(row["text"]) for row in rows) == manifest["totals"]["train"]["python"]["characters"]
    assert {"closed": "licence: none"} == manifest["packages_refused"]
    assert [("one", 20, 1.0)] == [(p["package"], p["files"], p["share"]) for p in manifest["packages"]]
