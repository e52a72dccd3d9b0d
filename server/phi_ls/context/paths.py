"""What a document is called in a prompt, and which documents are never read at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import unquote, urlsplit

MAX_DISPLAY_PATH = 160
"""Characters of a path that a prompt may spend; the end of the path says more than its beginning."""

MAX_ALTERNATIVES = 64
"""Patterns that one pattern with braces may stand for; what is beyond is not expanded."""

DEFAULT_EXCLUDE = (
    ".env*", "*.env", ".envrc", "secrets.*", "secret.*", ".secrets", "credentials*", ".credentials*", "*.secret",
    "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "*.asc", "*.gpg", "*.pgp", "*.p8",
    "*.ovpn", "*.tfstate", "*.tfstate.*", "*.tfvars", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", ".ssh", ".aws",
    ".gnupg", ".kube", "**/.docker/config.json", ".npmrc", ".yarnrc*", ".netrc", "_netrc", ".pypirc", ".pgpass",
    ".my.cnf", ".htpasswd", ".git-credentials", "**/.git/config", ".*_history", ".vault-token",
    "service-account*.json", "service_account*.json",
)  # fmt: skip
"""Secrets and keys by their customary names. A name without a slash matches a file or a folder anywhere."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two letters at least: `c:` is a drive
_DRIVE = re.compile(r"/?([A-Za-z]):(?=[/\\]|$)")
_BRACES = re.compile(r"\{([^{}]*)\}")


def display_path(uri: str, roots: Sequence[str]) -> str:
    """Return the document's path relative to its workspace folder, else its bare name; never absolute, one line."""
    return _display_path(uri, tuple(roots))


@lru_cache(maxsize=256)
def _display_path(uri: str, roots: tuple[str, ...]) -> str:
    # Remembered: at each key it is asked for all open documents.
    path = path_of(uri)
    relative = _inside(path, roots)
    shown = "/".join(relative) if relative else path.rpartition("/")[2]
    printable = "".join(char if char.isprintable() else "?" for char in shown)
    return printable[-MAX_DISPLAY_PATH:] or "untitled"


def excluded(uri: str, patterns: Iterable[str], roots: Sequence[str]) -> bool:
    """Whether a glob matches the document or a folder above it, whatever the case of the letters.

    A pattern without a slash matches a name anywhere; one with a slash is relative to the workspace folder (`**` stands
    for any number of folders), one that begins with a slash or a drive may also be absolute.
    """
    return _excluded(uri, tuple(patterns), tuple(roots))


@lru_cache(maxsize=256)
def _excluded(uri: str, patterns: tuple[str, ...], roots: tuple[str, ...]) -> bool:
    # Remembered: it is asked at each key, and the forty patterns take 80 µs, as long as all else before the model.
    path = path_of(uri)
    whole = _names(path.split("/"), windows=_is_windows(path))
    inside = _names(_inside(path, roots), windows=_is_windows(path)) or whole
    return any(
        _matches(steps, inside) or (absolute and _matches(steps, whole))
        for pattern in patterns
        for absolute, steps in _expand(pattern)
    )


def path_of(uri: str) -> str:
    """Return the path in a URI of any scheme, or a plain path, with forward slashes and without `.` and `..`."""
    if _SCHEME.match(uri):
        authority, path = _split(uri)
        path = f"//{authority}{path}" if authority else path
    else:
        path = uri
    windows = _DRIVE.match(path) or path.startswith("\\\\")
    path = path.replace("\\", "/") if windows else path
    drive = _DRIVE.match(path)
    path = drive[1].lower() + path[drive.end(1) :] if drive else path
    return _without_dots(unicodedata.normalize("NFC", path))


def _split(uri: str) -> tuple[str, str]:
    try:
        url = urlsplit(uri)
    except ValueError:  # brackets that are no IPv6 address
        return "", unquote(uri.partition(":")[2], errors="replace")
    # Only a file has an authority that is part of its path (a UNC share); elsewhere it names a remote.
    authority = url.netloc if url.scheme == "file" and url.netloc.lower() != "localhost" else ""
    return unquote(authority, errors="replace"), unquote(url.path, errors="replace")


def _without_dots(path: str) -> str:
    kept: list[str] = []
    for part in path.split("/"):
        if part == ".." and kept and kept[-1]:
            kept.pop()
        elif part not in (".", "..") and (part or not kept or kept == [""]):
            kept.append(part)
    return "/".join(kept)


def _inside(path: str, roots: Sequence[str]) -> tuple[str, ...]:
    """Return the parts of `path` below the deepest root that holds it; empty when none does."""
    best: tuple[str, ...] = ()
    for root in roots:
        base = path_of(root).rstrip("/") + "/"
        same = path.lower().startswith(base.lower()) if _is_windows(base) else path.startswith(base)
        below = tuple(path[len(base) :].split("/")) if same and len(path) > len(base) else ()
        best = below if below and (not best or len(below) < len(best)) else best
    return best


def _is_windows(path: str) -> bool:
    return bool(_DRIVE.match(path)) or path.startswith("//")


def _names(parts: Iterable[str], *, windows: bool) -> tuple[str, ...]:
    return tuple((_on_disk(part) if windows else part).lower() for part in parts if part)


def _on_disk(part: str) -> str:
    """Return the name that Windows would open: without the name of a stream, trailing dots and blanks."""
    name = part if len(part) == 2 else part.partition(":")[0]
    return name.rstrip(" .") or part


@lru_cache(maxsize=1024)
def _expand(pattern: str) -> tuple[tuple[bool, tuple[str, ...]], ...]:
    """Return, for each pattern that one with `{a,b}` stands for, whether it may be absolute, and its steps."""
    whole: list[str] = []
    pending = [unicodedata.normalize("NFC", pattern.replace("\\", "/")).lower()]
    while pending and len(whole) + len(pending) <= MAX_ALTERNATIVES:
        candidate = pending.pop()
        braces = _BRACES.search(candidate)
        if braces is None:
            whole.append(candidate)
        else:
            head, tail = candidate[: braces.start()], candidate[braces.end() :]
            pending.extend(head + choice + tail for choice in braces[1].split(",")[:MAX_ALTERNATIVES])
    return tuple(_steps(candidate) for candidate in (*whole, *pending) if candidate.strip("/"))


def _steps(pattern: str) -> tuple[bool, tuple[str, ...]]:
    if "/" not in pattern.rstrip("/"):
        return False, ("**", pattern.rstrip("/"))
    absolute = pattern.startswith("/") or _is_windows(pattern)
    return absolute, tuple(step for step in pattern.split("/") if step not in ("", "."))


def _matches(steps: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """Whether the steps lead to the document or to a folder above it; `**` stands for any number of names."""
    reachable = {0}
    for step in steps:
        if step == "**":
            reachable = set(range(min(reachable, default=len(names)), len(names) + 1))
        else:
            reachable = {at + 1 for at in reachable if at < len(names) and fnmatchcase(names[at], step)}
        if not reachable:
            return False
    return any(at > 0 for at in reachable)
