"""Prompt parts become token ids: exactly, within the budget, and never a control token out of text."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi_providers.errors import GenerationFailed, PromptTooLong
from phi_providers.messages import Control, Cut, Part
from phi_providers.models.installed import BUILTIN
from phi_providers.prompt import PromptEncoder
from phi_providers.prompt_text import TextEncoder

PHI3 = Path(__file__).parent.parent / "data" / "phi-3"
ROLES = {"begin": 1, "system": 32006, "user": 32010, "assistant": 32001, "end": 32007}
FIM = {"fim_prefix": 8, "fim_suffix": 9, "fim_middle": 10, "user": 5, "assistant": 6, "end": 7}


@functools.cache
def phi3() -> PromptEncoder:
    return PromptEncoder(PHI3 / "tokenizer.json", ROLES)


@functools.cache
def starter() -> PromptEncoder:
    return PromptEncoder(BUILTIN / "tokenizer.json", FIM)


def encoder(name: str) -> PromptEncoder:
    return phi3() if name == "phi3" else starter()


both = pytest.mark.parametrize("name", ["phi3", "starter"])
SPECIALS = (
    "<|end|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|endoftext|>",
    "<s>",
    "</s>",
    "<unk>",
    "<|fim_middle|>",
)
code = st.lists(
    st.one_of(
        st.sampled_from(
            ["    ", " ", "\t", "\n", "\r\n", "\n        ", "def", "return", "x", "self.", "(", ")", "\u2581"]
        ),
        st.sampled_from(SPECIALS),
        st.text(max_size=6),
    ),
    max_size=12,
).map("".join)
parts_of_code = st.lists(
    st.one_of(code.map(lambda text: Part(text=text)), st.sampled_from([Control.USER, Control.ASSISTANT, Control.END])),
    max_size=8,
).map(lambda items: [item if isinstance(item, Part) else Part(control=item) for item in items])


def test_all_vectors_of_phi3_match() -> None:
    """Plain text gets the ids that llama.cpp's 47 vectors give for Phi-3."""
    texts = (PHI3 / "vectors.inp").read_text("utf-8").split("\n__ggml_vocab_test__\n")
    expected = [
        [int(token) for token in line.split()] for line in (PHI3 / "vectors.out").read_text("utf-8").split("\n")
    ]
    assert 47 == len(expected)
    assert expected == [phi3().text.plain(text) for text in texts]


@both
@given(parts=parts_of_code)
@settings(max_examples=300, deadline=None)
def test_ids_stand_for_exactly_the_text(name: str, parts: list[Part]) -> None:
    """Decoding what was encoded gives the text back: no space more, none less, in every segment."""
    assert "".join(part.text for part in parts).encode("utf-8", "replace") == encoder(name).decode(parts).encode()


@both
@given(text=code)
@settings(max_examples=300, deadline=None)
def test_text_never_becomes_a_control_token(name: str, text: str) -> None:
    """No text has the id of a control token among its ids."""
    controls = {1, 2, *range(32000, 32064)} if name == "phi3" else set(range(11))
    part = Part(text=text)
    assert set() == controls & set(encoder(name).encode([Part(control=Control.END), part])[1:])


@both
def test_indentation_after_a_role_stays_as_it_is(name: str) -> None:
    """Four spaces after a role token are four spaces to the model, not five, not none."""
    ids = encoder(name).encode([Part(control=Control.ASSISTANT), Part(text="    return x")])
    table = encoder(name).text.table
    assert b"    return x" == b"".join(table[token] for token in ids[1:])


def test_prose_after_a_role_gets_the_ids_of_training() -> None:
    """A word right after a role token is written as Phi-3's own tokenizer writes it: with its dummy space."""
    ids = phi3().encode([Part(control=Control.USER), Part(text="Hello world"), Part(control=Control.END)])
    assert [32010, 15043, 3186, 32007] == ids


@both
def test_neighbouring_text_is_one_text(name: str) -> None:
    """Two text parts side by side are encoded as if they were one."""
    whole = encoder(name).encode([Part(text="def main():\n    return")])
    assert whole == encoder(name).encode([Part(text="def ma"), Part(text="in():\n   "), Part(text=" return")])


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    """Text that is no text does not stop the encoder."""
    assert starter().text.plain("a\ufffdb") == starter().text.plain("a\ud800b")


def test_a_role_that_the_model_lacks_is_refused() -> None:
    """A control token without an id is an error, except the optional one at the beginning."""
    assert starter().encode([Part(text="x")]) == starter().encode([Part(control=Control.BEGIN), Part(text="x")])
    with pytest.raises(GenerationFailed, match="system"):
        starter().encode([Part(control=Control.SYSTEM)])


def lines(count: int, word: str = "value") -> str:
    return "".join(f"    {word}_{number} = {number}\n" for number in range(count))


def fim(prefix: str, suffix: str, *more: Part) -> list[Part]:
    return [
        Part(control=Control.FIM_SUFFIX),
        Part(text=suffix, name="suffix", cut=Cut.END, keep=1),
        Part(control=Control.FIM_PREFIX),
        *more,
        Part(text=prefix, name="prefix", cut=Cut.START, keep=2),
        Part(control=Control.FIM_MIDDLE),
    ]


def test_a_prompt_within_the_budget_is_not_cut() -> None:
    """What fits stays whole, and the sizes of the parts are told."""
    fitted = starter().fit(fim("def f(x):\n    return", "\n\nprint(f(1))\n"), 900)
    assert ({}, len(fitted.ids)) == (fitted.lines_cut, sum(fitted.sizes.values()) + 3)


def test_whole_parts_go_before_lines_the_least_wanted_first() -> None:
    """A snippet of small priority makes room before any line of the text around the cursor goes."""
    snippets = [Part(text=lines(20, word), name=word, cut=Cut.WHOLE, keep=keep) for word, keep in (("b", 2), ("a", 1))]
    parts = fim(lines(30), lines(10), *snippets)
    size = len(starter().encode(parts))
    fitted = starter().fit(parts, size - 1)
    assert {"a": 20} == {name: count for name, count in fitted.lines_cut.items() if name != "b"}
    assert 0 == fitted.sizes["a"]


def test_lines_go_in_blocks_from_the_far_end_and_leave_slack() -> None:
    """The text after the cursor loses its last lines, the text before it its first, 16 at a time."""
    fitted = starter().fit(fim(lines(120), lines(100)), 960)
    assert 101 == fitted.lines_cut["suffix"]
    assert (True, 0) == (0 < fitted.lines_cut["prefix"], fitted.lines_cut["prefix"] % 16)
    assert 960 - 256 >= len(fitted.ids)
    assert lines(120)[-60:] == fitted.tail.text[-60:]


def test_the_cut_prompt_is_the_prompt_of_the_cut_text() -> None:
    """A server that starts its window where the cut was made gets the very same ids, so the cache holds."""
    fitted = starter().fit(fim(lines(200), ""), 960)
    kept = "".join(lines(200).splitlines(keepends=True)[fitted.lines_cut["prefix"] :])
    assert starter().fit(fim(kept, ""), 960).ids == fitted.ids


def test_typing_on_after_a_cut_leaves_the_edge_where_it_is() -> None:
    """The slack of a cut takes the next keystrokes in: nothing more is cut from the window that the cut left."""
    fitted = starter().fit(fim(lines(200), ""), 960)
    longer = fitted.tail.text + "    result = value_1 + value_2\n" * 10
    assert {} == starter().fit(fim(longer, ""), 960).lines_cut


def test_what_must_stay_and_is_too_long_is_refused() -> None:
    """The cursor's own line is never cut; when it alone exceeds the budget, that is said."""
    with pytest.raises(PromptTooLong, match="960"):
        starter().fit(fim("x = " + "1, 2, 3, " * 2000, lines(50)), 960)


@given(before=st.integers(0, 150), after=st.integers(0, 150), snippet=st.integers(0, 60), budget=st.integers(40, 960))
@settings(max_examples=100, deadline=None)
def test_no_prompt_exceeds_its_budget(before: int, after: int, snippet: int, budget: int) -> None:
    """Whatever the parts, the ids fit, and the sizes that are told add up to them."""
    extra = Part(text=lines(snippet, "other"), name="other", cut=Cut.WHOLE)
    fitted = starter().fit(fim(lines(before), lines(after), extra), budget)
    assert budget >= len(fitted.ids)
    assert len(fitted.ids) == sum(fitted.sizes.values()) + 3


def test_metaspace_tokenizers_lose_their_dummy_prefix_too(tmp_path: Path) -> None:
    """The other way in which tokenizers of this family add a space is switched off as well."""
    data = json.loads((PHI3 / "tokenizer.json").read_text("utf-8"))
    data["normalizer"] = None
    data["pre_tokenizer"] = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": False}
    (tmp_path / "tokenizer.json").write_text(json.dumps(data), "utf-8")
    other = TextEncoder(tmp_path / "tokenizer.json")
    assert phi3().text.encode("return  x").ids == other.encode("return  x").ids
    assert (True, True, False) == (other.has_dummy, phi3().text.has_dummy, starter().text.has_dummy)
