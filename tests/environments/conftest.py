"""Models on engines that have an environment of their own, each loaded once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from environments.foreign_worker import ForeignWorker, interpreter
from environments.served import ServedModel
from environments.torch_reference import torch_order


@pytest.fixture(scope="session")
def reference() -> Iterator[ForeignWorker]:
    """The built-in model on torch's CPU, prefill in chunks of 32 tokens."""
    worker = ForeignWorker(torch_order(chunk_tokens=32), interpreter("transformers"))
    yield worker
    worker.close()


@pytest.fixture(scope="session")
def cold_reference() -> Iterator[ForeignWorker]:
    """The same, each prompt computed from nothing and at once."""
    order = torch_order(chunk_tokens=2048, prefix_caching=False)
    worker = ForeignWorker(order, interpreter("transformers"))
    yield worker
    worker.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedModel]:
    """The built-in model behind `transformers serve` on loopback."""
    model = ServedModel(tmp_path_factory.mktemp("served"))
    yield model
    model.close()
