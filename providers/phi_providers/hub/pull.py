"""Fetches a model into the folder of installed models: it is there whole and checked, or it is not there."""

from __future__ import annotations

import contextlib
import errno
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

from phi_providers.catalogue.entries import Entry
from phi_providers.hub.failures import PullFailed
from phi_providers.hub.filling import Filling
from phi_providers.hub.library import Hub, connect
from phi_providers.hub.listing import Published, published
from phi_providers.hub.patience import patiently
from phi_providers.hub.pins import pin, pinned
from phi_providers.hub.place import InstalledModel, begun, find_installed, held, staging, swap_in
from phi_providers.hub.progress import Meter, Progress, Report, Stage
from phi_providers.hub.seal import seal
from phi_providers.hub.thorough import verify_thoroughly
from phi_providers.models.manifest import ModelError

FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class Pull:
    """One model that is to be fetched; raises PullFailed where nothing may be.

    Opens connections, so it belongs into a process that the user has started.
    """

    def __init__(
        self,
        entry: Entry,
        root: Path,
        report: Report,
        cancelled: threading.Event | None = None,
        hub: Hub | None = None,
    ) -> None:
        self.entry = entry
        self._hub = hub or connect()
        self._root = root
        self._report = report
        self._cancelled = cancelled or threading.Event()

    def offer(self, *, latest: bool = False) -> Published:
        """Ask the hub what there is, and how large; raises PullFailed. Nothing is written.

        `latest`: not the commit that was fetched first, but the newest; one that the catalogue pins stays.
        """
        hub = self._hub
        revision = "" if latest else pinned(self._root, self.entry)
        say = Meter(self._report, Stage.DOWNLOAD, 0).say
        return patiently(lambda: published(hub, self.entry, revision), self._cancelled, waits_s=hub.waits_s, say=say)

    def install(self, source: Published) -> InstalledModel:
        """Fetch, compare and install what was offered; raises PullFailed, and then nothing has changed."""
        with self._explained(), held(self._root, self.entry.id, self._wait):
            found = self._whole(source)
            if found is None:
                pin(self._root, self.entry, source.commit)
                place = staging(self._root, self.entry.id, source.commit)
                Filling(self._hub, source, place, self._report, self._cancelled).fill()
                self._say(Stage.INSTALL, source)
                seal(place, source)
                swap_in(self._root, self.entry.id, place)
                found = find_installed(self._root, self.entry.id)
        if found is None:
            raise PullFailed(f"{self.entry.id} has gone again; did somebody remove it just now?")
        self._say(Stage.DONE, source)
        return found

    def _whole(self, source: Published) -> InstalledModel | None:
        """Return the model if it is installed at this commit already and nothing is wrong with it."""
        try:
            found = find_installed(self._root, self.entry.id)
            if found is None or found.source is None or found.source.revision != source.commit:
                return None
            verify_thoroughly(found.path)
        except ModelError:
            return None  # fetching it again is what mends it
        return found

    def _wait(self) -> None:
        self._report(Progress(stage=Stage.WAITING, note="another process is fetching this model; waiting for it"))

    def _say(self, stage: Stage, source: Published) -> None:
        self._report(Progress(stage=stage, done=source.size, total=source.size))

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            if exc.errno in FULL:
                for folder in begun(self._root, self.entry.id):
                    shutil.rmtree(folder, ignore_errors=True)
                raise PullFailed(f"the disk of {self._root} is full; what was fetched was removed again") from exc
            raise PullFailed(f"{self._root} cannot be written: {exc.strerror or exc}") from exc
