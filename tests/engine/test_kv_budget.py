"""The KV pool: what stays warm in a person's usual round, and what goes first when there is room for little."""

from __future__ import annotations

import argparse
import inspect
import tarfile

from engine.built_in import STRICT, Model, continue_text

from phi_providers.messages import Request

FILES = [inspect.getsource(module).splitlines() for module in (argparse, tarfile)]
MODULE = inspect.getsource(inspect)
LEAST = {"kv_blocks": 2 * 64}
"""Two contexts of 2,048 tokens: the least that a pool is given."""


def typed(file: int, keys: int) -> Request:
    """Return what is asked after so many keys in a file: a window of some thousand tokens, and what was typed."""
    return continue_text("\n".join(FILES[file][300:400]) + "\n    value = self.compute("[: 2 + keys], new=8)


def asked(start: int) -> Request:
    """Return a question about a long passage."""
    return continue_text(MODULE[start : start + 3000], new=24)


def shares(model: Model, *, rounds: int) -> list[list[float]]:
    """Type in two files in turn, ask a question in between; return the reused shares of each file's prompts."""
    found: list[list[float]] = [[], []]
    for key in range(rounds):
        for file in (0, 1):
            usage = model.ask(typed(file, 4 + key)).usage
            found[file].append(usage.tokens_reused / usage.prompt_tokens)
            model.ask(asked(200 * key))
    return found


def test_two_files_stay_warm_while_questions_are_asked_in_between() -> None:
    """After the first key in each, 95 % and more of each prompt is there, whatever was asked meanwhile."""
    found = shares(Model(), rounds=6)
    assert [0.95, 0.95] <= [min(each[1:]) for each in found]


def test_the_least_pool_forgets_what_was_used_longest_ago() -> None:
    """With room for two contexts a third prompt drives out the first, not the second, and nothing fails."""
    model = Model(**STRICT, **LEAST)
    prompts = [continue_text(MODULE[start : start + 6500], new=4) for start in (0, 10_000, 20_000)]
    sizes = [model.ask(prompt).usage.prompt_tokens for prompt in prompts]
    assert 2 * 2048 < sum(sizes)
    usages = [model.ask(prompts[number]).usage for number in (2, 1, 0)]
    assert [True, True, False] == [usage.tokens_reused > usage.prompt_tokens // 2 for usage in usages]


def test_the_profile_tells_what_is_kept() -> None:
    """Tokens and bytes of the pool, as the engine was told; without a prefix cache nothing is kept."""
    model, without = Model(**LEAST), Model(prefix_caching=False)
    assert (2 * 2048, 0, 0) == (model.profile.kv_tokens, without.profile.kv_tokens, without.profile.kv_bytes)
    assert 2 * 2048 * 3_000 < model.profile.kv_bytes < 2 * 2048 * 8_000
