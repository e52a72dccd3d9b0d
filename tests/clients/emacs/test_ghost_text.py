"""Emacs in a terminal, set up as its page says: the suggestion is grey text, under Eglot and under lsp-mode."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from clients.emacs.emacs import PLUGIN, emacs, lsp_mode, variables
from clients.left_behind import nothing_left  # noqa: F401 - a fixture
from clients.project import SAMPLE, quiet_folders, sample_project, suggested, until_ready
from clients.readme import configuration
from clients.terminal import TAB, Terminal

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("nothing_left")]

CUT = SAMPLE.replace("self.name = name", "")
LINE = CUT.splitlines().index("        ") + 1
TYPED = "self.name = "

FIRST = """
(load "lsp-mode-autoloads" t)
(setq lsp-warn-no-matched-clients nil lsp-enable-suggest-server-download nil lsp-auto-guess-root t
      lsp-guess-root-without-session t lsp-keep-workspace-alive nil
      lsp-session-file (expand-file-name "session" "~"))
"""
LAST = """
(global-set-key (kbd "<f5>") (lambda () (interactive) (set-buffer-modified-p nil) (kill-emacs)))
"""
F5 = "\x1b[15~"
ACCEPT = '(define-key lsp-inline-completion-active-map (kbd "C-c a") #\'lsp-inline-completion-accept)'

CLIENTS = {
    "eglot": (0, "", (r"eglot:project",), TAB),
    "lsp-mode": (1, ACCEPT, (r"ruff:\d+", r"phi-ls:\d+\]"), "\x03a"),
}
"""Which block of the page, what is added for a terminal, what says that all is ready, and the keys that accept.

lsp-mode finds the linter of the development environment and runs it as well: phi-ls is not in its way.
"""


@pytest.mark.parametrize("client", CLIENTS)
def test_the_suggestion_is_shown_behind_the_cursor_and_taken(client: str, tmp_path: Path) -> None:
    """Typing is enough; the file then holds what the command line suggests there."""
    block, more, ready, accept = CLIENTS[client]
    environment = {
        **variables(tmp_path),
        **quiet_folders(tmp_path),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    file = sample_project(tmp_path, CUT.replace("        \n", f"        {TYPED}\n"))
    expected = suggested(file, LINE, 8 + len(TYPED) + 1, environment)
    file.write_text(CUT, "utf-8")
    init = tmp_path / "init.el"
    init.write_text(FIRST + configuration("emacs", "elisp", block) + more + LAST, "utf-8")
    finding = lsp_mode() if client == "lsp-mode" else [f"--directory={PLUGIN}"]
    words = [*emacs(), "-nw", *finding, f"--load={init}", f"+{LINE}:9", str(file)]
    with Terminal(words, environment, file.parent) as terminal:
        terminal.until("class Cache")
        terminal.until(lambda lines: all(re.search(each, "\n".join(lines)) for each in ready))
        until_ready(environment)
        terminal.type(TYPED)
        terminal.until(f"        {TYPED}{expected}")
        assert CUT == file.read_text("utf-8")
        assert not any("Warning" in line for line in terminal.screen())
        terminal.type(accept)
        terminal.type("\x18\x13")
        terminal.until("Wrote ")
        terminal.type(F5)
        assert 0 == terminal.wait_for_end()
    assert SAMPLE.replace("self.name = name", f"{TYPED}{expected}") == file.read_text("utf-8")
