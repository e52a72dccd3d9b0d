"""From a key to the answer at the editor, with a model that takes no time: what the server itself costs."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import psutil

from bench.buffer import Answer, Buffer
from bench.documents import of_length
from bench.editor import Editor
from bench.report import Report
from bench.sandbox import Sandbox

KEYSTROKES = 2000
LENGTHS = (100, 10_000)
TARGETS_MS = {50: 3.0, 99: 10.0}
GAP_S = 0.004
"""Between an answer and the next key. A person is slower; without any gap a machine never gets as idle as under one."""

NEVER_TYPED = "zeta_quux"
ALONG = "result = compute_weights(first_layer, second_layer, learning_rate, momentum_term, seed_value)"

Mode = Callable[[Buffer, int], list[Answer]]


def measure(sandbox: Sandbox, *, keystrokes: int = KEYSTROKES) -> Report:
    """Measure each mode in a short and in a long document."""
    report = Report("Keystroke to answer, scripted engine")
    modes: dict[str, tuple[str, Mode]] = {
        "model asked": (NEVER_TYPED, _contradict),
        "typed along": (ALONG, _type_along),
        "refused": (NEVER_TYPED, _refused),
    }
    for lines, (name, (answer, mode)) in itertools.product(LENGTHS, modes.items()):
        with sandbox.echo_server({"answers": [{"tokens": [answer]}]}) as editor:
            buffer = Buffer(editor, sandbox.uri("typed.py"), "\n".join(of_length(lines)), lines // 2)
            _wait_until_loaded(buffer, answer)
            before = _processor_s(editor)
            _check(editor, name, answers := mode(buffer, keystrokes))
            report.add_distribution(f"{name}, {lines:,} lines", [one.ms for one in answers], "ms", TARGETS_MS)
            cost_ms = 1000 * (_processor_s(editor) - before) / len(answers)
            report.add(f"{name}, {lines:,} lines: server's processor time per key", cost_ms, "ms")
            editor.shut_down()
    report.notes.append(
        "one didChange and one inlineCompletion request per key, from the first byte sent to the parsed answer"
    )
    return report


def _contradict(buffer: Buffer, keystrokes: int) -> list[Answer]:
    """Type what is never suggested, in lines of 40 characters."""
    return [_type(buffer, "\n" if not index % 40 else "abcd efgh"[index % 9]) for index in range(keystrokes)]


def _type_along(buffer: Buffer, keystrokes: int) -> list[Answer]:
    """Type what was suggested, all but its last character, again and again, each time below another comment."""
    answers: list[Answer] = []
    while len(answers) < keystrokes:
        buffer.type_only(f"\n# {len(answers)}\n")
        buffer.ask()
        answers += [_type(buffer, character) for character in ALONG[:-1]]
    return answers[:keystrokes]


def _refused(buffer: Buffer, keystrokes: int) -> list[Answer]:
    """Type with other text right of the cursor."""
    buffer.type_only(" + more(text)")
    buffer.column = 0
    return [_type(buffer, "abcd efgh"[index % 9]) for index in range(keystrokes)]


def _type(buffer: Buffer, text: str) -> Answer:
    time.sleep(GAP_S)
    return buffer.type(text)


def _processor_s(editor: Editor) -> float:
    times = psutil.Process(editor.process.pid).cpu_times()
    return float(times.user + times.system)


def _wait_until_loaded(buffer: Buffer, answer: str) -> None:
    """The request waits in the server's queue until the engine has been loaded."""
    loaded = buffer.ask()
    assert loaded.text == answer, f"the first suggestion was {loaded.text!r}"


def _check(editor: Editor, name: str, answers: list[Answer]) -> None:
    """What was measured must be what was meant; raises RuntimeError."""
    from_cache = editor.command("phi-ls.status")["suggestionHits"]
    shown = sum(bool(one.text) for one in answers)
    count = len(answers)
    meant = {
        "model asked": shown == count and not from_cache,
        "typed along": shown == count and from_cache >= count,
        "refused": not shown and not from_cache,
    }
    if not meant[name]:
        raise RuntimeError(f"{name}: of {count} keys {shown} were answered, {from_cache} from the cache")
