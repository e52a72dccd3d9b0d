"""Files that no model may see: nothing is done in them, and nothing of them is in any prompt, message, log or file."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from editor.echo_editor import GHOST_TEXT, EchoEditor, Json, StartEditor, at, span

URI, OTHER = "file:///project/area.py", "file:///project/shapes.py"
ANSWER = {"tokens": ["return", " width"]}
CANARY = "canary"
SECRET = 'def scaled_canary(value):\n    """Return canary_doc."""\n    key_canary = value\n    '
SEEN = 'def scaled(value):\n    """Return seen_doc."""\n'
TEXT = "def area(width, height):\n    return scaled_canary("
PLAIN = TEXT.replace("_canary", "")
FOLDERS = {"workspaceFolders": [{"uri": "file:///project", "name": "project"}]}
OPTIONS = {"exclude": [".env*", "id_rsa*", "private/**", "*.{gen,lock}.py"], "languages": {"*": True, "lua": False}}
HIDDEN = {
    "by default": ("file:///project/.env.local", "dotenv", {}),
    "a key": ("file:///home/me/.ssh/id_rsa", "plaintext", {}),
    "in capitals": ("file:///project/SECRETS.PY", "python", {}),
    "percent-encoded": ("file:///project/%2Eenv", "python", {}),
    "by way of another folder": ("file:///project/src/../.env", "python", {}),
    "untitled": ("untitled:.env", "python", {}),
    "of a revision": ("git:/project/.env?ref", "python", {}),
    "a folder": ("file:///project/private/deep/a.py", "python", OPTIONS),
    "braces": ("file:///project/a.lock.py", "python", OPTIONS),
    "a language": ("file:///project/a.lua", "lua", OPTIONS),
}
FALLBACK = {"textDocument": {"hover": {}, "completion": {}}}
"""A client without ghost text, which gets suggestions in its list of completions."""


def _ask_for_everything(client: EchoEditor, uri: str, text: str) -> list[Json]:
    """Use every feature at the text's end and return what the editor got."""
    line, character = text.count("\n"), len(text.rpartition("\n")[2])
    client.inline(uri, line, character, invoked=True)
    client.inline(uri, line, character)
    place = at(uri, line, character)
    actions = {"textDocument": {"uri": uri}, "range": span((0, 0), (line, 4)), "context": {"diagnostics": []}}
    asked = [
        client.send_hover(uri, 0, 6),
        client.send_explain(uri, range=span((0, 0), (line, 4))),
        client.send_explain(uri, diagnostic={"message": "unused", "range": span((0, 4), (0, 8))}),
        client.send_request("textDocument/completion", place),
        client.send_request("textDocument/codeAction", actions),
    ]
    return [client.reply(each) for each in asked]


def _kept(folder: Path) -> str:
    """Return all that lies in the folders of phi-ls."""
    found = [path for name in ("cache_dir", "state_dir", "data_dir") for path in (folder / name).rglob("*")]
    return "".join(str(path) + (path.read_bytes().decode(errors="replace") if path.is_file() else "") for path in found)


@pytest.mark.parametrize("capabilities", [GHOST_TEXT, FALLBACK], ids=["ghost text", "completion list"])
@pytest.mark.parametrize("kind", HIDDEN)
def test_nothing_is_done_in_an_excluded_file(editor: StartEditor, kind: str, capabilities: Json) -> None:
    """The model is never asked, nor given anything to compute ahead; explanations are refused with the reason."""
    uri, language, options = HIDDEN[kind]
    with editor(ANSWER, options=options, capabilities=capabilities, **FOLDERS) as client:
        client.settled()
        client.open(uri, SECRET, language=language)
        client.type(uri, 3, 4, "x")
        hover, *explained, _, _ = _ask_for_everything(client, uri, SECRET)
        assert CANARY not in json.dumps(hover.get("result"))
        assert [-32803, -32803] == [each["error"]["code"] for each in explained]
        # Another document's prompt comes last: what would have been computed before it is in the record by then.
        client.open(URI, "def area(width, height):\n    ")
        assert client.explain(URI, range=span((0, 0), (1, 4)))["text"]
        assert CANARY not in str(client.asked() + client.computed())


@pytest.mark.parametrize("kind", HIDDEN)
def test_nothing_of_an_excluded_file_is_elsewhere(editor: StartEditor, tmp_path: Path, kind: str) -> None:
    """Not in prompts for its neighbours, which use its names; not in answers, messages, status, log or files."""
    uri, language, options = HIDDEN[kind]
    with editor(ANSWER, options=options, **FOLDERS) as client:
        client.settled()
        client.open(OTHER, SEEN)
        client.open(uri, SECRET.replace("scaled_canary", "scaled"), language=language)
        client.open(URI, PLAIN)
        replies = _ask_for_everything(client, URI, PLAIN)
        client.type(URI, 1, 18, "width, ")
        # By the time that what may be seen is in a prompt, what may not would be, too: it was opened later.
        client.until(client.computed, lambda found: "seen_doc" in str(found))
        said = [replies, client.asked(), client.computed(), client.notifications, client.status(), client.why()]
        client.exit()
        assert [] == [each for each in said if CANARY in json.dumps(each)]
        assert CANARY not in client.stderr
        assert CANARY not in _kept(tmp_path)


def test_what_is_excluded_later_is_in_no_prompt_from_then_on(editor: StartEditor) -> None:
    """A file that was used as context is not, once the settings hide it."""
    with editor(ANSWER) as client:
        client.open(OTHER, SECRET)
        client.open(URI, TEXT)
        client.inline(URI, 1, 25)
        client.type(URI, 1, 25, "width, ")
        client.until(client.computed, lambda found: "canary_doc" in str(found))
        client.notify("workspace/didChangeConfiguration", {"settings": {"phi-ls": {"exclude": ["shapes.*"]}}})
        client.type(URI, 1, 32, "height, ")
        client.inline(URI, 1, 40)
        assert "canary_doc" not in client.asked()[-1]["prompt"]


def test_no_file_is_read_that_is_not_open(editor: StartEditor, tmp_path: Path) -> None:
    """Of files, links, pipes and devices that the editor only names, nothing is said and nothing is waited for."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "plain.py").write_text(SECRET)
    named = [root / "plain.py", root, Path("/dev/zero")]
    if sys.platform != "win32":  # making a link takes a privilege there, and pipes have no path
        (root / "link.py").symlink_to(root / "plain.py")
        os.mkfifo(root / "pipe.py")
        named += [root / "link.py", root / "pipe.py"]
    folder = {"uri": root.as_uri(), "name": "project"}
    with editor(ANSWER, workspaceFolders=[folder], rootUri=root.as_uri()) as client:
        client.settled()
        for path in named:
            assert CANARY not in json.dumps(_ask_for_everything(client, path.as_uri(), SECRET))
        client.open((root / "area.py").as_uri(), TEXT)
        assert client.inline((root / "area.py").as_uri(), 1, 25) is not None
        assert "canary_doc" not in str(client.asked() + client.computed())


@pytest.mark.skipif(sys.platform == "win32", reason="making a link takes a privilege there")
def test_a_harmless_name_that_leads_to_secrets_hides_nothing_less(editor: StartEditor, tmp_path: Path) -> None:
    """What the editor opens by a link is refused as the file itself is."""
    (tmp_path / ".env").write_text(SECRET)
    (tmp_path / "notes.py").symlink_to(tmp_path / ".env")
    uri = (tmp_path / "notes.py").as_uri()
    with editor(ANSWER, **FOLDERS) as client:
        client.settled()
        client.open(uri, SECRET)
        hover, *explained, _, _ = _ask_for_everything(client, uri, SECRET)
        assert [-32803, -32803] == [each["error"]["code"] for each in explained]
        assert CANARY not in json.dumps(hover.get("result"))
        client.open(URI, PLAIN)
        assert client.explain(URI, range=span((0, 0), (1, 4)))["text"]
        assert CANARY not in str(client.asked() + client.computed())
