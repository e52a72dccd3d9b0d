"""$/progress while a model is loaded: for clients that announced it, from begin to end."""

from __future__ import annotations

from typing import Any

import psutil
from editor.echo_editor import GHOST_TEXT, URI, EchoEditor, StartEditor
from editor.friendly_client import StartFriendly
from editor.raw_client import LATER

CREATE = "window/workDoneProgress/create"
PROGRESS = "$/progress"
WITH_PROGRESS = {**GHOST_TEXT, "window": {"workDoneProgress": True}}
SLOW_LOAD = {"ms": 700}


def _kinds(client: EchoEditor, token: Any) -> list[str]:
    progress = [message["params"] for message in client.notifications if message["method"] == PROGRESS]
    return [params["value"]["kind"] for params in progress if params["token"] == token]


def _created(client: EchoEditor) -> list[Any]:
    """Return the tokens that the server has asked for."""
    return [request["params"]["token"] for request in client.requests if request["method"] == CREATE]


def _ended(params: Any) -> bool:
    return bool(params["value"]["kind"] == "end")


def test_loading_is_shown_from_begin_to_end(editor: StartEditor) -> None:
    """A token is asked for first; then one begin, reports of the stages, one end."""
    with editor(capabilities=WITH_PROGRESS, load=SLOW_LOAD) as client:
        token = client.wait_request(CREATE)["params"]["token"]
        begin = client.wait_notification(PROGRESS)
        client.wait_notification(PROGRESS, _ended)
        kinds = _kinds(client, token)
        created = _created(client)

    assert token == begin["token"]
    assert "loading echo" in begin["value"]["title"]
    assert begin["value"]["message"]
    assert ["begin", "end"] == [kinds[0], kinds[-1]]
    assert {"report"} >= set(kinds[1:-1])
    assert [token] == created


def test_a_client_that_did_not_announce_it_sees_none(editor: StartEditor) -> None:
    """Such a client answers the request for a token with an error, or not at all."""
    with editor(load={"ms": 200}) as client:
        client.settled()
        assert [] == _created(client)
        assert [] == [message for message in client.notifications if message["method"] == PROGRESS]


def test_a_client_that_never_answers_gets_no_progress_and_suggestions_all_the_same(editor: StartEditor) -> None:
    """Nothing is sent on a token that the client has not accepted, and nothing waits for it."""
    with editor(
        {"tokens": ["return 1"]},
        capabilities=WITH_PROGRESS,
        load=SLOW_LOAD,
        responders={CREATE: lambda _params: LATER},
    ) as client:
        client.open(URI, "def one():\n    ")
        assert client.inline(URI, 1, 4) is not None
        assert [] == [message for message in client.notifications if message["method"] == PROGRESS]


def test_a_token_accepted_too_late_is_not_used(editor: StartEditor) -> None:
    """The first worker is gone before the client has answered: nothing is begun, on the next one's token either."""
    with editor(capabilities=WITH_PROGRESS, load=SLOW_LOAD, responders={CREATE: lambda _params: LATER}) as client:
        created = client.wait_request(CREATE)
        (worker,) = client.settled()["workers"]
        psutil.Process(worker["pid"]).kill()
        client.until(lambda: (client.status(), _created(client))[1], lambda tokens: len(tokens) == 2)
        client.respond(created["id"], None)
        client.settled()
        assert [] == [message for message in client.notifications if message["method"] == PROGRESS]


def test_the_next_worker_is_shown_with_another_token(editor: StartEditor) -> None:
    """After a death the loading of the successor is a progress of its own."""
    with editor(capabilities=WITH_PROGRESS, load=SLOW_LOAD) as client:
        client.wait_notification(PROGRESS, _ended)
        (worker,) = client.settled()["workers"]
        psutil.Process(worker["pid"]).kill()
        first = client.requests[0]["params"]["token"]
        client.wait_notification(PROGRESS, lambda params: params["token"] != first and _ended(params))
        tokens = _created(client)

    assert 2 == len(set(tokens)) == len(tokens)


async def test_pytest_lsps_client_sees_begin_and_end(friendly: StartFriendly) -> None:
    """pytest-lsp warns of tokens that were not created, and warnings fail the test."""
    async with friendly(profile="neovim", load=SLOW_LOAD) as client:
        progress: dict[Any, Any] = client.progress_reports
        while not any(values and values[-1].kind == "end" for values in progress.values()):
            await client.wait_for_notification(PROGRESS)
        (values,) = progress.values()

    assert "begin" == values[0].kind
