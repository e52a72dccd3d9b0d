"""phi-ls.explain with a model that says the same again and again."""

from __future__ import annotations

from editor.echo_editor import URI, StartEditor, span

WORDS = ["It", " returns", *[" a", " value", " or"] * 100]


def test_an_explanation_that_turns_in_circles_is_ended_and_cut(editor: StartEditor) -> None:
    """The engine is stopped after the third round, and the answer has one."""
    with editor({"tokens": WORDS, "token_ms": 5}) as client:
        client.open(URI, "def area(width, height):\n    return width * height\n")
        answer = client.explain(URI, range=span((0, 0), (1, 0)))
        (request,) = client.until(client.ended, bool)
    assert ("It returns a value or …", "repetition") == (answer["text"], answer["finishReason"])
    assert request["emitted"] < len(WORDS) / 2
