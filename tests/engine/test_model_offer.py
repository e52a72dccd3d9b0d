"""What somebody in an editor sees of models that could be fetched: one question, progress, and a better answerer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from editor.echo_editor import GHOST_TEXT, URI, EchoEditor, span
from editor.raw_wire import Json
from engine.built_in import SOURCE
from process.hub_faults import Held
from process.local_hub import LocalHub, local_hub
from process.pulling import VARIANT, WEIGHTS, Pulling, visible

from phi_providers.models.installed import builtin

pytestmark = pytest.mark.timeout(400)

PATIENCE_S = 120.0
ASKED, CREATED = "window/showMessageRequest", "window/workDoneProgress/create"
ABLE: Json = {**GHOST_TEXT, "window": {"workDoneProgress": True, "showMessage": {}}}
TEXT = "\n".join(SOURCE[200:260]) + "\n"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    """A hub that has one model, which the user's catalogue lists before all others."""
    with local_hub() as hub:
        Pulling(tmp_path, hub)
        yield hub


def editor(
    folder: Path, hub: LocalHub, answer: Callable[[Any], Any] = lambda _: None, able: Json = ABLE, **options: Any
) -> EchoEditor:
    """A server with the built-in model, and a user who answers its question so."""
    variables = {name: "" for name in os.environ if "proxy" in name.lower()}
    variables |= {"HF_ENDPOINT": hub.address, "HF_HOME": str(folder / "hf")}
    client = EchoEditor(folder, initialize=False, variables=variables, responders={ASKED: answer})
    client.patience = PATIENCE_S
    client.initialize(capabilities=able, init_options=options)
    client.open(URI, TEXT)
    return client


def fetch(params: Any) -> Any:
    """Answer with the first of the actions."""
    return params["actions"][0]


def root(folder: Path) -> Path:
    """Return the folder of installed models."""
    return folder / "data_dir" / "models"


def stages(client: EchoEditor, token: str) -> list[str]:
    """Return what the progress has shown so far, each once."""
    values = [sent["params"] for sent in client.notifications if sent["method"] == "$/progress"]
    shown = [each["value"].get("message") or each["value"]["kind"] for each in values if each["token"] == token]
    return list(dict.fromkeys(shown))


def fetching(client: EchoEditor) -> str:
    """Wait until a model is being fetched, and return the token of its progress."""
    return str(
        client.wait_notification(
            "$/progress", lambda sent: "fetching" in sent["value"].get("title", ""), timeout=PATIENCE_S
        )["token"]
    )


def ended(client: EchoEditor, token: str) -> str:
    """Wait for the end of a progress, and return what it says."""
    sent = client.wait_notification(
        "$/progress", lambda sent: sent["token"] == token and sent["value"]["kind"] == "end", timeout=PATIENCE_S
    )
    return str(sent["value"]["message"])


def loaded(client: EchoEditor) -> str:
    """Wait until a model is loaded, and nothing else to be done, and return its id."""
    status = client.until(client.status, lambda status: status["engine"] and status["kind"] == "normal", PATIENCE_S)
    return str(status["model"])


def questions(client: EchoEditor) -> list[str]:
    """Return what the user has been asked."""
    return [sent["params"]["message"] for sent in client.requests if sent["method"] == ASKED]


def test_on_yes_the_model_is_fetched_and_answers(tmp_path: Path, hub: LocalHub) -> None:
    """Size and licence are named; download and verify are shown; it answers in the same server and in the next one."""
    with editor(tmp_path, hub, fetch) as client:
        token = fetching(client)
        assert "installed" in ended(client, token)
        shown = stages(client, token)
        assert VARIANT == loaded(client)
        (question,) = questions(client)
    assert "Small model (int8, 10 MB, licence MIT" in question
    assert ["begin", "download", "verify", "install"] == [each for each in shown if each != "done"][:4]
    assert [VARIANT] == visible(root(tmp_path))
    with editor(tmp_path, hub, fetch) as client:
        assert VARIANT == loaded(client)
        assert [] == questions(client)


def test_on_no_nothing_is_fetched_and_nobody_asks_again(tmp_path: Path, hub: LocalHub) -> None:
    """Without a yes the server opens no connection."""
    with editor(tmp_path, hub) as client:
        client.wait_request(ASKED, timeout=PATIENCE_S)
        client.status()
    with editor(tmp_path, hub) as client:
        assert builtin().id == loaded(client)
        assert [] == questions(client)
    assert [] == hub.requests
    assert [] == visible(root(tmp_path))


@pytest.mark.parametrize("able", [ABLE, GHOST_TEXT], ids=["switched-off", "cannot-ask"])
def test_who_is_not_asked(tmp_path: Path, hub: LocalHub, able: Json) -> None:
    """The setting switches the question off; a client that has not announced it is not asked."""
    options = {"offerModel": False} if able is ABLE else {}
    with editor(tmp_path, hub, fetch, able, **options) as client:
        assert builtin().id == loaded(client)
        assert client.explain(URI, range=span((1, 0), (11, 0)))["text"]
        assert [] == questions(client)
    assert not (tmp_path / "state_dir" / "model-offered").exists()


def test_a_fetch_that_is_cancelled_ends(tmp_path: Path, hub: LocalHub) -> None:
    """Its process goes, nothing is installed, and the built-in model answers on."""
    held = Held(10_000)
    hub.faults[WEIGHTS] = [held]
    with editor(tmp_path, hub, fetch) as client:
        token = fetching(client)
        assert held.reached.wait(PATIENCE_S)
        client.notify("window/workDoneProgress/cancel", {"token": token})
        assert "cancelled" in ended(client, token)
        children = psutil.Process(client.process.pid).children(recursive=True)
        assert [] == [child for child in children if "pull" in child.cmdline()]
        held.go.set()
        assert builtin().id == loaded(client)
    assert [] == visible(root(tmp_path))


def test_selecting_a_model(tmp_path: Path, hub: LocalHub) -> None:
    """The list names all models; a listed one is fetched on yes, an installed one answers at once, `auto` goes back."""
    with editor(tmp_path, hub, fetch, offerModel=False) as client:
        listed = client.result(client.command("phi-ls.selectModel", {}))
        assert "auto" == listed["selected"]
        assert {builtin().id: True, VARIANT: False} == {
            row["id"]: row["installed"] for row in listed["models"] if row["id"] in (builtin().id, VARIANT)
        }
        assert VARIANT == client.result(client.command("phi-ls.selectModel", {"model": VARIANT}))["fetching"]
        ended(client, fetching(client))
        assert VARIANT == loaded(client)
        assert "auto" == client.result(client.command("phi-ls.selectModel", {"model": "auto"}))["selected"]
        assert builtin().id == loaded(client)
        assert VARIANT == client.result(client.command("phi-ls.selectModel", {"model": VARIANT}))["selected"]
        assert "nothing" in client.reply(client.command("phi-ls.selectModel", {"model": "nothing"}))["error"]["message"]
        assert "string" in client.reply(client.command("phi-ls.selectModel", {"model": 1}))["error"]["message"]
