"""The other commands, the statusline, and wrong options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from clients.neovim.conftest import StartNeovim

MESSAGES = "return (vim.fn.execute('messages'):gsub('\\n', ''))"
ANSWERED = """
_G.answered = 0
vim.api.nvim_create_autocmd('LspRequest', { callback = function(event)
  local request = event.data.request
  if request.method == 'textDocument/inlineCompletion' and request.type == 'complete' then
    _G.answered = _G.answered + 1
  end
end })
"""
ASKING = "lua vim.ui.select = function(_, options, choose) _G.asked = options.prompt choose(nil) end\n"
WAITING = """
return vim.iter(vim.api.nvim_get_autocmds({ event = 'CursorHold' })):any(function(each)
  return each.desc == 'Put the question of phi-ls'
end)
"""
TEXT = "def area(width, height):\n    return width * height\n"


def test_docstring(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """The documentation of the declaration at the cursor comes into the buffer as one step."""
    editor = neovim({"tokens": ["Gives", " it", " back."]})
    editor.edit(project(TEXT))
    editor.command("PhiLs docstring")
    editor.until(lambda: editor.lines[1] == '    """Gives it back."""', "the documentation")
    editor.input("u")
    editor.until(lambda: editor.lines == TEXT.splitlines(), "it is taken back")


def test_status(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """It says who answers, and `q` closes it."""
    editor = neovim()
    editor.edit(project(TEXT))
    editor.command("PhiLs status")
    editor.until(lambda: "phi-ls: normal" in editor.frame.text, "the status")
    shown = dict(line.split(maxsplit=1) for line in editor.lines if line.startswith(("model", "engine", "device")))
    assert {"model": "starter", "engine": "openvino", "device": "CPU"} == shown
    editor.input("q")
    editor.until(lambda: editor.lines == TEXT.splitlines(), "back in the code")


def test_why(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """It says why nothing was suggested in the middle of a word."""
    editor = neovim({"tokens": ["alpha"]})
    editor.edit(project(TEXT))
    editor.lua(ANSWERED)
    editor.input("frix")
    editor.until(lambda: editor.lua("return _G.answered > 0"), "the server has answered")
    editor.input("<Esc>:PhiLs why<CR>")
    editor.until(lambda: "newest first" in editor.frame.text, "the window")
    assert any("1:7      midWord" in line for line in editor.lines)


def test_models(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """All models are offered, and the one that is chosen is what the server is told."""
    editor = neovim(
        before="""lua vim.ui.select = function(items, options, choose)
            \\ _G.offered = vim.tbl_map(options.format_item, items) choose(items[2]) end
"""
    )
    editor.edit(project(TEXT))
    editor.command("PhiLs models")
    editor.until(lambda: "answers from now on" in editor.lua(MESSAGES), "the model is selected")
    offered = editor.lua("return _G.offered")
    assert "auto – the built-in one (selected)" == offered[0]
    assert any(line.startswith("phi-3-mini-4k-int4-ov – can be fetched") for line in offered)


def test_offer_waits(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """The server's question whether to fetch a model waits until nobody types; no key for the text can answer it."""
    editor = neovim(before=f"{ASKING}set updatetime=50\n", offers=True)
    editor.edit(project(TEXT))
    editor.input("ix = 1")
    editor.until(lambda: editor.lua(WAITING), "the server asks")
    editor.input("2<CR>")
    editor.until(lambda: editor.lines[0] == "x = 12", "the keys are in the text")
    assert editor.lua("return _G.asked") is None
    editor.input("<Esc>")
    editor.until(lambda: "fetch Phi-3" in (editor.lua("return _G.asked") or ""), "the question is put")


def test_statusline(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """It is empty where phi-ls is not, says when the model works, and is redrawn by itself."""
    line = "set laststatus=2 statusline=<%{v:lua.require'phi_ls'.statusline()}>\n"
    editor = neovim({"tokens": [" word"], "token_ms": 20, "then": "forever"}, before=line)
    editor.until(lambda: "<>" in editor.frame.text, "nothing")
    editor.edit(project(TEXT))
    editor.until(lambda: "<phi>" in editor.frame.text, "ready")
    editor.command("PhiLs explain | wincmd p")
    editor.until(lambda: "<phi…>" in editor.frame.text, "at work")
    editor.command("PhiLs stop")
    editor.until(lambda: "<phi>" in editor.frame.text, "ready again")


def test_unknown_command_and_completion(neovim: StartNeovim) -> None:
    """A word that is none is answered with those that are; they are completed."""
    editor = neovim()
    editor.input(":PhiLs nonsense<CR>")
    known = "docstring, explain, models, regenerate, restart, status, stop, toggle, why"
    editor.until(lambda: f"`nonsense` is none of {known}" in editor.lua(MESSAGES), "the message")
    assert ["regenerate", "restart"] == editor.lua("return vim.fn.getcompletion('PhiLs re', 'cmdline')")
    assert ["buffer"] == editor.lua("return vim.fn.getcompletion('PhiLs toggle ', 'cmdline')")


def test_wrong_options(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """Wrong options are named in one message, the others hold, and suggestions come all the same."""
    editor = neovim(
        {"tokens": ["alpha"]},
        before="let g:phi_ls = #{explain: #{window: 'door'}, ghost: 1, restarts: -1, ghost_text: #{renderer: 'own'}}\n",
    )
    editor.edit(project("value = 1\n"))
    editor.input("Gonext = ")
    editor.until_ghost("alpha")
    assert "own" == editor.lua("return require('phi_ls.options').get().ghost_text.renderer")
    expected = (
        "phi_ls: `explain.window` must be one of float, split, vsplit; `restarts` must be a whole number, 0 or more; "
        "there is no option `ghost`"
    )
    assert expected in editor.lua(MESSAGES)
