"""`:PhiLs explain`: written into a window while the model writes, stopped, closed, written again, and never trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clients.neovim.conftest import StartNeovim
from clients.neovim.embedded import Neovim

TEXT = "def area(width, height):\n    return width * height\n"
WORDS = ["It", " multiplies", " the", " two", " numbers", "."]
SENTENCE = "It multiplies the two numbers."
FOREVER: dict[str, Any] = {"tokens": [" word"], "token_ms": 20, "then": "forever"}


def asked(neovim: StartNeovim, project: Callable[..., Path], *answers: dict[str, Any], **more: Any) -> Neovim:
    """Ask for an explanation of the function's lines."""
    editor = neovim(*answers, **more)
    editor.edit(project(TEXT))
    editor.command("1,2PhiLs explain")
    return editor


def text(editor: Neovim) -> str:
    """Return what stands in the window of the explanation, in which the cursor is."""
    return "\n".join(editor.lines)


@pytest.mark.parametrize("window", ["float", "split", "vsplit"])
def test_streams(neovim: StartNeovim, project: Callable[..., Path], window: str) -> None:
    """The words come one after the other, and at the end it says who wrote them and what to think of that."""
    option = f"let g:phi_ls = #{{explain: #{{window: '{window}'}}}}\n"
    editor = asked(neovim, project, {"tokens": WORDS, "token_ms": 150}, before=option)
    editor.until(lambda: text(editor) == "It multiplies", "the first words")
    editor.until(lambda: text(editor).startswith(SENTENCE + "\n"), "all words")
    editor.until(lambda: "Explained by echo" in editor.frame.text, "who wrote it")
    assert text(editor).endswith("scripted answers, no model")
    assert (window == "float") == bool(editor.lua("return vim.api.nvim_win_get_config(0).relative ~= ''"))


def test_built_in_model(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """The built-in model explains what is at the cursor."""
    editor = neovim()
    editor.edit(project(TEXT))
    editor.input("fa<Plug>(phi-ls-explain)")
    editor.until(lambda: "Explained by starter" in editor.frame.text, "the explanation is complete")
    assert len(text(editor)) > 40


def test_stop_and_again(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """Stopped, no more words come, and what was written stays; written again it begins anew."""
    editor = asked(neovim, project, FOREVER)
    editor.until(lambda: "word word" in text(editor), "some words")
    editor.input("s")
    editor.until(lambda: "Stopped" in editor.frame.text, "it says so")
    stopped = text(editor)
    editor.until(editor.ready, "the model writes no more")
    assert stopped == text(editor)
    editor.input("r")
    editor.until(lambda: "Explaining" in editor.frame.text and "word word" in text(editor), "it is written again")


def test_closed(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """`q` closes the window, goes back to the code, and stops the model."""
    editor = asked(neovim, project, FOREVER)
    editor.until(lambda: "word word" in text(editor), "some words")
    editor.input("q")
    editor.until(lambda: text(editor) == TEXT.strip(), "back in the code")
    editor.until(editor.ready, "the model writes no more")


def test_asked_again_while_it_is_written(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """A new question takes the place of the one that is being answered, in the same window."""
    editor = asked(neovim, project, {**FOREVER, "when": "height"}, {"tokens": WORDS})
    editor.until(lambda: "word word" in text(editor), "some words")
    editor.command("wincmd p")
    editor.command("call setline(1, ['def other():', '    return 1']) | 1,2PhiLs explain")
    editor.until(lambda: text(editor).startswith(SENTENCE), "the second answer, and nothing of the first")
    assert 2 == editor.lua("return #vim.api.nvim_list_wins()")


def test_hostile_text(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """No modeline of an explanation is read, nothing of it hidden, and its buffer has no file type to act on."""
    words = ["vim: set tabstop=3 :\n", "`code` and **more**.\n"]
    editor = asked(neovim, project, {"tokens": words}, before="set modeline conceallevel=3\n")
    editor.until(lambda: "Explained by" in editor.frame.text, "the explanation is complete")
    assert 0 == editor.lua("return vim.wo.conceallevel")
    assert ["", False, 8] == editor.lua("return { vim.bo.filetype, vim.bo.modeline, vim.bo.tabstop }")
    assert "`code` and **more**" in editor.frame.text


def test_code_action(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """The server's code action opens the same window: its result is not dropped, nor shown twice."""
    editor = neovim({"tokens": WORDS})
    editor.edit(project(TEXT))
    editor.command("normal! fa")
    editor.lua(
        "vim.lsp.buf.code_action({ apply = true, filter = function(a) return vim.startswith(a.title, 'Explain') end })"
    )
    editor.until(lambda: text(editor).startswith(SENTENCE), "the explanation")
    assert 2 == editor.lua("return #vim.api.nvim_list_wins()")


def test_no_answer(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """A failed request says in the window what went wrong."""
    editor = asked(neovim, project, {"tokens": ["It"], "then": "fail"})
    editor.until(lambda: "No explanation" in editor.frame.text, "that there is none")
    assert "the script says that this request fails" in text(editor)
