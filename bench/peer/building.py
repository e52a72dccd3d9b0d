"""llama.cpp's own server, compiled on this machine from the source that the package llama-cpp-python carries.

It takes a C++ compiler; cmake and ninja come into an environment of its own, with the package that writes GGUF. All
lies in a folder for this version and is made once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from phi_providers.environments.kept import python_of

PACKAGE = "llama-cpp-python"
VERSION = "0.3.36"
SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"
TOOLS = ("cmake==4.4.4", "ninja==1.13.2", "gguf==0.19.0")
OPTIONS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DBUILD_SHARED_LIBS=OFF",
    # For this very processor, as our engine chooses its code.
    "-DGGML_NATIVE=ON",
    "-DLLAMA_OPENSSL=OFF",
    "-DLLAMA_USE_PREBUILT_UI=OFF",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_APP=OFF",
)
TARGET = "llama-server"
WORK = Path(os.environ.get("PHI_LS_PEER_DIR") or platformdirs.user_cache_path("phi-ls-peer"))


class NoPeer(Exception):
    """The peer cannot be made on this machine: what failed and what to do."""


@dataclass(frozen=True)
class Built:
    """What has been made."""

    python: Path
    """The interpreter that can write GGUF."""
    server: Path


def built(work: Path = WORK) -> Built:
    """Return the peer, made if it is not there (minutes); raises NoPeer."""
    folder = work / f"llama.cpp-{VERSION}"
    name = f"{TARGET}.exe" if sys.platform == "win32" else TARGET
    found = Built(python_of(folder / "tools"), folder / name)
    if not found.server.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _tools(folder / "tools")
        _compile(folder / "tools", _source(folder), folder / "build")
        # Last, and by renaming: a server that is there is a whole one.
        shutil.copy2(folder / "build" / "bin" / name, folder / f"{name}.part")
        (folder / f"{name}.part").replace(found.server)
    return found


def _tools(folder: Path) -> None:
    venv.create(folder, with_pip=True, clear=True)
    _run([python_of(folder), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *TOOLS])


def _source(folder: Path) -> Path:
    """Download the source distribution and unpack llama.cpp from it."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{SHA256}\n", "utf-8")
    pip: list[str | Path] = [
        python_of(folder / "tools"),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "download",
        "--quiet",
        "--no-deps",
    ]
    _run([*pip, "--no-binary", PACKAGE, "--require-hashes", "--dest", folder, "--requirement", wanted])
    (archive,) = folder.glob("llama_cpp_python-*.tar.gz")
    inside = f"{archive.name.removesuffix('.tar.gz')}/vendor/llama.cpp/"
    with tarfile.open(archive) as tar:
        members = [member for member in tar.getmembers() if member.name.startswith(inside)]
        # Its hash is known, so the archive is the one that was looked at.
        tar.extractall(folder / "source", members)
    return folder / "source" / inside


def _compile(tools: Path, source: Path, build: Path) -> None:
    scripts = python_of(tools).parent
    path = os.pathsep.join((str(scripts), os.environ.get("PATH", "")))
    _run([scripts / "cmake", "-S", source, "-B", build, "-G", "Ninja", *OPTIONS], path)
    _run([scripts / "cmake", "--build", build, "--target", TARGET], path)


def _run(command: Sequence[str | Path], path: str = "") -> None:
    environment = {**os.environ, **({"PATH": path} if path else {})}
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise NoPeer(f"{Path(command[0]).name} failed; the peer takes a C++ compiler and the package index:\n{last}")
