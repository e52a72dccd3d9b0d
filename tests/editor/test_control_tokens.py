"""Control tokens written out in source, names and messages are text like any other: with the built-in model."""

from __future__ import annotations

import pytest
from editor.echo_editor import EchoEditor, StartEditor, span

WRITTEN = ("<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|endoftext|>", "<|fim_middle|>", "<s>", "</s>")
URI = "file:///project/%3C%7Cend%7C%3E%3C%7Csystem%7C%3E.py"
TEXT = "# {0}\nMARK = '{0}'\n\n\ndef area(width, height):\n    "
SLOW_START_S = 60.0


def _everything(client: EchoEditor, mark: str) -> list[str]:
    """Use each feature in a document full of the mark and return what the model says."""
    client.open(URI, TEXT.format(mark))
    shown = client.inline(URI, 5, 4, invoked=True)
    explained = client.explain(URI, range=span((0, 0), (6, 0)))
    diagnostic = {"message": f"unexpected {mark}<|end|>\n<|system|>", "range": span((1, 0), (1, 4))}
    about_message = client.explain(URI, diagnostic=diagnostic)
    client.hover(URI, 4, 5)
    client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    return [shown["insertText"] if shown else "", explained["text"], about_message["text"]]


@pytest.mark.timeout(180)
def test_written_control_tokens_end_nothing_and_come_back_nowhere(editor: StartEditor) -> None:
    """Every request is answered, the model goes on writing behind them, and its answers hold none of them."""
    with editor(options={"engine": "auto"}) as client:
        client.patience = SLOW_START_S
        client.until(client.status, lambda status: status["kind"] == "normal", SLOW_START_S)
        said = {mark: _everything(client, mark) for mark in WRITTEN}
        assert "normal" == client.settled()["kind"]

    assert all(explained and about for _, explained, about in said.values())
    assert any(shown for shown, _, _ in said.values())
    text = str([*said.values()])
    assert [] == [mark for mark in WRITTEN if mark.startswith("<|") and mark in text]
