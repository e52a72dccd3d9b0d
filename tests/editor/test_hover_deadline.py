"""A hover is answered at its deadline, whatever else the model and the person do meanwhile."""

from __future__ import annotations

from editor.echo_editor import URI, StartEditor, span

TEXT = 'def area(width, height):\n    """Multiply the two."""\n    return width * height\n\n\nprint(area(2, 3))\n'
TYPED = "file:///project/other.py"
WORDS = [f" word{number}" for number in range(50)]
FOREVER = {"when": "print(area", "tokens": WORDS, "token_ms": 50, "then": "forever"}
TYPING = {"when": "def one", "tokens": ["return 1"]}
HOVER = {"when": "The code above", "tokens": ["never seen"]}
CANCELLED = -32800


def test_a_hover_behind_an_explanation_is_answered_at_its_deadline(editor: StartEditor) -> None:
    """The explanation, which takes much longer, goes on; the hover says that more is to come, and typing works.

    The model has not been asked for the hover by then, and is asked once the explanation is taken back.
    """
    with editor(TYPING, FOREVER, HOVER, options={"hover": {"deadlineMs": 100}}) as client:
        client.open(URI, TEXT)
        client.open(TYPED, "def one():\n    ")
        explaining = client.send_explain(URI, range=span((5, 0), (6, 0)))
        client.until_asked(1)
        hovering = client.send_hover(URI, 0, 5)
        assert client.inline(TYPED, 1, 4) is not None
        value = client.result(hovering)["contents"]["value"]
        began = [entry["prompt"] for entry in client.asked() if not entry["resumed"]]
        client.cancel(explaining)
        assert CANCELLED == client.reply(explaining)["error"]["code"]
        client.until_asked(len(began) + 1)

    assert "Multiply the two." in value
    assert "still generating" in value
    assert "never seen" not in value
    assert 2 == len(began)
