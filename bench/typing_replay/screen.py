"""What stands greyed behind the cursor: typed along, replaced by the next answer, taken away by another key."""

from __future__ import annotations


class Screen:
    """The suggestion that the editor shows, as VS Code does it: it stays while it is typed along."""

    def __init__(self) -> None:
        self.text = ""
        self._since = 0.0
        self.replaced = 0
        """Times that another suggestion took the place of one that still fitted."""
        self.vanished = 0
        """Times that an answer took away one that still fitted."""

    def typed(self, text: str) -> None:
        """Text was typed at the cursor."""
        self.text = self.text[len(text) :] if self.text.startswith(text) else ""

    def clear(self) -> None:
        """The cursor was moved, or text was deleted."""
        self.text = ""

    def answered(self, text: str, now: float) -> None:
        """The answer to the last key has come; empty: there is no suggestion."""
        if text == self.text:
            return
        if self.text:
            self.replaced += bool(text)
            self.vanished += not text
        self.text, self._since = text, now

    def shown_s(self, now: float) -> float:
        """Return how long this suggestion has been there."""
        return now - self._since if self.text else 0.0
