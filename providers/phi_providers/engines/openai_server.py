"""The engine elsewhere: completions streamed from a server with OpenAI's HTTP interface, at the user's own address.

Made for OpenVINO Model Server, vLLM and `transformers serve`. `Load.options`: `url`: address of the interface, its
version included, as in `http://localhost:8000/v3`; `model`: the server's name for the model, by default the only one
that it lists; `api`: `completions`, `chat` or `auto`. The server's key, if it wants one, is in PHI_LS_OPENAI_API_KEY.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator

from phi_providers.engines.openai_server_answer import Answer, SentTexts
from phi_providers.engines.openai_server_connection import Connection, Patience, Refused
from phi_providers.engines.openai_server_dialect import Dialect
from phi_providers.engines.openai_server_prompt import Estimated, fit
from phi_providers.errors import GenerationFailed, LoadFailed, ProviderError
from phi_providers.messages import RESERVE_TOKENS, Control, Load, ModelProfile, Part, Piece, Request, Started, Usage
from phi_providers.models.elsewhere import server_address
from phi_providers.provider import Emit

KEY_VARIABLE = "PHI_LS_OPENAI_API_KEY"
"""Not OPENAI_API_KEY: the key of one service must not go to whatever address is set here."""

WARM_UP = (
    Part(control=Control.USER),
    Part(text="Write a function."),
    Part(control=Control.END),
    Part(control=Control.ASSISTANT),
    Part(text="def main() -> None:\n    "),
)
WARM_UP_TOKENS = 8

_PHI = re.compile(r"phi-?(3|4-mini)", re.I)


def make_provider(order: Load) -> ServerProvider:
    """Return the provider for a Load frame."""
    return ServerProvider(order)


class ServerProvider:
    """A Provider whose model runs elsewhere; what it emits as token ids are numbers of the texts that came."""

    def __init__(self, order: Load, patience: Patience | None = None) -> None:
        self._order = order
        self._patience = patience
        self._model = order.model
        self.texts = SentTexts()
        self._server: Connection | None = None
        self._dialect = Dialect(model="", chat=False)

    def load(self, progress: Callable[[str], None]) -> ModelProfile:
        """Find the server and its model, and learn which form of the interface it speaks; raises LoadFailed."""
        try:
            address = server_address(str(self._order.options.get("url", "")))
            progress(f"connecting to {address.host}")
            self._server = Connection(address, os.environ.get(KEY_VARIABLE, ""), self._patience)
            name = self._find_model(self._server, address.host)
            progress(f"trying {name}")
            usage = self._learn(name)
        except ProviderError as exc:
            raise LoadFailed(str(exc)) from exc
        except ValueError as exc:
            raise LoadFailed(f"openaiServer.url: {exc}") from exc
        return ModelProfile(
            model=self._model.id,
            family=self._model.family,
            context=self._model.context,
            engine="openai_server",
            engine_version="chat" if self._dialect.chat else "completions",
            device=address.host,
            requested_device=self._order.device,
            decode_ms_per_token=usage.ms_per_token,
        )

    def generate(self, request: Request, emit: Emit) -> Usage:
        """Continue the prompt; raises GenerationFailed, or WorkerDied when the server is gone."""
        return self._ask(request, emit, request.max_new_tokens)

    def prefill(self, request: Request, emit: Emit) -> Usage:
        """Ask for one token and drop it: a server with a prefix cache now holds the prompt."""

        def beat(frame: Piece | Started) -> bool:
            return emit(frame if isinstance(frame, Started) else Piece(id=frame.id))

        usage = self._ask(request, beat, 1)
        finish = "cancelled" if usage.finish_reason == "cancelled" else "stop"
        return Usage(
            prompt_tokens=usage.prompt_tokens,
            tokens_reused=usage.tokens_reused,
            total_ms=usage.total_ms,
            finish_reason=finish,
        )

    def close(self) -> None:
        """Close the connection; a worker that ends need not."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _ask(self, request: Request, emit: Emit, limit: int) -> Usage:
        begun = time.perf_counter()
        if self._server is None:
            raise GenerationFailed("the server has not been asked for its model yet")
        new = request.max_new_tokens + len(request.resume_ids)
        budget = self._model.context - max(new, RESERVE_TOKENS)
        fitted = fit(request.parts, budget, self._model.chars_per_token)
        wanted = emit(_started(request, fitted))
        if not wanted or not any(part.text.strip() for part in request.parts):
            return Usage(prompt_tokens=fitted.tokens, finish_reason="stop" if wanted else "cancelled")
        return Answer(self._server, self._dialect, self.texts, request, fitted, emit).usage(begun, limit)

    def _find_model(self, server: Connection, host: str) -> str:
        if wanted := str(self._order.options.get("model", "")):
            return wanted  # servers that load on demand list only what they have loaded
        names = [str(item["id"]) for item in server.get("/models").get("data") or ()]
        if len(names) != 1:
            raise LoadFailed(f"{host} has {len(names)} models ({', '.join(names[:8])}); name the one to use")
        return names[0]

    def _learn(self, name: str) -> Usage:
        """Ask something harmless in one form after the other until one is taken."""
        refusal: Refused | None = None
        for dialect in self._dialects(name):
            self._dialect = dialect
            try:
                return self._ask(
                    Request(id=0, parts=WARM_UP, max_new_tokens=WARM_UP_TOKENS), lambda _: True, WARM_UP_TOKENS
                )
            except Refused as exc:
                refusal = exc
        raise refusal or AssertionError("unreachable")

    def _dialects(self, name: str) -> Iterator[Dialect]:
        api = self._order.options.get("api", "auto")
        forms = [False, True] if self._model.family == "fim" or _PHI.search(name) else [True, False]
        for chat in forms if api == "auto" else [api == "chat"]:
            for plain in (False, True):
                yield Dialect(model=name, chat=chat, plain=plain)


def _started(request: Request, fitted: Estimated) -> Started:
    return Started(id=request.id, prompt_tokens=fitted.tokens, sizes=fitted.sizes, lines_cut=fitted.lines_cut)
