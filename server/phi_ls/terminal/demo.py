"""`phi-ls demo`: the real server, an editor that is this program, and what they say to each other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any

from rich.console import Console

from phi_ls import __version__, logs
from phi_ls.terminal import demo_screen as screen
from phi_ls.terminal.demo_editor import Editor, ServerLost, Timed
from phi_ls.terminal.demo_sample import Sample, load
from phi_providers.models.installed import builtin

SHOWN, NO_PROVIDER = 0, 3
"""Exit codes."""

LOADING_S = 300.0
"""A large model is compiled for its device once; after that it loads in seconds."""

EXPLANATION_LINES = 5


def run(console: Console | None = None) -> int:
    """Show everything; returns the exit code."""
    console = console or Console(highlight=False)
    logs.set_up(level="error")
    # An answer to a request that Ctrl-C ended is an error to the client library.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    try:
        return asyncio.run(_run(console))
    except ServerLost as exc:
        console.print()
        console.print(f"phi-ls demo: nothing can be shown: {exc}", markup=False)
        console.print("`phi-ls doctor` says what this machine can use, and what to do about the rest.", markup=False)
        return NO_PROVIDER


async def _run(console: Console) -> int:
    editor = Editor()
    console.print(f"[bold]phi-ls {__version__}[/bold]: a language server with a model on this machine")
    try:
        begun = time.perf_counter()
        await editor.start()
        await _show(console, editor, begun)
    finally:
        await editor.end()
    return SHOWN


async def _show(console: Console, editor: Editor, begun: float) -> None:
    # A recording would keep each turn of the spinner.
    with contextlib.nullcontext() if console.record else console.status("loading the model"):
        status = await _loaded(editor)
    ready = f"ready {time.perf_counter() - begun:.1f} s after its start"
    screen.fact(console, ready, f"{_who(status)} by {status['engine']}", status["deviceReason"])
    cache, words, settings = load("cache.py"), load("words.py"), load("settings.py")
    screen.title(console, f"1. You type. What follows {screen.CURSOR} is ghost text: the model's, not yours.")
    for sample, stop in ((cache, 0), (words, 0), (settings, 0), (settings, 1), (cache, 1)):
        await _suggest(console, editor, sample, sample.stops[stop])
    screen.title(console, "2. You type along it, and the rest is there before you have lifted the finger.")
    await _type_along(console, editor, cache)
    screen.title(console, "3. You point at `Cache`: what the file says of it, then what the model says.")
    await _hover(console, editor, cache)
    screen.title(console, "4. You ask for an explanation of `get`. It appears while it is written.")
    note = await _explain(console, editor, settings)
    _close(console, await editor.status(), note)


async def _loaded(editor: Editor) -> dict[str, Any]:
    """Return the status once a model is loaded; raises ServerLost when none can be."""
    deadline = time.monotonic() + LOADING_S
    while time.monotonic() < deadline:
        status = await editor.status()
        if status["kind"] in ("error", "inactive"):
            raise ServerLost(status["message"])
        if any(worker["state"] in ("ready", "busy") for worker in status["workers"]):
            return status
        await editor.news(deadline - time.monotonic())
    raise ServerLost(f"the model is not loaded after {LOADING_S:.0f} seconds")


async def _suggest(console: Console, editor: Editor, sample: Sample, text: str) -> str:
    before = await editor.settled()
    editor.write(sample, text)
    answer = await editor.suggestion(sample)
    console.print()
    screen.code(console, text, answer.value or "")
    if answer.value is None:
        why = await editor.why_not(sample)
        if why["reason"] == "noProvider":
            raise ServerLost(why["detail"])
        screen.fact(console, f"nothing suggested: {why['reason']}", why["detail"])
        return ""
    screen.fact(console, sample.name, *_cost(answer, before, await editor.settled()))
    return str(answer.value)


async def _type_along(console: Console, editor: Editor, sample: Sample) -> None:
    """Type the first half of what is suggested now, and ask again."""
    written = sample.stops[-1]
    suggested = (await editor.suggestion(sample)).value or ""
    if len(suggested) < 2:
        screen.prose(console, "There is no suggestion to type along this time.")
        return
    await _suggest(console, editor, sample, written + suggested[: len(suggested) // 2])


async def _hover(console: Console, editor: Editor, sample: Sample) -> None:
    lines = sample.stops[-1].split("\n")
    line = next(number for number, text in enumerate(lines) if text.startswith("class "))
    before = await editor.settled()
    answer = await editor.hover(sample, line, len("class "))
    screen.markdown(console, answer.value or "Nothing is known of it.")
    screen.fact(console, *_cost(answer, before, await editor.settled()))


async def _explain(console: Console, editor: Editor, sample: Sample) -> str:
    """Show the stream; returns what must be known about the model's answers."""
    flow, first_ms, begun = screen.Flow(console, EXPLANATION_LINES), 0.0, time.perf_counter()

    def on_text(text: str) -> None:
        nonlocal first_ms
        first_ms = first_ms or (time.perf_counter() - begun) * 1000
        flow.feed(text)

    before = await editor.settled()
    lines = sample.stops[-1].split("\n")
    first = next(number for number, text in enumerate(lines) if "def get" in text)
    begun = time.perf_counter()
    last = next(number for number, text in enumerate(lines) if number > first and not text.strip()) - 1
    answer = await editor.explanation(sample, first, last, on_text)
    flow.end()
    left_out = f"{flow.left_out} more characters not shown" if flow.left_out else ""
    screen.fact(console, *_cost(answer, before, await editor.settled()))
    screen.fact(console, f"first word after {first_ms:.0f} ms", left_out)
    return str(answer.value.get("note", ""))


def _cost(answer: Timed, before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    """Return milliseconds, who answered, and how much of the prompt the engine knew already."""
    milliseconds = f"{answer.ms:.1f} ms" if answer.ms < 10 else f"{answer.ms:.0f} ms"
    if after["suggestionHits"] > before["suggestionHits"]:
        return milliseconds, "from the suggestion cache, without the model"
    prompt, reused = (after[name] - before[name] for name in ("promptTokens", "tokensReused"))
    reuse = f"{reused} of {prompt} prompt tokens reused" if prompt else "answered from memory"
    return milliseconds, _who(after), reuse


def _who(status: dict[str, Any]) -> str:
    return f"{status['model']} on {status['device']}"


def _close(console: Console, status: dict[str, Any], note: str) -> None:
    if status["model"] == builtin().id:
        who = (
            f"All of this came from {status['model']}, the tiny model that is part of phi-ls so that it works before "
            "anything is downloaded. It is a stand-in, not Phi-3: you have seen the machinery at work, not the quality "
            "of the answers. README.md says under “Models” how to use a Phi-3 of yours, and under"
        )
    else:
        what = f" ({note.rstrip('.')})" if note else ""
        who = f"All of this came from {status['model']}{what}. README.md says under"
    console.print()
    screen.prose(
        console, f"{who} “Editors” how to have this in your editor. `phi-ls doctor` says what this machine can use."
    )
