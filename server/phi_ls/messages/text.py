"""Sentences for the user, which know what they were made of until they are put into the user's language."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from typing import Any


class Text(str):
    """An English sentence or part of one, for logs and terminals as it is, with all that it takes to say it otherwise.

    What makes another string of it, such as an f-string, leaves plain English; put one into another by `say`.
    """

    template: str
    """English, with the names of fields in braces; what catalogues are looked into for."""
    plural: str = ""
    """The template for more than one; empty where nothing is counted."""
    number: int = 1
    """How many, where something is counted."""
    fields: Mapping[str, Any]
    """What stands in for the names; a Text among them is put into the user's language as well."""


class Numbers(string.Formatter):
    """Formats fields, with the marks of a language in numbers; only in those that name a format, like `{count:,}`."""

    def __init__(self, *, comma: bool = False) -> None:
        """`comma`: 2.000,5 instead of 2,000.5."""
        self._marks = str.maketrans({",": ".", ".": ","}) if comma else {}

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return the field as text."""
        text = str(super().format_field(value, format_spec))
        return text.translate(self._marks) if format_spec else text


_ENGLISH = Numbers()


def say(template: str, /, **fields: Any) -> Text:
    """Return the sentence; the template must be a literal, in which fields stand as `{name}` or `{name:,}`."""
    return filled(template, fields)


def say_counted(one: str, many: str, /, *, count: int, **fields: Any) -> Text:
    """Return the sentence for this many; `{count}` is among its fields."""
    text = filled(one if count == 1 else many, {"count": count, **fields})
    text.template, text.plural, text.number = one, many, count
    return text


def joined(separator: str, parts: Iterable[str]) -> Text:
    """Return the sentences, each in the user's language in the end, with the separator between them."""
    fields = {f"part{number}": part for number, part in enumerate(parts)}
    return filled(separator.join(f"{{{name}}}" for name in fields), fields)


def filled(template: str, fields: Mapping[str, Any]) -> Text:
    """Return the sentence of a template that another call of `say` has as a literal, or that is no language's."""
    text = Text(_ENGLISH.vformat(template, (), fields))
    text.template, text.fields = template, dict(fields)
    return text


def cause_of(exc: BaseException) -> str:
    """Return what an exception says, which is a Text if that is what it was raised with."""
    said = exc.args[0] if exc.args else None
    return said if isinstance(said, Text) else str(exc)
