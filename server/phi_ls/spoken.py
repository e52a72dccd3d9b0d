"""The language in which answers are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer


def spoken_language(server: PhiLanguageServer, wanted: object = None) -> str:
    """Return the tag of the language of explanations: as asked, else the setting, else the client's locale.

    A model without chat training can only go on in the language of its training data, English.
    """
    model = server.session.pool.model
    if model is not None and not model.chat:
        return "en"
    if isinstance(wanted, str) and wanted:
        return wanted
    setting = server.session.settings.language
    return (server.locale or "en") if setting == "auto" else setting
