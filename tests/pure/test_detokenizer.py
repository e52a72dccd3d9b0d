"""Token ids become text as soon as it is final."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi_providers.detokenizer import Detokenizer, UnknownTokenizer, token_bytes
from phi_providers.models.installed import BUILTIN
from phi_providers.prompt_text import TextEncoder
from phi_providers.repetition import Repetition

PHI3 = Path(__file__).parent.parent / "data" / "phi-3"
both = pytest.mark.parametrize("name", ["phi3", "starter"])


@functools.cache
def encoder(name: str) -> TextEncoder:
    return TextEncoder((PHI3 if name == "phi3" else BUILTIN) / "tokenizer.json")


@both
@given(text=st.text(max_size=30), at=st.integers(0, 60))
@settings(max_examples=300, deadline=None)
def test_pieces_add_up_to_the_text_wherever_the_stream_is_resumed(name: str, text: str, at: int) -> None:
    """Pushing ids one by one gives the text; a stream seeded with the first ids gives the rest, and nothing twice."""
    ids = encoder(name).encode(text).ids
    table = encoder(name).table
    first = Detokenizer(table)
    begun = "".join(first.push(token) for token in ids[:at])
    resumed = Detokenizer(table, ids[:at])
    assert text == begun + "".join(resumed.push(token) for token in ids[at:])


@both
def test_no_half_characters(name: str) -> None:
    """A character that takes several tokens appears with its last one."""
    ids = encoder(name).encode("🦙").ids
    detokenizer = Detokenizer(encoder(name).table)
    assert [*([""] * (len(ids) - 1)), "🦙"] == [detokenizer.push(token) for token in ids]


def test_leading_spaces_of_a_continuation_stay() -> None:
    """`▁is` after other text is a space and a word."""
    token = encoder("phi3").encode(" is").ids
    assert " is" == Detokenizer(encoder("phi3").table).push(token[0])


def test_the_dummy_space_of_an_answer_is_dropped() -> None:
    """The first word after a role token carries a space that is not in the text."""
    token = encoder("phi3").encode(" Sure").ids
    assert "Sure" == Detokenizer(encoder("phi3").table, at_start=True).push(token[0])


def test_control_and_unknown_ids_have_no_text() -> None:
    """Neither a control token nor an id beyond the vocabulary shows up."""
    detokenizer = Detokenizer(encoder("phi3").table)
    assert ["", "", "", ""] == [detokenizer.push(token) for token in (32007, 32063, 99999, -1)]


def test_another_kind_of_tokenizer_is_refused() -> None:
    """A vocabulary whose tokens do not stand for fixed bytes is named, not guessed at."""
    data = json.loads((BUILTIN / "tokenizer.json").read_text("utf-8"))
    with pytest.raises(UnknownTokenizer, match="WordPiece"):
        token_bytes({**data, "decoder": {"type": "WordPiece"}})


def stop_at(tokens: list[int]) -> int | None:
    repetition = Repetition()
    return next((index for index, token in enumerate(tokens) if repetition.push(token)), None)


def test_the_same_token_thirty_times_is_a_loop() -> None:
    """29 equal tokens may be code, 30 are not."""
    assert (None, 29) == (stop_at([7] * 29 + [8]), stop_at([7] * 40))


def test_a_short_phrase_over_and_over_is_a_loop() -> None:
    """Phrases of 2 to 16 tokens are noticed when they have filled 64 tokens."""
    assert [63] * 15 == [stop_at(list(range(period)) * 40) for period in range(2, 17)]


def test_a_table_of_numbers_is_no_loop() -> None:
    """Rows that look alike but count up go on."""
    assert None is stop_at([token for row in range(40) for token in (1, 100 + row, 2)])
