"""What pygls 2.1.1 gets wrong and we put right: each correction holds on our server and fails on stock pygls."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from editor.correction_list import CORRECTIONS, Start
from editor.raw_client import RawClient

HERE = Path(__file__).parent
OURS = (sys.executable, str(HERE / "correction_server.py"))
STOCK = (sys.executable, str(HERE / "stock_server.py"))

for module in ("messages", "features", "transport"):
    pytest.register_assert_rewrite(f"editor.corrections_of_{module}")
    importlib.import_module(f"editor.corrections_of_{module}")


@pytest.mark.parametrize("holds", CORRECTIONS, ids=lambda function: function.__name__)
def test_our_server_has_the_correction(holds: Callable[[Start], None]) -> None:
    """Each correction holds on our protocol class and transport."""
    holds(partial(RawClient, OURS))


@pytest.mark.parametrize("holds", CORRECTIONS, ids=lambda function: function.__name__)
def test_stock_pygls_needs_the_correction(holds: Callable[[Start], None]) -> None:
    """The same check fails on stock pygls, so it can fail, and tells when a correction is no longer needed."""
    with pytest.raises(AssertionError):
        holds(partial(RawClient, STOCK, patience=0.7))
