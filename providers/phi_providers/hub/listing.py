"""What a repository publishes of a catalogue entry: the exact files at one commit, each with its fingerprint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phi_providers.catalogue.entries import Entry, ListedFile
from phi_providers.hub.answers import explained
from phi_providers.hub.failures import PullFailed
from phi_providers.hub.library import NAME, VERSION, Hub
from phi_providers.models.manifest import checked_name
from phi_providers.sizes import GIGABYTE

BRANCH = "main"
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
LARGEST_FILE = 64 * GIGABYTE


@dataclass(frozen=True, kw_only=True)
class PublishedFile:
    """One file as the hub publishes it."""

    name: str
    """In the installed model's folder."""
    path: str
    """In the repository."""
    size: int
    sha256: str = ""
    """Published for large files, and of pinned ones known to us; else empty."""
    git: str = ""
    """The id of its git blob, published for the others."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """An entry at one commit."""

    entry: Entry
    commit: str
    endpoint: str
    files: tuple[PublishedFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


def published(hub: Hub, entry: Entry, revision: str = "") -> Published:
    """Ask the hub; raises TryAgain, or PullFailed where something is not there or not as the catalogue says."""
    variant = entry.variant
    from huggingface_hub.errors import HFValidationError

    wanted = revision or variant.revision or BRANCH
    with explained(f"the list of files of {variant.repository}"):
        try:
            api = hub.library.HfApi(endpoint=hub.endpoint, library_name=NAME, library_version=VERSION)
            info = api.model_info(variant.repository, revision=wanted, files_metadata=True, timeout=hub.timeout)
        except (ValueError, TypeError, KeyError, AttributeError) as exc:
            if isinstance(exc, HFValidationError):
                raise
            raise PullFailed(
                f"{hub.endpoint} does not answer like a hub of models (a network's login page?); open it in a browser"
            ) from exc
    commit = str(info.sha)
    if not COMMIT.fullmatch(commit) or (COMMIT.fullmatch(wanted) and commit != wanted):
        raise PullFailed(f"the hub answers for {variant.repository} at {commit[:40]!r} instead of {wanted}")
    found = {str(sibling.rfilename): sibling for sibling in info.siblings or ()}
    prefix = f"{variant.folder}/" if variant.folder else ""
    # Only names of the catalogue are looked up: what else is in the repository is never asked for.
    files = [_pick(listed, prefix, found) for listed in variant.files]
    return Published(
        entry=entry, commit=commit, endpoint=hub.endpoint, files=tuple(file for file in files if file is not None)
    )


def _pick(listed: ListedFile, prefix: str, found: Mapping[str, Any]) -> PublishedFile | None:
    for name in listed.names:
        if f"{prefix}{name}" in found:
            return _file(listed, name, f"{prefix}{name}", found[f"{prefix}{name}"])
    if listed.required:
        raise PullFailed(f"{prefix}{listed.name} is not in the repository; is the catalogue's entry out of date?")
    return None


def _file(listed: ListedFile, name: str, path: str, sibling: Any) -> PublishedFile:
    large = getattr(sibling, "lfs", None)
    sha256 = str(large.sha256) if large else ""
    git = "" if large else str(sibling.blob_id)
    size = large.size if large else sibling.size
    if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= LARGEST_FILE:
        raise PullFailed(f"the hub publishes no size for {path}; it is not fetched")
    if not (SHA256.fullmatch(sha256) or COMMIT.fullmatch(git)):
        raise PullFailed(f"the hub publishes no fingerprint for {path}, which could not be checked; it is not fetched")
    known = listed if name == listed.name else ListedFile(name=name)
    if known.size_bytes not in (None, size) or (known.sha256 and sha256 not in ("", known.sha256)):
        raise PullFailed(f"{path} is not what the catalogue says it is; it is not fetched")
    return PublishedFile(name=checked_name(name), path=path, size=size, sha256=known.sha256 or sha256, git=git)
