"""Token ids to text, as soon as the text is final.

Each token of both vocabularies in use (byte-level and byte-fallback) stands for fixed bytes. A table of these bytes and
an incremental UTF-8 decoder give exact text in constant time per token; decoding runs of ids with the tokenizer's own
decoder would drop leading spaces and show U+FFFD in the middle of a character.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from typing import Any

SPACE_MARK = "\u2581"
"""How SentencePiece vocabularies write a space."""

_PADDING = re.compile(r"\[PAD\d+\]")
"""Entries that only round the size of a vocabulary up; conversions give them this name."""

_BYTE_TOKEN = re.compile(r"<0x([0-9A-F]{2})>")


class UnknownTokenizer(ValueError):
    """The tokenizer is of a kind whose tokens do not stand for fixed bytes."""


def token_bytes(tokenizer: dict[str, Any]) -> list[bytes]:
    """Return the bytes of each token id of a parsed tokenizer.json; control tokens stand for none.

    Raises UnknownTokenizer for anything but a byte-level or a byte-fallback decoder.
    """
    kinds = set(_types(tokenizer.get("decoder")))
    if "ByteLevel" in kinds:
        convert = _byte_level
    elif "ByteFallback" in kinds:
        convert = _byte_fallback
    else:
        raise UnknownTokenizer(
            f"the tokenizer decodes by {sorted(kinds) or 'nothing'}; ByteLevel or ByteFallback needed"
        )
    added = tokenizer.get("added_tokens", [])
    vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
    size = 1 + max([*vocabulary.values(), *(token["id"] for token in added)])
    table = [b""] * size
    for token, index in vocabulary.items():
        table[index] = convert(token)
    for token in added:
        table[token["id"]] = b"" if token["special"] else token["content"].encode()
    return table


def without_dummy(first: bytes) -> bytes:
    """Return the bytes of the first token of a text without the dummy space in front of its first word."""
    return first[1:] if len(first) > 1 and first[:1] == b" " and first[1:2] != b" " else first


class Detokenizer:
    """One stream of token ids."""

    def __init__(self, table: Sequence[bytes], seed: Iterable[int] = (), *, at_start: bool = False) -> None:
        """`seed`: ids whose text has been sent; `at_start`: the first id starts a text, with its dummy space."""
        self._table = table
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._at_start = at_start
        for token in seed:
            self.push(token)

    def push(self, token: int) -> str:
        """Return the text that became final with this token; ids outside the vocabulary have none."""
        data = self._table[token] if 0 <= token < len(self._table) else b""
        if self._at_start and data:
            data, self._at_start = without_dummy(data), False
        return self._decoder.decode(data)


def _types(node: Any) -> Iterable[str]:
    if isinstance(node, dict):
        yield str(node.get("type"))
        for inner in node.get("decoders", []):
            yield from _types(inner)


def _byte_fallback(token: str) -> bytes:
    byte = _BYTE_TOKEN.fullmatch(token)
    if byte:
        return bytes([int(byte[1], 16)])
    return b"" if _PADDING.fullmatch(token) else token.replace(SPACE_MARK, " ").encode()


def _byte_level(token: str) -> bytes:
    return bytes(_BYTE_OF[char] for char in token)


def _byte_of() -> dict[str, int]:
    # The alphabet of GPT-2: printable Latin-1 stands for itself, the other 68 bytes follow from U+0100 on.
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + index): byte for index, byte in enumerate(rest)}


_BYTE_OF = _byte_of()
