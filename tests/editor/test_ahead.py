"""What the model is given before anybody asks, what it is kept from, and what becomes of it when somebody does."""

from __future__ import annotations

from editor.echo_editor import URI, EchoEditor, StartEditor, span

OTHER = "file:///project/volume.py"
HEAD = "def area(width, height):\n    "
FIRST, SECOND, THIRD = "width = abs(width)", "\n    height = abs(height)", "\n    return width * height"
SCRIPT = (
    {"when": SECOND, "tokens": [THIRD]},
    {"when": FIRST, "tokens": [SECOND]},
    {"when": "The code above", "tokens": [f"word{number} " for number in range(100)], "token_ms": 20},
    {"tokens": [FIRST]},
)
"""One line after the other, each where the one before has been accepted."""

FIRST_END, SECOND_END = (1, 4 + len(FIRST)), (2, len(SECOND) - 1)


def _computed(client: EchoEditor, count: int = 1) -> list[str]:
    """Wait until the engine has been given so many prompts to compute, and return them."""
    found = client.until(lambda: (client.status(), client.computed())[1], lambda prompts: len(prompts) >= count)
    return [entry["prompt"] for entry in found]


def _prefetched(client: EchoEditor, count: int = 1) -> None:
    client.until(client.status, lambda status: status["prefetched"] >= count)


def _asked_behind(client: EchoEditor, line: str) -> int:
    """Return how often the engine was asked what follows this line."""
    return sum(entry["prompt"].endswith(line) for entry in client.asked())


def _visit(client: EchoEditor, uri: str, text: str) -> None:
    """Open a document and ask where nothing is suggested: a person is there."""
    client.open(uri, text)
    assert None is client.inline(uri, 0, 0)


def _visit_and_close(client: EchoEditor, *uris: str) -> None:
    """Have somebody been in these documents: opened again, they are computed at once."""
    for uri in uris:
        client.open(uri, HEAD)
        client.inline(uri, 1, 4)
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def _use_one(client: EchoEditor) -> str:
    """Accept a suggestion and return the next one: from now on what follows that is worth making."""
    client.open(URI, HEAD)
    assert FIRST == (client.inline(URI, 1, 4) or {})["insertText"]
    client.type(URI, 1, 4, FIRST)
    following = client.inline(URI, *FIRST_END)
    return following["insertText"] if following else ""


def test_a_pause_after_an_edit_computes_the_prompt(editor: StartEditor) -> None:
    """Nobody asks, as where a client waits for longer; when it does, all but the key is there."""
    with editor(*SCRIPT) as client:
        _visit(client, URI, HEAD)
        client.type(URI, 1, 4, "area = ")
        (prompt,) = _computed(client)
        client.inline(URI, 1, 11)
        (asked,) = client.asked()

    assert prompt == asked["prompt"]
    assert prompt.endswith("area = ")
    assert len(prompt.split(" ")) == asked["reused"]


def test_a_document_opened_again_is_computed_where_somebody_was(editor: StartEditor) -> None:
    """Its first suggestion finds its prompt."""
    with editor(*SCRIPT) as client:
        client.open(URI, f"{HEAD}\n\nmore = 1\n")
        client.inline(URI, 1, 4)
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        client.open(URI, f"{HEAD}\n\nless = 1\n")
        (prompt,) = _computed(client)
        assert "less" in prompt
        client.inline(URI, 1, 4)
        assert prompt == client.asked()[-1]["prompt"]


def test_what_a_program_writes_is_not_computed(editor: StartEditor) -> None:
    """Nobody has ever asked in a log that grows; nor does it keep what a person pauses at from being computed."""
    with editor(*SCRIPT) as client:
        client.open(OTHER, HEAD)
        _visit(client, URI, HEAD)
        client.type(URI, 1, 4, "area = ")
        client.type(OTHER, 1, 4, "logged")
        (prompt,) = _computed(client)

    assert prompt.endswith("area = ")


def test_what_is_excluded_is_computed_no_more_than_suggested(editor: StartEditor) -> None:
    """What no model may see is not shown to one early either."""
    with editor(*SCRIPT) as client:
        _visit_and_close(client, OTHER, URI)
        client.notify("workspace/didChangeConfiguration", {"settings": {"exclude": ["**/volume.py"]}})
        client.open(OTHER, f"# one\n{HEAD}")
        client.open(URI, f"# two\n{HEAD}")
        (prompt,) = _computed(client)

    assert "# two" in prompt


def test_on_battery_nothing_is_computed_early(editor: StartEditor) -> None:
    """The editor says that its machine runs on battery, and later that it does not."""
    with editor(*SCRIPT) as client:
        _visit_and_close(client, URI, OTHER)
        client.notify("phi-ls/power", {"onBattery": True})
        client.open(URI, f"# one\n{HEAD}")
        client.notify("phi-ls/power", {"onBattery": False})
        client.open(OTHER, f"# two\n{HEAD}")
        (prompt,) = _computed(client)

    assert "# two" in prompt


def test_who_does_not_mind_the_battery_is_served_as_ever(editor: StartEditor) -> None:
    """The setting reduceOnBattery is false."""
    with editor(*SCRIPT, options={"reduceOnBattery": False}) as client:
        client.notify("phi-ls/power", {"onBattery": True})
        _visit(client, URI, HEAD)
        client.type(URI, 1, 4, "area = ")
        assert _computed(client)


def test_a_message_about_power_that_says_nothing_changes_nothing(editor: StartEditor) -> None:
    """Any program may be the client."""
    with editor(*SCRIPT) as client:
        for params in ({"onBattery": "yes"}, {}, {"onBattery": 1}):
            client.notify("phi-ls/power", params)
        _visit(client, URI, HEAD)
        client.type(URI, 1, 4, "area = ")
        assert _computed(client)


def test_typing_does_not_wait_for_what_is_computed_early(editor: StartEditor) -> None:
    """A minute's work is ended within one chunk: what it was done for has become another text."""
    with editor({"when": "early", "tokens": [], "prefill_ms": 60_000}, *SCRIPT) as client:
        _visit(client, URI, HEAD)
        client.type(URI, 1, 4, "early")
        _computed(client)
        client.edit(URI, (1, 4), (1, 9), "x = ")
        item = client.inline(URI, 1, 8)
        client.settled()

    assert FIRST == (item and item["insertText"])


def test_closing_a_document_ends_what_is_computed_for_it(editor: StartEditor) -> None:
    """A minute's work for nobody."""
    with editor({"when": "early", "tokens": [], "prefill_ms": 60_000}, *SCRIPT) as client:
        _visit(client, URI, HEAD)
        client.type(URI, 1, 4, "early")
        _computed(client)
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        client.settled()


def test_typing_in_one_document_does_not_wait_for_another(editor: StartEditor) -> None:
    """What is computed early for it makes room, and goes on afterwards."""
    early = {"when": "early", "tokens": [], "prefill_ms": 1000}
    with editor({"when": "x = ", "tokens": ["width"]}, early) as client:
        _visit(client, OTHER, "pass\n")
        client.type(OTHER, 0, 4, "early")
        _computed(client)
        client.open(URI, HEAD)
        client.type(URI, 1, 4, "x = ")
        item = client.inline(URI, 1, 8)
        first, second = _computed(client, 2)

    assert "width" == (item and item["insertText"])
    assert first == second


def test_the_suggestion_after_the_next_is_there_when_one_is_accepted(editor: StartEditor) -> None:
    """It was made while the one before stood on the screen, and costs the model nothing more."""
    with editor(*SCRIPT) as client:
        assert SECOND == _use_one(client)
        _prefetched(client)
        client.settled()
        client.type(URI, *FIRST_END, SECOND)
        item = client.inline(URI, *SECOND_END)
        status = client.status()
        assert 1 == _asked_behind(client, SECOND)

    assert THIRD == (item and item["insertText"])
    assert 1 == status["prefetchHits"]


def test_one_that_is_on_its_way_is_waited_for(editor: StartEditor) -> None:
    """Accepting while the model still writes what follows asks it nothing else."""
    with editor({**SCRIPT[0], "prefill_ms": 1000}, *SCRIPT[1:]) as client:
        _use_one(client)
        _prefetched(client)
        client.type(URI, *FIRST_END, SECOND)
        item = client.inline(URI, *SECOND_END)
        status = client.settled()
        assert 1 == _asked_behind(client, SECOND)

    assert THIRD == (item and item["insertText"])
    assert 1 == status["prefetchHits"]


def test_a_pause_does_not_end_what_is_made_early(editor: StartEditor) -> None:
    """While the next suggestion is on its way, nothing else is computed in its place."""
    with editor({**SCRIPT[0], "prefill_ms": 1500}, *SCRIPT[1:]) as client:
        _use_one(client)
        client.type(URI, *FIRST_END, SECOND[:5])
        assert SECOND[5:] == (client.inline(URI, 2, 4) or {})["insertText"]
        _prefetched(client)
        client.settled()
        client.type(URI, 2, 4, SECOND[5:])
        item = client.inline(URI, *SECOND_END)
        assert 1 == _asked_behind(client, SECOND)

    assert THIRD == (item and item["insertText"])


def test_one_that_waits_behind_an_explanation_is_hurried(editor: StartEditor) -> None:
    """What nobody waits for waits for an explanation, what somebody has come to wait for does not."""
    with editor(*SCRIPT) as client:
        assert SECOND == _use_one(client)
        explaining = client.send_explain(URI, range=span((0, 0), (1, 0)))
        _prefetched(client)
        client.type(URI, *FIRST_END, SECOND)
        item = client.inline(URI, *SECOND_END)
        (number,) = {entry["id"] for entry in client.asked() if "The code above" in entry["prompt"]}
        ended = [entry["finish"] for entry in client.ended() if entry["id"] == number]
        text = client.result(explaining)["text"]

    assert THIRD == (item and item["insertText"])
    assert ["cancelled"] == ended
    assert [f"word{number}" for number in range(100)] == text.split()


def test_who_types_something_else_does_not_wait_for_what_was_made_early(editor: StartEditor) -> None:
    """It ends, and the engine is asked about what has been typed."""
    slow = {**SCRIPT[0], "prefill_ms": 60_000}
    with editor({"when": "else", "tokens": [" = 1"]}, slow, *SCRIPT[1:]) as client:
        _use_one(client)
        _prefetched(client)
        client.type(URI, *FIRST_END, "\n    else_")
        item = client.inline(URI, 2, 9)
        client.settled()
        assert 1 == _asked_behind(client, SECOND)

    assert " = 1" == (item and item["insertText"])


def test_the_rest_of_a_block_is_there_when_its_first_line_is_accepted(editor: StartEditor) -> None:
    """Word by word or line by line: the model is asked once."""
    block = "\n    half = width / 2\n    return half * height\n"
    with editor({"tokens": [block]}) as client:
        client.open(URI, "def area(width, height):")
        whole = client.inline(URI, 0, 24)
        client.type(URI, 0, 24, "\n    half = width / 2")
        rest = client.inline(URI, 1, 20)
        assert 1 == len(client.asked())

    assert block.rstrip() == (whole and whole["insertText"])
    assert "\n    return half * height" == (rest and rest["insertText"])
