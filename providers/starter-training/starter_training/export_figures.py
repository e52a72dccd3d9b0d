"""What an export's quality is said in, and how much of it may be lost."""

from __future__ import annotations

from dataclasses import dataclass

from starter_training.release_error import ReleaseError

LEAST_AGREEMENT = 0.97
"""Of 12,000 positions of Python, a first model of 7 million parameters kept 98.9 % in INT8 and 88 % in INT4."""

MOST_LOSS = 0.002
"""In bits per byte; the same model lost 0.01 % in INT8 and 0.43 % in INT4."""


@dataclass(frozen=True, kw_only=True)
class Quality:
    """An export's figures; bits per byte are of text, the lower the better."""

    tokens: int
    agreement: float
    """Share of positions whose most likely token is the checkpoint's, everything but the weights exact."""
    agreement_as_shipped: float
    """The same with the precision that OpenVINO chooses by itself on this machine's CPU."""
    bits_per_byte_original: float
    bits_per_byte: float
    bits_per_byte_as_shipped: float
    chars_per_token: float
    """Over all of the texts."""


def require_quality(quality: Quality) -> None:
    """Raise ReleaseError if INT8 weights cost more than rounding does."""
    if not quality.agreement >= LEAST_AGREEMENT:
        raise ReleaseError(
            f"only {quality.agreement:.1%} of the most likely tokens stay, {LEAST_AGREEMENT:.0%} are asked"
        )
    lost = quality.bits_per_byte / quality.bits_per_byte_original - 1
    # Said this way round, a loss that is not a number is refused, too.
    if not lost <= MOST_LOSS:
        raise ReleaseError(f"text takes {lost:.2%} more bits than before the conversion, {MOST_LOSS:.1%} are allowed")
