"""Text as Markdown that means just this text."""

from __future__ import annotations

import re
import unicodedata

_PUNCTUATION = re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")

_ESCAPED = re.compile(
    rf"""
      \\(?=[{_PUNCTUATION}\n]|$)          # a backslash that would escape something
    | [`*]
    | (?<![^\W_])_ | _(?![^\W_])          # not inside a word, where it means nothing
    | <(?=[A-Za-z/!?])                    # HTML and autolinks
    | &(?=[\#A-Za-z])                     # character references
    | \](?=[(\[:]|$) | \[(?=\^) | \^(?=\[) # links, definitions, footnotes
    | \[(?![^\[\]\n]*\])                # a link whose end stands in the code that follows
    | ~                                 # struck out by one already, as some renderers have it
    | :(?=//) | /(?=/\w) | (?<=:/)/ | (?<=[wW]{{3}})\. # bare addresses, which GitHub's Markdown links
    | (?<=\w)\.(?=(?:com|org|net|edu|gov|info|biz)\b|[A-Za-z]{{2}}/) # the same without `www`; not `main.py`
    | (?<=[\w.+-])@(?=\w)
    """,
    re.VERBOSE,
)
_SUSPECT = re.compile(r"[^\t\n\x20-\x7e]")
_ICON = re.compile(r"\$(?=\()")
_SCHEME = re.compile(r"(?i)\b(mailto|xmpp|tel|file|data|javascript|vbscript|command|vscode):(?=\S)")
_START = re.compile(r"(?P<mark>\[(?=[ xX]\])|#{1,6}|[-+>|=:~]|\d{1,9}(?=[.)](?:[ \t]|$)))")


def clean(text: str) -> str:
    """Return the text without characters that are not seen or move others: controls, bidi, tags, zero-width."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SUSPECT.sub(lambda match: _visible(match[0]), text)


def _visible(char: str) -> str:
    if char.isprintable():
        # Printable, yet nothing to be seen: Hangul fillers, combining grapheme joiner, variation selectors.
        return "" if char in _BLANK or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF else char
    # Line and paragraph separators and the many kinds of spaces stay spaces; Cc, Cf, Cs, Co, Cn go.
    return " " if unicodedata.category(char).startswith("Z") else ""


_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\ufffd"


def escape(text: str) -> str:
    """Return the text with a backslash before all that would be Markdown within a line."""
    # VS Code takes `$(name)` for an icon even where the dollar is escaped.
    text = _ICON.sub("$ ", text)
    return _SCHEME.sub(r"\1\\:", _ESCAPED.sub(r"\\\g<0>", text))


def escape_start(line: str) -> str:
    """Return the escaped line with a backslash before what would make it a heading, list, quotation, table or rule."""
    found = _START.match(line)
    if not found:
        return line
    mark = found["mark"]
    if mark.isdigit():
        return f"{mark}\\{line[len(mark) :]}"
    # `-5` or `#tag` mean nothing; the others do even without a blank after them.
    harmless = mark[0] in "#+-" and len(line) > len(mark) and line[len(mark)] not in " \t-|:"
    return line if harmless else f"\\{line}"


def code_span(content: str) -> str:
    """Return the text as inline code. The longer the run of backticks, the fewer renderers agree: two at most."""
    content = clean(content).replace("\n", " ")
    if not content.strip():
        return ""
    if "``" in content and re.search(r"(?<!`)`(?!`)", content):
        content = content.replace("`", "'")
    mark = "``" if re.search(r"(?<!`)`(?!`)", content) else "`"
    pad = " " if content[0] in "` " or content[-1] in "` " else ""
    return f"{mark}{pad}{content}{pad}{mark}"
