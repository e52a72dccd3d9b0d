"""What becomes of a finished suggestion: the text worth showing goes into the cache, the worker's cut is remembered."""

from __future__ import annotations

from phi_ls.answers.in_flight import Generation
from phi_ls.answers.prompting import Asked
from phi_ls.context.repeats import find_repeat
from phi_ls.decisions import Drop
from phi_ls.ghost_text.second_opinion import weigh
from phi_ls.ghost_text.trim import shape
from phi_ls.mechanisms import Mechanism, on
from phi_ls.session import Session


def keep(session: Session, generation: Generation, asked: Asked) -> None:
    """Put a finished suggestion into the cache, whoever still waits for it; keep the worker's cut as the edge."""
    snapshot = generation.snapshot
    asked.remember_cut(generation.stream)
    if generation.complete:
        shaped = _shape(session, generation)
        if isinstance(shaped, Drop):
            generation.drop = shaped
        else:
            session.suggestions.put(snapshot, shaped, raw=generation.text, model=generation.stream.model)


def account(session: Session, generation: Generation) -> None:
    """Count what the generation cost."""
    if usage := generation.stream.usage:
        session.meter.worked(usage.prompt_tokens, usage.tokens_reused)


def _shape(session: Session, generation: Generation) -> str | Drop:
    snapshot, probability = generation.snapshot, generation.mean_probability
    least = session.settings.inline_completion.min_confidence
    mine = shape(
        snapshot, generation.text, multiline=generation.multiline, mean_probability=probability, min_confidence=least
    )
    model = generation.stream.model
    calibration = model.calibration if model is not None else ()
    if generation.multiline or not calibration or not on(Mechanism.REPEATS):
        return mine
    return weigh(
        snapshot,
        mine,
        probability=probability or 0.0,
        min_confidence=least,
        calibration=calibration,
        repeat=find_repeat(snapshot),
    )
