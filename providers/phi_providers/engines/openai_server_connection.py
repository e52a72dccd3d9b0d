"""HTTP to the one address that the user has set, and what goes wrong with it in plain sentences.

One event loop in the worker's main thread: while the server thinks, whoever waits is told ten times a second, and a
request that nobody wants any more ends by closing its stream, which makes the server stop.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from phi_providers.errors import GenerationFailed, LoadFailed, PromptTooLong, WorkerDied
from phi_providers.models.elsewhere import ServerAddress

BEAT_S = 0.1
LONGEST_LINE = 1 << 20
LONGEST_REPLY = 4 << 20

Take = Callable[[dict[str, Any]], bool]
"""Takes an event of the stream; returns False when no more is wanted."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the server may take, in seconds."""

    connect_s: float = 5.0
    first_s: float = 60.0
    """A large prompt on a busy server; until then the user sees that it works."""
    next_s: float = 20.0
    """From one event to the next."""


class Refused(GenerationFailed):
    """The server does not take this request as it is."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Connection:
    """One server. Raises GenerationFailed, or WorkerDied when the server is gone."""

    def __init__(self, address: ServerAddress, key: str = "", patience: Patience | None = None) -> None:
        if key and not (address.encrypted or address.local):
            raise LoadFailed(
                f"the key is not sent to {address.host} unencrypted; use an https address, or unset the key"
            )
        self._host = address.host
        self._patience = patience or Patience()
        self._loop = asyncio.new_event_loop()
        self._client = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx2.Timeout(None, connect=self._patience.connect_s),
            # No redirects, no proxies, no .netrc: this address and no other.
            follow_redirects=False,
            trust_env=False,
        )
        self._url = address.url

    def get(self, path: str) -> Any:
        """Return the JSON that the server has at a path."""
        return self._loop.run_until_complete(self._guarded(self._get(path)))

    def stream(self, path: str, body: dict[str, Any], take: Take, beat: Callable[[], bool]) -> None:
        """Post a request and hand over each event of its stream; `beat` is asked whether to go on while none comes."""
        self._loop.run_until_complete(self._guarded(self._watched(path, body, take, beat)))

    def close(self) -> None:
        """Close the connection."""
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()

    async def _watched(self, path: str, body: dict[str, Any], take: Take, beat: Callable[[], bool]) -> None:
        reading = asyncio.ensure_future(self._read(path, body, take))
        try:
            while not (await asyncio.wait({reading}, timeout=BEAT_S))[0]:
                if not beat():
                    return
            reading.result()
        finally:
            reading.cancel()
            await asyncio.wait({reading})

    async def _get(self, path: str) -> Any:
        async def fetch() -> Any:
            async with self._client.stream("GET", self._url + path) as response:
                await self._check(response)
                return json.loads(await _body(response))

        return await asyncio.wait_for(fetch(), self._patience.next_s)

    async def _read(self, path: str, body: dict[str, Any], take: Take) -> None:
        request = self._client.build_request("POST", self._url + path, json=body)
        wait_s = self._patience.first_s
        response = await asyncio.wait_for(self._client.send(request, stream=True), wait_s)
        async with contextlib.aclosing(response):
            await asyncio.wait_for(self._check(response), self._patience.next_s)
            async with contextlib.aclosing(_events(response)) as events:
                while True:
                    event = await asyncio.wait_for(_next(events), wait_s)
                    if event is None or not take(event):
                        return
                    wait_s = self._patience.next_s

    async def _check(self, response: Any) -> None:
        """Raise what a reply without success means. The server's own words stay out: they may quote the prompt."""
        status = response.status_code
        if status < 300:
            return
        where = f"{self._host} answered {status}"
        if status in (401, 403):
            raise WorkerDied(
                f"{where}: it wants another key; set PHI_LS_OPENAI_API_KEY and start the editor from there"
            )
        if status < 400:
            raise WorkerDied(f"{where}: it points to another address; set openaiServer.url to that one if you trust it")
        if status == 429:
            raise GenerationFailed(f"{where}: it has too much to do; ask again later")
        if status in (502, 503, 504):
            raise WorkerDied(f"{where}: the model behind it is not there; start it, or choose another engine")
        if status >= 500:
            raise GenerationFailed(f"{where}: it failed; its log says why")
        if re.search(rb"context|maximum.{0,20}length|too (long|large)|too many tokens", await _body(response), re.I):
            raise PromptTooLong(f"{where}: the prompt is too long for the server's model; lower its context here")
        raise Refused(f"{where}: it does not take this request; check openaiServer.url and the model's name", status)

    async def _guarded(self, action: Any) -> Any:
        try:
            return await action
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as exc:
            raise WorkerDied(f"{self._host} cannot be reached; start the server, or correct openaiServer.url") from exc
        except (asyncio.TimeoutError, httpx2.TimeoutException) as exc:
            raise WorkerDied(f"{self._host} took too long; look at its load, or choose another engine") from exc
        except httpx2.TransportError as exc:
            raise WorkerDied(
                f"{self._host} broke the connection off; look at its log, or choose another engine"
            ) from exc
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, httpx2.HTTPError) as exc:
            raise GenerationFailed(f"{self._host} does not speak this interface; check openaiServer.url") from exc


async def _next(events: AsyncIterator[dict[str, Any]]) -> dict[str, Any] | None:
    # `anext` with a default is no coroutine before Python 3.12, and what wait_for makes of it is not cancelled well.
    async for event in events:
        return event
    return None


async def _events(response: Any) -> AsyncGenerator[dict[str, Any], None]:
    """Yield the JSON objects of a stream of server-sent events."""
    rest = b""
    async with contextlib.aclosing(response.aiter_bytes()) as blocks:
        async for block in blocks:
            *lines, rest = (rest + block).split(b"\n")
            if len(rest) > LONGEST_LINE:
                raise ValueError("an endless line")
            for line in lines:
                name, _, data = line.strip().partition(b":")
                if name == b"data" and data.strip() == b"[DONE]":
                    return
                if name == b"data":
                    yield json.loads(data)


async def _body(response: Any) -> bytes:
    found = b""
    async for block in response.aiter_bytes():
        found += block
        if len(found) > LONGEST_REPLY:
            raise ValueError("an endless reply")
    return found
