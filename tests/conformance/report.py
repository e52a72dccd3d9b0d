"""What was measured, on its way from the tests, in whichever process they ran, to the end of the run."""

from __future__ import annotations

from collections.abc import Callable

from conformance.subjects import NEEDS_HARDWARE, SUBJECTS, Subject
from rich.table import Table

PROPERTY = "conformance"
"""The name of the tests' property, also in a report in XML."""

Tell = Callable[[Subject, str, str], None]
"""Takes a subject, what was measured of it, and the result."""


class Report:
    """What the tests have told."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, str]] = {}

    def add(self, properties: list[tuple[str, object]]) -> None:
        """Take the properties of a test that has ended."""
        for name, value in properties:
            if name == PROPERTY:
                subject, what, result = str(value).split(": ", 2)
                self._told.setdefault(subject, {})[what] = result

    @property
    def empty(self) -> bool:
        """Whether nothing was told."""
        return not self._told

    def table(self) -> Table:
        """Return a line for each subject."""
        columns = sorted({what for facts in self._told.values() for what in facts})
        table = Table("engine", *columns)
        for name in (subject.name for subject in SUBJECTS if subject.name in self._told):
            table.add_row(name, *(self._told[name].get(what, "") for what in columns))
        return table

    def absent(self) -> list[str]:
        """Return what was not run: subjects that were not chosen, and devices that take hardware."""
        subjects = [subject.name for subject in SUBJECTS if subject.name not in self._told]
        return subjects + [f"{engine} on {device}" for engine, devices in NEEDS_HARDWARE.items() for device in devices]
