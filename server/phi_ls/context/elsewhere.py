"""Definitions in other open files: the one that a word of this document means, or none where that is not clear."""

from __future__ import annotations

import builtins
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from phi_ls.context import definition_lines, definitions
from phi_ls.context.definitions import Offered, SymbolFacts
from phi_ls.context.imports import Import, imports, leads_to
from phi_ls.context.passages import OpenFile, related
from phi_ls.context.symbols import MAX_CHARS, finished, word_at

MAX_FILES = 40
"""Documents that are searched for the word; only those in which it stands are parsed."""

AT_ONCE_S = 0.03
"""Of processor time. Somebody waits, and may be typing: what has not been looked at by then is there the next time."""

IMPORT_LINES = 1_000
"""Beyond these no imports are looked for."""

_DOT = re.compile(r"(?:(\w+)\s*)?(?:\?\.|\.|->|::)\s*\Z")

_FREE_MEMBERS = ("c", "java", "csharp")
"""Languages, and their relatives, in which a class's own members and an enumeration's are used by their bare names."""

_SAME_PACKAGE = (*_FREE_MEMBERS, "go", "lua", "shellscript")
"""Languages in which what another file defines can be used without naming the file."""


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A definition and the open file that it is in."""

    file: OpenFile
    facts: SymbolFacts


@dataclass(frozen=True, kw_only=True)
class _Use:
    """A word where it is used."""

    word: str
    member: bool
    """Whether it stands behind a dot."""
    receiver: str
    """The name in front of the dot; empty where there is none."""


@dataclass(frozen=True, kw_only=True)
class _Found:
    file: OpenFile
    offered: Offered

    @property
    def scopes(self) -> tuple[str, ...]:
        return self.offered.facts.scopes


def find(
    here: OpenFile, line: int, column: int, files: Iterable[OpenFile], clock: Callable[[], float] = time.thread_time
) -> Elsewhere | None:
    """Return what other files define under the name at this place; `files` are those that a model may see."""
    use = _use(here.lines[line], column)
    if use is None:
        return None
    others = _others(here, files)
    known = imports("\n".join(here.lines[:IMPORT_LINES]), here.language)
    search = _Search(use, here, known, clock)
    found = search.named(others) if search.is_named else search.anywhere(others)
    if found is None:
        return None
    facts = finished(found.offered.facts, found.file.lines, found.file.language)
    return Elsewhere(file=found.file, facts=facts)


class _Search:
    """Looks for one use in other files."""

    def __init__(self, use: _Use, here: OpenFile, known: Sequence[Import], clock: Callable[[], float]) -> None:
        self._use = use
        self._here = here
        self._imports = known
        self._clock = clock
        self._deadline = clock() + AT_ONCE_S
        name = use.receiver if use.member else use.word
        self._naming = [each for each in known if name and (name == each.called or name in each.names)]

    @property
    def is_named(self) -> bool:
        """Whether the document says which file the word, or what stands in front of its dot, comes from."""
        return bool(self._naming)

    def named(self, files: Sequence[OpenFile]) -> _Found | None:
        """Return the definition in the file that the document names, if that is open."""
        for naming in self._naming:
            for file in files:
                if leads_to(naming.module, file.path) and (found := _clear(self._through(naming, file))):
                    return found
        return None

    def _through(self, naming: Import, file: OpenFile) -> list[_Found]:
        use = self._use
        if not use.member:
            return [each for each in self._in(file, naming.names.get(use.word, use.word)) if not each.offered.member]
        holder = naming.names.get(use.receiver, use.receiver)
        inside = [each for each in self._in(file, use.word) if each.scopes[-1:] == (holder,)]
        is_module = naming.called == use.receiver
        return inside or [each for each in self._in(file, use.word) if is_module and not each.offered.member]

    def anywhere(self, files: Sequence[OpenFile]) -> _Found | None:
        """Return the only definition, or the only one in a file that the document takes something from."""
        if not self._use.member and self._is_something_else():
            return None
        imported = [file for file in files if self._takes_from(file)]
        found: list[_Found] = []
        whole = True
        for file in sorted(files, key=lambda file: file not in imported):
            whole = whole and self._clock() < self._deadline
            found += [each for each in self._in(file, self._use.word) if self._fits(each)] if whole else []
        near = _clear([each for each in found if each.file in imported])
        return near or (_clear(found) if whole else None)

    def _is_something_else(self) -> bool:
        """Whether the word has a meaning of its own in the document, or in the language."""
        if self._here.language == "python" and hasattr(builtins, self._use.word):
            return True
        parsed = self._here.parsed()
        return parsed is not None and definitions.is_local(parsed, self._use.word)

    def _fits(self, found: _Found) -> bool:
        member = found.offered.member
        if not self._use.member:
            return not member or _speaks(_FREE_MEMBERS, self._here.language)
        if not member:
            return False
        # Any class may have a member of this name: it is this one's only if the document knows the class.
        outer = found.scopes[0] if found.scopes else ""
        told = self._takes_from(found.file) or _mentions(self._here, outer)
        return told or _speaks(_SAME_PACKAGE, self._here.language)

    def _takes_from(self, file: OpenFile) -> bool:
        return any(leads_to(each.module, file.path) for each in self._imports)

    def _in(self, file: OpenFile, word: str) -> Iterator[_Found]:
        if _mentions(file, word):
            yield from (_Found(file=file, offered=each) for each in _offered(file, word))


def _use(line: str, column: int) -> _Use | None:
    span = word_at(line, column)
    if span is None:
        return None
    # The rest of a long line has nothing to do with it.
    dot = _DOT.search(line[max(span[0] - 200, 0) : span[0]])
    return _Use(word=line[slice(*span)], member=dot is not None, receiver=dot[1] or "" if dot else "")


def _others(here: OpenFile, files: Iterable[OpenFile]) -> list[OpenFile]:
    # The same path under another scheme is an older version of the same file, as beside a comparison.
    found = [file for file in files if file.uri != here.uri and file.path != here.path]
    return [file for file in found if related(here.language, file.language)][:MAX_FILES]


def _offered(file: OpenFile, word: str) -> list[Offered]:
    if sum(map(len, file.lines)) > MAX_CHARS:
        return []
    parsed = file.parsed()
    if parsed is not None:
        return definitions.offered(parsed, word)
    facts = definition_lines.find(file.lines, word, len(file.lines))
    return [Offered(facts, member=False, less=False)] if facts is not None else []


def _clear(found: Sequence[_Found]) -> _Found | None:
    """Return the definition that is meant if they are all one: overloads, or a function and its prototypes."""
    found = [each for each in found if not each.offered.less] or list(found)
    places = {(each.file.uri, each.scopes) for each in found}
    return found[0] if len(places) == 1 else None


def _mentions(file: OpenFile, word: str) -> bool:
    return bool(word) and any(word in line for line in file.lines)


def _speaks(languages: Iterable[str], language: str) -> bool:
    return any(related(known, language) for known in languages)
