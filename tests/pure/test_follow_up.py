"""A question that follows: the same prompt goes on, old turns go where there is no room, weak models are not asked."""

from __future__ import annotations

import dataclasses

import pytest

from phi_ls.answers.question import Question
from phi_ls.plan import ECHO_MODEL
from phi_ls.prompts.conversation import Turn
from phi_ls.prompts.family import ExplainSubject
from phi_providers.errors import GenerationFailed
from phi_providers.messages import Control, ModelInfo, Part

PHI = ModelInfo(id="phi", family="phi3_chat", path="", context=4096)
SUBJECT = ExplainSubject(path="area.py", language="python", code="def area(a):\n    return a * a", name="area")
EXPLAINED = Turn(answer="It squares.")


def _parts(asked: str, *previous: Turn, model: ModelInfo = PHI) -> tuple[Part, ...]:
    return Question(subject=SUBJECT, language="en", asked=asked, previous=previous).parts(model)


def _text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts)


def test_the_prompt_of_the_explanation_goes_on() -> None:
    """What the engine has computed for the explanation is the beginning of what is asked next."""
    explained = Question(subject=SUBJECT, language="en").parts(PHI)
    parts = _parts("Why?", EXPLAINED)
    assert explained == parts[: len(explained)]
    assert "It squares." == parts[len(explained)].text
    roles = [part.control for part in parts if part.control in (Control.USER, Control.ASSISTANT)]
    assert [Control.USER, Control.ASSISTANT] * 2 == roles
    assert Control.ASSISTANT == parts[-1].control


def test_each_question_goes_on_from_the_one_before() -> None:
    """The third question's prompt begins with all of the second's."""
    second = _parts("Why?", EXPLAINED)
    third = _parts("And then?", EXPLAINED, Turn(question="Why?", answer="Because."))
    assert second == third[: len(second)]


def test_a_first_question_has_the_code_too() -> None:
    """Without an explanation before it the question itself stands above the code."""
    text = _text(_parts("Is it pure?"))
    assert text.index("Is it pure?") < text.index("def area(a):")


def test_the_oldest_turns_go_first_and_the_code_stays() -> None:
    """However much has been said, it takes a part of the context only."""
    turns = [Turn(question=f"Question {number}?", answer="word " * 200) for number in range(20)]
    text = _text(_parts("The last?", *turns))
    assert "The last?" in text
    assert "def area(a):" in text
    assert "Question 19?" in text
    assert "Question 0?" not in text
    assert len(text) < PHI.context * PHI.chars_per_token / 2


@pytest.mark.parametrize(
    "model", [ECHO_MODEL, dataclasses.replace(PHI, languages=("en",))], ids=["no chat", "explains only"]
)
def test_a_model_that_cannot_be_asked_is_not(model: ModelInfo) -> None:
    """A model that steps in while the question waits must not answer another question instead."""
    with pytest.raises(GenerationFailed, match="cannot be asked questions"):
        _parts("Why?", model=model)


def test_documentation_is_asked_for_by_its_name_in_the_language() -> None:
    """The model is told what the comment is called there, and that it writes the text only."""
    text = _text(Question(subject=SUBJECT, language="en", documents=True).parts(PHI))
    assert "a Python docstring for `area`" in text
