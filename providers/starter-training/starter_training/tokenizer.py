r"""The vocabulary: byte-level BPE whose tokens end where people stop typing.

A line feed and the indentation behind it are one token. An opening bracket, a quote and a full stop are tokens of their
own and never begin a longer one: the cursor often stands right behind them, and a vocabulary with tokens such as
`(self` would never have seen what comes next. Words take the blank in front of them along; so do operators.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from starter_training.documents import documents
from starter_training.places import WORK

CONTROLS = (
    "<unk>", "<s>", "</s>", "<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>",
    "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>",
)  # fmt: skip
"""In the order of their ids."""

PATTERN = "|".join(
    (
        r"(?:\r?\n)+[ \t]*",  # line ends with the indentation of the line that follows
        r" ?__\p{L}[\p{L}_]*__(?![\p{L}_])",  # __init__
        r" ?_*\p{L}+",  # words, each part of a snake_case name with its underscore
        r" ?_+",
        r" ?\p{N}{1,3}",
        r" ?\"\"\"|'''| ?[\"'`({\[.]",  # what a person types and then waits
        r" ?[^\s\p{L}\p{N}_\"'`({\[.]+",  # operators, closing brackets, commas
        r"[ \t]+(?! )|\s+",
    )
)

SAMPLE_CHARACTERS = 60_000_000
"""Text that the merges are counted on; more changes the last few per cent of them only."""


def build(size: int, texts: Iterator[str]) -> Tokenizer:
    """Return a tokenizer of `size` entries trained on the texts."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(CONTROLS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=32,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def sample(limit: int) -> Iterator[str]:
    """Yield training texts, which lie in a random order, until `limit` characters have gone by."""
    left = limit
    for document in documents("train"):
        yield document.text
        left -= len(document.text)
        if left <= 0:
            return


def main(size: Annotated[int, typer.Option(help="Entries of the vocabulary.")] = 8192) -> None:
    """Train the vocabulary on the corpus and say how many characters of unseen code make a token."""
    tokenizer = build(size, sample(SAMPLE_CHARACTERS))
    target = WORK / "tokenizer.json"
    tokenizer.save(str(target))
    typer.echo(json.dumps({"size": size, "characters_per_token": density(target)}))


def density(path: Path, limit: int = 2_000_000) -> dict[str, float]:
    """Return the characters per token in validation code, by language."""
    tokenizer = Tokenizer.from_file(str(path))
    characters: dict[str, int] = {}
    tokens: dict[str, int] = {}
    for document in documents("validation"):
        language = document.language
        if characters.get(language, 0) < limit:
            characters[language] = characters.get(language, 0) + len(document.text)
            tokens[language] = tokens.get(language, 0) + len(tokenizer.encode(document.text).ids)
    return {language: round(characters[language] / tokens[language], 3) for language in sorted(tokens)}
