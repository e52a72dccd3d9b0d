"""phi-ls.selectModel on a model that is at work."""

from __future__ import annotations

from editor.echo_editor import URI, StartEditor, span

from phi_providers.models.installed import builtin
from phi_providers.models.manifest import write_manifest

WORDS = [f"word{number} " for number in range(100)]
SLOWLY = {"tokens": WORDS, "token_ms": 30}
"""Three seconds, far more than it takes to write the settings."""


def test_what_is_being_written_goes_on_through_the_change(editor: StartEditor) -> None:
    """An explanation that has begun is not lost, and an engine to which the model means nothing is not started anew."""
    with editor(SLOWLY) as client:
        client.open(URI, "def area(width, height):\n    return width * height\n")
        (old,) = client.settled()["workers"]
        asked = client.send_explain(URI, range=span((0, 0), (1, 10)), token="t")
        client.wait_notification("$/progress", lambda sent: sent["token"] == "t")
        chosen = client.result(client.command("phi-ls.selectModel", {"model": builtin().id}))
        assert "".join(WORDS).strip() == client.result(asked)["text"]
        (new,) = client.settled()["workers"]

    assert builtin().id == chosen["selected"]
    assert old["pid"] == new["pid"]


def test_the_choice_is_in_the_users_settings(editor: StartEditor) -> None:
    """The next server begins with it; the list says what is selected, and that nothing is being fetched."""
    with editor() as client:
        client.result(client.command("phi-ls.selectModel", {"model": builtin().id}))
        written = (client.folder / "config").read_text("utf-8")
    with editor() as client:
        listed = client.result(client.command("phi-ls.selectModel", {}))
    assert f'model = "{builtin().id}"' in written
    assert (builtin().id, "") == (listed["selected"], listed["fetching"])
    assert builtin().id == listed["models"][0]["id"]


def test_a_model_that_cannot_be_read_is_listed_all_the_same(editor: StartEditor) -> None:
    """What is wrong with it is in the server's log, not among the messages that go to the editor."""
    with editor() as client:
        folder = client.folder / "data_dir" / "models" / "unreadable"
        folder.mkdir(parents=True)
        (folder / "notes.txt").write_text("no model", "utf-8")
        write_manifest(folder, ["notes.txt"])
        listed = client.result(client.command("phi-ls.selectModel", {}))
        client.wait_stderr("phi_ls.features.select_model")
    (model,) = [each for each in listed["models"] if each["id"] == "unreadable"]
    assert (True, "") == (model["installed"], model["engine"])
