"""The built-in model, loaded once in each of the ways that the tests compare."""

from __future__ import annotations

import pytest
from engine.built_in import STRICT, Model


@pytest.fixture(scope="session")
def model() -> Model:
    """The built-in model as it is shipped."""
    return Model()


@pytest.fixture(scope="session")
def strict() -> Model:
    """FP32 throughout, prefill in chunks of 32 tokens."""
    return Model(**STRICT)


@pytest.fixture(scope="session")
def cold() -> Model:
    """FP32 throughout, the whole prompt at once, and no prefix cache: what every other way is compared with."""
    return Model(strict=True, prefix_caching=False, chunk_tokens=1024)
