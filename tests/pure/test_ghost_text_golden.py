"""What is shown of what a model wrote, drawn as text in `golden/*.txt`.

A case is `=== title`, `--- document (language[, crlf])`, `--- model [(one line, probability P)]`, and either
`--- shown` or `--- dropped reason`. `‸` is the cursor; `␠`, `⇥` and `⏎` are a blank, a tab and a line feed where they
could not be seen otherwise, `\\u{202e}` is a code point. Every case also runs as a stream that stops as soon as it may.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from pure.drawn_snapshot import draw

from phi_ls.decisions import Drop
from phi_ls.ghost_text.stopping import finished
from phi_ls.ghost_text.trim import shape

FOLDER = Path(__file__).parent / "golden"
SECTION = re.compile(r"^--- (document|model|shown|dropped)(?: \(([^)]*)\))?(?: (\w+))?$", re.MULTILINE)
MIN_CONFIDENCE = 0.3


@dataclass(frozen=True)
class Case:
    """One drawn case."""

    title: str
    document: str
    language: str
    eol: str
    model: str
    multiline: bool
    probability: float | None
    expected: str
    """The text shown, or the reason of the drop behind a `!`."""


def visible(text: str) -> str:
    return text.replace("␠", " ").replace("⇥", "\t").replace("⏎", "\n")


def read_case(block: str) -> Case:
    title, _, rest = block.partition("\n")
    _, *fields = SECTION.split(rest.rstrip("\n"))
    found = {
        name: (options or "", word or "", text.removeprefix("\n").removesuffix("\n"))
        for name, options, word, text in zip(*(fields[index::4] for index in range(4)), strict=True)
    }
    language, *extra = found["document"][0].split(", ")
    options, _, model = found["model"]
    probability = re.search(r"probability ([\w.]+)", options)
    return Case(
        title=title,
        document=visible(found["document"][2]),
        language=language,
        eol="\r\n" if "crlf" in extra else "\n",
        model=re.sub(r"\\u\{(\w+)\}", lambda match: chr(int(match[1], 16)), visible(model)),
        multiline="one line" not in options,
        probability=float(probability[1]) if probability else None,
        expected="!" + found["dropped"][1] if "dropped" in found else visible(found["shown"][2]),
    )


def read_cases() -> list[tuple[str, Case]]:
    cases = []
    for path in sorted(FOLDER.glob("*.txt")):
        for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            case = read_case(block)
            cases.append((f"{path.stem}: {case.title}", case))
    return cases


CASES = read_cases()


def show(case: Case, text: str) -> str:
    result = shape(
        draw(case.document, case.language, eol=case.eol),
        text,
        multiline=case.multiline,
        mean_probability=case.probability,
        min_confidence=MIN_CONFIDENCE,
    )
    return f"!{result.reason.value}" if isinstance(result, Drop) else result.replace("\r\n", "\n")


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_shows_what_is_drawn(case: Case) -> None:
    """A suggestion is trimmed, or dropped for the named reason, as the case draws it."""
    assert case.expected == show(case, case.model)


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_stops_streaming_only_when_nothing_more_is_shown(case: Case) -> None:
    """Wherever the stream is called finished, what came until then is shown just as the whole text is."""
    snapshot = draw(case.document, case.language, eol=case.eol)
    ends = [end for end in range(1, len(case.model)) if finished(snapshot, case.model[:end], multiline=case.multiline)]
    for end in ends[:1]:
        assert case.expected == show(case, case.model[:end])


def test_there_are_enough_cases_for_every_filter() -> None:
    """Every file has cases, no two share a name, and together they are more than sixty."""
    assert len({name for name, _ in CASES}) == len(CASES) > 60
    assert all(path.read_text(encoding="utf-8").startswith("=== ") for path in FOLDER.glob("*.txt"))
