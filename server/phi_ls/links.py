"""The file that a document's name leads to."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from pygls.uris import to_fs_path


def behind_links(uri: str) -> str:
    """Return the URI of the file that symbolic links in a `file:` URI lead to; the URI itself where there are none.

    A link with a harmless name may lead to a file of secrets. Only names are looked at, nothing is opened.
    """
    try:
        path = to_fs_path(uri) if urlsplit(uri).scheme == "file" else None
        real = os.path.realpath(path) if path else ""
        return Path(real).as_uri() if path and real != path else uri
    except (OSError, ValueError):  # a name that no file of this system can have
        return uri
