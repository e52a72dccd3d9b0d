"""What a converter wants of a model's weights, whatever files they are in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from phi_providers.models.safetensors_file import Floats


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A matrix (rows: outputs) whose rows each have a scale and a code that means zero."""

    codes: NDArray[np.uint8]
    zeros: NDArray[np.uint8]
    """One for each row."""
    scales: Floats
    """One for each row."""

    def values(self) -> Floats:
        """Return the weights that the codes mean; exact, as a scale has 11 bits and a code 8."""
        steps = self.codes.astype(np.float32) - self.zeros.astype(np.float32)[:, None]
        return steps * self.scales[:, None]

    def halves(self) -> tuple[Coded, Coded]:
        """Return the upper and the lower half of the rows."""
        return self._rows(slice(None, len(self.codes) // 2)), self._rows(slice(len(self.codes) // 2, None))

    def _rows(self, rows: slice) -> Coded:
        return Coded(codes=self.codes[rows], zeros=self.zeros[rows], scales=self.scales[rows])


class Weights(Protocol):
    """All tensors of a model by name; every method raises ModelError."""

    def __contains__(self, name: str) -> bool: ...

    def read(self, name: str) -> Floats:
        """Return a tensor as FP32."""
        ...

    def coded(self, name: str) -> Coded | None:
        """Return a matrix in 8-bit codes, if that is what it is."""
        ...
