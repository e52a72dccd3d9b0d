"""No source text in logs, errors, messages or files, whatever goes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psutil
from editor.echo_editor import EchoEditor, StartEditor, at, span

CANARY = "canary"
"""Stands in the text, the file's name, the answer and the parameters; nowhere else."""

URI = "file:///project/canary_file.py"
BINARY = "file:///project/canary_binary.py"
TEXT = '"""canary_docstring"""\n\n\ndef area(canary_width):\n    '
ENDS = "canary_end"
DEADLY = {"when": ENDS, "tokens": ["canary_token", " b"], "then": "abort", "at": 1}
FAILING = {"when": "canary_failing", "tokens": ["canary_token"], "then": "fail"}
SLOW = {"when": "canary_slow", "tokens": ["canary_token"], "prefill_ms": 60_000}
ANSWER = {"tokens": ["return", " canary_answer"]}

WRONG: list[tuple[str, Any]] = [
    ("textDocument/inlineCompletion", {**at(URI, 0, 0), "context": {"triggerKind": "canary_kind"}}),
    ("textDocument/inlineCompletion", {"textDocument": "canary_document"}),
    ("textDocument/hover", {"textDocument": {"uri": URI}, "position": {"line": "canary_line", "character": 0}}),
    ("textDocument/hover", ["canary_list"]),
    ("workspace/executeCommand", {"command": "phi-ls.explain", "arguments": "canary_arguments"}),
    ("workspace/executeCommand", {"command": "phi-ls.explain", "arguments": ["canary_argument"]}),
]
WRONG_COMMANDS: list[Any] = [
    {"textDocument": {"uri": "file:///project/canary_closed.py"}, "range": span((0, 0), (1, 0))},
    {"textDocument": {"uri": BINARY}, "range": span((0, 0), (1, 0))},
    {"textDocument": {"uri": URI}},
    {"textDocument": {"uri": URI}, "range": "canary_range"},
    {"textDocument": {"uri": URI}, "diagnostic": {"message": 5, "range": "canary_range"}},
    {"textDocument": {"uri": URI}, "diagnostic": {"message": "canary_message", "range": None}},
    {"textDocument": {"uri": URI}, "range": span((0, 0), (1, 0)), "token": ["canary_token"]},
]


def _ask_for_everything(client: EchoEditor, *, ends: bool = False) -> None:
    client.inline(URI, 4, 4, invoked=True)
    client.hover(URI, 3, 12)
    asked = [client.send_explain(URI, range=span((0, 0), (5, 0)))]
    diagnostic = {"message": "canary_message", "range": span((3, 0), (3, 4))}
    asked.append(client.send_explain(URI, diagnostic=diagnostic))
    assert {ends} == {"error" in client.reply(request) for request in asked}
    client.why()


def _errors_of_wrong_requests(client: EchoEditor) -> list[Any]:
    errors = [client.error(method, params) for method, params in WRONG]
    replies = [client.reply(client.command("phi-ls.explain", options)) for options in WRONG_COMMANDS]
    client.notify("textDocument/didOpen", {"textDocument": {"uri": URI, "text": "canary_text"}})
    client.notify("textDocument/didChange", {"textDocument": {"uri": "file:///canary_closed"}, "contentChanges": 5})
    client.notify("canary/unknown", {"canary": 1})
    return errors + [reply["error"] for reply in replies]


def _errors_of_failures(client: EchoEditor) -> list[Any]:
    """Let requests fail, the engine crash, and a worker be killed at work."""
    errors = []
    for number, word in enumerate(("canary_failing", ENDS, "canary_slow")):
        uri = f"file:///project/canary_{number}.py"
        client.open(uri, f"{word} = 1\n")
        before = len(client.asked())
        asked = client.send_explain(uri, range=span((0, 0), (1, 0)))
        client.until_asked(before + 1)
        if word == "canary_slow":
            psutil.Process(client.status()["workers"][0]["pid"]).kill()
        errors.append(client.reply(asked)["error"])
    return errors


def _said(client: EchoEditor) -> str:
    """Return what the server has told the editor beside answers, less the explanation it was asked to stream."""
    return json.dumps([sent for sent in client.notifications if sent["method"] != "$/progress"])


def test_the_source_is_nowhere_but_in_answers(editor: StartEditor, tmp_path: Path) -> None:
    """Text, names of files, prompts and answers are not in the log, errors, messages, or files of phi-ls."""
    with editor(DEADLY, FAILING, SLOW, ANSWER, may_log_errors=True) as client:
        client.settled()
        client.open(URI, TEXT)
        client.open(BINARY, "canary\0")
        client.inline(BINARY, 0, 0)
        _ask_for_everything(client)
        errors = _errors_of_wrong_requests(client) + _errors_of_failures(client)
        client.settled()
        client.until(lambda: (client.status(), _files(tmp_path))[1], lambda files: any("servers" in f for f in files))
        kept = _files(tmp_path)

        assert "canary" in str(client.asked())
        assert [] == [error for error in errors if CANARY in json.dumps(error)]
        assert CANARY not in _said(client)
        assert CANARY not in json.dumps(client.status())
        assert {} == {name: content for name, content in kept.items() if CANARY in name or CANARY in content}
        client.exit()
        assert "worker" in client.stderr
        assert CANARY not in client.stderr


def _files(folder: Path) -> dict[str, str]:
    """Return everything in the folders of phi-ls by its path within them."""
    found = {}
    for name in ("cache_dir", "state_dir", "data_dir"):
        for path in (folder / name).rglob("*"):
            content = path.read_bytes().decode(errors="replace") if path.is_file() else ""
            found[str(path.relative_to(folder))] = content
    return found
