"""Indentation: the document's own kind, the cursor's block, and what the model repeats of it."""

from __future__ import annotations

import re

from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.nesting import COMMENT, marks

_BLOCK_WORDS = re.compile(r"\b(?:then|do|else|begin|repeat|try)$|^\s*(?:local\s+)?function\b[^()]*\([^()]*\)$")
_BLOCK_ENDS = (":", "{", "(", "[", "=>", "->")
_AT_BLOCK_LEVEL = re.compile(r"[)\]}]|(?:case|default|end|else|elif|except|finally|catch)\b")


def lead(line: str) -> str:
    """Return the spaces and tabs that a line starts with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def width(line: str) -> int:
    """Return how far a line is indented, in columns; only good for comparing."""
    return len(lead(line).expandtabs(4))


def unit(snapshot: Snapshot) -> str:
    """Return one level of indentation; a Makefile's recipes know only the tab."""
    return "\t" if snapshot.language == "makefile" else snapshot.indent_unit


def opens_block(line: str, language: str) -> bool:
    """Tell whether the line ends in something that wants a deeper line below it, comments aside."""
    found, inside = marks(line, language)
    if inside == COMMENT:
        line = line[: found[-1].position]
    code = line.rstrip()
    return code.endswith(_BLOCK_ENDS) or _BLOCK_WORDS.search(code) is not None


def previous_line(snapshot: Snapshot) -> str:
    """Return the nearest line above the cursor's that is not blank, or an empty one."""
    return next((line for line in reversed(snapshot.lines[: snapshot.row]) if line.strip()), "")


def following_line(snapshot: Snapshot) -> str:
    """Return the nearest line below the cursor's that is not blank, or an empty one."""
    return next((line for line in snapshot.lines[snapshot.row + 1 :] if line.strip()), "")


def expected(snapshot: Snapshot) -> str:
    """Return the indentation that a new line at the cursor's line is expected to have."""
    above = previous_line(snapshot)
    return lead(above) + (unit(snapshot) if opens_block(above, snapshot.language) else "")


def block_width(snapshot: Snapshot, text: str) -> int:
    """Return the indentation of the block that the suggestion belongs to: its lines may not go below it."""
    return width(snapshot.before if snapshot.before.strip() else snapshot.before + text)


def drop_repeated_start(snapshot: Snapshot, text: str) -> str:
    """Drop blank lines and indentation that are there already, and a second blank before a word.

    A model that continues a line of blanks may write the indentation anew, from column 0. At column 0 what it writes is
    taken as it is; further right only the step into a block that the line above opens is kept.
    """
    if snapshot.before.strip():
        return text.lstrip(" \t") if snapshot.before[-1] in " \t" else text
    text = re.sub(r"\A(?:[ \t]*\n)+", "", text)
    if not snapshot.before or not lead(text):
        return text
    target = expected(snapshot)
    opened = opens_block(previous_line(snapshot), snapshot.language) and target.startswith(snapshot.before)
    return (target[len(snapshot.before) :] if opened else "") + text.lstrip(" \t")


def use_document_style(snapshot: Snapshot, text: str) -> str:
    """Write the indentation with tabs or with spaces, as the document does."""
    style = unit(snapshot)
    if (
        snapshot.language != "makefile"
        and lead(snapshot.before)
        and (style[:1] == "\t") != ("\t" in lead(snapshot.before))
    ):
        return text  # the cursor's own block is written the other way
    first, *rest = text.split("\n")
    lines = rest if snapshot.before.strip() else [first, *rest]
    step = _step(lines)
    styled = [_styled(line, style, step) for line in lines]
    return "\n".join([first, *styled] if snapshot.before.strip() else styled)


def _step(lines: list[str]) -> int:
    """Return how many blanks the model takes for a level: four, unless the shallowest lines say two."""
    widths = {len(lead(line)) for line in lines if line.startswith("  ")}
    return 2 if 2 in widths or min(widths, default=4) + 2 in widths else 4


def _styled(line: str, style: str, step: int) -> str:
    blanks = lead(line)
    if style != "\t":
        return blanks.replace("\t", style) + line[len(blanks) :]
    if "\t" in blanks or len(blanks) < 2:  # one blank is the margin of a block comment, not a level
        return line
    return "\t" * max(1, (len(blanks) + step // 2) // step) + line[len(blanks) :]


def shift_to_block(snapshot: Snapshot, text: str) -> str:
    """Indent all lines but the first by the cursor's block where the model counted from the cursor, not the margin."""
    first, *rest = text.split("\n")
    margin = lead(snapshot.before)
    second = next((line for line in rest if line.strip()), "")
    counted_from_cursor = (
        opens_block(snapshot.before + first, snapshot.language)
        and 0 < width(second) <= width(margin)
        and not _AT_BLOCK_LEVEL.match(second.lstrip())
    )
    if not counted_from_cursor:
        return text
    return "\n".join([first, *(margin + line if line.strip() else line for line in rest)])
