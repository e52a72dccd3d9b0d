"""What a slow model is asked for, and when."""

from __future__ import annotations

from editor.echo_editor import URI, EchoEditor, StartEditor, item_of

HEAD = "def area(width, height):\n    "


def test_a_slow_model_is_asked_for_the_first_line_of_a_block(editor: StartEditor) -> None:
    """The rest would come when the person has gone on; by the setting it is asked for all the same."""
    asked = []
    for decode_ms, mode in ((0, "auto"), (50, "auto"), (50, "always"), (400, "auto")):
        options = {"inlineCompletion": {"multiline": mode}}
        with editor({"tokens": ["\n    pass\n"]}, options=options, load={"decode_ms_per_token": decode_ms}) as client:
            client.settled()
            client.open(URI, "def area(width, height):")
            assert item_of(client.result(client.send_inline(URI, 0, 24))) is not None
            asked.append(client.asked()[-1]["new"])

    assert [160, 48, 160, 20] == asked


def test_in_a_burst_a_slow_model_computes_and_writes_when_the_keys_stop(editor: StartEditor) -> None:
    """Each key's prompt is computed, and the text is asked for once the next key is late."""
    lines = {"tokens": ["zzz", *(f" + z{number}" for number in range(60))], "token_ms": 50, "prefill_ms": 120}
    keys = "abcdefgh"
    with editor(lines, load={"decode_ms_per_token": 100}) as client:
        client.settled()
        client.open(URI, HEAD)
        for typed, key in enumerate(keys):
            client.type(URI, 1, 4 + typed, key)
            request = client.send_inline(URI, 1, 5 + typed)
            client.until(lambda: _prompts(client), lambda prompts, key=key: any(each.endswith(key) for each in prompts))
        assert item_of(client.result(request)) is not None
        computed, asked = client.computed(), client.asked()

    assert computed
    assert computed[-1]["prompt"] == asked[-1]["prompt"]
    assert len(asked) < len(keys)


def _prompts(client: EchoEditor) -> list[str]:
    """Return all that the engine was given, with an answer or without."""
    return [entry["prompt"] for entry in (*client.asked(), *client.computed())]
