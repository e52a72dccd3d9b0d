"""The words of a documentation comment, taken out of whatever a model has answered."""

from __future__ import annotations

import re
import textwrap

from phi_ls.markdown_text import clean

MAX_CHARS, MAX_LINES = 2_000, 40
"""Of the text; what is longer is cut after a sentence or a line."""

_FENCED = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]*[rRuU]?(\"\"\"|''')(.*?)(?:\1|\Z)", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"^[ \t]*/\*+!?(.*?)(?:\*+/|\Z)", re.DOTALL | re.MULTILINE)
_MARKED = re.compile(r"(?:^[ \t]*(?:///?!?|---?|#)(?:[ \t][^\n]*)?(?:\n|\Z))+", re.MULTILINE)
_MARK = re.compile(r"^[ \t]*(?:///?!?|---?|#|\*(?![*/]))[ \t]?")
_STAR = re.compile(r"^[ \t]*\*(?!\*)[ \t]?")
_XML = re.compile(r"</?(?:summary|remarks|para|returns|param|c|see|example|code)\b[^<>\n]*>")
_ACTIVE = re.compile(
    r"(?i)</?(?:img|script|iframe|object|embed|link|style|svg|video|audio|base|meta|form)\b[^<>]*>|!(?=\[)"
)
_PREAMBLE = re.compile(
    r"(?i)^(?:(?:sure|certainly|here|below|the following|this is)\b.*|(?:docstring|documentation|comment)\b.{0,40}):$"
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_STUCK = re.compile(r"([^\W\d_][^\s]{0,11}?)\1{5,}")
"""A piece of a word that is written again and again: what weak models end in."""

_WORDS = re.compile(r"[^\W\d_]{2,}")


def text_of(answer: str, code: str, *, cut_short: bool = False) -> str:
    r"""Return the text for a documentation comment, lines joined by \n; empty if there is none in the answer.

    `code` is what was to be documented: an answer that repeats it says nothing. `cut_short`: the model was stopped, so
    that its last sentence may not be whole.
    """
    text = clean(answer).expandtabs(4)
    text = _without_marks(_content(text))
    text = _ACTIVE.sub("", _XML.sub("", text)).replace("```", "").replace("~~~", "")
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    while lines and (not lines[0].strip() or _PREAMBLE.match(lines[0].strip())):
        del lines[0]
    text = _bounded(_without_repeated_blanks(lines), cut_short=cut_short)
    fit = len(_WORDS.findall(text)) > 1 and not _STUCK.search(text) and not _repeats(text, code)
    return text if fit else ""


def _content(text: str) -> str:
    """Return what stands in the comment that the answer holds, in a fenced block or outside, or all the answer."""
    fenced = _FENCED.search(text)
    if fenced is not None:
        inner = fenced[2]
        if any(pattern.search(inner) for pattern in (_QUOTED, _BLOCK, _MARKED)):
            return _comment(inner)
        before = text[: fenced.start()].strip()
        # Prose in front of an example is the documentation; a phrase that announces the block is not.
        return inner if not before or before.endswith(":") else before
    return _comment(text)


def _comment(text: str) -> str:
    for pattern in (_QUOTED, _BLOCK):
        found = pattern.search(text)
        if found and _WORDS.search(found[pattern.groups]):
            return found[pattern.groups]
    found = _MARKED.search(text)
    # One line that begins with a dash or a hash may as well be Markdown.
    return found[0] if found and (found.start() == 0 or found[0].count("\n") > 1) else text


def _without_marks(text: str) -> str:
    lines = text.split("\n")
    said = [line for line in lines if line.strip()]
    for mark in (_STAR, _MARK):
        if said and all(mark.match(line) for line in said[1:] or said):
            return textwrap.dedent("\n".join(mark.sub("", line) for line in lines)).strip()
    first, *others = lines
    return "\n".join([first.strip(), textwrap.dedent("\n".join(others))]).strip()


def _without_repeated_blanks(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _bounded(text: str, *, cut_short: bool) -> str:
    lines = text.split("\n")
    bounded = "\n".join(lines[:MAX_LINES])[:MAX_CHARS].rstrip()
    if bounded == text and not cut_short:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(bounded)]
    return bounded[: ends[-1]] if ends else bounded.rpartition("\n")[0].rstrip()


def _repeats(text: str, code: str) -> bool:
    """Whether the text is the code itself, or begins with a line of it."""
    own = {line.strip() for line in code.split("\n") if len(line.strip()) > 3}
    return text.split("\n", 1)[0].strip() in own
