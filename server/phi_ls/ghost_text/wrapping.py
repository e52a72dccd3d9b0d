"""What a chat model wraps around code: fences, sentences, markers, and the line that it was asked to continue."""

from __future__ import annotations

import re

from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.languages import PROSE
from phi_ls.ghost_text.nesting import marks

_MARKER = re.compile(r"<\|/?[A-Za-z][\w.-]{0,30}\|>")
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*[\w+#.-]*[ \t]*$", re.MULTILINE)
_LONG_FENCE = re.compile(r"^[ \t]*(?:`{4,}|~{4,})[ \t]*[\w+#.-]*[ \t]*$", re.MULTILINE)
_INTRODUCTION = 160
"""Characters; an introduction that brings no code by then brings none."""
_SENTENCE = re.compile(
    r"""^(?:\#{1,6}\ |\*\*|>\ )?(?:
        (?:Sure|Certainly|Of\ course|Absolutely|Okay|Great)[,!.:]
      | Here(?:['’]s|\ is|\ are|\ you)\b
      | (?:This|The|That|Your)\ (?:\w+\ ){0,2}(?:code|function|method|snippet|program|script|class|solution|output)\b
      | (?:In\ (?:this|the\ above)|To\ (?:complete|fix|implement|achieve|do)\ (?:the|this|that))\b
      | (?:Note\ that|Please\ note)\b
      | (?:Explanation|Note|Output|Answer|Solution)\*{0,2}:\*{0,2}(?:[ ]*$|(?:\ \S+){4})
      | I(?:['’]m|\ am|\ have|['’]ve|\ can(?:no|['’])t|\ apologi[sz]e)\b
      | As\ an?\ (?:AI|language\ model)\b
      | (?:It\ seems|It\ looks\ like|You\ can\ (?:use|also)|Let\ me|Let['’]s|We\ can)\b
    )""",
    re.VERBOSE,
)


def unwrap(snapshot: Snapshot, text: str) -> tuple[str, bool]:
    """Return the code in the model's text, and whether a fence, a marker or prose has said that it ends there."""
    text, ended = _without_markers(snapshot, text)
    text, closed = _without_fences(snapshot, text)
    text, left = _without_prose(snapshot, text)
    return _without_repeated_line(snapshot, text), ended or closed or left


def _without_markers(snapshot: Snapshot, text: str) -> tuple[str, bool]:
    match = _MARKER.search(text)
    if match is None or any(_MARKER.search(line) for line in snapshot.lines):
        return text, False  # a document that speaks of such markers may be completed with them
    while match and not text[: match.start()].strip():
        text = text[match.end() :].removeprefix("\n")
        match = _MARKER.search(text)
    return (text[: match.start()], True) if match else (text, False)


def _without_fences(snapshot: Snapshot, text: str) -> tuple[str, bool]:
    fence = _LONG_FENCE if snapshot.language in PROSE else _FENCE
    match = fence.search(text)
    if match is None:
        return _without_inline_fence(snapshot, text)
    introduction = text[: match.start()].strip()
    if introduction and not _is_sentence(introduction):
        return text[: match.start()], True
    body = text[match.end() :].removeprefix("\n")
    closing = fence.search(body)
    return (body[: closing.start()], True) if closing else (body, False)


def _without_inline_fence(snapshot: Snapshot, text: str) -> tuple[str, bool]:
    """Cut at a fence that stands behind code: models close the block without a new line."""
    match = re.search(r"```[ \t]*$", text, re.MULTILINE)
    quoted = match is None or snapshot.language in PROSE or "```" in snapshot.before
    return (text, False) if match is None or quoted else (text[: match.start()], True)


def _without_prose(snapshot: Snapshot, text: str) -> tuple[str, bool]:
    if snapshot.language in PROSE or marks(snapshot.before, snapshot.language)[1]:
        return text, False  # in a comment or a string, a sentence is what was asked for
    start = 0
    for line in text.split("\n"):
        talks = _SENTENCE.match(line if start or snapshot.before.strip() else line.lstrip())
        if talks and not marks(text[:start], snapshot.language)[1]:
            return text[:start], _is_surely_prose(text, start)
        start += len(line) + 1
    return text, False


def _is_surely_prose(text: str, start: int) -> bool:
    """Tell whether what begins like a sentence has gone on long enough: the code may still follow an introduction, and
    `Note:` may become a property."""
    rest = text[start:]
    return len(rest) > _INTRODUCTION or (bool(text[:start].strip()) and "\n" in rest)


def _is_sentence(text: str) -> bool:
    return _SENTENCE.match(text) is not None


def _without_repeated_line(snapshot: Snapshot, text: str) -> str:
    """Drop the line so far where the model wrote it anew; short starts may well be meant twice (`- `, `((`)."""
    so_far = snapshot.before.strip()
    if len(so_far) < 4 or not re.search(r"\w{2}", so_far):
        return text
    while text.lstrip().startswith(so_far):
        text = text.lstrip()[len(so_far) :]
    return text
