"""Exported files that are the same wherever they were made."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from starter_training.release_error import ReleaseError

_BUILD = re.compile(r'(<\w+_version value="[^"+]*)\+[^"]*"')
_ABSOLUTE = re.compile(r"""["'](?:/(?=[\w.-])|[A-Za-z]:[\\/]|\\\\|file:)[^"']*""")


def make_portable(folder: Path, names: Iterable[str]) -> None:
    """Take out of these files what depends on the machine; raises ReleaseError if a path stays or a file is missing."""
    for name in names:
        path = folder / name
        if not path.is_file():
            raise ReleaseError(f"the conversion wrote no {name}; it needs the versions of requirements-export.txt")
        if name in _PORTABLE:
            text = _PORTABLE[name](path.read_text("utf-8"))
            path.write_text(text, "utf-8", newline="\n")
        # A tokenizer is a table of pieces of text, and some of them look like paths.
        if path.suffix in {".json", ".xml"} and name != "tokenizer.json":
            refuse_paths(name, path.read_text("utf-8"))


def portable_graph(text: str) -> str:
    """Name PyTorch's version without the build ("+cpu"): both builds trace the same graph, byte for byte."""
    return _BUILD.sub(r'\1"', text)


def portable_config(text: str) -> str:
    """Take out the folder that the tokenizer was read from; with weights only, none was used."""
    data = json.loads(text)
    data["quantization_config"]["tokenizer"] = None
    return json.dumps(data, indent=2, sort_keys=True) + "\n"


def refuse_paths(name: str, text: str) -> None:
    """Raise ReleaseError if a text holds an absolute path."""
    found = _ABSOLUTE.search(text)
    if found:
        raise ReleaseError(
            f"{name} holds the path {found[0][1:]}, which means nothing elsewhere; take it out in {__name__}"
        )


def sha256(path: Path) -> str:
    """Return the digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


_PORTABLE = {"openvino_model.xml": portable_graph, "openvino_config.json": portable_config}
