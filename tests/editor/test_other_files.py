"""What a prompt holds of other open files: what helps at the cursor, and never what no model may see."""

from __future__ import annotations

from editor.echo_editor import StartEditor, span

URI, OTHER = "file:///project/area.py", "file:///project/shapes.py"
ANSWER = {"tokens": ["width"]}
TEXT = "def area(width, height):\n    return scaled("
SCALED = 'def scaled(value):\n    """Return {} of it."""\n'


def _scaled(mark: str) -> str:
    return SCALED.format(mark)


def test_a_definition_in_another_open_file_is_in_the_prompt(editor: StartEditor) -> None:
    """Of the function that is called at the cursor."""
    with editor(ANSWER) as client:
        client.open(OTHER, _scaled("twice"))
        client.open(URI, TEXT)
        assert client.inline(URI, 1, 18) is not None
        assert "Return twice of it." in client.asked()[-1]["prompt"]


def test_a_closed_file_is_in_no_prompt(editor: StartEditor) -> None:
    """Not in the next one either, which goes on where the one before ended."""
    with editor(ANSWER) as client:
        client.open(OTHER, _scaled("twice"))
        client.open(URI, TEXT)
        client.inline(URI, 1, 18)
        client.notify("textDocument/didClose", {"textDocument": {"uri": OTHER}})
        client.type(URI, 1, 18, "other, ")
        client.inline(URI, 1, 25)
        assert ["twice" in each["prompt"] for each in client.asked()] == [True, False]


def test_secrets_are_in_no_prompt(editor: StartEditor) -> None:
    """Without any setting, by the customary names of their files."""
    with editor(ANSWER) as client:
        client.open("file:///project/credentials.py", _scaled("twice"))
        client.open(URI, TEXT)
        client.inline(URI, 1, 18)
        assert ["twice" in each["prompt"] for each in client.asked()] == [False]


def test_what_no_model_may_see_is_in_no_prompt(editor: StartEditor) -> None:
    """What settings exclude, languages that are switched off, and what is no text."""
    options = {"exclude": ["secrets.*", "private"], "languages": {"*": True, "javascript": False}}
    with editor(ANSWER, options=options) as client:
        client.open("file:///project/secrets.py", _scaled("secrets"))
        client.open("file:///project/private/a.py", _scaled("private"))
        client.open("file:///project/binary.py", _scaled("binary") + "\0")
        client.open("file:///project/long.py", _scaled("long") + "x" * 30_000)
        client.open(URI, TEXT)
        client.inline(URI, 1, 18)
        client.open("file:///project/off.js", "function scaled() { return 1 }  // off", language="javascript")
        client.open("file:///project/on.ts", "scaled(", language="typescript")
        client.inline("file:///project/on.ts", 0, 7)
        prompts = [each["prompt"] for each in client.asked()]
    assert 2 == len(prompts)
    names = ("secrets", "private", "binary", "long", "// off")
    assert [] == [name for name in names for prompt in prompts if name in prompt]


def test_keys_in_the_text_are_in_no_prompt(editor: StartEditor) -> None:
    """Of this file and of others, whoever asks: they are masked where they stand."""
    keys = ["hunter2canary", "s3cretcanary", "ghp_" + "canary1" * 6]
    text = f"password = '{keys[0]}'\nURL = 'postgres://me:{keys[1]}@db/x'\n{TEXT}"
    with editor(ANSWER) as client:
        client.open(OTHER, f"TOKEN = '{keys[2]}'\n{_scaled('twice')}")
        client.open(URI, text)
        assert client.inline(URI, 3, 18) is not None
        client.hover(URI, 2, 5)
        client.explain(URI, range=span((0, 0), (4, 0)))
        client.explain(URI, diagnostic={"message": f"bad {text[:40]}", "range": span((0, 0), (1, 0))})
        prompts = str([each["prompt"] for each in client.asked()])
    assert "password = 'xxxxxxxxxxxxx'" in prompts
    assert [] == [key for key in keys if key[4:] in prompts]
