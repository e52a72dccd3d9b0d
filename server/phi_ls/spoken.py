"""The language in which answers are asked for."""

from __future__ import annotations

from phi_ls.session import Session


def spoken_language(session: Session, locale: str | None = None, wanted: object = None) -> str:
    """Return the tag of the language of explanations: as asked, else the setting, else the client's locale.

    A model without chat training can only go on in the language of its training data, English.
    """
    model = session.pool.model
    if model is not None and not model.chat:
        return "en"
    if isinstance(wanted, str) and wanted:
        return wanted
    setting = session.settings.language
    return (locale or "en") if setting == "auto" else setting
