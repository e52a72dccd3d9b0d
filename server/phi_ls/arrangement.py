"""Which of the workers worth trying suggests while somebody types, and which answers questions."""

from __future__ import annotations

from collections.abc import Sequence

from phi_ls.speeds import LINE_LIMIT_MS, Speed, line_ms, quick_places, slow_places
from phi_providers.messages import Load, ModelProfile
from phi_providers.plan import Plan, one_order


def arrange(loads: Sequence[Load], speeds: Sequence[Speed], typing_model: str) -> Plan:
    """Return who answers whom, of the workers that a plan has put in order, the built-in model last.

    `typing_model`: as in the setting `inlineCompletion.model`.
    """
    if not loads or loads[0].model == loads[-1].model:
        return one_order(loads)
    *chosen, builtin = loads
    if typing_model == "chosen":
        return Plan(typing=tuple(loads), asking=_npu_first(chosen, chosen, builtin), bridge=builtin)
    if typing_model == "built-in":
        return Plan(typing=(builtin, *chosen), asking=tuple(loads), bridge=builtin)
    slow = slow_places(chosen, speeds)
    quick = [load for load in chosen if load not in slow]
    asking = _npu_first(chosen, quick, builtin)
    proved = quick_places(chosen, speeds)

    def keeps_up(order: Load, profile: ModelProfile) -> bool:
        # One measurement beside a busy compiler says little against an earlier one.
        return order in proved or line_ms(profile.prefill_tokens_per_s, profile.decode_ms_per_token) <= LINE_LIMIT_MS

    return Plan(typing=(*quick, builtin, *slow), asking=asking, bridge=builtin, quick=keeps_up)


def _npu_first(chosen: Sequence[Load], typing: Sequence[Load], builtin: Load) -> tuple[Load, ...]:
    """Leave the GPU to those who type, where they use it and there is an NPU for the others."""
    on_npu = [load for load in chosen if _is_on("NPU", load)] if typing and _is_on("GPU", typing[0]) else []
    return (*on_npu, *(load for load in chosen if load not in on_npu), builtin)


def _is_on(kind: str, load: Load) -> bool:
    return load.device.upper().startswith(kind)
