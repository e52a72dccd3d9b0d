"""Disks that are full, or become so: the user is told, nothing is half installed, and the room is given back."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from process.command_line import COMMAND, PATIENCE_S
from process.local_hub import Handler, LocalHub, local_hub
from process.pulling import VARIANT, WEIGHTS, Fetcher, Pulling, assert_whole, smaller_model, visible

from phi_providers.hub.filling import SPARE_BYTES

SIZE = sum(len(data) for data in smaller_model().values())
MEGABYTE = 1000**2


@contextlib.contextmanager
def small_disk(place: Path, size: int) -> Iterator[Path]:
    """Mount a disk of this size, in memory."""
    place.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=True, capture_output=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def can_mount(place: Path) -> bool:
    """Return whether this user may."""
    try:
        with small_disk(place, MEGABYTE):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with local_hub() as running:
        yield running


def fill(place: Path) -> Path:
    """Write until nothing more goes onto the disk, as any other program might."""
    ballast = place / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * MEGABYTE)
    return ballast


def test_a_disk_that_fills_up_meanwhile(hub: LocalHub, tmp_path: Path) -> None:
    """A full disk ends the fetch, gives its room back, and hinders no later one.

    Where this user may mount no small disk, the answer of a full one comes from the largest size that a file may have.
    """
    if not can_mount(tmp_path / "trial"):
        _limited(Pulling(tmp_path, hub))
        return
    with small_disk(tmp_path / "disk", SIZE + SPARE_BYTES + 4 * MEGABYTE) as disk:
        fetcher = Fetcher(disk, hub)
        ballast: list[Path] = []

        def answer(handler: Handler, data: bytes) -> None:
            ballast.append(fill(disk))
            handler.content(data)

        hub.faults[WEIGHTS] = [answer]
        assert "is full" in fetcher.refused()
        assert [] == list((fetcher.root / ".fetching").iterdir())
        ballast[0].unlink()
        fetcher.pull()
        fetcher.assert_whole()


def test_no_room_from_the_beginning(hub: LocalHub, tmp_path: Path) -> None:
    """What does not fit is not begun: the user is told how much is needed."""

    def huge(info: dict[str, Any]) -> dict[str, Any]:
        next(each for each in info["siblings"] if each["rfilename"] == WEIGHTS)["lfs"]["size"] = 60 * 1000**3
        return info

    hub.published = huge
    with contextlib.ExitStack() as stack:
        folder = tmp_path / "small"
        if can_mount(tmp_path / "trial"):
            stack.enter_context(small_disk(folder, 8 * MEGABYTE))
        else:
            folder.mkdir()
        fetcher = Fetcher(folder, hub)
        assert "60.3 GB are needed" in fetcher.refused()
        assert [] == hub.asked(WEIGHTS)


def _limited(cli: Pulling) -> None:
    done = limited(cli, 1_000_000)
    assert (1, []) == (done.returncode, visible(cli.root))
    assert "is full" in done.stderr
    assert [] == list((cli.root / ".fetching").iterdir())


def limited(cli: Pulling, size: int) -> subprocess.CompletedProcess[str]:
    """Fetch with no file larger than this."""
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    command = [*COMMAND, "models", "pull", VARIANT, "--yes"]
    options: dict[str, Any] = {"cwd": cli.folder, "env": cli.env, "capture_output": True, "encoding": "utf-8"}
    return subprocess.run(command, timeout=PATIENCE_S, preexec_fn=limit, stdin=subprocess.DEVNULL, **options)


@pytest.mark.parametrize("size", [1_000, 300_000, 5_000_000])
def test_a_file_that_may_not_grow(hub: LocalHub, tmp_path: Path, size: int) -> None:
    """A quota ends the fetch as a full disk does, wherever it strikes; without it, the next one succeeds."""
    cli = Pulling(tmp_path, hub)
    done = limited(cli, size)
    assert (1, []) == (done.returncode, visible(cli.root)), done.stderr
    assert "is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert [] == list((cli.root / ".fetching").iterdir())
    assert 0 == cli.pull().returncode
    assert_whole(cli.root, hub)


def _a_file(root: Path) -> None:
    root.parent.mkdir(parents=True)
    root.write_text("in the way")


def _a_link(root: Path) -> None:
    root.parent.mkdir(parents=True)
    (root.parent / "elsewhere").mkdir(mode=0o777)
    root.symlink_to(root.parent / "elsewhere")


@pytest.mark.parametrize("spoil", [_a_file, _a_link])
def test_a_folder_that_cannot_be_used(hub: LocalHub, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """Where models cannot lie, none is fetched; the user is told in one line."""
    cli = Pulling(tmp_path, hub)
    spoil(cli.root)
    done = cli.pull()
    assert 1 == done.returncode
    assert 1 == len(done.stderr.splitlines()), done.stderr
    assert [] == hub.asked(WEIGHTS)
