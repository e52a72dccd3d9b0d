"""A conversation as a prompt: roles in order, and the newest that has room."""

from __future__ import annotations

import dataclasses

import pytest

from phi_ls.plan import ECHO_MODEL
from phi_ls.prompts.chat import SYSTEM_SHARE, Message, chat_parts
from phi_providers.errors import GenerationFailed
from phi_providers.messages import Control, ModelInfo, Part

PHI = ModelInfo(id="phi", family="phi3_chat", path="", context=2047)
NEW = 511


def _user(text: str) -> Message:
    return Message(role="user", text=text)


def _assistant(text: str) -> Message:
    return Message(role="assistant", text=text)


def _roles(parts: tuple[Part, ...]) -> list[Control]:
    return [part.control for part in parts if part.control in (Control.SYSTEM, Control.USER, Control.ASSISTANT)]


def _text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts)


def test_each_side_has_its_role_and_the_model_is_next() -> None:
    """The form in which the model was trained on conversations."""
    parts = chat_parts(PHI, [_user("One?"), _assistant("Two."), _user("Three?")], NEW)
    assert [Control.USER, Control.ASSISTANT, Control.USER, Control.ASSISTANT] == _roles(parts)
    ends = [at for at, part in enumerate(parts) if part.control is Control.END]
    assert 3 == len(ends)
    assert Control.ASSISTANT is parts[-1].control


def test_instructions_come_first_and_in_the_users_words() -> None:
    """Not every model of the family knows a role for them."""
    parts = chat_parts(PHI, [Message(role="system", text="Be brief."), _user("Why?")], NEW)
    assert [Control.USER, Control.ASSISTANT] == _roles(parts)
    assert "Be brief.\n\nWhy?" == _text(parts)


def test_what_one_side_says_in_a_row_is_one_message() -> None:
    """Editors send what they know of the context as messages of the user."""
    parts = chat_parts(PHI, [_user("The date is today."), _user("Why?")], NEW)
    assert [Control.USER, Control.ASSISTANT] == _roles(parts)
    assert "The date is today.\n\nWhy?" == _text(parts)


def test_the_oldest_messages_go_first() -> None:
    """What is asked stays, and a conversation begins with something that the user has said."""
    said = [each for at in range(40) for each in (_user(f"Question {at}? " * 20), _assistant(f"Answer {at}. " * 20))]
    parts = chat_parts(PHI, [*said, _user("The last?")], NEW)
    text = _text(parts)
    assert "Question 0?" not in text
    assert "Answer 39." in text
    assert text.endswith("The last?")
    assert Control.USER is _roles(parts)[0]
    assert len(text) <= (PHI.context - NEW) * PHI.chars_per_token


def test_long_instructions_leave_room_for_the_conversation() -> None:
    """The instructions of an editor may be longer than the model's whole context."""
    parts = chat_parts(PHI, [Message(role="system", text="Do this. " * 2_000), _user("Earlier."), _user("Why?")], NEW)
    text = _text(parts)
    assert text.startswith("Do this.")
    assert text.endswith("Earlier.\n\nWhy?")
    assert len(text) < PHI.context * PHI.chars_per_token * SYSTEM_SHARE + 100


def test_instructions_end_with_a_whole_line() -> None:
    """Half a sentence may say the opposite of the whole."""
    said = "Never delete what the user has written.\n" * 200
    text = _text(chat_parts(PHI, [Message(role="system", text=said), _user("Why?")], NEW))
    assert text.removesuffix("\n\nWhy?").endswith("\nNever delete what the user has written.")


def test_of_a_message_that_is_too_long_the_end_stays() -> None:
    """There the question is."""
    text = _text(chat_parts(PHI, [_user("code\n" * 5_000 + "What is this?")], NEW))
    assert text.endswith("What is this?")
    assert len(text) <= (PHI.context - NEW) * PHI.chars_per_token


@pytest.mark.parametrize(
    "model", [ECHO_MODEL, dataclasses.replace(PHI, languages=("en",))], ids=["no chat", "explains only"]
)
def test_a_model_that_cannot_be_asked_is_not(model: ModelInfo) -> None:
    """A model that steps in must not go on with the conversation as if it were code."""
    with pytest.raises(GenerationFailed, match="cannot be asked questions"):
        chat_parts(model, [_user("Why?")], NEW)
