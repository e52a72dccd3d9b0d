"""Everything that can go wrong below the seam.

    ProviderError
    ├── GenerationFailed        this request failed, the worker lives
    │   ├── PromptTooLong       what must not be cut exceeds the model's context
    │   └── Superseded          a newer request with the same `replaces` key took its place
    ├── WorkerDied              the worker is gone, with all that ran in it
    │   ├── WorkerHung          it stopped answering and was killed
    │   └── LoadFailed          the model or the engine could not be loaded
    └── Unavailable             nothing was tried
        ├── NoProvider          no engine can run here, or all circuits are open
        ├── QueueFull           too many requests are waiting
        └── PromptRefused       this prompt has killed workers before

Messages are for the user: what failed, on which device, what was done, what to do next.
"""

from __future__ import annotations


class ProviderError(Exception):
    """Root of all errors that the pool raises."""


class GenerationFailed(ProviderError):
    """This request failed; the worker lives and the next request may succeed."""


class PromptTooLong(GenerationFailed):
    """The parts that must not be cut exceed the model's context."""


class Superseded(GenerationFailed):
    """A newer request with the same `replaces` key took this one's place."""


class WorkerDied(ProviderError):
    """The worker process ended while this request was its own."""


class WorkerHung(WorkerDied):
    """The worker gave no sign of life for longer than it may, and was killed."""


class LoadFailed(WorkerDied):
    """The engine or the model could not be loaded on this device."""


class Unavailable(ProviderError):
    """The request was not tried at all."""


class NoProvider(Unavailable):
    """No engine can run on this machine, or every one has failed too often of late."""


class QueueFull(Unavailable):
    """Too many requests are waiting."""


class PromptRefused(Unavailable):
    """This very prompt has killed workers before and is not tried again in this session."""
