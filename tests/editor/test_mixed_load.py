"""Thousands of requests of all kinds, half of them cancelled: each is answered exactly once, in bounded time."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import Any

import pytest
from editor.echo_editor import EchoEditor, StartEditor, at, span

REQUESTS = 10_000
WITHIN_S = 60.0
DOCUMENTS = 20
BURST = 50
"""Requests under way at the same time; what is beyond waits for answers, as an editor does."""

ANSWER = {"tokens": ["return", " width", " * height"], "token_ms": 0.2}
TEXT = "def area(width, height):\n    return width * height\n\n\ndef empty():\n    "
ALLOWED = {-32800, -32803}
"""Cancelled; and refused because more waits than anybody could read."""


class Storm:
    """A person who never stops, on many documents at once; every choice is drawn from one seed."""

    def __init__(self, client: EchoEditor, seed: int) -> None:
        self.client = client
        self.random = random.Random(seed)
        self.uris = [f"file:///project/area{number}.py" for number in range(DOCUMENTS)]
        self.lengths = dict.fromkeys(self.uris, 4)
        self.outcomes: Counter[str] = Counter()
        for uri in self.uris:
            client.open(uri, TEXT)

    def blow(self, count: int) -> None:
        """Send so many requests, and take in all answers."""
        for _ in range(count // BURST):
            requests = [self._request() for _ in range(BURST)]
            for request in requests:
                reply = self.client.reply(request)
                self.outcomes[str(reply.get("error", {}).get("code", "result"))] += 1

    def _request(self) -> Any:
        uri = self.random.choice(self.uris)
        if self.random.random() < 0.3:
            self._type(uri)
        request = self.random.choice([self._inline, self._complete, self._hover, self._explain, self._status])(uri)
        if self.random.random() < 0.5:
            self.client.cancel(request)
        return request

    def _type(self, uri: str) -> None:
        length = self.lengths[uri]
        if length > 40:
            self.client.edit(uri, (5, 4), (5, length), "")
            self.lengths[uri] = 4
        else:
            self.client.type(uri, 5, length, self.random.choice("return x"))
            self.lengths[uri] += 1

    def _inline(self, uri: str) -> Any:
        return self.client.send_inline(uri, 5, self.lengths[uri], invoked=self.random.random() < 0.2)

    def _complete(self, uri: str) -> Any:
        return self.client.send_request("textDocument/completion", at(uri, 5, self.lengths[uri]))

    def _hover(self, uri: str) -> Any:
        return self.client.send_hover(uri, *self.random.choice([(0, 5), (1, 13), (4, 5), (900, 900)]))

    def _explain(self, uri: str) -> Any:
        return self.client.send_explain(uri, range=span((0, 0), (self.random.randint(0, 6), 0)), token="t")

    def _status(self, uri: str) -> Any:
        return self.client.command("phi-ls.status", {})


@pytest.mark.timeout(2 * WITHIN_S)
def test_ten_thousand_requests_are_answered_exactly_once(editor: StartEditor, record_property: Any) -> None:
    """No answer is lost, doubled or wrong; the client itself fails the test at a second answer or a stray one."""
    with editor(ANSWER, options={"completion": {"enable": "always"}}) as client:
        client.settled()
        storm = Storm(client, seed=1)
        begun = time.perf_counter()
        storm.blow(REQUESTS)
        took = time.perf_counter() - begun
        status = client.settled()

    record_property("seconds", round(took, 1))
    assert REQUESTS == sum(storm.outcomes.values())
    assert {"result", *map(str, ALLOWED)} >= set(storm.outcomes)
    assert storm.outcomes["result"] > REQUESTS / 4
    assert storm.outcomes["-32800"] > REQUESTS / 20
    assert ("normal", 0) == (status["kind"], status["queue"])
    assert took < WITHIN_S


def test_two_thousand_requests_cancelled_at_once_leave_nothing_behind(editor: StartEditor) -> None:
    """All sent before any answer is read: each is answered, the queue is empty, and the next suggestion comes."""
    with editor(ANSWER) as client:
        storm = Storm(client, seed=2)
        requests = []
        for number in range(2_000):
            uri = storm.uris[number % DOCUMENTS]
            requests.append((storm._inline, storm._hover, storm._explain)[number % 3](uri))
            client.cancel(requests[-1])
        codes = {client.reply(request).get("error", {}).get("code") for request in requests}
        status = client.settled()
        client.open("file:///project/after.py", "def after(width):\n    ")
        item = client.inline("file:///project/after.py", 1, 4)

    assert codes <= {None, *ALLOWED}
    assert ("normal", 0) == (status["kind"], status["queue"])
    assert item is not None
