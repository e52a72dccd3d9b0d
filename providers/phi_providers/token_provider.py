"""A provider on top of any engine that works on token ids: encoding, healing, the token loop, true numbers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from phi_providers.detokenizer import Detokenizer, UnknownTokenizer
from phi_providers.errors import GenerationFailed, LoadFailed
from phi_providers.healing import take_off
from phi_providers.messages import RESERVE_TOKENS, Load, ModelProfile, Request, Started, Usage
from phi_providers.models.dates import verify_for_loading
from phi_providers.models.manifest import ModelError, verify
from phi_providers.prompt import Fitted, PromptEncoder
from phi_providers.provider import Emit
from phi_providers.token_engine import TokenEngine, Work
from phi_providers.token_loop import TokenLoop


class TokenProvider:
    """The Provider protocol for a TokenEngine. `max_new_tokens` of a resumed request counts what is still to come."""

    def __init__(self, order: Load, engine: TokenEngine) -> None:
        self._model = order.model
        self._engine = engine
        self._stop_ids = frozenset(order.model.stop_ids)
        self._encoder: PromptEncoder | None = None

    def load(self, progress: Callable[[str], None]) -> ModelProfile:
        """Verify the model's files, load the tokenizer, load and warm up the engine; raises LoadFailed."""
        folder = Path(self._model.path)
        try:
            progress("verifying")
            verify_for_loading(folder)
            self._encoder = PromptEncoder(folder / "tokenizer.json", self._model.controls)
            facts = self._engine.load(progress)
        except (ModelError, UnknownTokenizer) as exc:
            raise LoadFailed(f"model {self._model.id}: {exc}") from exc
        except LoadFailed as exc:
            raise LoadFailed(f"{exc}{_damage(folder) or _advice(str(exc))}") from exc
        except (OSError, ValueError, KeyError) as exc:
            raise LoadFailed(f"model {self._model.id}: tokenizer.json cannot be read{_damage(folder)}") from exc
        return ModelProfile(
            model=self._model.id,
            family=self._model.family,
            context=self._model.context,
            engine=facts.engine,
            engine_version=facts.version,
            device=facts.device,
            requested_device=facts.requested,
            device_reason=facts.reason,
            stop_ids=self._model.stop_ids,
            prefill_tokens_per_s=facts.prefill_tokens_per_s,
            decode_ms_per_token=facts.decode_ms_per_token,
            can_rewind=facts.can_rewind,
            kv_tokens=facts.kv_tokens,
            kv_bytes=facts.kv_bytes,
        )

    def generate(self, request: Request, emit: Emit) -> Usage:
        """Continue the prompt; a prompt without any text gets an empty answer and costs nothing."""
        begun = time.perf_counter()
        fitted = self._fit(request)
        if not emit(_started(request, fitted)):
            return Usage(prompt_tokens=len(fitted.ids), finish_reason="cancelled")
        if not any(part.text.strip() for part in request.parts):
            return Usage(prompt_tokens=len(fitted.ids))
        answer = _Answer(self._engine, self._loaded, request, fitted, emit, self._stop_ids, self._model.context)
        return answer.usage(begun)

    def prefill(self, request: Request, emit: Emit) -> Usage:
        """Generate one token and drop it: the engine's cache now holds the prompt."""
        begun = time.perf_counter()
        fitted = self._fit(request)
        wanted = emit(_started(request, fitted))
        ids = fitted.ids + request.resume_ids
        if not wanted or not ids:
            return Usage(prompt_tokens=len(fitted.ids), finish_reason="stop" if wanted else "cancelled")
        loop = TokenLoop(request.id, emit, Detokenizer(()), frozenset())
        work = self._engine.run(ids, 1, self._stop_ids, lambda tokens: loop.step(()) and not tokens)
        return Usage(
            prompt_tokens=len(fitted.ids),
            tokens_reused=min(work.tokens_reused, len(fitted.ids)),
            total_ms=_ms_since(begun),
            finish_reason=loop.finish or "stop",
        )

    @property
    def _loaded(self) -> PromptEncoder:
        if self._encoder is None:
            raise GenerationFailed(f"model {self._model.id} is not loaded")
        return self._encoder

    def _fit(self, request: Request) -> Fitted:
        new = request.max_new_tokens + len(request.resume_ids)
        return self._loaded.fit(request.parts, self._model.context - max(new, RESERVE_TOKENS))


class _Answer:
    """One generate call: with healing first, without it when the model does not want the word."""

    def __init__(
        self,
        engine: TokenEngine,
        encoder: PromptEncoder,
        request: Request,
        fitted: Fitted,
        emit: Emit,
        stop_ids: frozenset[int],
        context: int,
    ) -> None:
        self._engine = engine
        self._table = encoder.text.table
        self._dummy = encoder.text.has_dummy
        self._request = request
        self._fitted = fitted
        self._emit = emit
        self._stop_ids = stop_ids
        self._context = context

    def usage(self, begun: float) -> Usage:
        """Generate and return what it cost."""
        healing = take_off(self._fitted, self._request.heal)
        reused: int | None = None
        healed = False
        if healing and not self._request.resume_ids:
            loop, work, finish = self._run(healing.ids, healing.tokens, healing.fragment, healing.opens_text)
            healed, reused = finish != "contradicted", work.tokens_reused
        if not healed:
            loop, work, finish = self._run(self._fitted.ids, 0, "", self._fitted.opens_text)
        prompt = len(self._fitted.ids)
        steps = max(loop.tokens - 1, 1)
        return Usage(
            prompt_tokens=prompt,
            # A second run finds what the first one computed; only what was there before was reused.
            tokens_reused=min(work.tokens_reused if reused is None else reused, prompt),
            new_tokens=loop.tokens,
            first_token_ms=(loop.first_at - begun) * 1000 if loop.first_at else 0.0,
            ms_per_token=(loop.last_at - loop.first_at) * 1000 / steps,
            total_ms=_ms_since(begun),
            finish_reason=finish,
            healed=healed,
        )

    def _run(self, prompt: tuple[int, ...], extra: int, fragment: str, opens: bool) -> tuple[TokenLoop, Work, str]:
        request = self._request
        limit = request.max_new_tokens + extra
        ids = prompt + request.resume_ids
        assert len(ids) + limit <= self._context, "the prompt and its answer exceed the model's context"
        detokenizer = Detokenizer(self._table, request.resume_ids, at_start=opens and self._dummy)
        loop = TokenLoop(request.id, self._emit, detokenizer, self._stop_ids, fragment, request.resume_ids)
        work = self._engine.run(ids, limit, self._stop_ids, loop.step)
        return loop, work, loop.end(limit)


def _started(request: Request, fitted: Fitted) -> Started:
    return Started(id=request.id, prompt_tokens=len(fitted.ids), sizes=fitted.sizes, lines_cut=dict(fitted.lines_cut))


def _damage(folder: Path) -> str:
    """Return what a full check of the model's files finds wrong, as the end of a sentence."""
    try:
        verify(folder, full=True)
    except ModelError as exc:
        return f"; {exc}"
    return ""


def _advice(said: str) -> str:
    """Return what to do, as the end of a sentence in which an engine has not said it."""
    return "" if "; " in said else "; copy the model's folder again, or choose another engine"


def _ms_since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
