"""phi-ls/power: the editor says whether its machine runs on battery; what it does not say, the system is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer

POWER = "phi-ls/power"


def register(server: PhiLanguageServer) -> None:
    """Register the notification `{"onBattery": true | false | null}`; anything else in it changes nothing."""

    @server.feature(POWER)
    def power(params: Any) -> None:
        said = params.get("onBattery", "") if isinstance(params, dict) else ""
        if said is None or isinstance(said, bool):
            server.ahead.power.said = said
