"""Layers of options: one per source, read from files or as the client sent them."""

from __future__ import annotations

import enum
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phi_ls import folders
from phi_ls.messages.text import Text, say
from phi_ls.options import MAX_ENTRIES, OPTIONS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SECTION = "phi-ls"
"""The section of the client's configuration that is ours."""

MAX_FILE_BYTES = 1024 * 1024

_GROUPS = {name.partition(".")[0] for name in OPTIONS if "." in name}


class Source(enum.IntEnum):
    """Where options come from; the larger value wins."""

    USER_FILE = 1
    PROJECT_FILE = 2
    INITIALIZATION = 3
    CONFIGURATION = 4
    COMMAND_LINE = 5

    @property
    def label(self) -> str:
        """The source's name for people."""
        return _LABELS[self]

    @property
    def trusted(self) -> bool:
        """Whether the user wrote it: a workspace brings its own pyproject.toml and editor configuration."""
        return self not in (Source.PROJECT_FILE, Source.CONFIGURATION)


_LABELS = {
    Source.USER_FILE: say("the user's config.toml"),
    Source.PROJECT_FILE: say("[tool.phi-ls] in pyproject.toml"),
    Source.INITIALIZATION: say("initializationOptions"),
    Source.CONFIGURATION: say("the editor's configuration"),
    Source.COMMAND_LINE: say("the command line"),
}


@dataclass(frozen=True, kw_only=True)
class Layer:
    """The options of one source, as they came."""

    source: Source
    options: object
    """Any JSON value; an object of options, nested or with dotted keys, possibly below the section's name."""


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """Something about the options that the user should know; the server goes on with what `used` says."""

    source: Source
    key: str
    """Empty when the source as a whole is meant."""
    problem: str
    used: str = ""
    """The value that is in force instead, for people."""

    @property
    def message(self) -> Text:
        """One sentence for the user."""
        source, problem = self.source.label, self.problem
        if not self.key:
            return say("phi-ls: {source} {problem}", source=source, problem=problem)
        if not self.used:
            return say("phi-ls: '{key}' in {source} {problem}", key=self.key, source=source, problem=problem)
        fields = {"key": self.key, "source": source, "problem": problem, "used": self.used}
        return say("phi-ls: '{key}' in {source} {problem}; using {used}", **fields)


def user_file() -> tuple[Layer | None, list[Complaint]]:
    """Read the user's config.toml, if there is one; what is wrong with the file becomes a complaint."""
    path = folders.config_file()
    # The user may keep the file elsewhere and link to it.
    return _read(Source.USER_FILE, path, (), follow=True)


def project_file(root: Path) -> tuple[Layer | None, list[Complaint]]:
    """Read `[tool.phi-ls]` of the workspace folder's pyproject.toml, unless a link leads out of the folder."""
    try:
        real_root = root.resolve(strict=True)
        real = (root / "pyproject.toml").resolve(strict=True)
    except FileNotFoundError:
        return None, []
    except (OSError, RuntimeError, ValueError) as exc:  # RuntimeError: a loop of links, before Python 3.13
        return None, [_unreadable(Source.PROJECT_FILE, exc)]
    if not real.is_relative_to(real_root):
        return None, [
            Complaint(source=Source.PROJECT_FILE, key="", problem=say("lies outside the workspace; not read"))
        ]
    return _read(Source.PROJECT_FILE, real, ("tool", SECTION), follow=False)


def _read(source: Source, path: Path, table: tuple[str, ...], *, follow: bool) -> tuple[Layer | None, list[Complaint]]:
    try:
        options: Any = tomllib.loads(folders.read_regular(path, MAX_FILE_BYTES, follow=follow).decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return None, []
    except (OSError, ValueError, RecursionError) as exc:
        return None, [_unreadable(source, exc)]
    for name in table:
        options = options.get(name) if isinstance(options, Mapping) else None
    return (None if options is None else Layer(source=source, options=options)), []


def _unreadable(source: Source, exc: Exception) -> Complaint:
    reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc) or type(exc).__name__
    return Complaint(source=source, key="", problem=say("cannot be read: {reason}", reason=printable(reason, 200)))


def flatten(options: Mapping[Any, Any]) -> Iterator[tuple[str, object]]:
    """Yield dotted keys and values; of a whole client's configuration only our section."""
    ours = {key: value for key, value in options.items() if _in_section(key)}
    for key, value in (ours or options).items():
        name = str(key)[:MAX_ENTRIES]
        name = name[len(SECTION) + 1 :] if _in_section(name) else name
        if not name and isinstance(value, Mapping):
            yield from _flatten_group("", value)
        elif name in _GROUPS and isinstance(value, Mapping):
            yield from _flatten_group(f"{name}.", value)
        else:
            yield name or SECTION, value


def _flatten_group(prefix: str, group: Mapping[Any, Any]) -> Iterator[tuple[str, object]]:
    for key, value in group.items():
        name = f"{prefix}{str(key)[:MAX_ENTRIES]}"
        if name in _GROUPS and isinstance(value, Mapping):
            yield from _flatten_group(f"{name}.", value)
        else:
            yield name, value


def _in_section(key: object) -> bool:
    return isinstance(key, str) and (key == SECTION or key.startswith(f"{SECTION}."))


def printable(text: str, limit: int = 80) -> str:
    """Return the text fit for a message: printable, and not too long."""
    return "".join(char if char.isprintable() else "?" for char in text[:limit])
