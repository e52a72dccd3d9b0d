"""What a hover shows: static facts first, then what the model says, labelled as such."""

from __future__ import annotations

from phi_ls.answers.explanation import Explanation
from phi_ls.context.symbols import SymbolFacts
from phi_ls.markdown import code_block, plain_text, safe_markdown

STILL_GENERATING = "still generating …"


def markdown_facts(facts: SymbolFacts, language: str) -> str:
    """Return signature and documentation as Markdown; the documentation is text, whatever it looks like."""
    scope = f"in `{'.'.join(facts.scopes)}`\n\n" if facts.scopes else ""
    documentation = f"\n\n{safe_markdown(facts.documentation)}" if facts.documentation else ""
    return f"{scope}{code_block(facts.signature, language)}{documentation}"


def plain_facts(facts: SymbolFacts) -> str:
    """Return signature and documentation as plain text."""
    scope = f"in {'.'.join(facts.scopes)}:\n" if facts.scopes else ""
    documentation = f"\n\n{facts.documentation}" if facts.documentation else ""
    return plain_text(f"{scope}{facts.signature}{documentation}")


def labelled(explanation: Explanation, *, markdown: bool) -> str:
    """Return the model's words and who said them; nothing if it had none."""
    if not explanation.text.strip():
        return ""
    note = f" {explanation.note}" if explanation.note else ""
    if markdown:
        return f"{safe_markdown(explanation.text)}\n\n*{explanation.model}:{safe_markdown(note) and note}*"
    return f"{plain_text(explanation.text)}\n\n({explanation.model}:{note})"


def join(*sections: str) -> str:
    """Return the sections that hold anything, one under the other, with a rule between them."""
    return "\n\n---\n\n".join(section for section in sections if section.strip())
