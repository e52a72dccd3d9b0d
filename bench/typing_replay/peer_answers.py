"""What becomes of the peer's answers: cut for the screen, kept, and served again while they are typed along."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from phi_ls.context.snapshot import Snapshot

KEPT = 250
"""Answers; this and the next as llama.vim has it."""
TYPED_ALONG = 128
"""Characters at most."""


@dataclass(frozen=True)
class _Kept:
    uri: str
    prefix: str
    suffix: str
    text: str


class KeptAnswers:
    """The last ones, by the exact text around the cursor."""

    def __init__(self) -> None:
        self._kept: deque[_Kept] = deque(maxlen=KEPT)

    def put(self, snapshot: Snapshot, text: str) -> None:
        """Keep an answer."""
        self._kept.append(_Kept(snapshot.uri, snapshot.prefix, snapshot.suffix, text))

    def typed_along(self, now: Snapshot) -> str:
        """Return what is left of an answer of which the beginning has been typed, the newest first; empty for none."""
        prefix, suffix = now.prefix, now.suffix
        for kept in reversed(self._kept):
            typed = prefix[len(kept.prefix) :]
            fits = kept.uri == now.uri and len(typed) <= TYPED_ALONG and prefix.startswith(kept.prefix)
            if fits and len(kept.text) > len(typed) and kept.text.startswith(typed) and kept.suffix == suffix:
                return kept.text[len(typed) :]
        return ""


def shaped(snapshot: Snapshot, text: str) -> str:
    """Return what of an answer is shown: without blanks at its end and what the line has right of the cursor."""
    text = text.rstrip()
    after = snapshot.after.strip()
    return text.removesuffix(after) if after and "\n" not in text else text


def first_line(text: str) -> str:
    """Return the text up to the end of its first line that is not blank."""
    blank = text[: len(text) - len(text.lstrip())]
    return blank + text[len(blank) :].partition("\n")[0]
