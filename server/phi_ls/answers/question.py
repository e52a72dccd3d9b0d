"""What is asked of a model about a piece of code."""

from __future__ import annotations

from dataclasses import dataclass

from phi_ls.prompts.conversation import Turn
from phi_ls.prompts.family import ExplainSubject, documentation_parts, explain_parts, follow_up_parts, hover_parts
from phi_providers.messages import ModelInfo, Part


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked, of what, in which language, and how long the answer may be."""

    subject: ExplainSubject
    language: str
    brief: bool = False
    """True: the few sentences of a hover."""
    documents: bool = False
    """True: the text of a documentation comment."""
    asked: str = ""
    """A question in the user's own words."""
    previous: tuple[Turn, ...] = ()
    """What has been said before about the same code, the oldest first."""

    def parts(self, model: ModelInfo) -> tuple[Part, ...]:
        """Return the prompt for a model; raises GenerationFailed for one that cannot be asked this."""
        if self.asked:
            return follow_up_parts(model, self.subject, self.language, self.asked, self.previous)
        if self.documents:
            return documentation_parts(model, self.subject, self.language)
        return (hover_parts if self.brief else explain_parts)(model, self.subject, self.language)
