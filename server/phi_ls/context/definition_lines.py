"""Definitions found line by line, for languages without a grammar; and the comment above a definition, for all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from phi_ls.context.definitions import SymbolFacts

MAX_LINE = 400
"""Longer lines define nothing that a person would want to read."""

MAX_COMMENT_LINES = 60

_KEYWORDS = (
    "def|class|function|func|fun|fn|struct|enum|union|trait|interface|type|typedef|module|namespace|package|object|"
    "record|protocol|impl|sub|proc|macro|let|const|var|val|static|define|data|newtype|instance|service|message|resource"
)
_COMMENT = re.compile(r"\s*(//|#(?!\s*(define|include|if|endif|pragma)\b|\[|!)|--|;;|%|\*|/\*)")


_RULER = re.compile(r"[\W_]{3,}")
"""A line of `=====`."""


def find(lines: Sequence[str], word: str, line: int) -> SymbolFacts | None:
    """Return the line that defines `word`, the last one up to the cursor's if there are several."""
    # What stands between the keyword and the name: modifiers, a Go receiver, generic parameters.
    keyword = re.compile(rf"(^|[^\w$.])({_KEYWORDS})\b[^=;{{]{{0,80}}?(?<![\w$.]){re.escape(word)}(?![\w$])")
    # `int main(void) {`: a type, the name, parameters, no semicolon and no assignment.
    typed = re.compile(rf"^\s*[A-Za-z_][\w\s:<>,*&\[\]~]{{0,120}}[\s*&]{re.escape(word)}\s*\([^;=]{{0,200}}$")
    best: int | None = None
    for number, text in enumerate(lines):
        if word not in text or len(text) > MAX_LINE or _COMMENT.match(text):
            continue
        if _defines(keyword, text, word) or (typed.match(text) and not re.match(r"\s*(return|else|new|await)\b", text)):
            best = number if best is None or number <= line else best
    if best is None:
        return None
    signature = lines[best].strip().rstrip("{").rstrip()
    return SymbolFacts(name=word, line=best, signature=signature, first_line=best, last_line=best)


def _defines(keyword: re.Pattern[str], text: str, word: str) -> bool:
    match = keyword.search(text)
    # In parentheses the name is a parameter, unless they close before it (a Go receiver).
    between = text[match.end(2) : match.end() - len(word)] if match else ""
    return match is not None and between.count("(") == between.count(")") and ":" not in between.replace("::", "")


def comment_above(lines: Sequence[str], line: int) -> str:
    """Return the comment that ends right above a line, without its marks."""
    first = line
    while first > 0 and line - first < MAX_COMMENT_LINES and _is_comment(lines[first - 1]):
        first -= 1
    bare = (_bare(text) for text in lines[first:line])
    return "\n".join(text for text in bare if not _RULER.fullmatch(text)).strip()


def _is_comment(text: str) -> bool:
    # The last line of a block, not code with a comment behind it.
    ends_block = text.rstrip().endswith("*/") and "/*" not in text
    return len(text) <= MAX_LINE and (bool(_COMMENT.match(text)) or ends_block)


def _bare(text: str) -> str:
    text = text.strip()
    text = text.removesuffix("*/").rstrip()
    return re.sub(r"^(/\*+!?|///?!?|#+|--+|;+|%+|\*)\s?", "", text)
