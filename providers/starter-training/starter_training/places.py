"""Where the recipe keeps what is too large for the repository, and where it finds the repository's own files."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

WORK = Path(os.environ.get("PHI_LS_TRAINING_DIR") or platformdirs.user_cache_path("phi-ls-training"))
"""Downloads, corpus, packed samples and checkpoints."""

RECIPE = Path(__file__).resolve().parent.parent
REPOSITORY = RECIPE.parent.parent
RELEASED = REPOSITORY / "providers" / "phi_providers" / "starter"
ORIGINAL = REPOSITORY / "providers" / "starter-original"
RUNS = RECIPE / "runs"
