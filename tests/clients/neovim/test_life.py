"""The server dies, is started anew, and is never left behind."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from clients.neovim.conftest import StartNeovim
from clients.neovim.embedded import Neovim

TEXT = "value_one = 1\nvalue_two = 2\n"
FOREVER = {"tokens": [" word"], "token_ms": 20, "then": "forever"}


def servers(editor: Neovim) -> list[psutil.Process]:
    """Return the servers that the editor runs."""
    found = []
    for process in editor.process.children():
        # One that ends just now has no words any more.
        with contextlib.suppress(psutil.Error):
            if "--stdio" in process.cmdline():
                found.append(process)
    return found


def server(editor: Neovim) -> psutil.Process:
    """Return the server's process."""
    (found,) = servers(editor)
    return found


def back_with_another(editor: Neovim, old: psutil.Process) -> bool:
    """Whether another server is ready."""
    running = servers(editor)
    return len(running) == 1 and running[0] != old and editor.ready()


def test_killed(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """A server that is killed while a suggestion is shown is replaced, the suggestion goes, and new ones come."""
    editor = neovim({"tokens": ["alpha"]})
    editor.edit(project(TEXT))
    editor.input("Gonext = ")
    editor.until_ghost("alpha")
    old = server(editor)
    old.kill()
    editor.until(lambda: back_with_another(editor, old), "another server is ready")
    editor.input("<Esc>ox = ")
    editor.until_ghost("alpha")


def test_killed_while_it_explains(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """The window says so, and `r` asks the new server."""
    editor = neovim(FOREVER)
    editor.edit(project(TEXT))
    editor.command("PhiLs explain")
    editor.until(lambda: "word word" in editor.frame.text, "some words")
    old = server(editor)
    old.kill()
    editor.until(lambda: "The server has ended" in editor.frame.text, "the window says so")
    editor.command("wincmd p")
    editor.until(lambda: back_with_another(editor, old), "another server is ready")
    editor.command("wincmd p")
    editor.input("r")
    editor.until(lambda: "word word" in editor.frame.text, "words of the new server")


def test_dies_again_and_again(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """After the third time it is not started again, which is said; `:PhiLs restart` starts it."""
    editor = neovim({"tokens": ["alpha"]})
    editor.edit(project(TEXT))
    for _ in range(3):
        old = server(editor)
        old.kill()
        editor.until(lambda old=old: back_with_another(editor, old), "another server is ready")  # type: ignore[misc]
    server(editor).kill()
    editor.until(lambda: "died too often" in editor.lua("return vim.fn.execute('messages')"), "the message")
    assert [] == servers(editor)
    editor.command("PhiLs restart")
    editor.until(editor.ready, "it is ready again")


def test_restart(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """`:PhiLs restart` replaces a server that runs, without a message about a death."""
    editor = neovim({"tokens": ["alpha"]})
    editor.edit(project(TEXT))
    old = server(editor)
    editor.command("PhiLs restart")
    editor.until(lambda: back_with_another(editor, old), "another server is ready")
    assert "died" not in editor.lua("return vim.fn.execute('messages')")


def _loading(editor: Neovim, file: Path) -> None:
    editor.command(f"edit {file}")


def _attached(editor: Neovim, file: Path) -> None:
    editor.edit(file)


def _suggesting(editor: Neovim, file: Path) -> None:
    editor.edit(file)
    editor.input("Gonext = ")
    editor.until_ghost()


def _menu(editor: Neovim, file: Path) -> None:
    editor.edit(file)
    editor.input("Govalue<C-n>")
    editor.until(lambda: editor.lua("return vim.fn.pumvisible()") == 1, "the menu")


def _explaining(editor: Neovim, file: Path) -> None:
    editor.edit(file)
    editor.command("PhiLs explain")
    editor.until(lambda: "word word" in editor.frame.text, "some words")


def _restarting(editor: Neovim, file: Path) -> None:
    editor.edit(file)
    editor.command("PhiLs restart")


def _killed(editor: Neovim, file: Path) -> None:
    editor.edit(file)
    server(editor).kill()


STATES = [_loading, _attached, _suggesting, _menu, _explaining, _restarting, _killed]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.strip("_"))
def test_leaving(neovim: StartNeovim, project: Callable[..., Path], state: Callable[[Neovim, Path], None]) -> None:
    """`:qa!` ends the editor whatever goes on, and the server and its workers go with it."""
    editor = neovim(FOREVER if state is _explaining else {"tokens": ["alpha"]})
    state(editor, project(TEXT))
    processes = editor.processes()
    editor.input("<C-\\><C-n>:qa!<CR>")
    editor.until_ended()
    assert [] == psutil.wait_procs(processes, timeout=20)[1]
