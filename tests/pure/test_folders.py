"""Private folders and files, and the log: nobody else reads them, nothing forges them."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from phi_ls import folders, logs


@contextmanager
def umask(mask: int) -> Iterator[None]:
    old = os.umask(mask)
    try:
        yield
    finally:
        os.umask(old)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


if os.name != "nt":  # modes and owners are POSIX

    @pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
    def test_private_folder_and_file_under_any_umask(tmp_path: Path, mask: int) -> None:
        """The new folders are 0700 and the file is 0600, whatever the umask adds or takes."""
        with umask(mask):
            made = folders.private_dir(tmp_path / "a" / "b")
            folders.write_private(made / "f", b"secret")
        assert (mode(tmp_path / "a"), mode(made), mode(made / "f")) == (0o700, 0o700, 0o600)
        assert (made / "f").read_bytes() == b"secret"

    @pytest.mark.parametrize("bits", [0o770, 0o707, 0o777])
    def test_folder_that_others_can_write_is_refused(tmp_path: Path, bits: int) -> None:
        """What others can write they can replace."""
        (tmp_path / "d").mkdir()
        (tmp_path / "d").chmod(bits)
        with pytest.raises(folders.UnsafeFolder, match="other users"):
            folders.private_dir(tmp_path / "d")

    def test_folder_of_another_user_is_refused(tmp_path: Path) -> None:
        """A folder that somebody else put there first is not used."""
        theirs = Path("/usr")
        if os.geteuid() == 0:
            theirs = tmp_path / "d"
            theirs.mkdir(0o700)
            os.chown(theirs, 12345, 12345)
        with pytest.raises(folders.UnsafeFolder, match="another user"):
            folders.private_dir(theirs)


def test_link_and_file_are_no_folder(tmp_path: Path) -> None:
    """A link may lead anywhere; a file is none at all."""
    (tmp_path / "real").mkdir(0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(folders.UnsafeFolder):
            folders.private_dir(tmp_path / name)


def test_existing_folder_is_used_as_it_is(tmp_path: Path) -> None:
    """A folder that the user chose keeps its mode."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d").chmod(0o755)
    assert tmp_path / "d" == folders.private_dir(tmp_path / "d")
    assert mode(tmp_path / "d") == 0o755 or os.name == "nt"


def test_write_replaces_a_link_and_not_its_target(tmp_path: Path) -> None:
    """What a link points to is never written."""
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "f").symlink_to(tmp_path / "target")
    folders.write_private(tmp_path / "f", b"new")
    assert ((tmp_path / "target").read_bytes(), (tmp_path / "f").read_bytes()) == (b"old", b"new")
    assert not (tmp_path / "f").is_symlink()


def test_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    """The temporary file goes when the last step fails."""
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "x").touch()
    with pytest.raises(OSError, match="f"):
        folders.write_private(tmp_path / "f", b"new")
    assert {"f"} == {each.name for each in tmp_path.iterdir()}


def test_folders_can_be_moved(tmp_path: Path) -> None:
    """Each of the four environment variables moves its place; the configuration may be named by file or folder."""
    script = (
        "from phi_ls import folders as f, settings as s; "
        "print(f.cache_dir(), f.data_dir(), f.state_dir(), f.config_file(), s.user_file()[0].options, sep='\\n')"
    )
    (tmp_path / "config.toml").write_text("enable = false\n")
    environment = {f"PHI_LS_{name}_DIR": str(tmp_path / name) for name in ("CACHE", "DATA", "STATE")}
    for config in (tmp_path, tmp_path / "config.toml"):
        printed = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, **environment, "PHI_LS_CONFIG": str(config), "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        expected = [*(str(tmp_path / name) for name in ("CACHE", "DATA", "STATE")), str(tmp_path / "config.toml")]
        assert [*expected, "{'enable': False}"] == printed


def record(name: str, message: str, *args: object, created: float = 0.0, line: int = 1) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.WARNING, "f.py", line, message, args, None)
    made.created = created
    return made


def test_record_is_one_printable_line() -> None:
    """Line ends, escape sequences and bidi marks in a text cannot forge a record or drive a terminal."""
    line = logs.LineFormatter().format(record("phi_ls.x", "at %s", "a\r\nERROR forged \x1b[2J \u2028 \u202e end"))
    assert line.isprintable()
    assert line.endswith(r"warning phi_ls.x: at a\r\nERROR forged \x1b[2J \u2028 \u202e end")


def test_traceback_stays_on_one_line() -> None:
    """An exception is one record, and says where it came from."""
    try:
        raise ValueError("boom")
    except ValueError:
        made = record("phi_ls.x", "failed")
        made.exc_info = sys.exc_info()
    line = logs.LineFormatter().format(made)
    assert line.isprintable()
    assert "ValueError: boom" in line
    assert "test_folders.py" in line


def test_parameters_of_requests_are_not_logged() -> None:
    """What pygls logs of a failed request names neither its parameters nor the error's text."""
    try:
        raise ValueError("def secret(): pass")
    except ValueError:
        made = record("pygls.protocol.json_rpc", "Failed to handle request %s %s", 3, "def secret(): pass")
        made.exc_info = sys.exc_info()
    line = logs.LineFormatter().format(made)
    assert "secret" not in line
    assert "Failed to handle request" in line
    assert "ValueError at test_folders.py:" in line


def test_repeats_are_counted_instead_of_written() -> None:
    """An origin writes twenty records a minute; the next minute says how many were left out; others go on."""
    limit = logs.RepeatLimit()
    written = [limit.filter(record("a", "x", created=100.0)) for _ in range(50)]
    assert sum(written) == 20
    assert limit.filter(record("a", "y", created=100.0, line=2))
    later = record("a", "x", created=161.0)
    assert limit.filter(later)
    assert later.getMessage() == "x (30 similar records left out)"


def test_log_goes_to_a_private_file_and_pygls_is_held_at_warning(tmp_path: Path) -> None:
    """`--log-file` with the most talkative level: ours is written, what pygls sends is not."""
    script = (
        "import logging, sys; from pathlib import Path; from phi_ls import logs; "
        "logs.set_up(level='debug', file=Path(sys.argv[1])); "
        "logging.getLogger('phi_ls.x').debug('ours'); logging.getLogger('pygls.protocol').info('Sending code')"
    )
    file = tmp_path / "state" / "log.txt"
    done = subprocess.run(
        [sys.executable, "-c", script, str(file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert [line.rpartition(": ")[2] for line in file.read_text().splitlines()] == ["ours"]
    assert mode(file) == 0o600 or os.name == "nt"
