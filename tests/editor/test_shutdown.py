"""shutdown and exit, whatever the server is doing: an answer, exit code 0, and no process left."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor, span
from editor.raw_client import LATER

TEXT = "def area(width, height):\n    "
NEVER = {"tokens": ["return"], "prefill_ms": 60_000}
DEAF = {**NEVER, "deaf": True}
HANGS = {"tokens": ["return"], "at": 0, "then": "hang"}
QUICK = {"tokens": ["return", " width"]}
SERVER_CANCELLED = -32802

ANSWERED_S = 0.5
GONE_S = 1.0
SLACK_S = 7.0
"""For a busy machine; the limits are what the product promises on an idle one."""

ASKING: dict[str, Callable[[EchoEditor], Any]] = {
    "suggesting": lambda client: client.send_inline(URI, 1, 4),
    "hovering": lambda client: client.send_hover(URI, 0, 5),
    "explaining": lambda client: client.send_explain(URI, range=span((0, 0), (1, 0)), token="t"),
}


def _leave(client: EchoEditor) -> None:
    """Shut down, exit, and check both times."""
    begun = time.perf_counter()
    assert None is client.request("shutdown")
    answered = time.perf_counter()
    client.notify("exit")
    assert 0 == client.wait_exit()
    gone = time.perf_counter()

    assert answered - begun < ANSWERED_S + SLACK_S
    assert gone - answered < GONE_S + SLACK_S


def test_idle(editor: StartEditor) -> None:
    """With the model loaded and nothing to do."""
    with editor(QUICK) as client:
        client.settled()
        _leave(client)


def test_before_the_worker_has_started(editor: StartEditor) -> None:
    """Right behind the handshake, as an editor does that is closed at once."""
    with editor(QUICK) as client:
        _leave(client)


def test_while_the_model_is_loaded(editor: StartEditor) -> None:
    """Loading may take minutes; leaving does not wait for it."""
    with editor(QUICK, load={"ms": 60_000}) as client:
        client.wait_notification("phi-ls/didChangeStatus", lambda status: "following the script" in status["message"])
        _leave(client)


def test_while_loading_hangs(editor: StartEditor) -> None:
    """A worker that is stuck in native code is ended by force."""
    with editor(QUICK, load={"then": "hang"}) as client:
        client.wait_notification("phi-ls/didChangeStatus", lambda status: "following the script" in status["message"])
        _leave(client)


@pytest.mark.parametrize("answer", [NEVER, DEAF, HANGS], ids=["at work", "deaf", "hanging"])
@pytest.mark.parametrize("asking", list(ASKING))
def test_while_the_engine_is_at_work(editor: StartEditor, asking: str, answer: Any) -> None:
    """What waits is answered as given up by the server, in front of the answer to `shutdown`."""
    with editor(answer) as client:
        client.open(URI, TEXT)
        request = ASKING[asking](client)
        client.until_asked(1)
        _leave(client)
        reply = client.reply(request)

    assert SERVER_CANCELLED == reply["error"]["code"]


def test_between_two_workers(editor: StartEditor) -> None:
    """A worker has just died and the next one is not there yet."""
    with editor({"tokens": [], "then": "exit"}, may_log_errors=True) as client:
        client.open(URI, TEXT)
        client.inline(URI, 1, 4)
        _leave(client)


def test_with_a_pull_of_the_configuration_unanswered(editor: StartEditor) -> None:
    """The client never says what its settings are, and goes."""
    pulls = {"workspace": {"configuration": True}}
    with editor(QUICK, capabilities=pulls, responders={"workspace/configuration": lambda _params: LATER}) as client:
        client.wait_request("workspace/configuration")
        _leave(client)


def test_without_shutdown_the_exit_code_is_1(editor: StartEditor) -> None:
    """LSP's rule; the processes are gone all the same."""
    with editor(QUICK) as client:
        client.notify("exit")
        assert 1 == client.wait_exit()


def test_the_editors_end_of_input_ends_the_server(editor: StartEditor) -> None:
    """An editor that crashed closes the pipe; a generation under way holds nothing up."""
    with editor(NEVER) as client:
        client.open(URI, TEXT)
        request = client.send_inline(URI, 1, 4)
        client.until_asked(1)
        client.close_stdin()
        assert 1 == client.wait_exit(GONE_S + SLACK_S)
        client.join()
        assert SERVER_CANCELLED == client.reply(request)["error"]["code"]
