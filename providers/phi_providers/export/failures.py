"""What can go wrong while a model is converted, in words for the user."""

from __future__ import annotations

from phi_providers.models.manifest import ModelError


class ExportFailed(ModelError):
    """The model was not converted: what failed and what to do. What was installed before is as it was."""
