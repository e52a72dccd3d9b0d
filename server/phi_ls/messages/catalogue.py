"""Catalogues: which there are, which one a user gets, and what is said in its language."""

from __future__ import annotations

import functools
import gettext
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phi_ls.messages.serbian import LATIN
from phi_ls.messages.text import Numbers, Text

DOMAIN = "phi-ls"
LOCALES = Path(__file__).parent / "locales"
LANGUAGES = ("de", "id", "pt_BR", "sr", "sw")
"""Besides English. Serbian is in Cyrillic letters, from which the Latin ones follow."""

_OTHER_NAMES = {"in": "id", "pt": "pt_BR", "sh": "sr"}
"""Old and wider tags, by the catalogue that serves them best."""

_DECIMAL_COMMA = ("de", "id", "pt_BR", "sr")


class Catalogue:
    """What the server says, in one language."""

    def __init__(self, language: str = "en", *, latin: bool = False) -> None:
        """`language`: one of LANGUAGES, or anything else for English; `latin`: Serbian in Latin letters."""
        known = language in LANGUAGES
        self.english = not known
        self._translations = gettext.translation(DOMAIN, LOCALES, [language]) if known else gettext.NullTranslations()
        self._numbers = Numbers(comma=language in _DECIMAL_COMMA)
        self._letters: Mapping[int, str] = LATIN if latin else {}

    def text(self, said: str) -> str:
        """Return a Text in this language; any other string as it is."""
        if not isinstance(said, Text):
            return said
        if self.english:
            return str(said)
        if said.plural:
            template = self._translations.ngettext(said.template, said.plural, said.number)
        else:
            template = self._translations.gettext(said.template)
        fields = {name: self.text(value) if isinstance(value, str) else value for name, value in said.fields.items()}
        return self._numbers.vformat(template.translate(self._letters), (), fields)

    def value(self, value: Any) -> Any:
        """Return a JSON value with each Text in it in this language."""
        if self.english:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        return value


ENGLISH = Catalogue()


def catalogue_for(*tags: str | None) -> Catalogue:
    """Return the catalogue of the first tag that has one; English if none has.

    Tags are of BCP 47 or POSIX, in any case: `pt-br`, `de_AT.UTF-8`, `sr-Latn-RS`, `sr@latin`.
    """
    for tag in tags:
        language, *more = re.split(r"[-_.@]", (tag or "").lower())
        language = _OTHER_NAMES.get(language, language)
        if language == "en":
            return ENGLISH
        if language in LANGUAGES:
            return _loaded(language, latin=language == "sr" and _is_latin((tag or "").lower(), more))
    return ENGLISH


def _is_latin(tag: str, subtags: list[str]) -> bool:
    # Serbian without a script is in Cyrillic letters, Montenegrin and Serbo-Croatian in Latin ones: so says CLDR.
    return tag.startswith("sh") or (bool({"latn", "latin", "me"} & set(subtags)) and "cyrl" not in subtags)


@functools.cache
def _loaded(language: str, *, latin: bool) -> Catalogue:
    return Catalogue(language, latin=latin)
