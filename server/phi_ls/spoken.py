"""The language in which answers are asked for."""

from __future__ import annotations

from phi_ls.session import Session
from phi_providers.messages import Urgency


def spoken_language(session: Session, locale: str | None = None, wanted: object = None) -> str:
    """Return the tag of the language of explanations: as asked, else the setting, else the client's locale.

    Of a model that knows only some languages it is one of these; without chat training that is English, in which most
    comments are written.
    """
    setting = session.settings.language
    tag = (locale or "en") if setting == "auto" else setting
    if isinstance(wanted, str) and wanted:
        tag = wanted
    model = session.pool.model_for(Urgency.ASKED)
    known = () if model is None else model.languages if model.chat else ("en",)
    return tag if not known or tag in known else known[0]
