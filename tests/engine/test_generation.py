"""What the built-in model does with a request: it answers, stops, heals, and takes nothing in text for a command."""

from __future__ import annotations

import re

import pytest
from engine.built_in import SOURCE, STRICT, Model, after_frames, after_tokens, continue_text, fill, infill
from tokenizers import Tokenizer

from phi_providers.errors import LoadFailed, PromptTooLong
from phi_providers.messages import Control, Cut, Part, Piece, Request, Started
from phi_providers.models.installed import BUILTIN, builtin

SPECIALS = (
    "<|end|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|endoftext|>",
    "<|fim_middle|>",
    "<|fim_prefix|>",
    "<s>",
)


def test_the_model_loads_and_tells_what_it_found(model: Model) -> None:
    """The profile names the device in use and the speeds that were measured; loading was reported stage by stage."""
    profile = model.profile
    assert (builtin().id, "openvino", "CPU", "CPU", "") == (
        profile.model,
        profile.engine,
        profile.device,
        profile.requested_device,
        profile.device_reason,
    )
    assert profile.prefill_tokens_per_s > 100
    assert 0 < profile.decode_ms_per_token < 250
    # On a busy machine the last two come twice: the first prefill was slow, so it was tried with a smaller chunk.
    assert ["verifying", "importing OpenVINO", "compiling for CPU", "warming up"] == list(dict.fromkeys(model.stages))


def test_it_writes_code_that_arrives_token_by_token(model: Model) -> None:
    """An answer has text, one piece for each token, probabilities, and numbers that fit together."""
    answer = model.ask(continue_text("import os\nimport sys\n\n\ndef main():\n    for name in os.listdir(", 16))
    pieces = [frame for frame in answer.frames if isinstance(frame, Piece) and frame.token_ids]
    assert answer.text.strip()
    assert [1] * len(pieces) == [len(piece.token_ids) for piece in pieces]
    assert len(pieces) == answer.usage.new_tokens <= 16
    assert all(value <= 0 for value in answer.log_probs)
    assert 0 < answer.usage.first_token_ms <= answer.usage.total_ms


def test_the_limit_is_the_limit(model: Model) -> None:
    """`max_new_tokens` tokens and not one more."""
    answer = model.ask(continue_text("\n".join(SOURCE[100:140]), 3))
    assert (3, "length") == (len(answer.ids), answer.usage.finish_reason)


def test_a_cancel_is_heard_between_two_chunks_of_a_prefill(strict: Model) -> None:
    """When nobody wants the answer any more, no further chunk is computed."""
    stopped = strict.ask(infill(1200, 8), after_frames(3))
    assert ("cancelled", 3, 0) == (stopped.usage.finish_reason, len(stopped.frames), stopped.usage.new_tokens)


def test_a_cancel_is_heard_within_a_token_of_decoding(model: Model) -> None:
    """The answer ends with the token at which it was not wanted any more."""
    stopped = model.ask(continue_text("\n".join(SOURCE[300:340])), after_tokens(2))
    assert ("cancelled", 2) == (stopped.usage.finish_reason, len(stopped.ids))


@pytest.mark.parametrize("word", SPECIALS)
def test_control_tokens_in_text_stay_text(model: Model, word: str) -> None:
    """A control token's name in source, file names or the text after the cursor is spelled out for the model."""
    name = Part(text=f"# File: src/{word}.py\n", name="file", cut=Cut.WHOLE)
    request = fill(f"marker = '{word}'\nmarker = ", f"\nprint('{word}')\n", snippets=(name,))
    (started,) = (frame for frame in model.ask(request).frames if isinstance(frame, Started))
    obedient = Tokenizer.from_file(str(BUILTIN / "tokenizer.json"))
    texts = [request.parts[1].text, name.text + request.parts[4].text]
    parsed = [token for text in texts for token in obedient.encode(text).ids]
    assert 3 == len([token for token in parsed if token <= 10])
    assert sum(started.sizes.values()) >= len(parsed) + 3


def test_a_prompt_over_the_budget_is_cut_and_says_where(model: Model) -> None:
    """600 lines become what fits beside the answer; the lines that went are told, and the answer comes."""
    answer = model.ask(fill("\n".join(SOURCE[:600]), "\n".join(SOURCE[600:700]), 40))
    started = answer.frames[0]
    assert isinstance(started, Started)
    assert started.prompt_tokens <= builtin().context - 64 - 256
    assert started.lines_cut["prefix"] > 400
    assert started.prompt_tokens == answer.usage.prompt_tokens == sum(started.sizes.values()) + 3


def test_what_cannot_be_cut_is_refused_and_the_next_request_works(model: Model) -> None:
    """A line longer than the context is an error of its own request only."""
    with pytest.raises(PromptTooLong):
        model.ask(fill("x = [" + "1, " * 3000))
    assert model.ask(fill("x = 1\ny = ")).usage.prompt_tokens > 0


def test_healing_finds_words_that_the_broken_prompt_hides(model: Model) -> None:
    """Of words cut after three letters in real code, more are finished rightly with healing than without."""
    right = {"healed": 0, "as it stands": 0}
    for line in range(200, 1200, 25):
        word = re.search(r"[A-Za-z_]\w{4,}", SOURCE[line])
        if word:
            text = "\n".join([*SOURCE[line - 40 : line], SOURCE[line][: word.start() + 3]])
            for way, heal in (("healed", word[0][:3]), ("as it stands", "")):
                answer = model.ask(continue_text(text, 6, heal=heal))
                assert bool(heal) or not answer.usage.healed
                right[way] += word[0][3:] == re.split(r"\W", answer.text)[0]
    assert right["healed"] > right["as it stands"]


def test_a_prompt_of_control_tokens_alone_is_not_asked(model: Model) -> None:
    """Nothing to go on, nothing to say."""
    parts = tuple(Part(control=control) for control in (Control.FIM_SUFFIX, Control.FIM_PREFIX, Control.FIM_MIDDLE))
    answer = model.ask(Request(id=1, parts=parts, max_new_tokens=8))
    assert ((), "stop", 0.0) == (answer.ids, answer.usage.finish_reason, answer.usage.first_token_ms)


@pytest.mark.parametrize("device", ["NPU", "FOO", "CPU:9", "GPU.7"])
def test_a_device_that_is_not_there_is_refused_with_a_reason(device: str) -> None:
    """One sentence: which device, why not, what to do."""
    with pytest.raises(LoadFailed, match=rf"{device} cannot be used: .*; ") as caught:
        Model(device)
    assert "\n" not in str(caught.value)


def test_an_automatic_choice_says_why_it_is_not_the_gpu() -> None:
    """`auto` takes the GPU, or the CPU and the reason."""
    profile = Model("auto", **STRICT).profile
    assert "auto" == profile.requested_device
    assert profile.device.startswith("GPU") or "no GPU" in profile.device_reason
