"""How good the built-in model is, measured through the product; needs no torch, only the development environment."""

from __future__ import annotations

import sys

from starter_training.places import REPOSITORY

# The server is driven by the editor of the benchmarks, which lie beside the product and are not installed.
if str(REPOSITORY) not in sys.path:
    sys.path.append(str(REPOSITORY))
