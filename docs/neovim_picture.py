"""`PYTHONPATH=tests python docs/neovim_picture.py`: work in a real Neovim and keep what it shows in docs/neovim.svg."""

from __future__ import annotations

import io
import re
import tempfile
from itertools import groupby
from pathlib import Path
from typing import Any

from clients.neovim.conftest import ENABLE
from clients.neovim.embedded import Neovim
from clients.neovim.screen import Frame
from clients.neovim.versions import NEWEST
from clients.project import SAMPLE, sample_project, server_folders
from picture import FRAME
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

PICTURE = Path(__file__).parent / "neovim.svg"

SIZE = (90, 18)

LOOK = """
set laststatus=2 noruler noshowcmd cmdheight=1
set statusline=\\ %t\\ %m%=%{v:lua.require'phi_ls'.statusline()}
imap <F5> <Plug>(phi-ls-accept)
"""


def _style(colours: dict[int, dict[str, Any]], number: int) -> Style:
    look = {**colours[0], **colours.get(number, {})}
    fore, back = (Color.parse(f"#{look[name]:06x}") for name in ("foreground", "background"))
    return Style(
        color=fore, bgcolor=back, bold=look.get("bold"), italic=look.get("italic"), reverse=look.get("reverse")
    )


def _drawn(frame: Frame) -> Text:
    text = Text()
    for row in frame.rows:
        for number, cells in groupby(row, key=lambda cell: cell[1]):
            text.append("".join(char for char, _ in cells), _style(frame.colours, number))
        text.append("\n")
    return text


def _session(editor: Neovim, file: Path) -> list[tuple[str, Text]]:
    """Type, accept, and explain."""
    editor.edit(file)
    editor.input("Go<CR><C-u>    def __len__(self):<CR>return len(")
    editor.until_ghost()
    pictures = [("Typing: the suggestion is grey", _drawn(editor.frame))]
    before = editor.lines
    editor.input("<F5>")
    editor.until(lambda: editor.lines != before, "it is accepted")
    editor.input("<Esc>")
    editor.until(lambda: "INSERT" not in editor.frame.text, "Normal mode")
    pictures.append(("Accepted", _drawn(editor.frame)))
    editor.command("9,11PhiLs explain")
    editor.until(lambda: "Explained by" in editor.frame.text, "the explanation is complete")
    editor.until(editor.ready, "the model has nothing to do")
    return [*pictures, (":9,11PhiLs explain", _drawn(editor.frame))]


def main() -> None:
    """Write the picture of one real session with the built-in model."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folders = server_folders(folder)
        Path(folders["PHI_LS_CONFIG"]).write_text("offerModel = false\n", "utf-8")
        with Neovim(NEWEST, folder, folders, before=LOOK + ENABLE, size=SIZE) as editor:
            pictures = _session(editor, sample_project(folder, SAMPLE))
    console = Console(
        record=True, width=SIZE[0], force_terminal=True, color_system="truecolor", file=io.StringIO(), highlight=False
    )
    for caption, picture in pictures:
        console.print(Text(caption, style="bold"))
        console.print(picture)
    svg = console.export_svg(title="", theme=SVG_EXPORT_THEME, code_format=FRAME, unique_id="neovim")
    PICTURE.write_text(re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE), "utf-8")


if __name__ == "__main__":
    main()
