"""Neovim as a child, with a screen, keys, and the plugin; driven through pynvim."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import psutil
import pynvim
from clients.neovim.screen import GHOST_RGB, Frame, Screen
from clients.neovim.versions import Version

T = TypeVar("T")

PLUGIN = Path(__file__).parents[3] / "editor-clients" / "neovim"

PATIENCE_S = 60.0
"""For anything to happen: a busy machine may have to load the model first."""

LOOK_AGAIN_S = 0.05
"""How often a condition that no drawing announces is looked at."""

STATUS = """
local client = vim.lsp.get_clients({ name = 'phi_ls' })[1]
return client and require('phi_ls.status').of(client.id)
"""

FIRST = f"""
set runtimepath^={PLUGIN}
set noswapfile
" A message that does not fit would wait for ENTER.
set shortmess+=aIFT cmdheight=6
set termguicolors
highlight ComplHint guifg=#{GHOST_RGB:06x}
highlight PhiLsGhostText guifg=#{GHOST_RGB:06x}
"""


class Neovim:
    """A running editor. What it draws is kept in `frames`; leaving kills it if it is still there.

    `frame` is the newest picture.
    """

    def __init__(
        self,
        version: Version,
        folder: Path,
        variables: dict[str, str],
        *,
        before: str = "",
        size: tuple[int, int] = (100, 24),
    ) -> None:
        first = folder / "first.vim"
        parsers = f"set runtimepath+={version.root()}/usr/lib/nvim\n"
        first.write_text(FIRST + parsers + before, "utf-8")
        settings = [f"{name}={value}" for name, value in {**version.variables(folder), **variables}.items()]
        words = [*version.words(), "--embed", "--clean", "--cmd", f"source {first}"]
        self._argv = ["env", "-C", str(folder), *settings, *words]
        self._size = size
        self._changed = threading.Condition()
        self.frame = Frame((), (0, 0), {})
        self.frames: list[Frame] = []
        self._started: Future[int] = Future()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="neovim", daemon=True)

    def __enter__(self) -> Neovim:
        self._thread.start()
        self.process = psutil.Process(self._started.result(PATIENCE_S))
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        if not self._ended.is_set():
            self.input("<C-\\><C-n>:qa!<CR>")
        if not self._ended.wait(10):
            self.process.kill()
        self._thread.join(PATIENCE_S)

    # --- the thread that talks to it ----------------------------------------------------------------------------------

    def _run(self) -> None:
        nvim = pynvim.attach("child", argv=self._argv)
        self._nvim = nvim
        screen = Screen(self._drawn)

        def begin() -> None:
            nvim.ui_attach(*self._size, rgb=True, ext_linegrid=True)
            self._started.set_result(int(nvim.funcs.getpid()))

        try:
            nvim.run_loop(None, lambda name, batch: screen.take(batch) if name == "redraw" else None, begin)
        except (OSError, EOFError):
            pass
        finally:
            self._ended.set()
            nvim.close()

    def _drawn(self, frame: Frame) -> None:
        with self._changed:
            self.frame = frame
            self.frames.append(frame)
            self._changed.notify_all()

    def _call(self, ask: Callable[[pynvim.Nvim], T]) -> T:
        answer: Future[T] = Future()

        def run() -> None:
            try:
                answer.set_result(ask(self._nvim))
            except (pynvim.NvimError, OSError) as exc:
                answer.set_exception(exc)

        self._nvim.async_call(run)
        return answer.result(PATIENCE_S)

    # --- what a person does -------------------------------------------------------------------------------------------

    def input(self, keys: str) -> None:
        """Press keys, in Neovim's notation. They are worked off later."""
        self._nvim.async_call(lambda: self._nvim.api.input(keys, async_=True))

    def command(self, command: str) -> None:
        """Run an Ex command to its end."""
        self._call(lambda nvim: nvim.command(command))

    def lua(self, code: str, *arguments: Any) -> Any:
        """Run Lua and return its value."""
        return self._call(lambda nvim: nvim.exec_lua(code, *arguments))

    def edit(self, file: Path) -> None:
        """Open a file and wait until the server is attached and its model is ready."""
        self.command(f"edit {file}")
        self.until(self.ready, "phi-ls is ready")

    # --- what a person sees -------------------------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        """The lines of the current buffer."""
        found: list[str] = self.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)")
        return found

    @property
    def status(self) -> dict[str, Any]:
        """The last status of the server; empty before the first."""
        return self.lua(STATUS) or {}

    def ready(self) -> bool:
        """Whether the server has its model and nothing to do."""
        return bool(self.status.get("kind") == "normal")

    def until(self, holds: Callable[[], T], what: str) -> T:
        """Wait until a condition holds; looked at whenever something is drawn."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := holds()):
            assert time.monotonic() < deadline, f"not within {PATIENCE_S} s: {what}\n{self.frame.text}"
            with self._changed:
                self._changed.wait(LOOK_AGAIN_S)
        return found

    def until_ghost(self, text: str | None = None) -> str:
        """Wait for a suggestion, or for this one, and return it."""
        wanted = f"suggestion {text!r}" if text is not None else "a suggestion"
        return self.until(lambda: self.frame.ghost if text in (None, self.frame.ghost) else "", wanted)

    def until_no_ghost(self) -> None:
        """Wait until no suggestion is on the screen."""
        self.until(lambda: not self.frame.ghost, "no suggestion")

    def until_ended(self) -> None:
        """Wait until the editor is gone."""
        assert self._ended.wait(PATIENCE_S), f"Neovim is still there\n{self.frame.text}"

    def processes(self) -> list[psutil.Process]:
        """Return the server and what it has started."""
        return list(self.process.children(recursive=True))
