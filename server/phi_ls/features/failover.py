"""window/showMessage once when another engine or device has to answer than the one that did, or was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from phi_providers.messages import ModelInfo, Urgency
from phi_providers.pool import GivenUp, WorkerStatus

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer


def register(server: PhiLanguageServer) -> None:
    """Watch the pool; each place in it that is given up is told once, until it has answered again."""
    told = Told()

    def changed() -> None:
        pool = server.session.pool
        status, model = pool.status(), pool.model_for(Urgency.ASKED)
        if news := told.news(status.given_up, model, pinned=server.session.overruled):
            text = message(news, status.given_up, model, status.workers)
            server.window_show_message(types.ShowMessageParams(type=types.MessageType.Warning, message=text))

    server.on_change.append(changed)


class Told:
    """Which places the user has been told of."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str, str]] = set()

    def news(self, given_up: Sequence[GivenUp], answering: ModelInfo | None, *, pinned: bool) -> list[GivenUp]:
        """Return what the user must hear of now, which is nothing as long as it is the same as before.

        A device that was only tried, because the user leaves the choice to us, is no news where it has never worked
        and the same model answers on another one: this machine does not have it.
        """
        self._told &= {_place(each) for each in given_up}
        model = answering.id if answering else ""
        worth = [each for each in given_up if each.served or pinned or each.model != model]
        news = [each for each in worth if _place(each) not in self._told]
        self._told |= {_place(each) for each in news}
        return news


def message(
    news: Sequence[GivenUp],
    given_up: Sequence[GivenUp],
    answering: ModelInfo | None,
    workers: Sequence[WorkerStatus],
) -> str:
    """Return what failed and why, who answers now, and what happens next."""
    causes = _causes(news)
    failed = {_place(each) for each in given_up}
    if answering is None:
        return f"phi-ls: {causes}; nothing answers, run `phi-ls doctor`; {_again(news)}"
    same = [worker for worker in workers if worker.model == answering.id]
    others = [worker for worker in same if (worker.engine, worker.order.device, worker.model) not in failed]
    where = f" with {others[0].engine} on {others[0].device}" if others else ""
    return f"phi-ls: {causes}; {answering.id}{where} answers instead; {_again(news)}"


def _place(each: GivenUp) -> tuple[str, str, str]:
    return each.engine, each.device, each.model


def _again(news: Sequence[GivenUp]) -> str:
    return f"tried again in {min(each.rest_s for each in news):.0f} s"


def _causes(news: Sequence[GivenUp]) -> str:
    """Return each cause once, behind the places that it is of: a model too large is too large on several devices."""
    places: dict[str, list[str]] = {}
    for each in news:
        where = f"{each.engine} on {each.device}"
        places.setdefault(each.cause, []).extend([] if where in each.cause else [where])
    return "; ".join(
        f"{', '.join(dict.fromkeys(where))}: {cause}" if where else cause for cause, where in places.items()
    )
