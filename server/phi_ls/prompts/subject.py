"""What an explanation or a hover is about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ExplainSubject:
    r"""A piece of code and what is known about it; lines joined by \n. None of it may be trusted."""

    path: str
    """As `Snapshot.path`: never absolute."""
    language: str
    """LSP language id."""
    code: str
    """What is to be explained."""
    name: str = ""
    """The symbol in question; empty when the code as a whole is."""
    above: str = ""
    """Lines in front of the code, for context; the farthest are cut first."""
    diagnostics: tuple[str, ...] = ()
    """Messages of other tools about the code."""
