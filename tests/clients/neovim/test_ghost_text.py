"""Ghost text of the built-in model, as a person meets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from clients.neovim.conftest import StartNeovim
from clients.neovim.embedded import Neovim
from clients.project import SAMPLE

MAPS = """
imap <F5> <Plug>(phi-ls-accept)
imap <F6> <Plug>(phi-ls-accept-word)
imap <F7> <Plug>(phi-ls-accept-line)
imap <F8> <Plug>(phi-ls-dismiss)
"""
COUNTED = """
_G.asked = 0
vim.api.nvim_create_autocmd('LspRequest', { callback = function(event)
  local request = event.data.request
  if request.method == 'textDocument/inlineCompletion' and request.type == 'pending' then
    _G.asked = _G.asked + 1
  end
end })
"""
TYPED = "    def __len__(self):<CR>return len("


def suggested(neovim: StartNeovim, project: Callable[..., Path], typed: str = TYPED) -> tuple[Neovim, str]:
    """Type until the built-in model suggests something; return the editor and the suggestion."""
    editor = neovim(before=MAPS)
    editor.edit(project(SAMPLE))
    editor.input(f"Go<CR><C-u>{typed}")
    return editor, editor.until_ghost()


def test_appears_and_is_accepted(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """What the model suggests is on the screen and not in the buffer, and when accepted in the buffer."""
    editor, ghost = suggested(neovim, project)
    before = editor.lines
    editor.input("<F5>")
    editor.until(lambda: editor.lines != before, "it is accepted")
    assert before[:-1] + (before[-1] + ghost).split("\n") == editor.lines


def test_accept_in_words(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """A word at a time, the rest stays on the screen in every picture, and all words together are the suggestion."""
    editor, ghost = suggested(neovim, project)
    before = editor.lines
    whole = before[-1] + ghost
    editor.frames.clear()
    editor.input("<F6>")
    editor.until(lambda: editor.lines != before, "a word is accepted")
    accepted = editor.lines[-1]
    assert whole.startswith(accepted)
    assert accepted != whole
    rest = whole[len(accepted) :]
    editor.until(lambda: editor.frame.ghost == rest, "the rest is shown")
    assert {ghost, rest} >= {frame.ghost for frame in editor.frames}


def test_undo_is_one_step(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """One `u` takes back what was typed after a suggestion, the next the suggestion, and the text before stays."""
    editor, ghost = suggested(neovim, project)
    before = editor.lines
    accepted = before[:-1] + (before[-1] + ghost).split("\n")
    editor.input("<F5>")
    editor.until(lambda: editor.lines == accepted, "it is accepted")
    editor.input("xyz<Esc>u")
    editor.until(lambda: editor.lines == accepted, "what was typed after it is taken back")
    editor.input("u")
    editor.until(lambda: editor.lines == before, "the suggestion is taken back")


def test_dismiss(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """A dismissed suggestion is gone, and accepting inserts nothing."""
    editor, _ = suggested(neovim, project)
    before = editor.lines
    editor.input("<F8>")
    editor.until_no_ghost()
    editor.input("<F5><Esc>")
    editor.until(lambda: editor.lua("return vim.api.nvim_get_mode().mode") == "n", "Normal mode")
    assert before == editor.lines


def test_leaving_insert_mode(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """Outside Insert mode there is no suggestion."""
    editor, _ = suggested(neovim, project)
    editor.input("<Esc>")
    editor.until_no_ghost()


def test_toggle(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """Switched off, the suggestion goes and none is asked for; switched on again, it comes back."""
    editor, ghost = suggested(neovim, project)
    editor.lua(COUNTED)
    editor.command("PhiLs toggle")
    editor.until_no_ghost()
    editor.input("x<BS><Esc>A")
    editor.until(lambda: editor.lua("return vim.lsp.get_clients()[1]:supports_method('x')"), "all keys are worked off")
    editor.command("stopinsert")
    assert 0 == editor.lua("return _G.asked")
    editor.command("PhiLs toggle")
    editor.input("A")
    editor.until_ghost(ghost)
    assert 1 == editor.lua("return _G.asked")
