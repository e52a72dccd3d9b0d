"""Fills a folder with the files of a model: fetches what is missing, and compares all of it with what was published."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from phi_providers.hub.failures import PullFailed
from phi_providers.hub.fingerprint import differs
from phi_providers.hub.library import Hub
from phi_providers.hub.listing import Published, PublishedFile
from phi_providers.hub.parallel import do_all
from phi_providers.hub.patience import patiently
from phi_providers.hub.progress import Meter, Report, Stage
from phi_providers.hub.transfer import fetch
from phi_providers.sizes import GIGABYTE, MEGABYTE

PART = ".part"
"""Ends the name of a file until it has been compared."""

SPARE_BYTES = 256 * MEGABYTE
"""That the disk must have left afterwards: a full one stops more than us."""


class Filling:
    """One folder that is being filled."""

    def __init__(self, hub: Hub, source: Published, place: Path, report: Report, cancelled: threading.Event) -> None:
        self._hub = hub
        self._source = source
        self._place = place
        self._report = report
        self._cancelled = cancelled
        self._pieced: set[str] = set()
        """Names of files whose bytes did not all come in one transfer."""

    def fill(self) -> None:
        """Do all of it; raises PullFailed, Cancelled or OSError. What arrived and may be right is kept."""
        self._check_space()
        self._download()
        self._verify()

    def _arrived(self, file: PublishedFile) -> int:
        """Return how many bytes of a file are there."""
        for path in (self._place / file.name, self._part(file)):
            if path.exists():
                return path.stat().st_size
        return 0

    def _all_arrived(self) -> int:
        return sum(min(self._arrived(file), file.size) for file in self._source.files)

    def _check_space(self) -> None:
        missing = self._source.size - self._all_arrived()
        free = shutil.disk_usage(self._place).free
        if missing and free < missing + SPARE_BYTES:
            raise PullFailed(
                f"{_gigabytes(missing + SPARE_BYTES)} are needed on the disk of {self._place.parent.parent}, and "
                f"{_gigabytes(free)} are free; make room, or move the folder with PHI_LS_DATA_DIR"
            )

    def _download(self) -> None:
        meter = Meter(self._report, Stage.DOWNLOAD, self._source.size, self._all_arrived())
        largest_first = sorted(self._source.files, key=lambda file: -file.size)
        do_all([self._job(file, meter) for file in largest_first], self._cancelled)

    def _job(self, file: PublishedFile, meter: Meter) -> Callable[[], None]:
        def attempt() -> None:
            if self._arrived(file):
                self._pieced.add(file.name)
            if not (self._place / file.name).exists():
                fetch(self._hub, self._source, file, self._part(file), self._cancelled, meter.moved)

        def gained() -> int:
            return self._arrived(file)

        return lambda: patiently(attempt, self._cancelled, waits_s=self._hub.waits_s, gained=gained, say=meter.say)

    def _verify(self) -> None:
        """Compare every file, those of earlier attempts as well; what was pieced together gets a second chance."""
        meter = Meter(self._report, Stage.VERIFY, self._source.size)
        for file in self._source.files:
            problem = self._problem(file, meter)
            if problem and file.name in self._pieced:
                meter.say(f"{problem}; it is fetched once more, from its beginning")
                again = Meter(self._report, Stage.DOWNLOAD, self._source.size, self._all_arrived())
                do_all([self._job(file, again)], self._cancelled)
                problem = self._problem(file, meter)
            if problem:
                raise PullFailed(f"{problem}; it was thrown away, and nothing is installed")

    def _problem(self, file: PublishedFile, meter: Meter) -> str:
        """Return how a file differs, and throw it away then; give it its name when it does not."""
        part, name = self._part(file), self._place / file.name
        path = name if name.exists() else part
        problem = differs(path, file, self._cancelled, meter.moved)
        if problem:
            path.unlink()
        elif path == part:
            part.rename(name)
        return problem

    def _part(self, file: PublishedFile) -> Path:
        return self._place / f"{file.name}{PART}"


def _gigabytes(count: int) -> str:
    return f"{count / GIGABYTE:.1f} GB"
