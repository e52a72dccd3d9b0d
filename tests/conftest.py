"""What all tests share: how hypothesis looks for examples."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# No deadline for an example: tests run four at a time, and how long one takes is the machine's affair. The same
# examples each time where a change is judged; new ones at everybody's desk.
settings.register_profile(
    "phi-ls",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("phi-ls")
