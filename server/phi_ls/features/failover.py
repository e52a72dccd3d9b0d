"""window/showMessage once when another engine or device has to answer than the one that did, or was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from phi_ls.messages.text import Text, joined, say
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
) -> Text:
    """Return what failed and why, who answers now, and what happens next."""
    causes = _causes(news)
    failed = {_place(each) for each in given_up}
    if answering is None:
        return say("phi-ls: {causes}; nothing answers, run `phi-ls doctor`; {again}", causes=causes, again=_again(news))
    same = [worker for worker in workers if worker.model == answering.id]
    others = [worker for worker in same if (worker.engine, worker.order.device, worker.model) not in failed]
    fields = {"causes": causes, "model": answering.id, "again": _again(news)}
    if not others:
        return say("phi-ls: {causes}; {model} answers instead; {again}", **fields)
    fields |= {"engine": others[0].engine, "device": others[0].device}
    return say("phi-ls: {causes}; {model} with {engine} on {device} answers instead; {again}", **fields)


def _place(each: GivenUp) -> tuple[str, str, str]:
    return each.engine, each.device, each.model


def _again(news: Sequence[GivenUp]) -> Text:
    return say("tried again in {rest:.0f} s", rest=min(each.rest_s for each in news))


def _causes(news: Sequence[GivenUp]) -> Text:
    """Return each cause once, behind the places that it is of: a model too large is too large on several devices."""
    places: dict[str, list[Text]] = {}
    for each in news:
        where = say("{engine} on {device}", engine=each.engine, device=each.device)
        places.setdefault(each.cause, []).extend([] if where in each.cause else [where])
    return joined(
        "; ",
        (
            say("{places}: {cause}", places=joined(", ", dict.fromkeys(where)), cause=cause) if where else cause
            for cause, where in places.items()
        ),
    )
