"""What a document takes from other files, read off its text: in the languages that say so by name or by path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from phi_ls.context.passages import related

MAX_CHARS = 20_000
"""Imports stand at the top; in a longer document those further down are not looked for. Lists of names are bounded:
a pattern that runs on to the text's end from each of its lines would take seconds."""

_FOLDERS_OWN = frozenset({"__init__", "index", "init", "mod", "lib"})
"""Files that stand for the folder in which they are."""

_NO_STEP = frozenset({"", ".", "..", "~", "@", "crate", "self", "super", "src"})

_NAME = re.compile(r"(\w+)\s*:\s*(\w+)|(\w+)(?:\s+as\s+(\w+))?")


@dataclass(frozen=True, kw_only=True)
class Import:
    """One file, or one package, that a document names."""

    module: tuple[str, ...]
    """Folders and the file's name without its ending, outermost first; all that is known of the way there."""
    called: str = ""
    """What the document calls the module itself; empty if it does not."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What the document calls something of the module → what the module calls it."""
    everything: bool = False
    """Whether all names of the module are the document's, too."""


def imports(text: str, language: str) -> list[Import]:
    """Return what a document names, in its order; nothing for languages in which files do not name each other."""
    reader = next((each for known, each in _READERS.items() if related(known, language)), None)
    return list(reader(text[:MAX_CHARS])) if reader is not None else []


def leads_to(module: tuple[str, ...], path: str) -> bool:
    """Whether a module may be this file, or the folder it is in: the ends of both ways agree as far as both go."""
    *folders, name = path.split("/")
    stem = name.partition(".")[0]
    ways = [(*folders, stem)]
    if stem in _FOLDERS_OWN or name.endswith((".go", ".cs")):
        ways.append(tuple(folders))
    for way in ways:
        common = min(len(way), len(module))
        if common and way[-common:] == module[-common:]:
            return True
    return False


def _steps(path: str, separator: str) -> tuple[str, ...]:
    return tuple(step for step in path.strip().split(separator) if step not in _NO_STEP)


def _path_steps(path: str) -> tuple[str, ...]:
    *folders, name = path.split("/")
    return _steps("/".join([*folders, name.partition(".")[0] if name.strip(".") else ""]), "/")


def _named(listed: str) -> dict[str, str]:
    """Return the names in `a, b as c` and `{ d: e }`."""
    return {outer or alias or name: inner or name for inner, outer, name, alias in _NAME.findall(listed)}


_PYTHON_FROM = re.compile(r"^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]{0,4000}\)|[^\n(#]*)", re.MULTILINE)
_PYTHON_IMPORT = re.compile(r"^[ \t]*import[ \t]+([^\n#]+)", re.MULTILINE)
_COMMENT_OF_LINE = re.compile(r"#.*")


def _python(text: str) -> Iterator[Import]:
    for module, listed in _PYTHON_FROM.findall(text):
        steps, names = _steps(module, "."), _named(_COMMENT_OF_LINE.sub("", listed))
        yield Import(module=steps, names=names, everything="*" in listed)
        # `from package import module`.
        yield from (Import(module=(*steps, name), called=called) for called, name in names.items())
    for listed in _PYTHON_IMPORT.findall(text):
        for each in listed.split(","):
            module, _, alias = (part.strip() for part in each.partition(" as "))
            yield Import(module=_steps(module, "."), called=alias or module)


_SCRIPT = re.compile(r"\b(?:import|export)\b([^'\";=()]{0,1000}?)\bfrom\s*['\"]([^'\"\n]+)['\"]")
_REQUIRED = re.compile(
    r"\b(?:const|let|var)\s+([^=;]{1,1000}?)=\s*(?:await\s+)?(?:require|import)\(\s*['\"]([^'\"\n]+)['\"]"
)
_WHOLE = re.compile(r"\*\s*as\s+(\w+)")


def _script(text: str) -> Iterator[Import]:
    for listed, path in (*_SCRIPT.findall(text), *_REQUIRED.findall(text)):
        head, _, braced = re.sub(r"\btype\b", " ", listed).partition("{")
        whole = _WHOLE.search(head)
        default = re.match(r"\s*(\w+)", head)
        called = whole[1] if whole else default[1] if default else ""
        names = _named(braced.partition("}")[0])
        yield Import(module=_path_steps(path), called=called, names=names, everything="*" in head and not whole)


def _include(text: str) -> Iterator[Import]:
    for path in re.findall(r"^[ \t]*#[ \t]*include[ \t]+[\"<]([^\">\n]+)[\">]", text, re.MULTILINE):
        yield Import(module=_path_steps(path), everything=True)


_GO_IMPORT = re.compile(r"^import\s*(\([^)]{0,4000}\)|[^\n]*)", re.MULTILINE)


def _go(text: str) -> Iterator[Import]:
    for block in _GO_IMPORT.findall(text):
        for alias, path in re.findall(r"([\w.]+)?[ \t]*\"([^\"\n]+)\"", block):
            steps = _path_steps(path)
            yield Import(module=steps, called=alias or (steps[-1] if steps else ""), everything=alias == ".")


_RUST_USE = re.compile(
    r"^[ \t]*(?:pub[ \t]+)?use\s+([\w:]*?)(?:::)?(\{[^;]{0,4000}\}|\*|\w+(?:\s+as\s+\w+)?);", re.MULTILINE
)


def _rust(text: str) -> Iterator[Import]:
    for path, listed in _RUST_USE.findall(text):
        steps, names = _steps(path, "::"), _named(listed)
        yield Import(module=steps, names=names, everything="*" in listed)
        yield from (Import(module=(*steps, name), called=called) for called, name in names.items())
    for name in re.findall(r"^[ \t]*(?:pub[ \t]+)?mod\s+(\w+)\s*;", text, re.MULTILINE):
        yield Import(module=(name,), called=name)


def _java(text: str) -> Iterator[Import]:
    for path in re.findall(r"^[ \t]*import\s+(?:static\s+)?([\w.]+(?:\.\*)?)\s*;", text, re.MULTILINE):
        *above, name = _steps(path, ".")
        if name == "*":
            yield Import(module=tuple(above), everything=True)
        else:
            yield Import(module=(*above, name), names={name: name})
            yield Import(module=tuple(above), names={name: name})


def _lua(text: str) -> Iterator[Import]:
    for called, path in re.findall(r"(?:local\s+(\w+)\s*=\s*)?require\s*\(?\s*['\"]([\w./-]+)['\"]", text):
        yield Import(module=_steps(path.replace("/", "."), "."), called=called)


def _shell(text: str) -> Iterator[Import]:
    for path in re.findall(r"^[ \t]*(?:source|\.)[ \t]+[\"']?([^\"'\n;#]+)", text, re.MULTILINE):
        yield Import(module=_path_steps(path.strip()), everything=True)


_READERS: dict[str, Callable[[str], Iterator[Import]]] = {
    "python": _python,
    "typescript": _script,
    "c": _include,
    "go": _go,
    "rust": _rust,
    "java": _java,
    "lua": _lua,
    "shellscript": _shell,
}
