"""workspace/executeCommand phi-ls.whyNoSuggestion: the last decisions, newest first."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from phi_ls.decisions import Reason
from phi_ls.features.arguments import as_object, document_uri

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer


def register(server: PhiLanguageServer) -> None:
    """Register the command."""

    @server.command("phi-ls.whyNoSuggestion")
    async def why_no_suggestion(*arguments: Any) -> dict[str, Any]:
        options = as_object(arguments)
        uri = document_uri(options) if "textDocument" in options else None
        decisions = server.session.decisions.latest(uri)
        return {
            "decisions": [
                {**dataclasses.asdict(decision), "reason": decision.reason.value}
                for decision in decisions
                if decision.reason is not Reason.SHOWN
            ]
        }
