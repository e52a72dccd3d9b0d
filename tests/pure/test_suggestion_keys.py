"""What a cached suggestion belongs to: the lines around it, the model that wrote it, what has become of its place."""

from __future__ import annotations

from typing import Any

import pytest
from pure.drawn_snapshot import draw
from pure.remembered import remembering, served

from phi_ls.caches.suggestions import Suggestions
from phi_providers.messages import ModelInfo

NUMBERED = [f"x{n} = {n}" for n in range(40)]


@pytest.mark.parametrize(
    ("above", "rest"),
    [
        ([*NUMBERED[:24], "y = 1", "y = 2", "y = 3", *NUMBERED[27:]], "compute()"),
        ([*NUMBERED[:26], "y = 1", *NUMBERED[26:]], "compute()"),
        (NUMBERED[:26] + NUMBERED[27:], "compute()"),
        ([*NUMBERED[:27], "y = 1", *NUMBERED[28:]], None),
        ([*NUMBERED[:28], "y = 1", *NUMBERED[28:]], None),
        ([*NUMBERED[:-1], "x39  = 39"], None),
    ],
    ids=["16 to 14 above", "one more 14 above", "one less 14 above", "13 above", "one more 12 above", "a blank above"],
)
def test_three_lines_at_the_far_end_may_be_others(above: list[str], rest: str | None) -> None:
    """What stands more than thirteen lines above may change; nearer, and be it a blank, it is another place."""
    suggestions = remembering("\n".join([*NUMBERED, "x = ‸"]), "compute()")
    assert rest == served(suggestions, "\n".join([*above, "x = ‸"]))


def test_near_the_top_of_a_document_a_few_lines_may_come() -> None:
    """Imports that are added ten lines above lose nothing; in a shorter document each line counts."""
    lines = NUMBERED[:10]
    suggestions = remembering("\n".join([*lines, "x = ‸"]), "compute()")
    assert "compute()" == served(suggestions, "\n".join(["import a", "import b", "import c", *lines, "x = ‸"]))
    assert served(suggestions, "\n".join(["import a", *lines[1:], "x = ‸"])) == "compute()"
    suggestions = remembering("a = 1\nb = 2\nx = ‸", "compute()")
    assert served(suggestions, "import a\na = 1\nb = 2\nx = ‸") is None


def test_five_lines_below_must_be_the_same() -> None:
    """The sixth may be another one."""
    below = [f"y{n} = {n}" for n in range(8)]
    suggestions = remembering("\n".join(["x = ‸", *below]), "compute()")
    assert "compute()" == served(suggestions, "\n".join(["x = ‸", *below[:5], "z = 1", *below[6:]]))
    assert served(suggestions, "\n".join(["x = ‸", *below[:4], "z = 1", *below[5:]])) is None


def model(name: str, **changes: Any) -> ModelInfo:
    return ModelInfo(**{"id": name, "family": "fim", "path": f"/models/{name}", "context": 2048, **changes})


@pytest.mark.parametrize(
    "other",
    [
        model("large"),
        model("small", path="/models/elsewhere"),
        model("small", family="phi3_chat"),
        model("small", header=True),
    ],
    ids=["id", "folder", "family", "template"],
)
def test_another_models_suggestion_is_not_served(other: ModelInfo) -> None:
    """Who would answer now decides: by id, by the folder it was loaded from, and by all that shapes its prompts."""
    answering = [model("small")]
    suggestions = Suggestions(lambda: answering[0])
    suggestions.put(draw("x = ‸"), "compute()", raw="", model=answering[0])
    answering[0] = other
    assert served(suggestions, "x = ‸") is None
    answering[0] = model("small")
    assert "compute()" == served(suggestions, "x = ‸")


def test_what_is_on_the_screen_stays_when_another_model_takes_over() -> None:
    """A suggestion that is being typed along is served to its end; once the user has been elsewhere it is gone."""
    answering = [model("small")]
    suggestions = Suggestions(lambda: answering[0])
    suggestions.put(draw("x = ‸"), "compute()", raw="", model=answering[0])
    shown = [served(suggestions, "x = ‸")]
    answering[0] = model("large")
    shown += [served(suggestions, "x = co‸"), served(suggestions, "x = c‸"), served(suggestions, "x = y‸")]
    assert ["compute()", "mpute()", "ompute()", None] == shown
    assert served(suggestions, "x = c‸") is None


def test_what_was_just_written_is_served_though_another_model_has_taken_over() -> None:
    """Who waits for it gets it, once."""
    suggestions = Suggestions(lambda: model("large"))
    suggestions.put(draw("x = ‸"), "compute()", raw="", model=model("small"))
    assert ["compute()", None, None] == [served(suggestions, f"x = {typed}‸") for typed in ("", "y", "")]


def test_without_any_model_everybodys_suggestions_are_served() -> None:
    """While none can answer, what there is still helps."""
    suggestions = Suggestions(lambda: None)
    suggestions.put(draw("x = ‸"), "compute()", raw="", model=model("small"))
    assert "compute()" == served(suggestions, "x = ‸")


def test_a_rest_that_only_closes_what_is_closed_is_not_served() -> None:
    """An editor has closed the bracket that was typed, and what is left of the suggestion would close it again."""
    suggestions = remembering("if (x) ‸", "{\n  a: [1]\n}", "javascript")
    assert "a: [1]" == served(suggestions, "if (x) {\n  ‸\n}", "javascript")
    assert served(suggestions, "if (x) {\n  a: [1]‸\n}", "javascript") is None
    assert served(suggestions, "if (x) {\n  a: [1‸]\n}", "javascript") is None


def test_a_rest_that_closes_what_has_been_closed_further_down_is_not_served() -> None:
    """Beyond the lines that must be the same, the bracket that the suggestion ends in has been written meanwhile."""
    below = "\n".join(f"  y{n}," for n in range(7))
    suggestions = remembering(f"call(‸\n{below}\n", "a, b)")
    assert "b)" == served(suggestions, f"call(a, ‸\n{below}\n")
    assert ")" == served(suggestions, f"call(a, b‸\n{below}\n")
    assert served(suggestions, f"call(a, b‸\n{below}\n)") is None


def test_a_rest_that_repeats_the_lines_above_is_not_served() -> None:
    """What has just been typed is not offered once more."""
    suggestions = remembering("‸", "a = 1\nb = 2\na = 1\nb = 2")
    assert "b = 2\na = 1\nb = 2" == served(suggestions, "a = 1\n‸")
    assert served(suggestions, "a = 1\nb = 2\n‸") is None


def test_a_look_ahead_takes_nothing_off_the_screen() -> None:
    """Whether there is something for the end of a suggestion is asked while that is shown, and typed along later."""
    answering = [model("small")]
    suggestions = Suggestions(lambda: answering[0])
    suggestions.put(draw("x = ‸"), "compute()", raw="", model=answering[0])
    assert "compute()" == served(suggestions, "x = ‸")
    assert [False, True] == [suggestions.has(draw(place)) for place in ("x = compute()‸", "x = com‸")]
    answering[0] = model("large")
    assert "mpute()" == served(suggestions, "x = co‸")
