"""A document at a cursor, frozen: all that context, prompts and ghost text ever see of the editor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Lines around a cursor, without their line endings; columns are code points. Lone surrogates are gone already."""

    uri: str
    version: int
    language: str
    """LSP language id, `plaintext` when the client sent none."""
    path: str
    """For people and prompts: relative to the workspace folder, else the file's name; never absolute."""
    lines: tuple[str, ...]
    """A slice of the document that holds the cursor's line."""
    first_line: int
    """Number of `lines[0]` in the document, from 0."""
    total_lines: int
    line: int
    """The cursor's line in the document, from 0."""
    column: int
    eol: str = "\n"
    """The document's own line ending: inserted text uses it."""
    indent_unit: str = "    "
    """One level of indentation as this document writes it."""

    @property
    def row(self) -> int:
        """Index of the cursor's line in `lines`."""
        return self.line - self.first_line

    @property
    def place(self) -> tuple[int, int, int]:
        """The document's version, the line and the column: what tells one request in it from another."""
        return (self.version, self.line, self.column)

    @property
    def before(self) -> str:
        """The cursor's line up to the cursor."""
        return self.lines[self.row][: self.column]

    @property
    def after(self) -> str:
        """The cursor's line from the cursor on."""
        return self.lines[self.row][self.column :]

    @property
    def prefix(self) -> str:
        r"""Everything in the slice in front of the cursor, lines joined by \n."""
        return "\n".join((*self.lines[: self.row], self.before))

    @property
    def suffix(self) -> str:
        r"""Everything in the slice after the cursor, lines joined by \n."""
        return "\n".join((self.after, *self.lines[self.row + 1 :]))
