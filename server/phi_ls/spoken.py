"""The language in which answers are asked for, and what is said of a model that does not know it."""

from __future__ import annotations

from dataclasses import replace

from phi_ls.answers.explanation import Explanation
from phi_ls.messages.provided import provided
from phi_ls.messages.text import joined, say
from phi_ls.session import Session
from phi_providers.messages import Urgency


def wanted_language(session: Session, locale: str | None = None, wanted: object = None) -> str:
    """Return the tag of the user's language: as asked, else the setting, else the client's locale."""
    if isinstance(wanted, str) and wanted:
        return wanted
    setting = session.settings.language
    return (locale or "en") if setting == "auto" else setting


def spoken_language(session: Session, locale: str | None = None, wanted: object = None) -> str:
    """Return the tag of the language of explanations: the user's, if the model that answers knows it.

    Of a model that knows only some languages it is one of these; without chat training that is English, in which most
    comments are written.
    """
    tag = wanted_language(session, locale, wanted)
    model = session.pool.model_for(Urgency.ASKED)
    known = () if model is None else model.languages if model.chat else ("en",)
    return tag if not known or tag in known or _primary(tag) in known else known[0]


def noted(explanation: Explanation, *, wanted: str, spoken: str) -> Explanation:
    """Return the explanation with all that its user must know of it in the note, which is a Text.

    `wanted`, `spoken`: tags of the user's language, and of the one in which the model was asked to answer.
    """
    notes = [provided(explanation.note)] if explanation.note else []
    if _primary(wanted) != _primary(spoken):
        english = _primary(spoken) == "en"
        only = say("It explains in English only.") if english else say("It explains in “{tag}” only.", tag=spoken)
        notes.append(only)
    return replace(explanation, note=joined(" ", notes))


def _primary(tag: str) -> str:
    return tag.lower().replace("_", "-").partition("-")[0]
