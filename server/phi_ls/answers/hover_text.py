"""What a hover shows: static facts first, then what the model says, labelled as such."""

from __future__ import annotations

import inspect
import re

from phi_ls.answers.explanation import Explanation
from phi_ls.context.symbols import SymbolFacts
from phi_ls.markdown import code_block, plain_text, safe_markdown
from phi_ls.markdown_text import code_span
from phi_ls.messages.text import joined, say

_SESSION = re.compile(r"(?m)(^[ \t]*>>> .*(?:\n(?![ \t]*$).*)*)")
"""A prompt of Python's, up to the next blank line."""

_WORDS = re.compile(r"\w+")

STILL_GENERATING = say("still generating …")


def markdown_facts(facts: SymbolFacts, language: str, elsewhere: str = "") -> str:
    """Return signature and documentation as Markdown; the documentation is text, whatever it looks like.

    `elsewhere`: what the other document is called, in which the definition is.
    """
    documentation = f"\n\n{_documentation(facts.documentation, language)}" if facts.documentation else ""
    places = [code_span(place) for place in (".".join(facts.scopes), elsewhere) if place]
    return joined("", [*_in(places, "\n\n"), code_block(facts.signature, language), documentation])


def _documentation(text: str, language: str) -> str:
    """Return documentation as Markdown, with the sessions that Python's shows (`>>> area(2, 3)`) as code."""
    pieces = enumerate(_SESSION.split(text))
    shown = (code_block(inspect.cleandoc(each), language) if at % 2 else safe_markdown(each) for at, each in pieces)
    return "\n\n".join(each.strip("\n") for each in shown if each.strip())


def plain_facts(facts: SymbolFacts, elsewhere: str = "") -> str:
    """Return signature and documentation as plain text."""
    documentation = f"\n\n{facts.documentation}" if facts.documentation else ""
    places = [plain_text(place) for place in (".".join(facts.scopes), elsewhere) if place]
    return joined("", [*_in(places, ":\n"), plain_text(f"{facts.signature}{documentation}")])


def _in(places: list[str], end: str) -> list[str]:
    """Return where something is defined, and the end of that line; nothing without a place."""
    return [joined(", ", [say("in {scope}", scope=place) for place in places]), end] if places else []


def labelled(explanation: Explanation, documentation: str = "", *, markdown: bool) -> str:
    """Return the model's words and who said them; nothing if it had none, or none but those of the documentation."""
    if not explanation.text.strip() or _words(explanation.text) in _words(documentation):
        return ""
    note = [" ", explanation.note] if explanation.note else []
    if markdown:
        note = note if safe_markdown(explanation.note) else []
        return joined("", [safe_markdown(explanation.text), f"\n\n*{explanation.model}:", *note, "*"])
    return joined("", [plain_text(explanation.text), f"\n\n({explanation.model}:", *note, ")"])


def _words(text: str) -> str:
    return " ".join(["", *_WORDS.findall(text.casefold()), ""])


def join(*sections: str) -> str:
    """Return the sections that hold anything, one under the other, with a rule between them."""
    return joined("\n\n---\n\n", [section for section in sections if section.strip()])
