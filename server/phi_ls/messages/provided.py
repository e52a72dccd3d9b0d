"""Sentences that come from workers and model folders as plain English, recognised by their wording."""

from __future__ import annotations

import functools
import re
import string

from phi_ls.messages.text import Text, filled, say

_ANY = {"device": "{device}", "host": "{host}", "name": "{name}", "precision": "{precision}"}

_KNOWN = (
    # Stages of loading a model.
    say("starting"),
    say("verifying"),
    say("importing the engine"),
    say("importing OpenVINO"),
    say("importing ONNX Runtime"),
    say("importing torch"),
    say("importing the NPU library"),
    say("converting the model"),
    say("loading the model"),
    say("reading the weights"),
    say("recording the decode step"),
    say("following the script"),
    say("warming up"),
    say("compiling and warming up"),
    say("compiling for {device}", **_ANY),
    say("quantising to {precision}", **_ANY),
    say("connecting to {host}", **_ANY),
    say("trying {name}", **_ANY),
    # Stages of fetching one.
    say("waiting"),
    say("download"),
    say("verify"),
    say("install"),
    say("done"),
    # What a user must know of a model.
    say("Suggestions come from a very small built-in model (9 M parameters), not from Phi-3, and are often wrong."),
    say("Code is sent to a server on this machine ({host}), which may do with it what it likes.", **_ANY),
    say(
        "Code around the cursor and what you ask to be explained is sent to {host}, over an encrypted connection.",
        **_ANY,
    ),
    say("Code around the cursor and what you ask to be explained is sent to {host}, UNENCRYPTED.", **_ANY),
)


def provided(text: str) -> str:
    """Return what a worker or a model folder says as a Text, if it is known; anything else as it is."""
    if isinstance(text, Text):
        return text
    for template, pattern in _patterns():
        if found := pattern.fullmatch(text):
            return filled(template, found.groupdict())
    return text


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((known.template, re.compile(_pattern(known.template))) for known in _KNOWN)


def _pattern(template: str) -> str:
    parts = string.Formatter().parse(template)
    return "".join(re.escape(before) + (f"(?P<{name}>.+)" if name else "") for before, name, _, _ in parts)
