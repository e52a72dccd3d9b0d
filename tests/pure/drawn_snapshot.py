"""Snapshots drawn as text: the cursor is `‸`."""

from __future__ import annotations

from phi_ls.context.snapshot import Snapshot

CURSOR = "‸"


def draw(
    document: str, language: str = "python", *, eol: str = "\n", indent_unit: str = "", uri: str = "file:///w/m.py"
) -> Snapshot:
    """Return the snapshot of a whole drawn document; its lines are parted by LF whatever `eol` says."""
    lines = document.split("\n")
    line = next(number for number, text in enumerate(lines) if CURSOR in text)
    column = lines[line].index(CURSOR)
    lines[line] = lines[line].replace(CURSOR, "")
    return Snapshot(
        uri=uri,
        version=1,
        language=language,
        path="m",
        lines=tuple(lines),
        first_line=0,
        total_lines=len(lines),
        line=line,
        column=column,
        eol=eol,
        indent_unit=indent_unit or _indent_unit(lines),
    )


def _indent_unit(lines: list[str]) -> str:
    if any(line.startswith("\t") for line in lines):
        return "\t"
    widths = (len(line) - len(line.lstrip(" ")) for line in lines)
    return " " * min((width for width in widths if width > 1), default=4)
