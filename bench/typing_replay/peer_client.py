"""An editor with llama.cpp's server behind it, as the plug-in llama.vim uses that.

What it is: llama-server with its prompt cache in one slot and chunks shifted (`--cache-reuse`); one request at a time,
given up when a newer one comes by closing its connection; every answer kept, 250 of them, and served again while it is
typed along, up to 128 characters (llama.vim's constants); nothing asked with more than 8 characters right of the
cursor; greedy, the same most tokens as ours; one line ends at its line feed, several after 250 ms at the next one
(llama.vim's limit for its first request).

Its counts of tokens hold the requests that had begun to answer: what was computed for one that was given up before, the
server does not say.

What it is not: the prompts are phi-ls's own, made with its window and tokenizer (`bench.peer.prompts`), for engines and
reuse are compared and not prompts; so llama.vim's ring of snippets and its fill-in-the-middle form are left out, and so
is its second request ahead of time. Nothing filters what the model writes but for blanks at the end and what stands
right of the cursor already. Positions, edits and prompts are worked out in this process; that is part of the times.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

import psutil
from lsprotocol import converters, types

from bench.peer.prompts import Prompts
from bench.peer.server import Completion, LlamaServer
from bench.typing_replay.peer_answers import KeptAnswers, first_line, shaped
from bench.typing_replay.records import Counts
from bench.typing_replay.suggesting import Arrival
from phi_ls.answers.budget import MULTILINE_TOKENS, SINGLE_LINE_TOKENS
from phi_ls.context.snapshot import Snapshot
from phi_ls.documents import Documents
from phi_ls.ghost_text.stopping import wants_multiline

MOST_TO_THE_RIGHT = 8
SEVERAL_LINES_MS = 250
IDLE_WITHIN_S = 60.0


@dataclass
class _Ask:
    """A request; `dropped` once a newer one has come."""

    id: int
    snapshot: Snapshot
    completion: Completion | None = None
    dropped: bool = False


class PeerClient:
    """Its own thread talks to the server."""

    def __init__(self, server: LlamaServer, prompts: Prompts) -> None:
        self._server, self._prompts = server, prompts
        self._structure = converters.get_converter().structure
        self._documents = Documents()
        self._ids = itertools.count(1)
        self._arrivals: queue.SimpleQueue[Arrival] = queue.SimpleQueue()
        self._kept = KeptAnswers()
        self._reasons: dict[int, str] = {}
        self._counts = Counts()
        self._changed = threading.Condition()
        self._asked: _Ask | None = None
        self._ended = False
        self._own_s = self._thread_s = 0.0
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def __enter__(self) -> PeerClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.shut_down()

    def shut_down(self) -> None:
        """End the thread and the server."""
        with self._changed:
            self._drop()
            self._ended = True
            self._changed.notify_all()
        self._thread.join()
        self._server.close()

    def notify(self, method: str, params: Any) -> None:
        """Keep the documents as the editor has them."""
        if method == "textDocument/didOpen":
            self._documents.open(self._structure(params["textDocument"], types.TextDocumentItem))
        elif method == "textDocument/didChange":
            self._documents.change(self._structure(params, types.DidChangeTextDocumentParams))
        elif method == "textDocument/didClose":
            self._documents.close(params["textDocument"]["uri"])

    def suggestion(self, uri: str, line: int, character: int) -> int:
        """Answer from what is kept, or hand it to the thread; return the request's id."""
        begun = time.thread_time()
        document = self._documents.get(uri)
        assert document is not None, "the editor asks in documents that it has opened"
        snapshot = document.snapshot(types.Position(line, character), path=_name(uri))
        ask = _Ask(next(self._ids), snapshot)
        with self._changed:
            self._drop()
            if len(snapshot.after) > MOST_TO_THE_RIGHT:
                self._answer(ask, "", "textToTheRight")
            elif text := self._kept.typed_along(snapshot):
                self._counts.hits += 1
                self._answer(ask, text)
            else:
                self._asked = ask
                self._changed.notify_all()
        self._own_s += time.thread_time() - begun
        return ask.id

    def cancel(self, message_id: int) -> None:
        """Drop the request if it is the one that runs."""
        with self._changed:
            if self._asked is not None and self._asked.id == message_id:
                self._drop()

    def arrival(self, until: float) -> Arrival | None:
        """Return the next answer; None when there was none until then."""
        try:
            return self._arrivals.get(timeout=max(until - time.perf_counter(), 0.0))
        except queue.Empty:
            return None

    def reasons(self, uri: str) -> dict[int, str]:  # noqa: ARG002  # all of them: one document is open at a time
        """Return why requests had no suggestion."""
        with self._changed:
            found, self._reasons = self._reasons, {}
        return found

    def count(self) -> Counts:
        """Return the counts so far; `server_s` is what this process took for it."""
        times = psutil.Process(self._server.process.pid).cpu_times()
        with self._changed:
            return replace(self._counts, server_s=self._own_s, workers_s=times.user + times.system)

    def wait_until_idle(self) -> None:
        """Wait for the request that runs; raises RuntimeError after a minute."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._asked is None, IDLE_WITHIN_S):
                raise RuntimeError(f"llama-server is not ready after {IDLE_WITHIN_S:.0f} s")

    def _drop(self) -> None:
        """Give up the request that runs."""
        ask, self._asked = self._asked, None
        if ask is None:
            return
        ask.dropped = True
        self._reasons[ask.id] = "superseded"
        self._arrivals.put(Arrival(ask.id, time.perf_counter(), {"error": {"message": "superseded"}}))
        if ask.completion is not None:
            ask.completion.give_up()

    def _answer(self, ask: _Ask, text: str, reason: str = "empty") -> None:
        if text:
            self._counts.shown += 1
        else:
            self._reasons[ask.id] = reason
        items = [{"insertText": text}] if text else []
        self._arrivals.put(Arrival(ask.id, time.perf_counter(), {"result": {"items": items}}))

    def _work(self) -> None:
        while (ask := self._next()) is not None:
            text = shaped(ask.snapshot, self._completed(ask))
            with self._changed:
                self._own_s += time.thread_time() - self._thread_s
                if not ask.dropped:
                    if text:
                        self._kept.put(ask.snapshot, text)
                    self._asked = None
                    self._answer(ask, text)
                self._changed.notify_all()

    def _next(self) -> _Ask | None:
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._asked is not None)
            self._thread_s = time.thread_time()
            return None if self._ended else self._asked

    def _completed(self, ask: _Ask) -> str:
        several = wants_multiline(ask.snapshot, "auto")
        new_tokens = MULTILINE_TOKENS if several else SINGLE_LINE_TOKENS
        ids = self._prompts.ids(ask.snapshot, new_tokens)
        if ask.dropped:
            return ""
        completion = self._server.complete(ids, new_tokens=new_tokens, most_ms=SEVERAL_LINES_MS if several else 0)
        with self._changed:
            ask.completion = completion
            if ask.dropped:
                completion.give_up()
        try:
            return self._read(completion, several=several)
        finally:
            completion.close()

    def _read(self, completion: Completion, *, several: bool) -> str:
        text, step = "", None
        for step in completion:
            text += step.text
            if not several and "\n" in text.lstrip():
                break
        with self._changed:
            self._counts.requests += 1
            if step is not None:
                self._counts.prompt_tokens += step.reused + step.computed
                self._counts.tokens_reused += step.reused
                self._counts.new_tokens += step.written
        return text if several else first_line(text)


def _name(uri: str) -> str:
    return PurePosixPath(unquote(urlsplit(uri).path)).name
