"""What the reference answers, computed once for all engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from conformance import prompts
from conformance.reference import NumpyEngine
from conformance.spoken import Answered, Place, choose, retold
from engine.phi3_in_numpy import Weights

from phi_providers.messages import Load, ModelInfo, Piece, Request, Started
from phi_providers.models.installed import BUILTIN, builtin
from phi_providers.prompt import PromptEncoder
from phi_providers.token_provider import TokenProvider

ANSWER = 16
"""Tokens that an answer of the reference has at most."""

CHARACTER_TOKENS = 2


@dataclass(frozen=True)
class Expected:
    """An answer, token by token."""

    texts: tuple[str, ...]
    ids: tuple[int, ...]
    margins: tuple[float, ...]
    """How much likelier each token was than the next one, as a difference of logarithms; one more if it was ended."""
    finish: str

    @property
    def text(self) -> str:
        """The whole of it."""
        return "".join(self.texts)


class Reference:
    """The model as it is tested: the built-in one, with these weights and the changes of `spoken`."""

    def __init__(self, folder: Path, weights: Weights) -> None:
        folder.mkdir()
        self._folder = folder
        self._engine = NumpyEngine(weights)
        self._answers: dict[str, Expected] = {}
        self._unchanged: dict[str, Answered] = {}

    @cached_property
    def character(self) -> Place:
        """Where the model writes a character in pieces."""
        return choose(self._openings, BUILTIN / "tokenizer.json", self._spared, width=CHARACTER_TOKENS)

    @cached_property
    def end(self) -> Place:
        """Where the model writes what ends its answer."""
        taken = self._spared | set(self.character.tokens)
        others = (each for each in self._openings if not set(self.character.tokens) & {*each.prompt, *each.answer})
        return choose(others, BUILTIN / "tokenizer.json", taken, width=1, first=1)

    @cached_property
    def tokenizer(self) -> Path:
        """The tokenizer of the model."""
        file = self._folder / "tokenizer.json"
        file.write_text(retold(BUILTIN / "tokenizer.json", self.character.tokens), "utf-8")
        return file

    @cached_property
    def encoder(self) -> PromptEncoder:
        """Encodes prompts as the workers do."""
        return PromptEncoder(self.tokenizer, builtin().controls)

    @property
    def model(self) -> ModelInfo:
        """What is known of the model; its folder is that of the tokenizer."""
        stop_ids = (*builtin().stop_ids, *self.end.tokens)
        return replace(builtin(), path=str(self.tokenizer.parent), stop_ids=stop_ids)

    def answer(self, text: str) -> Expected:
        """Return the answer to a text."""
        if text not in self._answers:
            self._answers[text] = self._ask(self._provider, text)
        return self._answers[text]

    def doubt(self, text: str, written: tuple[int, ...]) -> float:
        """Return how much likelier the next token is than the one after it, once this has been written."""
        request = Request(id=1, parts=prompts.plain(text), max_new_tokens=1, resume_ids=written)
        self._provider.generate(request, lambda frame: True)
        return self._engine.margins[0]

    @cached_property
    def _provider(self) -> TokenProvider:
        return self._loaded(self.model)

    @cached_property
    def _spared(self) -> frozenset[int]:
        # In answers, too: a server streams the text of a token that ends one unless the tokenizer calls it special.
        encode, plain = self._plain_encoder.encode, self._loaded(builtin())
        texts = prompts.beginnings()
        asked = {token for text in texts for token in encode(prompts.plain(text))}
        return frozenset(asked.union(*(self._ask(plain, text).ids for text in texts)))

    @cached_property
    def _plain_encoder(self) -> PromptEncoder:
        return PromptEncoder(BUILTIN / "tokenizer.json", builtin().controls)

    @property
    def _openings(self) -> Iterator[Answered]:
        """Yield what the model says before anything is changed."""
        for text in prompts.OPENINGS:
            if text not in self._unchanged:
                answer = self._ask(self._loaded(builtin()), text)
                prompt = tuple(self._plain_encoder.encode(prompts.plain(text)))
                self._unchanged[text] = Answered(text, prompt, answer.ids, answer.margins)
            yield self._unchanged[text]

    def _loaded(self, model: ModelInfo) -> TokenProvider:
        provider = TokenProvider(Load(engine="numpy", device="CPU", model=model), self._engine)
        provider.load(lambda stage: None)
        return provider

    def _ask(self, provider: TokenProvider, text: str) -> Expected:
        pieces: list[Piece] = []

        def keep(frame: Piece | Started) -> bool:
            if isinstance(frame, Piece):
                pieces.append(frame)
            return True

        usage = provider.generate(Request(id=1, parts=prompts.plain(text), max_new_tokens=ANSWER), keep)
        ids = tuple(token for piece in pieces for token in piece.token_ids)
        texts = tuple(piece.text for piece in pieces)
        return Expected(texts, ids, tuple(self._engine.margins), usage.finish_reason)
