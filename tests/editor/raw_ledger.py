"""What a server has sent, and whether each answer was due."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from editor.raw_wire import Json


class Ledger:
    """Requests made, answers received; adds to `violations`. Not thread-safe: the client holds a lock."""

    def __init__(self, violations: list[str]) -> None:
        self.notifications: list[Json] = []
        self.requests: list[Json] = []
        self.replies: dict[Any, Json] = {}
        self.null_errors: deque[Json] = deque()
        self.refusals: dict[Any, Json] = {}
        self.violations = violations
        self._made: set[Any] = set()
        self._looked_at: set[Any] = set()
        self._extra_errors: Counter[Any] = Counter()

    def made(self, message_id: Any, extra_errors: int = 0) -> None:
        """Note that this id may be answered once, and besides with so many errors."""
        self._made.add(_key(message_id))
        self._extra_errors[_key(message_id)] += extra_errors

    def take(self, message: Json) -> None:
        """Enter a message of the server."""
        if "method" in message:
            (self.requests if "id" in message else self.notifications).append(message)
            return
        if ("result" in message) == ("error" in message):
            self.violations.append(f"an answer needs either a result or an error: {message}")
        key = _key(message.get("id"))
        if message.get("id") is None:
            self.null_errors.append(message)
        elif key not in self._made:
            self.violations.append(f"an answer to a request never made: {message}")
        elif "error" in message and self._extra_errors[key]:
            self._extra_errors[key] -= 1
            self.refusals[key] = message
        elif key in self.replies:
            self.violations.append(f"a second answer: {message} after {self.replies[key]}")
        else:
            self.replies[key] = message

    def reply(self, message_id: Any) -> Json | None:
        """Return the answer to a request, if it has come, as one that the test has looked at."""
        self._looked_at.add(_key(message_id))
        return self.replies.get(_key(message_id))

    def refusal(self, message_id: Any) -> Json | None:
        """Return the last of the errors beside the one answer, if it has come."""
        return self.refusals.get(_key(message_id))

    def unseen_errors(self) -> list[Json]:
        """Return the errors that no test looked at."""
        replies = [reply for key, reply in self.replies.items() if key not in self._looked_at and "error" in reply]
        return [*replies, *self.null_errors]


def _key(message_id: Any) -> tuple[str, Any]:
    # The ids 1 and true, or 1 and 1.0, are equal in Python and different in JSON.
    return type(message_id).__name__, message_id
