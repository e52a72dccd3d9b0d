"""What is asked of a model about a piece of code."""

from __future__ import annotations

from dataclasses import dataclass

from phi_ls.prompts.family import ExplainSubject, explain_parts, hover_parts
from phi_providers.messages import ModelInfo, Part


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked, of what, in which language, and how long the answer may be."""

    subject: ExplainSubject
    language: str
    brief: bool = False
    """True: the few sentences of a hover."""

    def parts(self, model: ModelInfo) -> tuple[Part, ...]:
        """Return the prompt for a model."""
        return (hover_parts if self.brief else explain_parts)(model, self.subject, self.language)
