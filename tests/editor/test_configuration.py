"""Settings from each place where they may come from, and what is said about those that are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from editor.echo_editor import GHOST_TEXT, URI, EchoEditor, StartEditor
from editor.raw_wire import Json

HEAD = "def area(width, height):\n    "
ANSWER = {"tokens": ["return", " width", " * height"]}
WARNING = 2
CHANGE = "workspace/didChangeConfiguration"
PULL = "workspace/configuration"
PULLS = {**GHOST_TEXT, "workspace": {"configuration": True}}
REGISTERS = {
    **GHOST_TEXT,
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
}
OFF = {"inlineCompletion": {"enable": False}}
ON = {"inlineCompletion": {"enable": True}}


def _messages(client: EchoEditor) -> list[str]:
    """Return what the user was shown, after an answer that was sent later than all of it."""
    client.status()
    shown = [message["params"] for message in client.notifications if message["method"] == "window/showMessage"]
    assert all(params["type"] == WARNING for params in shown)
    return [params["message"] for params in shown]


def _suggests(client: EchoEditor) -> bool:
    client.open(URI, HEAD)
    return client.inline(URI, 1, 4) is not None


def _push(client: EchoEditor, settings: Any) -> None:
    client.notify(CHANGE, {"settings": settings})


def _pulled(client: EchoEditor, settings: Any) -> None:
    """Let the client answer the next pull with these settings, and wait until they are in force."""
    client.responders[PULL] = lambda params: [settings] * len(params["items"])
    before = len(_pulls(client))
    client.notify(CHANGE, {"settings": None})
    client.until(lambda: (client.status(), len(_pulls(client)))[1], lambda count: count > before)
    client.status()


def _pulls(client: EchoEditor) -> list[Json]:
    return [request for request in client.requests if request["method"] == PULL]


# --- where settings come from -----------------------------------------------------------------------------------------


def test_initialization_options_are_in_force_from_the_start(editor: StartEditor) -> None:
    """No suggestion slips through before the settings are known."""
    with editor(ANSWER, options=OFF) as client:
        assert not _suggests(client)
        assert [] == _messages(client)


@pytest.mark.parametrize(
    "wrap", [lambda own: own, lambda own: {"phi-ls": own, "editor": {"tabSize": 2}}], ids=["own", "all"]
)
def test_pushed_settings_switch_suggestions_off_and_on(editor: StartEditor, wrap: Any) -> None:
    """For clients that cannot be asked; some push our section alone, some all they have."""
    with editor(ANSWER) as client:
        assert _suggests(client)
        _push(client, wrap(OFF))
        assert not _suggests(client)
        _push(client, wrap(ON))
        assert _suggests(client)
        assert [] == _messages(client)


def test_a_pushed_layer_replaces_the_one_before(editor: StartEditor) -> None:
    """What the user has taken out of the editor's settings is no longer in force."""
    with editor(ANSWER) as client:
        _push(client, OFF)
        assert not _suggests(client)
        _push(client, {})
        assert _suggests(client)


def test_settings_are_pulled_after_initialized_and_at_each_change(editor: StartEditor) -> None:
    """A client that can be asked is asked for our section, and only then."""
    with editor(ANSWER, capabilities=PULLS, responders={PULL: lambda params: [OFF]}) as client:
        assert {"items": [{"section": "phi-ls"}]} == client.wait_request(PULL)["params"]
        client.until(lambda: _suggests(client), lambda suggests: not suggests)
        _pulled(client, ON)
        client.until(lambda: _suggests(client), bool)
        assert 2 == len(_pulls(client))
        assert [] == _messages(client)


def test_a_client_that_registers_is_asked_to_tell_of_changes(editor: StartEditor) -> None:
    """Without the registration some clients never send the notification."""
    with editor(capabilities=REGISTERS) as client:
        (registration,) = client.wait_request("client/registerCapability")["params"]["registrations"]

    assert CHANGE == registration["method"]
    assert {"section": "phi-ls"} == registration["registerOptions"]


@pytest.mark.parametrize("answer", [[], [None], ["nonsense"], None, "nonsense", [[1]]], ids=str)
def test_a_pull_that_is_answered_badly_does_no_harm(editor: StartEditor, answer: Any) -> None:
    """The settings stay what they are, and suggestions go on."""
    with editor(ANSWER, capabilities=PULLS, responders={PULL: lambda params: answer}) as client:
        client.wait_request(PULL)
        assert _suggests(client)


def test_the_users_file_and_the_projects_are_read(editor: StartEditor, tmp_path: Path) -> None:
    """config.toml switches off what pyproject.toml, which is nearer to the work, switches on again."""
    root = tmp_path / "workspace"
    root.mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("inlineCompletion.enable = false\n")
    with editor(ANSWER, rootUri=root.as_uri()) as client:
        assert not _suggests(client)
    (root / "pyproject.toml").write_text("[tool.phi-ls]\ninlineCompletion.enable = true\n")
    with editor(ANSWER, rootUri=root.as_uri()) as client:
        assert _suggests(client)


# --- what is wrong with them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"colour": "blue"}, "colour"),
        ({"inlineCompletion": {"enabled": True}}, "inlineCompletion.enabled"),
        ({"enable": "yes"}, "enable"),
        ({"hover": {"mode": "always"}}, "hover.mode"),
        ({"hover": {"deadlineMs": 5}}, "hover.deadlineMs"),
        ({"inlineCompletion": {"minConfidence": -7}}, "inlineCompletion.minConfidence"),
        ({"languages": ["python"]}, "languages"),
        ({"modelPath": "not/absolute"}, "modelPath"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_message_names_the_key_and_the_server_goes_on(editor: StartEditor, options: Json, named: str) -> None:
    """A mistake in the settings is told once, with the key, and costs nothing else."""
    with editor(ANSWER, options=options) as client:
        (message,) = _messages(client)
        assert _suggests(client)

    assert f"'{named}'" in message
    assert "initializationOptions" in message


def test_the_same_mistake_is_told_once(editor: StartEditor) -> None:
    """An editor pushes its settings again and again; the user has read it the first time."""
    with editor(ANSWER) as client:
        for _ in range(3):
            _push(client, {"colour": "blue"})
        (message,) = _messages(client)

    assert "'colour'" in message


@pytest.mark.parametrize("options", [[1, 2], "text", 5], ids=str)
def test_initialization_options_of_another_type_are_told(editor: StartEditor, options: Any) -> None:
    """They must be an object; the server lives with the defaults."""
    with editor(initialize=False) as client:
        client.initialize(capabilities=GHOST_TEXT, init_options=options)
        (message,) = _messages(client)

    assert "must be an object" in message


@pytest.mark.parametrize("key", ["modelPath", "openaiServer.url"])
@pytest.mark.parametrize("source", ["pushed", "pulled", "project"])
def test_paths_and_addresses_are_refused_from_a_workspace(
    editor: StartEditor, tmp_path: Path, key: str, source: str
) -> None:
    """A workspace brings its own editor settings and pyproject.toml: it must not choose what is loaded or called."""
    value = str(tmp_path / "model") if key == "modelPath" else "http://localhost:8000/v3"
    sent = {key: value}
    if source == "project":
        (tmp_path / "pyproject.toml").write_text(f'[tool.phi-ls]\n{key} = "{value}"\n')
    capabilities = PULLS if source == "pulled" else GHOST_TEXT
    responders = {PULL: lambda params: [sent]}
    with editor(ANSWER, capabilities=capabilities, responders=responders, rootUri=tmp_path.as_uri()) as client:
        if source == "pushed":
            _push(client, sent)
        (message,) = client.until(lambda: _messages(client), bool)
        assert _suggests(client)

    assert f"'{key}'" in message
    assert "not taken from there" in message


def test_a_path_in_initialization_options_is_taken(editor: StartEditor, tmp_path: Path) -> None:
    """The user's own client may name a model; that there is none is told with the stand-in that answers."""
    with editor(ANSWER, options={"modelPath": str(tmp_path / "none")}) as client:
        assert [] == _messages(client)
