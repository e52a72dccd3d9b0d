"""The plugin as it is installed: without setup, without keys, with help, health, and a word to old versions."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from clients.installed import command, unpacked
from clients.neovim.conftest import StartNeovim
from clients.neovim.embedded import PLUGIN
from clients.neovim.versions import NEWEST, TOO_OLD, Version


def test_nothing_is_mapped(neovim: StartNeovim) -> None:
    """No key of the user's is taken: all that is mapped begins with <Plug>."""
    editor = neovim()
    mapped = "return vim.tbl_map(function(m) return m.lhs end, vim.api.nvim_get_keymap(...))"
    ours = "return vim.tbl_filter(function(m) return (m.rhs or ''):find('phi_ls') end, vim.api.nvim_get_keymap(...))"
    for mode in "nvoixs":
        assert [] == [each["lhs"] for each in editor.lua(ours, mode) if not each["lhs"].startswith("<Plug>(phi-ls-")]
    assert "<Plug>(phi-ls-accept)" in editor.lua(mapped, "i")


def test_without_setup(tmp_path: Path, neovim: StartNeovim, project: Callable[..., Path], version: Version) -> None:
    """From 0.11 on `vim.lsp.enable` is enough; `setup()` does the same everywhere."""
    enable = "lua vim.lsp.enable('phi_ls')\n" if version is NEWEST else "lua require('phi_ls').setup()\n"
    editor = neovim({"tokens": ["alpha"]}, before=enable, enable=False)
    editor.edit(project("value = 1\n"))
    editor.input("Gonext = ")
    editor.until_ghost("alpha")


def test_accept_or(neovim: StartNeovim, project: Callable[..., Path]) -> None:
    """The documented mapping of <Tab> accepts where there is something, and is a tab where there is nothing."""
    keys = "function() return require('phi_ls').accept_or('<Tab>') end"
    tab = f"lua vim.keymap.set('i', '<Tab>', {keys}, {{ expr = true }})\n"
    editor = neovim({"tokens": ["alpha"]}, before=tab + "set noexpandtab\n")
    editor.edit(project("value = 1\n"))
    editor.command("setlocal noexpandtab")
    editor.input("Gonext = ")
    editor.until_ghost("alpha")
    editor.input("<Tab>")
    editor.until(lambda: editor.lines[-1] == "next = alpha", "it is accepted")
    editor.input("<Esc>o<Tab>")
    editor.until(lambda: editor.lines[-1] == "\t", "a tab")


def test_neovims_own_mapping(neovim: StartNeovim, project: Callable[..., Path], version: Version) -> None:
    """Where Neovim draws, its documented `get()` accepts what is on the screen, also after some of it was typed."""
    own = "inoremap <F5> <Cmd>lua require('phi_ls').accept()<CR>\n"
    builtin = "inoremap <F5> <Cmd>lua vim.lsp.inline_completion.get()<CR>\n"
    editor = neovim({"tokens": ["alpha"]}, before=builtin if version is NEWEST else own)
    editor.edit(project("value = 1\n"))
    editor.input("Gonext = ")
    editor.until_ghost("alpha")
    editor.input("al<F5>")
    editor.until(lambda: editor.lines[-1] == "next = alpha", "it is accepted")


def test_health(neovim: StartNeovim, project: Callable[..., Path], version: Version) -> None:
    """`:checkhealth phi_ls` names the version, the program, the device and the server, and finds no fault."""
    editor = neovim(before="imap <F5> <Plug>(phi-ls-accept)\n")
    editor.edit(project("value = 1\n"))
    editor.command("checkhealth phi_ls")
    report = "\n".join(editor.lines)
    assert f"version {version.number}" in report
    assert "openvino on CPU" in report
    assert re.search(r"phi-ls \d", report)
    assert "1 buffers: ready" in report
    assert "ERROR" not in report
    assert "WARNING" not in report


def test_health_without_the_program(neovim: StartNeovim) -> None:
    """Where the program is missing it says how to get it."""
    editor = neovim(
        before="lua require('phi_ls').enable({ cmd = { 'phi-ls-nowhere' } })\nlet $PATH = '/nowhere'\n", enable=False
    )
    editor.command("checkhealth phi_ls")
    report = "\n".join(editor.lines)
    assert "cannot be run" in report
    assert "pipx install" in report


def test_help(neovim: StartNeovim, tmp_path: Path) -> None:
    """The help has tags, each once, and each that it refers to of its own is there."""
    folder = tmp_path / "copy"
    shutil.copytree(PLUGIN / "doc", folder / "doc")
    editor = neovim()
    editor.command(f"helptags {folder / 'doc'}")
    tags = {line.split("\t")[0] for line in (folder / "doc" / "tags").read_text("utf-8").splitlines()}
    text = (folder / "doc" / "phi_ls.txt").read_text("utf-8")
    assert {"phi_ls", ":PhiLs", "g:phi_ls", "PhiLsStatus"} <= tags
    assert set() == set(re.findall(r"\|(phi_ls-\w+)\|", text)) - tags
    assert [] == [line for line in text.splitlines() if len(line) > 79]
    plugs = set(re.findall(r"<Plug>\(phi-ls-[\w-]+\)", text))
    source = (PLUGIN / "plugin" / "phi_ls.lua").read_text("utf-8")
    assert plugs == {f"<Plug>(phi-ls-{name})" for name in re.findall(r"plug\(\S+, '([\w-]+)'", source)}


def test_too_old(tmp_path: Path) -> None:
    """Neovim 0.7 gets one clear message and no error."""
    words = [
        *TOO_OLD.words(),
        "--headless",
        "--clean",
        "--cmd",
        f"set runtimepath^={PLUGIN}",
        "-c",
        "messages",
        "-c",
        "qa!",
    ]
    variables = {**os.environ, **TOO_OLD.variables(tmp_path)}
    done = subprocess.run(words, env=variables, capture_output=True, text=True, timeout=60, check=False)
    assert "phi_ls needs Neovim 0.10 or newer, and this is 0.7.2. Nothing of it is active." in done.stderr
    assert "Error" not in done.stderr


def test_luacheck(tmp_path: Path) -> None:
    """luacheck finds nothing in the plugin."""
    root = unpacked("lua-check", "trixie", ["lua-check", "lua5.4"])
    share, (libraries,) = root / "usr/share/lua/5.1", root.glob("usr/lib/*-linux-gnu/lua/5.1")
    variables = {**os.environ, "LUA_PATH": f"{share}/?.lua;{share}/?/init.lua", "LUA_CPATH": f"{libraries}/?.so"}
    words = [*command(root, "usr/bin/lua5.1"), str(root / "usr/bin/luacheck"), "--no-color", "."]
    done = subprocess.run(words, env=variables, cwd=PLUGIN, capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
