"""What a person sees: the screen that Neovim draws for an attached user interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

GHOST_RGB = 0x8A8A77
"""The colour that the tests give to suggestions, and to nothing else."""

Cell = tuple[str, int]
"""A character, empty behind a wide one, and the number of its highlight."""


@dataclass(frozen=True)
class Frame:
    """The screen at one moment."""

    rows: tuple[tuple[Cell, ...], ...]
    cursor: tuple[int, int]
    colours: dict[int, dict[str, Any]] = field(repr=False)

    @property
    def text(self) -> str:
        """All rows, without the spaces at their ends."""
        return "\n".join("".join(char for char, _ in row).rstrip() for row in self.rows)

    @property
    def ghost(self) -> str:
        """What is drawn as a suggestion; a line for each row that has some."""
        rows = ["".join(char for char, number in row if self._is_ghost(number)) for row in self.rows]
        return "\n".join(row.rstrip() for row in rows if row)

    def _is_ghost(self, number: int) -> bool:
        return self.colours.get(number, {}).get("foreground") == GHOST_RGB


class Screen:
    """Follows the events of `ext_linegrid`; `on_frame` is called with each picture that is complete."""

    def __init__(self, on_frame: Callable[[Frame], None]) -> None:
        self._on_frame = on_frame
        self._rows: list[list[Cell]] = []
        self._cursor = (0, 0)
        self._colours: dict[int, dict[str, Any]] = {}

    def take(self, batch: Sequence[Sequence[Any]]) -> None:
        """Take the events of one `redraw` notification."""
        for name, *calls in batch:
            handler = getattr(self, f"_on_{name}", None)
            for arguments in calls if handler else ():
                handler(*arguments)

    def _on_grid_resize(self, _grid: int, width: int, height: int) -> None:
        self._rows = [[(" ", 0)] * width for _ in range(height)]

    def _on_grid_clear(self, _grid: int) -> None:
        self._rows = [[(" ", 0)] * len(row) for row in self._rows]

    def _on_grid_cursor_goto(self, _grid: int, row: int, column: int) -> None:
        self._cursor = (row, column)

    def _on_default_colors_set(self, foreground: int, background: int, *_: Any) -> None:
        self._colours = {**self._colours, 0: {"foreground": foreground, "background": background}}

    def _on_hl_attr_define(self, number: int, rgb: dict[str, Any], *_: Any) -> None:
        self._colours = {**self._colours, number: rgb}

    def _on_grid_line(self, _grid: int, row: int, column: int, cells: Sequence[Sequence[Any]], *_: Any) -> None:
        number = 0
        for char, *more in cells:
            number = more[0] if more else number
            for _ in range(more[1] if len(more) > 1 else 1):
                self._rows[row][column] = (char, number)
                column += 1

    def _on_grid_scroll(self, _grid: int, top: int, bottom: int, left: int, right: int, rows: int, *_: Any) -> None:
        old = [list(row) for row in self._rows]
        for row in range(top, bottom):
            if top <= row + rows < bottom:
                self._rows[row][left:right] = old[row + rows][left:right]

    def _on_flush(self) -> None:
        self._on_frame(Frame(tuple(map(tuple, self._rows)), self._cursor, self._colours))
