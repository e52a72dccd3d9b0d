"""The status object that clients and `phi-ls status` show."""

from __future__ import annotations

import dataclasses
from typing import Any

import psutil

from phi_ls.messages.provided import provided
from phi_ls.messages.text import joined, say
from phi_ls.prompts.family import takes_questions
from phi_ls.session import Session
from phi_ls.typing_model import typing_model
from phi_providers.device_names import same_device
from phi_providers.messages import Urgency
from phi_providers.pool import PoolStatus, WorkerStatus


def headline_of(session: Session) -> dict[str, Any]:
    """Return who answers and how that is: `kind` is normal, busy, warning, error or inactive, `message` says why."""
    pool = session.pool.status()
    kind, message = _kind(session, pool)
    model, profile = session.pool.model_for(Urgency.ASKED), session.pool.profile_for(Urgency.ASKED)
    device = profile.device if profile else ""
    return {
        "kind": kind,
        "message": message,
        "model": model.id if model else "",
        "engine": profile.engine if profile else "",
        "device": device,
        "deviceReason": _device_reason(session, pool, device),
        "takesQuestions": model is not None and takes_questions(model),
        "context": model.context if model else None,
        "typing": _typing(session),
    }


def status_of(session: Session) -> dict[str, Any]:
    """Return the whole status: the headline, the counts so far, and the workers with the memory they take."""
    pool = session.pool.status()
    return {
        **headline_of(session),
        "requestedDevice": session.settings.device,
        "queue": pool.queue,
        "promptTokens": session.meter.prompt_tokens,
        "tokensReused": session.meter.tokens_reused,
        "suggestions": session.meter.suggestions,
        "suggestionHits": session.meter.suggestion_hits,
        "suggestionsJoined": session.meter.suggestions_joined,
        "prefetched": session.meter.prefetched,
        "prefetchHits": session.meter.prefetch_hits,
        "p50Ms": session.meter.percentile_ms(0.50),
        "p95Ms": session.meter.percentile_ms(0.95),
        "workers": [_worker(worker) for worker in pool.workers],
    }


def _kind(session: Session, pool: PoolStatus) -> tuple[str, str]:
    if not session.settings.enable:
        return "inactive", say("phi-ls is off in the settings")
    if session.pool.model_for(Urgency.ASKED) is None:
        return "error", pool.trouble or say("no engine can run on this machine; run `phi-ls doctor`")
    loading = next((worker for worker in pool.workers if worker.stage), None)
    if loading is not None:
        fields = {"model": loading.model, "device": loading.device, "stage": provided(loading.stage)}
        message = say("loading {model} on {device}: {stage}", **fields)
        return "busy", joined("; ", [pool.lost, message]) if pool.lost else message
    if pool.lost and not pool.workers:
        return "warning", say("{cause}; it is started again in a moment", cause=pool.lost)
    if not pool.workers:
        return "inactive", say("the model is not loaded; the next request loads it")
    if pool.trouble and session.overruled:
        # With `auto`, a device that is not there is no trouble: another one was chosen, and `deviceReason` says why.
        return "warning", pool.trouble
    if session.complaints:
        return "warning", session.complaints[0]
    ready = say("ready again; {cause}", cause=pool.lost) if pool.lost else say("ready")
    return ("busy", say("generating")) if pool.busy else ("normal", ready)


def _device_reason(session: Session, pool: PoolStatus, device: str) -> str:
    profile = session.pool.profile_for(Urgency.ASKED)
    if profile is not None and profile.device_reason:
        return profile.device_reason
    requested = session.settings.device
    if device and requested != "auto" and not same_device(requested, device):
        return pool.trouble or say("{device} could not be used", device=requested)
    return (pool.trouble or session.device_reason) if device else ""


def _typing(session: Session) -> dict[str, str] | None:
    """Return who suggests while somebody types, if it is not who answers questions."""
    found = typing_model(session)
    return dataclasses.asdict(found) if found else None


def _worker(worker: WorkerStatus) -> dict[str, Any]:
    tally, profile = worker.tally, worker.profile
    return {
        "engine": worker.engine,
        "device": worker.device,
        "model": worker.model,
        "pid": worker.pid,
        "state": worker.state,
        "residentBytes": _resident_bytes(worker.pid),
        "requests": tally.requests,
        "promptTokens": tally.prompt_tokens,
        "tokensReused": tally.tokens_reused,
        "newTokens": tally.new_tokens,
        "tokensPerS": None if tally.tokens_per_s is None else round(tally.tokens_per_s, 1),
        "decodeMsPerToken": _measured(profile.decode_ms_per_token if profile else 0),
        "prefillTokensPerS": _measured(profile.prefill_tokens_per_s if profile else 0),
        "kvTokens": (profile.kv_tokens if profile else 0) or None,
        "kvBytes": (profile.kv_bytes if profile else 0) or None,
    }


def _measured(value: float) -> float | None:
    """Return what was measured at loading; an engine that measured nothing says 0."""
    return round(value, 2) if value > 0 else None


def _resident_bytes(pid: int | None) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss) if pid else 0
    except psutil.Error:
        return 0
