"""What makes suggestions quick, by name, and the switch with which the benchmark leaves some of it out.

For the benchmark alone: the environment variable `PHI_LS_BENCH_OFF` names mechanisms, with commas, that a server goes
without, so that each can show what it is worth. It is no setting: nobody types better for having one of them off.
"""

from __future__ import annotations

import enum
import os

VARIABLE = "PHI_LS_BENCH_OFF"


class Mechanism(str, enum.Enum):
    """One that can be left out."""

    SUGGESTIONS = "suggestions"
    """Suggestions made before are served again, also while they are typed along."""
    IN_FLIGHT = "in-flight"
    """A generation that agrees with what was typed since goes on for the next request."""
    PREFIX_CACHE = "prefix-cache"
    """The engine keeps what it has computed of prompts."""
    EDGES = "edges"
    """The window begins and ends where the document's last one did."""
    SNIPPETS = "snippets"
    """Prompts begin with passages of other open documents, for models that write better with them."""
    GATE = "gate"
    """No model is asked where a suggestion would only disturb."""
    SHORT_ANSWERS = "short-answers"
    """A generation ends where its text would be cut; for a line it gets fewer tokens."""
    PREFILL = "prefill"
    """Prompts are computed before anybody asks: when a document is opened, and when a person stops typing."""
    PREFETCH = "prefetch"
    """While a suggestion is on the screen, the one behind its end is made, for those who use them to the end."""
    ADAPTIVE_WAIT = "adaptive-wait"
    """In a burst of keys a slow model computes the prompt and puts off writing until the keys stop."""
    BUDGET = "budget"
    """A slow model is asked for the first line of a block alone, and for no more than comes in time."""
    REPEATS = "repeats"
    """How the document goes on where it stood like this before, against what the model is unsure of."""


def named(names: str) -> frozenset[Mechanism]:
    """Return the mechanisms of a list with commas; raises ValueError for a name that is none."""
    return frozenset(Mechanism(name.strip()) for name in names.split(",") if name.strip())


OFF = named(os.environ.get(VARIABLE, ""))


def on(mechanism: Mechanism) -> bool:
    """Whether this server uses the mechanism."""
    return mechanism not in OFF
