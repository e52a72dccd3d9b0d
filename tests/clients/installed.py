"""Editors newer than the system's own, from Debian's other suites, unpacked beside the system.

Nothing of the system is changed: apt gets a state of its own in which nothing is installed, so it fetches all that a
program needs, the C library included, and `dpkg-deb` unpacks that into a folder. Needs Debian's tools and no rights;
made once, then kept.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

INSTALL_S = 420
"""Long enough for a slow mirror, short enough to fail with a message before the test does."""


def unpacked(name: str, suite: str, packages: Sequence[str]) -> Path:
    """Give the folder in which these packages of a suite, and all that they depend on, are unpacked.

    `suite` is `sid`, `trixie`, … or a `…-backports`. Several processes may ask at once; one of them does it. Raises
    RuntimeError with apt's words if it fails. The folder is laid out as the system's root is; its programs are started
    by `command`.
    """
    key = hashlib.sha256(" ".join([suite, *sorted(packages)]).encode()).hexdigest()[:12]
    root = _cache() / f"{name}-{suite}-{key}"
    with _only_one(root.with_suffix(".lock")):
        if not root.is_dir():
            with tempfile.TemporaryDirectory(dir=root.parent, prefix=f"{root.name}.") as work:
                _make(Path(work), suite, packages).rename(root)
    return root


def command(root: Path, program: str) -> list[str]:
    """Give the words that start a program of an unpacked folder with the C library it was made for.

    `program` is a path in the folder, such as `usr/bin/vim`. Processes that the program starts get the system's own
    libraries.
    """
    loader = next(path for path in sorted(root.glob("usr/lib*/ld-linux*.so.*")) if path.is_file())
    folders = {path.parent for path in root.glob("usr/lib/**/*.so*")} & set(root.glob("usr/lib/*-linux-gnu*"))
    return [str(loader), "--library-path", ":".join(map(str, sorted(folders))), str(root / program)]


def _cache() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "phi-ls-tests" / "editors"
    cache.mkdir(parents=True, exist_ok=True)
    return cache


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(work: Path, suite: str, packages: Sequence[str]) -> Path:
    environment = {**os.environ, "APT_CONFIG": str(_configuration(work, suite)), "LC_ALL": "C.UTF-8"}
    _run(["apt-get", "-q", "update"], environment)
    wanted = ["apt-get", "-q", "-y", "-t", suite, "--download-only", "--no-install-recommends", "install", *packages]
    _run(wanted, environment)
    root = work / "root"
    # Older packages have files in /lib, for the system's link to /usr/lib; the program looks in one place.
    root.mkdir()
    for old in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / old).mkdir(parents=True)
        (root / old).symlink_to(Path("usr", old))
    for package in sorted((work / "cache" / "archives").glob("*.deb")):
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as tar:
            _run(["tar", "-x", "--keep-directory-symlink", "--no-same-owner", "-C", str(root)], environment, tar.stdout)
    return root


def _configuration(work: Path, suite: str) -> Path:
    """Write an apt configuration with a state of its own, that reaches the network as the machine's does."""
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    suites = [suite, suite.removesuffix("-backports")]
    mirror = _mirror()
    (work / "sources.list").write_text("".join(f"deb {mirror} {name} main\n" for name in dict.fromkeys(suites)))
    lines = [
        _run(["apt-config", "dump", "Acquire"], dict(os.environ)),
        f'Dir::State "{work}/state";',
        f'Dir::State::status "{work}/status";',
        f'Dir::Cache "{work}/cache";',
        f'Dir::Etc::sourcelist "{work}/sources.list";',
        *(
            f'Dir::Etc::{part} "/dev/null";'
            for part in ("main", "parts", "sourceparts", "preferences", "preferencesparts")
        ),
        # What is essential is on the system already; and the user whose rights apt takes may not see this folder.
        'pkgCacheGen::Essential "none";',
        'APT::Sandbox::User "";',
    ]
    configuration = work / "apt.conf"
    configuration.write_text("\n".join(lines), "utf-8")
    return configuration


def _mirror() -> str:
    """Find where the machine has its own release from."""
    release = _run(["sh", "-c", ". /etc/os-release && echo $VERSION_CODENAME"], dict(os.environ)).strip()
    listed = _run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages"], dict(os.environ)
    )
    for line in listed.splitlines():
        address, _, suite = line.rpartition(" ")
        if suite == release:
            return address
    raise RuntimeError(f"no source of {release} among apt's; these tests need Debian")


def _run(words: Sequence[str], environment: dict[str, str], standard_input: object = None) -> str:
    if shutil.which(words[0]) is None:
        raise RuntimeError(f"{words[0]} is missing; these tests need Debian")
    done = subprocess.run(
        words, env=environment, stdin=standard_input, capture_output=True, text=True, timeout=INSTALL_S, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
