"""The open documents, as the editor holds them; of a file on disk nothing is read but where links lead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from urllib.parse import unquote

from lsprotocol import types

from phi_ls.context.passages import OpenFile
from phi_ls.context.secrets import masked_lines
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.syntax import Syntax
from phi_ls.decisions import Drop
from phi_ls.links import behind_links
from phi_ls.text import line_endings
from phi_ls.text.indentation import indent_unit
from phi_ls.text.language_ids import usual
from phi_ls.text.positions import Encoding, to_character, to_column, without_lone_surrogates
from phi_ls.text.refusals import Contents


class Document:
    """One open document: lines without their endings; columns are code points."""

    def __init__(self, uri: str, version: int, language: str, text: str, encoding: Encoding = "utf-16") -> None:
        self.uri = uri
        self.version = version
        self.language = language
        self.encoding = encoding
        self.edited_line: int | None = None
        """Where it was edited last; None if it was not, or as a whole, since it was opened."""
        self.syntax = Syntax(language)
        self._eol: str | None = None
        self._indent_unit: str | None = None
        self._replace_all(text)

    @property
    def text(self) -> str:
        """The whole text with its line endings; empty if there is too much of it to be kept."""
        return line_endings.join(self.lines, self._endings)

    @cached_property
    def real_uri(self) -> str:
        """The file behind the links in the document's name, as it was when first asked."""
        return behind_links(self.uri)

    @property
    def eol(self) -> str:
        """The line ending that most lines have."""
        if self._eol is None:
            self._eol = line_endings.dominant(self._endings)
        return self._eol

    @property
    def indent_unit(self) -> str:
        """One level of indentation as this document writes it."""
        if self._indent_unit is None:
            self._indent_unit = indent_unit(self.lines)
        return self._indent_unit

    @property
    def refusal(self) -> Drop | None:
        """Why no suggestion is made in this document, or None."""
        return self._contents.refusal()

    def clamp(self, position: types.Position) -> tuple[int, int]:
        """Return (line, column) of the client's position, or the nearest one the document has. Never raises."""
        if position.line < 0:
            return 0, 0
        if position.line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        return position.line, to_column(self.lines[position.line], position.character, self.encoding)

    def position(self, line: int, column: int) -> types.Position:
        """Return the position as the client counts it, clamped to the document."""
        if line < 0:
            return types.Position(0, 0)
        if line >= len(self.lines):
            line, column = len(self.lines) - 1, len(self.lines[-1])
        return types.Position(line, to_character(self.lines[line], column, self.encoding))

    def snapshot(
        self, position: types.Position, *, path: str, lines_before: int = 600, lines_after: int = 300
    ) -> Snapshot:
        """Return the lines around the position, frozen, keys and passwords masked.

        `path` is what people and prompts shall read.
        """
        line, column = self.clamp(position)
        first = max(0, line - lines_before)
        return Snapshot(
            uri=self.uri,
            version=self.version,
            language=self.language or "plaintext",
            path=path,
            lines=masked_lines(self.lines[first : line + lines_after + 1], first),
            first_line=first,
            total_lines=len(self.lines),
            line=line,
            column=column,
            eol=self.eol,
            indent_unit=self.indent_unit,
        )

    def as_open_file(self, path: str) -> OpenFile:
        """Return what others may take from this document; `path` as for `snapshot`."""
        return OpenFile(
            uri=self.uri,
            version=self.version,
            language=self.language,
            path=path,
            lines=self.lines,
            edited_line=self.edited_line,
            syntax=self.syntax,
        )

    def apply(self, changes: Sequence[types.TextDocumentContentChangeEvent]) -> None:
        """Apply the changes in order, each to the result of the one before."""
        for change in changes:
            if not isinstance(change, types.TextDocumentContentChangePartial):
                self._replace_all(change.text)
            elif self._contents.kept:
                start = end = self.clamp(change.range.start)
                if change.range.end != change.range.start:
                    start, end = sorted((start, self.clamp(change.range.end)))
                self._replace(start, end, without_lone_surrogates(change.text))

    def _replace_all(self, text: str) -> None:
        self.edited_line = None
        self._contents = Contents()
        if self._contents.admit(text):
            text = without_lone_surrogates(text)
            self._contents.count_text(text)
        else:
            text = ""
        self._set_lines(text)

    def _set_lines(self, text: str) -> None:
        self.lines, self._endings = line_endings.split(text)
        self._contents.count_lines(self.lines)
        self._eol = self._indent_unit = None

    def _replace(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        if not self._contents.admit(text):
            self._set_lines("")
            return
        (first, column), (last, end_column) = start, end
        self._contents.count_text(self._text_between(start, end), sign=-1)
        self._contents.count_text(text)
        tail = self.lines[last][end_column:] + self._endings[last]
        head = self.lines[first][:column]
        self.edited_line = first + text.count("\n")
        if first and not head and self._endings[first - 1] == "\r":
            # A \n that comes to stand behind this \r makes one ending of the two.
            first -= 1
            head = self.lines[first] + "\r"
        lines, endings = line_endings.split(head + text + tail)
        if self._endings[last]:
            # The text went up to the start of the next line, which is not part of what is replaced.
            del lines[-1], endings[-1]
        self._splice(first, last + 1, lines, endings)

    def _splice(self, first: int, stop: int, lines: list[str], endings: list[str]) -> None:
        self._contents.count_lines(self.lines[first:stop], sign=-1)
        self._contents.count_lines(lines)
        if endings != self._endings[first:stop]:
            # Not at every key: typing within a line must not change what the indentation is taken for.
            self._eol = self._indent_unit = None
        self.lines[first:stop] = lines
        self._endings[first:stop] = endings

    def _text_between(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        (first, column), (last, end_column) = start, end
        if first == last:
            return self.lines[first][column:end_column]
        head = self.lines[first][column:] + self._endings[first]
        middle = line_endings.join(self.lines[first + 1 : last], self._endings[first + 1 : last])
        return head + middle + self.lines[last][:end_column]


class Documents:
    """All open documents by URI; a document that was never opened does not exist."""

    def __init__(self) -> None:
        self.encoding: Encoding = "utf-16"
        """How the client counts columns; set once, at initialize."""
        self._open: dict[str, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._open.values()))

    def __len__(self) -> int:
        return len(self._open)

    def get(self, uri: str) -> Document | None:
        """Return the open document, or None."""
        return self._open.get(unquote(uri))

    def open(self, item: types.TextDocumentItem) -> None:
        """Take in a document that the editor opened, or opened anew."""
        # Known ids arrive as members of an enum whose str() is not its value, others as plain strings.
        language = item.language_id
        name = language.value if isinstance(language, types.LanguageKind) else language
        self._open[unquote(item.uri)] = Document(item.uri, item.version, usual(name), item.text, self.encoding)

    def change(self, params: types.DidChangeTextDocumentParams) -> bool:
        """Apply the editor's changes; False if they are of a document that is not open, or of an older version."""
        document = self.get(params.text_document.uri)
        if document is None or params.text_document.version <= document.version:
            return False
        document.apply(params.content_changes)
        document.version = params.text_document.version
        return True

    def close(self, uri: str) -> None:
        """Forget a document; unknown ones are ignored."""
        self._open.pop(unquote(uri), None)
