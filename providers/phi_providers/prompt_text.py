"""Text to token ids, exactly: nothing in it becomes a control token, and no space is added to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from phi_providers.detokenizer import SPACE_MARK, token_bytes, without_dummy


@dataclass(frozen=True)
class Encoded:
    """Token ids of a text, each with the range of characters that it covers."""

    ids: list[int]
    spans: list[tuple[int, int]]


class TextEncoder:
    """A tokenizer.json whose dummy prefix is under our control.

    Llama-style tokenizers put a dummy space in front of every text that they encode. That is what the model saw at the
    start of a text, so `encode(…, at_start=True)` does it too, but only in front of a word, where it belongs to the
    word's token; `decode` takes it off again. Elsewhere, and before indentation, it would be a space that the text does
    not have.
    """

    def __init__(self, path: Path) -> None:
        data = json.loads(path.read_text("utf-8"))
        self.table = token_bytes(data)
        """The bytes of each token id."""
        self._dummy = _remove_dummy(data)
        self._tokenizer = Tokenizer.from_str(json.dumps(data))
        self._tokenizer.encode_special_tokens = True
        vocabulary = data["model"]["vocab"]
        # The mark itself in a text (never the case in a byte-level vocabulary) would come back as a space.
        self._mark_ids = [vocabulary.get(f"<0x{byte:02X}>") for byte in SPACE_MARK.encode()]
        self._space_id: int | None = vocabulary.get(SPACE_MARK)

    def plain(self, text: str) -> list[int]:
        """Return the ids as the tokenizer was made to give them, dummy prefix included."""
        return self._encode(" " + text if self._dummy and text else text).ids

    def encode(self, text: str, *, at_start: bool = False) -> Encoded:
        """Return the ids of a text; `at_start`: it follows a control token that opens a text, or nothing."""
        if not (at_start and self._dummy and text):
            return self._encode(text)
        if not text[0].isspace():
            dummy = self._encode(" " + text)
            # In front of a digit the dummy space would be a token of its own, like a space that is really there.
            return _shifted(dummy, -1) if self.table[dummy.ids[0]] != b" " else self._encode(text)
        encoded = self._encode(text)
        first = self.table[encoded.ids[0]]
        if without_dummy(first) == first or self._space_id is None:
            return encoded
        # One space and a word: as one token it would look like a dummy prefix.
        rest = _shifted(self._encode(text[1:]), 1)
        return Encoded([self._space_id, *rest.ids], [(0, 1), *rest.spans])

    def decode(self, ids: list[int], *, at_start: bool = False) -> str:
        """Return the text of ids that `encode` gave."""
        pieces = [self.table[index] for index in ids]
        if at_start and self._dummy and pieces:
            pieces[0] = without_dummy(pieces[0])
        return b"".join(pieces).decode("utf-8", "replace")

    @property
    def has_dummy(self) -> bool:
        """Whether a text's first word carries a dummy space."""
        return self._dummy

    def _encode(self, text: str) -> Encoded:
        if SPACE_MARK in text and None not in self._mark_ids:
            return self._encode_with_marks(text)
        encoding = self._tokenizer.encode(_without_surrogates(text), add_special_tokens=False)
        return Encoded(encoding.ids, encoding.offsets)

    def _encode_with_marks(self, text: str) -> Encoded:
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        at = 0
        for index, piece in enumerate(text.split(SPACE_MARK)):
            if index:
                ids += [byte for byte in self._mark_ids if byte is not None]
                spans += [(at, at + 1)] * len(self._mark_ids)
                at += 1
            encoded = _shifted(self._encode(piece), at)
            ids += encoded.ids
            spans += encoded.spans
            at += len(piece)
        return Encoded(ids, spans)


def _shifted(encoded: Encoded, by: int) -> Encoded:
    return Encoded(encoded.ids, [(max(start + by, 0), end + by) for start, end in encoded.spans])


def _without_surrogates(text: str) -> str:
    # A lone surrogate is no character; the tokenizer raises TypeError for it.
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _remove_dummy(data: dict[str, Any]) -> bool:
    """Take the dummy prefix out of a parsed tokenizer.json; return whether there was one."""
    normalizer = data.get("normalizer") or {}
    steps = normalizer.get("normalizers", [normalizer])
    kept = [step for step in steps if step.get("type") != "Prepend"]
    data["normalizer"] = {"type": "Sequence", "normalizers": kept} if kept and kept != [{}] else None
    pre = data.get("pre_tokenizer") or {}
    spaces = [step for step in chain([pre], pre.get("pretokenizers", [])) if step.get("type") == "Metaspace"]
    found = len(kept) < len(steps) or any(step.get("prepend_scheme") != "never" for step in spaces)
    for step in spaces:
        step["prepend_scheme"] = "never"
    return found
