"""Documentation as each language writes it: what it is called, how it looks, and what would end it early."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from phi_ls.context.comments_above import DIRECTIVE

WIDTH = 88
"""Columns of a line with its indentation, as far as words allow."""

LEAST_WIDTH = 40
"""Of the words of a line, however deeply it is indented."""

_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a language writes documentation."""

    write: Callable[[list[str]], list[str]]
    """From the lines of a safe text to those of the documentation, without indentation."""
    safe: Callable[[str], str] = str
    """Takes from a text what would end the documentation early, or mean something else in it."""
    mark: str = ""
    """In front of each line, where there is no closing mark."""


def style_of(language: str) -> Style | None:
    """Return how documents of this language are documented; None where phi-ls does not know."""
    return _STYLES.get(language)


def render(text: str, style: Style, indent: str) -> list[str]:
    """Return the lines of the documentation, all but the first behind the indentation; none if nothing is left.

    The text is a model's: nothing in it ends the documentation, and no line of it is an instruction to a tool.
    """
    width = max(LEAST_WIDTH, WIDTH - len(indent.expandtabs(4)) - 4)
    lines = [line for given in style.safe(text).split("\n") for line in _wrapped(given, width)]
    lines = [line for line in lines if not DIRECTIVE.match(f"{style.mark or '#'} {line}")]
    said = "\n".join(lines).strip("\n")
    if not said.strip():
        return []
    first, *others = style.write(said.split("\n"))
    return [first, *(f"{indent}{line}".rstrip() for line in others)]


def _wrapped(line: str, width: int) -> list[str]:
    deeper = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line, width, subsequent_indent=deeper, break_long_words=False, break_on_hyphens=False, expand_tabs=False
    ) or [""]


def _docstring(lines: list[str]) -> list[str]:
    # Raw where there is a backslash: `\d` is a warning, `\N` an error in any other string.
    opening = 'r"""' if any("\\" in line for line in lines) else '"""'
    if len(lines) == 1:
        apart = " " if lines[0].endswith(('"', "\\")) else ""
        return [f'{opening}{lines[0]}{apart}"""']
    return [f"{opening}{lines[0]}", *lines[1:], '"""']


def _block(lines: list[str]) -> list[str]:
    if len(lines) == 1:
        return [f"/** {lines[0]} */"]
    return ["/**", *(f" * {line}".rstrip() for line in lines), " */"]


def _marked(mark: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [f"{mark} {line}".rstrip() for line in lines]


def _summary(lines: list[str]) -> list[str]:
    return _marked("///")(["<summary>", *lines, "</summary>"])


def _within_quotes(text: str) -> str:
    return text.replace('"""', "'''")


def _within_block(text: str) -> str:
    return re.sub(r"\*(?=/)|/(?=\*)", r"\g<0> ", text)


def _within_java(text: str) -> str:
    # Java reads `\u002a` for an asterisk, in comments too, and refuses what is no such escape.
    return _within_block(re.sub(r"\\(?=u)", r"\\ ", text))


_JSDOC = Style(write=_block, safe=_within_block)
_DOXYGEN = Style(write=_block, safe=_within_block)

_STYLES = {
    "python": Style(write=_docstring, safe=_within_quotes),
    "javascript": _JSDOC,
    "javascriptreact": _JSDOC,
    "typescript": _JSDOC,
    "typescriptreact": _JSDOC,
    "java": Style(write=_block, safe=_within_java),
    "c": _DOXYGEN,
    "cpp": _DOXYGEN,
    "csharp": Style(
        write=_summary,
        safe=lambda text: text.translate(_XML),
        mark="///",
    ),
    "go": Style(write=_marked("//"), mark="//"),
    "rust": Style(write=_marked("///"), mark="///"),
    "lua": Style(write=_marked("---"), mark="---"),
    "shellscript": Style(write=_marked("#"), mark="#"),
}
