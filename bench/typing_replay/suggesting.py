"""What a player needs of whatever makes suggestions: the product over its protocol, or the peer."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from bench.editor import Json
from bench.typing_replay.records import Counts


@dataclass(frozen=True)
class Arrival:
    """An answer, and when it had been read."""

    id: int
    at: float
    """As of `time.perf_counter`."""
    message: Json

    @property
    def text(self) -> str:
        """What would be shown; empty for nothing."""
        result = self.message.get("result")
        items = result.get("items", []) if isinstance(result, dict) else []
        return str(items[0]["insertText"]) if items else ""


class Suggesting(Protocol):
    """One that is typed at."""

    def __enter__(self) -> Suggesting: ...

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None: ...

    def notify(self, method: str, params: Any) -> None:
        """Tell it of a document that is opened, edited or closed."""

    def suggestion(self, uri: str, line: int, character: int) -> int:
        """Ask for a suggestion, as after a key; return the request's id."""

    def cancel(self, message_id: int) -> None:
        """Say that nobody waits for this any more."""

    def arrival(self, until: float) -> Arrival | None:
        """Return the next answer; None when there was none until then."""

    def reasons(self, uri: str) -> dict[int, str]:
        """Return why requests of this document had no suggestion, by their ids: those not returned before."""

    def count(self) -> Counts:
        """Return the counts so far."""

    def wait_until_idle(self) -> None:
        """Wait until nothing is generated any more."""

    def shut_down(self) -> None:
        """End it in order."""
