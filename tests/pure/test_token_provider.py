"""The token loop on an engine that follows a script: healing, resuming, stopping, and what is told about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from phi_providers.errors import GenerationFailed, LoadFailed
from phi_providers.messages import Control, Load, ModelProfile, Part, Piece, Request, Started, Usage
from phi_providers.models.installed import BUILTIN, builtin
from phi_providers.prompt_text import TextEncoder
from phi_providers.token_engine import EngineFacts, Step, Work
from phi_providers.token_provider import TokenProvider

TEXT = TextEncoder(BUILTIN / "tokenizer.json")
STOP = 3


def ids(text: str) -> list[int]:
    return TEXT.plain(text)


class Script:
    """Answers a prompt that ends in a given text with given tokens; one prefill step, then one token a step."""

    def __init__(self, answers: dict[str, list[int]]) -> None:
        self.answers = answers
        self.prompts: list[str] = []

    def load(self, progress: Callable[[str], None]) -> EngineFacts:
        """Nothing to load."""
        return EngineFacts(engine="script", version="1", device="none", requested="none")

    def run(self, prompt: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Follow the script."""
        text = TEXT.decode([token for token in prompt if token > 10])
        self.prompts.append(text)
        tokens = next(answer for end, answer in self.answers.items() if text.endswith(end))
        wanted = step(())
        for token in tokens[:max_new_tokens]:
            if not wanted:
                break
            wanted = step([(token, -0.5)])
        return Work(tokens_reused=len(prompt) - 1, prefill_steps=1)


def loaded(answers: dict[str, list[int]]) -> tuple[TokenProvider, Script]:
    script = Script(answers)
    provider = TokenProvider(Load(engine="script", device="none", model=builtin()), script)
    profile = provider.load(lambda stage: None)
    assert isinstance(profile, ModelProfile)
    return provider, script


def ask(text: str, new: int = 20, heal: str = "", resume: Sequence[int] = ()) -> Request:
    parts = (Part(control=Control.FIM_PREFIX), Part(text=text, name="prefix"), Part(control=Control.FIM_MIDDLE))
    return Request(id=1, parts=parts, max_new_tokens=new, heal=heal, resume_ids=tuple(resume))


def generate(
    provider: TokenProvider, request: Request, stop_after: int = 10**6
) -> tuple[str, Usage, list[Piece | Started]]:
    frames: list[Piece | Started] = []

    def emit(frame: Piece | Started) -> bool:
        frames.append(frame)
        return sum(len(item.token_ids) for item in frames if isinstance(item, Piece)) < stop_after

    usage = provider.generate(request, emit)
    return "".join(frame.text for frame in frames if isinstance(frame, Piece)), usage, frames


def test_the_prompt_is_announced_then_every_token_arrives_with_its_probability() -> None:
    """First what the prompt was cut to, then a heartbeat for the prefill, then the text."""
    provider, _ = loaded({"x = ": [*ids("value"), STOP]})
    text, usage, frames = generate(provider, ask("x = "))
    assert ("value", "stop", len(ids("value"))) == (text, usage.finish_reason, usage.new_tokens)
    assert frames[0] == Started(id=1, prompt_tokens=2 + len(ids("x = ")), sizes={"prefix": len(ids("x = "))})
    assert frames[1] == Piece(id=1)
    assert [(-0.5,)] * usage.new_tokens == [frame.log_probs for frame in frames[2:] if isinstance(frame, Piece)]


def test_an_answer_ends_at_its_limit() -> None:
    """As many tokens as were asked for, and the reason says so."""
    provider, _ = loaded({"": ids("a b c d e f")})
    _, usage, _ = generate(provider, ask("x", 3))
    assert ("length", 3) == (usage.finish_reason, usage.new_tokens)


def test_nobody_listening_stops_within_one_token() -> None:
    """The token at which `emit` says no is the last one."""
    provider, _ = loaded({"": ids("a b c d e f")})
    _, usage, frames = generate(provider, ask("x"), stop_after=2)
    assert ("cancelled", 2) == (usage.finish_reason, usage.new_tokens)
    assert 2 == sum(len(frame.token_ids) for frame in frames if isinstance(frame, Piece))


def test_a_loop_is_broken_off() -> None:
    """A model that turns in circles is stopped and the answer says why."""
    provider, _ = loaded({"": ids("x") * 100})
    _, usage, _ = generate(provider, ask("y", 200))
    assert ("repetition", 30) == (usage.finish_reason, usage.new_tokens)


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_prompt_without_text_costs_nothing(text: str) -> None:
    """White space and control tokens alone get an empty answer, and the engine is not asked."""
    provider, script = loaded({})
    answer, usage, _ = generate(provider, ask(text))
    assert ("", "stop", []) == (answer, usage.finish_reason, script.prompts)


def test_healing_lets_the_model_write_the_word_anew() -> None:
    """The tokens of the unfinished word leave the prompt; what comes back begins with it and is sent without it."""
    provider, script = loaded({"self.": [*ids("bar()"), STOP]})
    answer, usage, _ = generate(provider, ask("self.ba", heal="ba"))
    assert ("r()", True, ["self."]) == (answer, usage.healed, script.prompts)


def test_a_space_that_belongs_to_the_token_is_healed_with_it() -> None:
    """` fo` is one token: it goes as a whole, and the answer must begin with the space as well."""
    provider, script = loaded({"return": [*ids(" format"), STOP]})
    answer, usage, _ = generate(provider, ask("return fo", heal="fo"))
    assert ("rmat", True, ["return"]) == (answer, usage.healed, script.prompts)


@pytest.mark.parametrize("other", [[*ids("count"), STOP], [STOP], ids("b")])
def test_a_model_that_wants_another_word_gets_the_prompt_as_it_stands(other: list[int]) -> None:
    """An answer that contradicts the word, or ends within it, is dropped unseen; the prompt is tried unhealed."""
    provider, script = loaded({"self.": other, "self.ba": [*ids("z"), STOP]})
    answer, usage, frames = generate(provider, ask("self.ba", heal="ba"))
    assert ("z", False, ["self.", "self.ba"]) == (answer, usage.healed, script.prompts)
    assert 1 == usage.new_tokens == sum(len(frame.token_ids) for frame in frames if isinstance(frame, Piece))


def test_a_word_that_is_not_at_the_end_is_not_healed() -> None:
    """A request whose word does not match its prompt is answered without healing."""
    provider, script = loaded({"self.ba": [STOP]})
    assert not generate(provider, ask("self.ba", heal="foo"))[1].healed
    assert ["self.ba"] == script.prompts


def emitted(frames: list[Piece | Started]) -> list[int]:
    return [token for frame in frames if isinstance(frame, Piece) for token in frame.token_ids]


def test_a_resumed_answer_goes_on_where_it_stopped() -> None:
    """A yielded answer and its resumption are the answer in one go, and nothing is sent twice."""
    start = ids("r(one, two)")
    provider, script = loaded({"self.ba": [*start, STOP]})
    whole, _, _ = generate(provider, ask("self.ba"))
    first, usage, frames = generate(provider, ask("self.ba"), stop_after=3)
    assert "cancelled" == usage.finish_reason
    so_far = emitted(frames)
    script.answers = {TEXT.decode(so_far): [*start[len(so_far) :], STOP]}
    rest, _, _ = generate(provider, ask("self.ba", 20 - len(so_far), "", so_far))
    assert ("r(one, two)", whole) == (whole, first + rest)
    assert script.prompts[-1] == script.prompts[0] + TEXT.decode(so_far)


def test_a_character_that_was_cut_in_two_by_a_yield_arrives_whole() -> None:
    """The bytes that had been emitted without text are remembered by the resumed answer."""
    llama = ids("🦙")
    provider, _ = loaded({"": [*llama[2:], STOP]})
    assert len(llama) > 2
    assert generate(provider, ask("x", resume=llama[:2]))[0] == "🦙"


def test_a_prefill_sends_no_text() -> None:
    """Warming the prefix makes the engine work and emits nothing but heartbeats."""
    provider, script = loaded({"x = ": ids("value")})
    frames: list[Piece | Started] = []
    usage = provider.prefill(ask("x = ", 0), lambda frame: frames.append(frame) is None)
    assert (["x = "], 0, "stop") == (script.prompts, usage.new_tokens, usage.finish_reason)
    assert [Piece(id=1)] * (len(frames) - 1) == frames[1:]


def test_the_answer_always_fits_behind_the_prompt() -> None:
    """A prompt that may not be cut and leaves no room for the answer is refused before the engine sees it."""
    provider, script = loaded({"": [STOP]})
    with pytest.raises(GenerationFailed, match="at most"):
        generate(provider, ask("x = 1\n" * 480, 2000))
    assert [] == script.prompts


def test_a_damaged_tokenizer_is_named() -> None:
    """A folder whose files are not those of its manifest is refused before anything is loaded."""
    order = Load(engine="script", device="none", model=builtin())
    broken = Load(
        engine="script", device="none", model=type(order.model)(id="m", family="fim", path="/nowhere", context=9)
    )
    with pytest.raises(LoadFailed, match=r"model m: tokenizer\.json"):
        TokenProvider(broken, Script({})).load(lambda stage: None)
