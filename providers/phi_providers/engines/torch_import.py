"""The only way to import torch and transformers here: offline, silent, without anybody's code but theirs."""

from __future__ import annotations

import importlib
import os
from typing import Any


def torch() -> Any:
    """Return the module `torch`."""
    return importlib.import_module("torch")


def transformers() -> Any:
    """Return the module `transformers`, which asks no hub for anything from now on."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    module = importlib.import_module("transformers")
    module.utils.logging.disable_progress_bar()
    return module
