"""Reads the files and the declared metadata of a downloaded package without unpacking it."""

from __future__ import annotations

import json
import posixpath
import re
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

LANGUAGES = {
    ".py": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "javascriptreact",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "typescriptreact",
}
"""LSP language identifier of each source file suffix."""

MOST_BYTES = 200_000
"""Larger files are data or bundles."""

MOST_MAP_BYTES = 40_000_000


@dataclass(frozen=True)
class Metadata:
    """What a package says about itself."""

    name: str
    version: str
    licence_expression: str = ""
    licence_field: str = ""
    classifiers: tuple[str, ...] = ()


def declared_metadata(archive: Path) -> Metadata:
    """The metadata of a wheel or an npm archive."""
    return wheel_metadata(archive) if archive.suffix == ".whl" else npm_metadata(archive)


def wheel_metadata(archive: Path) -> Metadata:
    """The core metadata of a wheel."""
    with zipfile.ZipFile(archive) as wheel:
        inside = [n for n in wheel.namelist() if n.count("/") == 1 and n.endswith(".dist-info/METADATA")]
        headers = HeaderParser().parsestr(wheel.read(inside[0]).decode("utf-8", "replace"))
    return Metadata(
        str(headers["Name"]),
        str(headers["Version"]),
        str(headers.get("License-Expression", "")),
        str(headers.get("License", "")),
        tuple(str(c) for c in headers.get_all("Classifier", [])),
    )


def npm_metadata(archive: Path) -> Metadata:
    """The package.json of an npm archive."""
    with tarfile.open(archive) as tar:
        member = min(
            (m for m in tar if m.name.endswith("/package.json") and m.name.count("/") == 1), key=lambda m: m.name
        )
        stream = tar.extractfile(member)
        declared = json.loads(stream.read()) if stream else {}
    licence = declared.get("license") or ""
    expression = licence if isinstance(licence, str) else str(licence.get("type", ""))
    return Metadata(str(declared["name"]), str(declared["version"]), licence_expression=expression)


def source_files(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Each source file of a package that is not too large, with its path as a project would have it."""
    if archive.is_dir():
        yield from _folder_files(archive)
    elif archive.suffix == ".whl":
        yield from _wheel_files(archive)
    else:
        yield from _npm_files(archive)


def standard_library() -> Path:
    """The folder of the running interpreter's standard library."""
    return Path(sysconfig.get_path("stdlib"))


def _is_source(path: str, size: int) -> bool:
    return PurePosixPath(path).suffix in LANGUAGES and 0 < size <= MOST_BYTES


def _wheel_files(archive: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as wheel:
        for info in sorted(wheel.infolist(), key=lambda i: i.filename):
            if _is_source(info.filename, info.file_size):
                yield info.filename, wheel.read(info)


def _npm_files(archive: Path) -> Iterator[tuple[str, bytes]]:
    mapped: dict[str, bytes] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            stream = tar.extractfile(member) if member.isfile() else None
            path = member.name.split("/", 1)[-1]
            if stream and path.endswith(".map") and member.size <= MOST_MAP_BYTES:
                mapped.update(mapped_sources(path, stream.read()))
            elif stream and _is_source(path, member.size):
                yield path, stream.read()
    yield from sorted(mapped.items())


def mapped_sources(path: str, source_map: bytes) -> Iterator[tuple[str, bytes]]:
    """The original sources inside a source map, with their paths inside the package."""
    try:
        declared = json.loads(source_map)
    except ValueError:
        return
    root = posixpath.join(posixpath.dirname(path), declared.get("sourceRoot") or "")
    for name, text in zip(declared.get("sources", []), declared.get("sourcesContent") or [], strict=False):
        inside = posixpath.normpath(posixpath.join(root, re.sub(r"^[a-z-]+://+", "", name or ""))).lstrip("./")
        if "/src/" in inside and not re.search("(^|/)(packages|node_modules)/", inside):
            inside = "src/" + inside.split("/src/", 1)[1]
        if text and _is_source(inside, len(text)):
            yield inside, text.encode("utf-8", "surrogatepass")


def _folder_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*.py")):
        inside = path.relative_to(folder).as_posix()
        if "site-packages" not in inside and _is_source(inside, path.stat().st_size):
            yield inside, path.read_bytes()
