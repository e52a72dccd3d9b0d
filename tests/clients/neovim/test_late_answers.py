"""Answers that come late, in any order and after a cancel: nothing stale is shown, and nothing stale inserted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from clients.neovim import late_server
from clients.neovim.conftest import StartNeovim
from clients.neovim.embedded import Neovim
from clients.neovim.screen import GHOST_RGB, Frame
from clients.neovim.text_replay import after_all, rests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

KEYS = ["a", "b", "<lt>", "[", "<BS>", "<F5>", "<F6>"]
MAPS = """
" It marks pairs of brackets, and what Neovim itself draws behind one is drawn like it.
let g:loaded_matchparen = 1
imap <F5> <Plug>(phi-ls-accept)
imap <F6> <Plug>(phi-ls-accept-word)
"""
LONG = 60
"""Then it is enough: what is accepted doubles a line, and it must fit on the screen."""
BURST = st.lists(st.sampled_from(KEYS), min_size=1, max_size=6)


def late(neovim: StartNeovim, slowest_ms: int, *, before: str = "") -> Neovim:
    """Start Neovim with the server that answers late."""
    words = [sys.executable, late_server.__file__, "1", str(slowest_ms)]
    command = ", ".join(f"'{word}'" for word in words)
    enable = f"lua require('phi_ls').enable({{ cmd = {{ {command} }} }})\n"
    return neovim(before=MAPS + before + enable, enable=False, size=(4 * LONG + 10, 10))


def opened(editor: Neovim, file: Path) -> None:
    """Open a file and wait until the server is attached."""
    editor.command(f"edit {file}")
    editor.until(lambda: editor.lua("return #vim.lsp.get_clients({ bufnr = 0 })") == 1, "the server is attached")


def worked_off(editor: Neovim) -> list[str]:
    """Return the lines when all keys that were pressed have been worked off."""
    editor.input("<F9>")
    editor.until(lambda: editor.lua("return vim.g.pressed") == 1, "all keys are worked off")
    editor.command("let g:pressed = 0")
    return editor.lines


def first_row(frame: Frame) -> tuple[str, str]:
    """Return what stands in the first line of the buffer, and the suggestion behind it."""
    ghost, real = "", ""
    for char, number in frame.rows[0]:
        if frame.colours.get(number, {}).get("foreground") == GHOST_RGB:
            ghost += char
        elif not ghost:
            real += char
    return real.rstrip(), ghost


@pytest.mark.timeout(400)
def test_fast_typing_with_late_answers(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """Whatever is typed and accepted, whenever answers come: the line reads as a replay of the text alone allows."""
    editor = late(neovim, 120, before="inoremap <F9> <Cmd>let g:pressed = 1<CR>\n")
    opened(editor, project("", "late.txt"))

    # Where the dice of the server are in play, an example cannot be made smaller.
    @settings(
        max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
    )
    @given(st.lists(BURST, min_size=1, max_size=6), st.booleans())
    def type_and_compare(bursts: list[list[str]], patient: bool) -> None:
        editor.input("<C-\\><C-n>ggdGi")
        line = worked_off(editor)[0]
        editor.frames.clear()
        for burst in bursts:
            editor.input("".join(burst))
            (found,) = worked_off(editor)
            assert found in after_all(line, burst), (line, burst)
            line = found
            if len(line) > LONG:
                break
            if patient:
                editor.until_ghost()
        for frame in list(editor.frames):
            real, ghost = first_row(frame)
            assert not ghost or ghost in set(rests(real)), (real, ghost)

    type_and_compare()


def test_cycle(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """Of two suggestions the next and the one before can be shown, and the one on the screen is what is accepted."""
    maps = "imap <F7> <Plug>(phi-ls-next)\nimap <F8> <Plug>(phi-ls-previous)\n"
    editor = late(neovim, 0, before=maps)
    opened(editor, project("", "late.txt"))
    editor.input("iab")
    editor.until_ghost("<ab>")
    editor.input("<F7>")
    editor.until_ghost("[ab]")
    editor.input("<F8>")
    editor.until_ghost("<ab>")
    editor.input("<F8>")
    editor.until_ghost("[ab]")
    editor.input("[")
    editor.until_ghost("ab]")
    editor.input("<F5>")
    editor.until(lambda: editor.lines == ["ab[ab]"], "the second one is accepted")


def test_behind_brackets(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """Behind a pair of brackets, which Neovim marks, a suggestion that the plugin draws still looks like one."""
    editor = late(neovim, 0, before="unlet g:loaded_matchparen\nlet g:phi_ls = #{ghost_text: #{renderer: 'own'}}\n")
    opened(editor, project("", "late.txt"))
    editor.input("i[]")
    editor.until_ghost("<[]>")


def test_cursor_elsewhere(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """A suggestion for another place is neither shown nor inserted where the cursor has moved to."""
    editor = late(neovim, 0)
    opened(editor, project("one\ntwo\n", "late.txt"))
    editor.input("A")
    editor.until_ghost("<one>")
    editor.frames.clear()
    editor.input("<Down>")
    editor.until_ghost("<two>")
    assert {"", "<two>"} >= {frame.ghost for frame in editor.frames}
    editor.input("<F5>")
    editor.until(lambda: editor.lines == ["one", "two<two>"], "it is inserted where the cursor is")
