"""The catalogues against the code: nothing is missing, nothing doubtful, and no name or command is lost."""

from __future__ import annotations

import ast
import gettext
import io
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from phi_ls.messages.catalogue import DOMAIN, LANGUAGES, LOCALES
from phi_ls.messages.provided import provided
from phi_ls.messages.text import Text

ROOT = Path(__file__).resolve().parents[2]
SAYING = {"say": 1, "say_counted": 2}
"""What makes a Text, and how many templates it takes."""

Key = tuple[str, ...]
each_language = pytest.mark.parametrize("language", LANGUAGES)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "server" / "phi_ls").rglob("*.py")):
        yield path.name, ast.parse(path.read_text("utf-8"))


def says(tree: ast.Module) -> bool:
    """Whether the module has these functions from where they are; the command line has a `say` of its own."""
    names = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return "phi_ls.messages.text" in names


@cache
def templates() -> dict[Key, str]:
    """Return what the code says, each with the file that says it; a template that is no literal is an empty key."""
    found: dict[Key, str] = {}
    for name, tree in modules():
        for node in ast.walk(tree) if says(tree) else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYING:
                given = node.args[: SAYING[node.func.id]]
                literal = all(isinstance(each, ast.Constant) for each in given)
                found[tuple(each.value for each in given) if literal else ()] = f"{name}:{node.lineno}"
    return found


def file(language: str, ending: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


@cache
def catalogue(language: str) -> Catalog:
    with file(language, "po").open("rb") as source:
        return read_po(source, locale=language)


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """Yield each English template with a translation; of what is counted, the form for many with each form."""
    for message in catalogue(language):
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[-1]
            forms = [message.string] if isinstance(message.string, str) else message.string
            yield from ((english, str(form)) for form in forms)


def fields(template: str) -> list[tuple[str, str]]:
    """Return the names and formats of what stands in for something."""
    return sorted((name, spec or "") for _, name, spec, _ in string.Formatter().parse(template) if name is not None)


def test_templates_are_literals() -> None:
    """What is put together at run time is found by nobody who translates."""
    assert len(templates()) > 100
    assert None is templates().get(())


@each_language
def test_nothing_is_missing_and_nothing_left_over(language: str) -> None:
    """Each sentence of the code has a translation in all its forms, and each translation a sentence."""
    translated = {
        (message.id,) if isinstance(message.id, str) else tuple(message.id) for message in catalogue(language)
    } - {("",)}
    assert set(templates()) == translated
    assert [] == [english for english, said in pairs(language) if not said.strip()]
    counted = [message for message in catalogue(language) if message.pluralizable]
    assert [] == [message.id for message in counted if len(message.string) != catalogue(language).num_plurals]


@each_language
def test_nothing_is_doubtful(language: str) -> None:
    """No translation is marked as one that somebody must look at."""
    assert [] == [message.id for message in catalogue(language) if message.id and message.fuzzy]
    assert not catalogue(language).header_comment.count("fuzzy")


@each_language
def test_what_stands_in_for_names_is_kept(language: str) -> None:
    """The same fields in the same formats, the same commands, the same name of the server in front."""
    wrong = [
        (english, said)
        for english, said in pairs(language)
        if fields(english) != fields(said)
        or sorted(re.findall("`[^`]+`", english)) != sorted(re.findall("`[^`]+`", said))
        or english.startswith("phi-ls: ") != said.startswith("phi-ls: ")
    ]
    assert [] == wrong


@each_language
def test_sentences_end_as_in_english(language: str) -> None:
    """A full stop where there is one, none in a part of a sentence, no blanks at the edges."""
    ends = re.compile(r"[.?…]$")
    wrong = [
        (english, said)
        for english, said in pairs(language)
        if bool(ends.search(english)) != bool(ends.search(said)) or said != said.strip()
    ]
    assert [] == wrong


@each_language
def test_hardly_anything_is_left_in_english(language: str) -> None:
    """What reads the same in both languages holds names and signs alone."""
    same = {english for english, said in pairs(language) if english == said}
    assert [] == [each for each in same if len(re.findall(r"[a-z]{3,}", re.sub(r"\{.*?\}|`.*?`", "", each))) > 2]


@each_language
def test_what_is_shipped_is_compiled_from_the_source(language: str) -> None:
    """The compiled catalogue has what its source has; after a change of the source `make messages` makes it anew."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    fresh = gettext.GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    with file(language, "mo").open("rb") as shipped:
        kept = gettext.GNUTranslations(shipped)._catalog  # type: ignore[attr-defined]
    # The first entry is the header, with the version of what compiled it.
    assert {**fresh, "": ""} == {**kept, "": ""}


def test_all_stages_of_loading_are_known() -> None:
    """Each stage that an engine of this server reports is recognised, so that its progress reads in one language."""
    reported = set()
    for folder in ("engines", "models"):
        for path in (ROOT / "providers" / "phi_providers" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("progress", "self._progress"):
                    (stage,) = node.args
                    reported.add(_sample(stage))
    assert len(reported) > 10
    assert [] == sorted(stage for stage in reported if not isinstance(provided(stage), Text))


def _sample(node: ast.expr) -> str:
    """Return the stage with `X` for each part that varies."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
