"""Every engine in turn: `subject` is each of them, `exact_subject` each whose arithmetic is that of the reference."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
from conformance.engines import Engines
from conformance.report import PROPERTY, Report, Tell
from conformance.subjects import Subject, chosen
from rich.console import Console

if sys.platform != "linux":
    collect_ignore = ["test_native_noise.py"]

LONGEST_S = 600.0
"""With the loading of an engine from its own environment on a busy machine."""

REPORT = Report()
"""For the end; pytest gives hooks no fixtures, and with pytest-xdist the tests run in other processes."""

FIXTURES: dict[str, Callable[[Subject], bool]] = {
    "subject": lambda _: True,
    "exact_subject": lambda subject: not subject.inexact,
    "stoppable_subject": lambda subject: not subject.unstoppable,
    "reusing_subject": lambda subject: subject.expected_reuse(1000, 1000) > 0,
    "choosing_subject": lambda subject: not subject.any_device,
    "transparent_subject": lambda subject: not subject.opaque,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test the engines of this run that it is about; with pytest-xdist's loadgroup, one process for each."""
    for name, belongs in FIXTURES.items():
        if name in metafunc.fixturenames:
            found = [each for each in chosen() if belongs(each)]
            parameters = [pytest.param(each, id=each.name, marks=_marks(each)) for each in found]
            metafunc.parametrize(name, parameters)


def _marks(subject: Subject) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xdist_group(subject.form), pytest.mark.timeout(LONGEST_S)]


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """All engines, each loaded when it is first wanted."""
    found = Engines(tmp_path_factory.mktemp("conformance"))
    yield found
    found.close()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Keep a measurement for the end of the run."""
    return lambda subject, what, result: record_property(PROPERTY, f"{subject.name}: {what}: {result}")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take what a test has measured."""
    if report.when == "call":
        REPORT.add(report.user_properties)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was measured of each engine, and what was not in this run."""
    if not REPORT.empty:
        terminalreporter.section("conformance")
        console = Console(width=140)
        with console.capture() as text:
            console.print(REPORT.table())
        terminalreporter.write_line(text.get())
        terminalreporter.write_line(f"not in this run: {', '.join(REPORT.absent())}")
