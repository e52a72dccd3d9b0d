"""What is done ahead of time: for whom, where, and on which power."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from lsprotocol import types
from pure.drawn_snapshot import draw

from phi_ls.ahead.acceptance import REMEMBERED, Uptake, accepted
from phi_ls.ahead.power import FRESH_S, Power
from phi_ls.ahead.whole_document import MOST_LINES, place_for_all
from phi_ls.answers.in_flight import Generation, InFlight
from phi_ls.documents import Document
from phi_providers.errors import GenerationFailed, ProviderError, Superseded
from phi_providers.messages import ModelInfo
from phi_providers.pool import Stream


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        ("def f(a):\n    ‸\nrest", "return a"),
        ("def f(a):‸\nrest", "\n    b = a\n    return b"),
        ("f(‸)\n", "a,\n  b"),
        ("one\n‸", "two\nthree\n"),
    ],
)
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_as_if_accepted_is_what_the_editor_will_show(drawn: str, text: str, eol: str) -> None:
    """The same as after the edit that accepting makes, cursor and all."""
    before = draw(drawn, eol=eol)
    document = Document(before.uri, 1, "python", eol.join(before.lines))
    here = document.position(before.line, before.column)
    document.apply(
        [types.TextDocumentContentChangePartial(range=types.Range(here, here), text=text.replace("\n", eol))]
    )
    expected = accepted(before, text.replace("\n", eol))
    found = document.snapshot(document.position(expected.line, expected.column), path="m")
    assert (found.lines, found.total_lines, found.place) == (expected.lines, expected.total_lines, expected.place)


HERE = draw("x = ‸")


def _use(uptake: Uptake, times: int, *, used: bool) -> None:
    for number in range(times):
        end = accepted(HERE, f"{number} used {used}")
        uptake.shown(end)
        if used:
            assert uptake.asked(end)


def test_nothing_is_prefetched_before_a_suggestion_has_been_used() -> None:
    """Who ignores suggestions pays for none that follow them."""
    uptake = Uptake()
    uptake.shown(accepted(HERE, "1"))
    assert not uptake.is_worth_while
    assert uptake.asked(accepted(HERE, "1"))
    assert uptake.is_worth_while


def test_the_last_suggestions_decide() -> None:
    """One in four used is enough; who stops using them is served no more, who begins again is."""
    uptake = Uptake()
    _use(uptake, 1, used=True)
    _use(uptake, 3, used=False)
    assert uptake.is_worth_while
    _use(uptake, REMEMBERED, used=False)
    assert not uptake.is_worth_while
    _use(uptake, REMEMBERED, used=True)
    assert uptake.is_worth_while


def test_a_suggestion_that_is_typed_along_is_one() -> None:
    """It is shorter at every key and ends where it ended: neither used so far nor ignored."""
    uptake = Uptake()
    assert uptake.shown(accepted(HERE, "abc"))
    assert not uptake.shown(accepted(draw("x = a‸"), "bc"))
    assert not uptake.asked(draw("x = ab‸"))
    assert uptake.asked(draw("x = abc‸"))


@pytest.mark.parametrize("elsewhere", ["x = abcd‸", "x = abc‸ # new", "y = abc‸", "\nx = abc‸", "x = abc‸\n"])
def test_another_place_is_not_the_end(elsewhere: str) -> None:
    """The same line and column with another text around them is another place."""
    uptake = Uptake()
    uptake.shown(accepted(HERE, "abc"))
    assert not uptake.asked(draw(elsewhere))


def test_another_document_is_not_the_end() -> None:
    """Two files may begin alike."""
    uptake = Uptake()
    uptake.shown(accepted(HERE, "abc"))
    assert not uptake.asked(draw("x = abc‸", uri="file:///w/other.py"))


async def _known(power: Power) -> bool:
    """Return what is known once the system has been asked."""
    before = power.is_low
    while power.reading is not None:
        await asyncio.wait([power.reading])
    assert before is False
    return power.is_low


async def test_the_system_says_whether_it_runs_on_battery() -> None:
    """Until it has answered, nothing is held back."""
    assert [True, False] == [await _known(Power(read=lambda low=low: low)) for low in (True, False)]


async def test_a_system_that_cannot_say_runs_on_mains() -> None:
    """A sensor that fails holds nothing back."""

    def fails() -> bool:
        raise OSError("no such sensor")

    assert not await _known(Power(read=fails))


async def test_an_old_answer_is_renewed() -> None:
    """Cables are pulled; not at every key is the system asked."""
    now, answers = [0.0], iter([False, True])
    power = Power(read=lambda: next(answers), clock=lambda: now[0])
    assert not await _known(power)
    assert not power.is_low
    assert power.reading is None
    now[0] = FRESH_S + 1
    assert await _known(power)


async def test_the_editor_knows_better() -> None:
    """The server may run on another machine than the one on battery."""
    power = Power(read=lambda: True)
    power.said = False
    assert not power.is_low
    assert power.reading is None
    power.said = True
    assert power.is_low


@pytest.mark.parametrize(
    ("early", "error", "expected"),
    [
        (True, Superseded("it made room"), True),
        (False, Superseded("a newer one"), False),
        (True, GenerationFailed("no memory"), False),
    ],
)
async def test_only_what_was_made_early_may_be_given_up(early: bool, error: ProviderError, expected: bool) -> None:
    """Whoever has come to wait for it begins anew; any other failure is told."""
    stream = Stream(1, lambda _: None, lambda _: None)
    generation = Generation(HERE, stream, multiline=False, enough=lambda _: False, on_end=lambda _: None)
    in_flight = InFlight()
    if early:
        in_flight.begin_ahead(generation)
    in_flight.begin(generation)
    stream.end(error)
    await generation.task
    assert expected == generation.given_up


PREFIX_ONLY = ModelInfo(id="m", family="fim", path="", context=2048, infill=False)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["one", "two"], (1, 3)),
        ([""], None),
        (["x"] * MOST_LINES, (MOST_LINES - 1, 1)),
        (["x"] * (MOST_LINES + 1), None),
        (["x" * 10_000], None),
    ],
)
def test_the_end_of_a_document_serves_all_places_where_all_of_it_fits(
    lines: list[str], expected: tuple[int, int] | None
) -> None:
    """A model that is shown only what stands before the cursor has every such prompt as the beginning of the last."""
    assert expected == place_for_all(lines, PREFIX_ONLY)


def test_no_place_serves_all_for_a_model_that_is_shown_what_follows() -> None:
    """What follows stands in front in its prompt, and is another text at every place."""
    assert None is place_for_all(["one", "two"], replace(PREFIX_ONLY, infill=True))
