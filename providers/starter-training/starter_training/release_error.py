"""Why a model is not exported or released."""


class ReleaseError(Exception):
    """What is wrong with a checkpoint, an export or the figures about them, and what to do, in one sentence."""
