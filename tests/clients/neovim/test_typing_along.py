"""Typing along a suggestion, in texts of all kinds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from clients.neovim.conftest import StartNeovim

MAPS = "imap <F5> <Plug>(phi-ls-accept)\nimap <F6> <Plug>(phi-ls-accept-word)\nimap <F7> <Plug>(phi-ls-accept-line)\n"


def test_no_flicker(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """While the letters of a suggestion are typed, each picture shows exactly what is left of it."""
    editor = neovim({"tokens": ["alpha beta"]}, before=MAPS)
    editor.edit(project("value = 1\n"))
    editor.input("Gonext = ")
    editor.until_ghost("alpha beta")
    editor.frames.clear()
    for typed in range(1, 6):
        editor.input("alpha beta"[typed - 1])
        editor.until_ghost("alpha beta"[typed:])
    rests = ["alpha beta"[typed:] for typed in range(6)]
    seen = [frame.ghost for frame in editor.frames]
    assert [] == [ghost for ghost in seen if ghost not in rests]


def test_typed_back(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """A letter typed along and taken back gives the whole suggestion again."""
    editor = neovim({"tokens": ["alpha beta"]}, before=MAPS)
    editor.edit(project("value = 1\n"))
    editor.input("Gonext = ")
    editor.until_ghost("alpha beta")
    editor.input("al")
    editor.until_ghost("pha beta")
    editor.input("<BS>")
    editor.until_ghost("lpha beta")


def test_another_letter(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """Another letter than the suggestion's takes it off the screen before the next picture."""
    editor = neovim({"tokens": ["alpha beta"]}, before=MAPS)
    editor.edit(project("value = 1\n"))
    editor.input("Gonext = ")
    editor.until_ghost("alpha beta")
    editor.frames.clear()
    editor.input("x")
    editor.until(lambda: "next = x" in editor.frame.text, "the letter is on the screen")
    pictures = [frame for frame in editor.frames if "next = x" in frame.text]
    assert "" == pictures[0].ghost


BLOCK = ["for each in things:", "\n    ", "print(each)"]


def test_lines(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """Of several lines the first is behind the cursor, the others below; they are accepted line by line."""
    editor = neovim(
        {"tokens": ["first(\n", "    1,\n", ")"]}, settings="inlineCompletion.multiline = 'always'", before=MAPS
    )
    editor.edit(project("def first(value):\n    return value\n\n\n"))
    editor.input("Goresult = ")
    editor.until_ghost("first(\n    1,\n)")
    editor.input("<F7>")
    editor.until_ghost("    1,\n)")
    editor.input("<F7><F7>")
    editor.until(lambda: editor.lines[-3:] == ["result = first(", "    1,", ")"], "all lines are accepted")


@pytest.mark.parametrize("line", ["größe_é = ", "名前 = ", "'😀😀', "])
def test_characters_of_several_bytes(line: str, neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """Behind and inside characters of several bytes a suggestion is drawn and inserted where the cursor is."""
    editor = neovim({"tokens": ["ñandú", "_日本"]}, before=MAPS)
    editor.edit(project("value = 1\n"))
    editor.input(f"Go{line}")
    editor.until_ghost("ñandú_日本")
    editor.input("ñ")
    editor.until_ghost("andú_日本")
    editor.input("<F5>")
    editor.until(lambda: editor.lines[-1] == f"{line}ñandú_日本", "it is accepted")


def test_carriage_returns(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """In a file with CRLF no carriage return is drawn or inserted, and the saved file has CRLF throughout."""
    editor = neovim(
        {"tokens": ["first(\n", "    1,\n", ")"]}, settings="inlineCompletion.multiline = 'always'", before=MAPS
    )
    file = project("", "windows.py")
    file.write_bytes(b"def first(value):\r\n    return value\r\n\r\n\r\n")
    editor.edit(file)
    editor.input("Goresult = ")
    editor.until_ghost("first(\n    1,\n)")
    editor.input("<F5><Esc>")
    editor.until(lambda: editor.lines[-1] == ")", "it is accepted")
    editor.command("write")
    assert file.read_bytes().endswith(b"\r\nresult = first(\r\n    1,\r\n)\r\n")


def test_two_buffers(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """A suggestion belongs to its buffer: in another one it is neither drawn nor inserted."""
    editor = neovim({"when": "second = ", "tokens": ["omega"]}, {"tokens": ["alpha"]}, before=MAPS + "set hidden\n")
    first, second = project("left = 1\n", "left.py"), project("other = 1\n", "right.py")
    editor.edit(first)
    editor.input("Gofirst = ")
    editor.until_ghost("alpha")
    editor.command(f"edit {second}")
    editor.until_no_ghost()
    editor.input("<Esc>Gosecond = ")
    editor.until_ghost("omega")
    editor.input("<F5>")
    editor.until(lambda: editor.lines[-1] == "second = omega", "it is accepted")
    editor.command("stopinsert | buffer left.py")
    assert ["left = 1", "first = "] == editor.lines


def test_two_windows(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """With one buffer in two windows the suggestion goes where the cursor of the window is that is typed in."""
    editor = neovim({"tokens": ["alpha"]}, before=MAPS)
    editor.edit(project("one = 1\n\n\n\n\nlast = 1\n"))
    editor.command("split")
    editor.command("wincmd j | normal! G")
    editor.command("wincmd k | normal! gg")
    editor.input("onext = ")
    editor.until_ghost()
    editor.input("<F5>")
    editor.until(lambda: editor.lines[:2] == ["one = 1", "next = alpha"], "it is accepted")
    assert "last = 1" == editor.lines[-1]
