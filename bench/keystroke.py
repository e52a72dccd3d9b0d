"""From a key to the answer at the editor, with a model that takes no time: what the server itself costs.

Two clocks. The editor's, from the first byte sent to the parsed answer: it includes the pipes, the worker that plays
the model, and whatever else the machine does. And the server's own processor time for the key, all its threads, with
what it does after the answer: nothing but the server is in it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.buffer import Answer, Buffer
from bench.documents import of_length
from bench.editor import Editor
from bench.processor_clock import processor_clock
from bench.report import Report
from bench.sandbox import Sandbox

KEYSTROKES = 2000
LENGTHS = (100, 5_000, 10_000)
TARGETS_MS = {50: 3.0, 99: 10.0}
SERVER_TARGETS_MS = {99: 2.0}
GAP_S = 0.004
"""Between an answer and the next key. A person is slower; without any gap a machine never gets as idle as under one."""

NEVER_TYPED = "zeta_quux"
ALONG = "result = compute_weights(first_layer, second_layer, learning_rate, momentum_term, seed_value)"
SLOW_MS = 20
"""The scripted model's time for a prompt where requests are taken back: long enough that none is answered before."""


@dataclass
class Keys:
    """The keys typed so far, and what each has cost."""

    buffer: Buffer
    clock: Callable[[], float]
    """The server's processor time, in seconds."""
    answers: list[Answer] = field(default_factory=list)
    server_ms: list[float] = field(default_factory=list)

    def press(self, text: str, act: Callable[[Buffer, str], Answer] = Buffer.type) -> None:
        """Type, and give the server time for what it does after the answer."""
        before = self.clock()
        answer = act(self.buffer, text)
        time.sleep(GAP_S)
        self.server_ms.append(1000 * (self.clock() - before))
        self.answers.append(answer)


@dataclass(frozen=True, kw_only=True)
class Mode:
    """A way to type, and what the model answers to it."""

    name: str
    answer: dict[str, Any]
    act: Callable[[Keys, int], None]


def measure(sandbox: Sandbox, *, keystrokes: int = KEYSTROKES) -> Report:
    """Measure each mode in documents of several lengths."""
    report = Report("Keystroke to answer, scripted engine")
    for lines, mode in itertools.product(LENGTHS, MODES):
        with sandbox.echo_server({"answers": [mode.answer]}) as editor:
            buffer = Buffer(editor, sandbox.uri("typed.py"), "\n".join(of_length(lines)), lines // 2)
            _wait_until_loaded(buffer, mode)
            keys = Keys(buffer, processor_clock(editor.process.pid))
            mode.act(keys, keystrokes)
            _check(editor, mode, keys.answers)
            name = f"{mode.name}, {lines:,} lines"
            report.add_distribution(name, [one.ms for one in keys.answers], "ms", TARGETS_MS)
            report.add_distribution(f"{name}: server's processor time", keys.server_ms, "ms", SERVER_TARGETS_MS)
            editor.shut_down()
    report.notes.append(
        "one didChange and one inlineCompletion request per key, from the first byte sent to the parsed answer; "
        "'cancelled': from $/cancelRequest to the answer of the request it takes back"
    )
    return report


def _contradict(keys: Keys, count: int) -> None:
    """Type what is never suggested, in lines of 40 characters."""
    for index in range(count):
        keys.press("\n" if not index % 40 else "abcd efgh"[index % 9])


def _type_along(keys: Keys, count: int) -> None:
    """Type what was suggested, all but its last character, again and again, each time below another comment."""
    while len(keys.answers) < count:
        keys.buffer.type_only(f"\n# {len(keys.answers)}\n")
        keys.buffer.ask()
        for character in ALONG[: min(len(ALONG) - 1, count - len(keys.answers))]:
            keys.press(character)


def _refused(keys: Keys, count: int) -> None:
    """Type with other text right of the cursor."""
    keys.buffer.type_only(" + more(text)")
    keys.buffer.column = 0
    for index in range(count):
        keys.press("abcd efgh"[index % 9])


def _cancelled(keys: Keys, count: int) -> None:
    """Type faster than the model answers, as in an editor that takes each request back at the next key."""
    for index in range(count):
        keys.press("\n" if not index % 40 else "abcd efgh"[index % 9], Buffer.type_and_cancel)


MODES = (
    Mode(name="model asked", answer={"tokens": [NEVER_TYPED]}, act=_contradict),
    Mode(name="typed along", answer={"tokens": [ALONG]}, act=_type_along),
    Mode(name="refused", answer={"tokens": [NEVER_TYPED]}, act=_refused),
    Mode(name="cancelled", answer={"tokens": [NEVER_TYPED], "prefill_ms": SLOW_MS}, act=_cancelled),
)


def _wait_until_loaded(buffer: Buffer, mode: Mode) -> None:
    """The request waits in the server's queue until the engine has been loaded."""
    loaded, expected = buffer.ask(), "".join(mode.answer["tokens"])
    assert loaded.text == expected, f"the first suggestion was {loaded.text!r}"


def _check(editor: Editor, mode: Mode, answers: list[Answer]) -> None:
    """What was measured must be what was meant; raises RuntimeError."""
    from_cache = editor.command("phi-ls.status")["suggestionHits"]
    shown = sum(bool(one.text) for one in answers)
    count = len(answers)
    meant = {
        "model asked": shown == count and not from_cache,
        "typed along": shown == count and from_cache >= count,
        "refused": not shown and not from_cache,
        "cancelled": not shown and not from_cache,
    }
    if not meant[mode.name]:
        raise RuntimeError(f"{mode.name}: of {count} keys {shown} were answered, {from_cache} from the cache")
