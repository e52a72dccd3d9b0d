"""Compiles the Intel NPU Acceleration Library on Linux, for which it was never published, into an environment.

Its own build downloads a whole OpenVINO for Ubuntu alone; the OpenVINO wheel in the environment has the same headers
and libraries, and there is one C++ file to compile.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from pathlib import Path

from phi_providers.environments.kept import python_of, site_packages
from phi_providers.environments.pip import Progress, pip_for, run
from phi_providers.environments.recipes import EnvironmentFailed, Source

COMPILERS = ("c++", "g++", "clang++")

FLAGS = (
    "-std=c++17",
    "-O3",
    "-fPIC",
    "-shared",
    # Its conversions are written for the vector instructions of the machine that compiles them.
    "-march=native",
    # The OpenVINO wheel is built for old systems, with the strings of GCC before version 5.
    "-D_GLIBCXX_USE_CXX11_ABI=0",
)


def compile_source(folder: Path, source: Source, progress: Progress) -> None:
    """Download, verify, compile and install the source distribution; raises EnvironmentFailed."""
    compiler = next((found for name in COMPILERS if (found := shutil.which(name))), None)
    if compiler is None:
        raise EnvironmentFailed(
            f"{source.name} is compiled here, which needs a C++ compiler; install g++ and try again"
        )
    work = folder / "source"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    unpacked = _unpack(_download(folder, source, work, progress), work)
    packages = site_packages(folder)
    progress(f"compiling {source.name} {source.version}")
    module = source.name.replace("-", "_")
    library = work / f"lib{module}.so"
    libraries = packages / "openvino" / "libs"
    (openvino,) = libraries.glob("libopenvino.so.*")
    include = [f"-I{unpacked / 'include'}", f"-I{packages / 'openvino' / 'include'}"]
    link: list[str | Path] = ["-o", library, unpacked / "src" / "bindings.cpp", openvino]
    command: list[str | Path] = [compiler, *FLAGS, *include, *link]
    run(command, work, f"compiling {source.name}", progress)
    _install(unpacked / module, packages, library, libraries, source)
    shutil.rmtree(work)


def _download(folder: Path, source: Source, work: Path, progress: Progress) -> Path:
    pip = [*pip_for(python_of(folder), progress), "download", "--no-deps", "--no-build-isolation"]
    wanted: list[str | Path] = ["--no-binary", ":all:", "--dest", work, f"{source.name}=={source.version}"]
    run([*pip, *wanted], work, f"downloading {source.name}", progress)
    (archive,) = work.glob("*.tar.gz")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != source.sha256:
        raise EnvironmentFailed(f"{archive.name} is not the file that was tested; nothing was compiled from it")
    return archive


def _unpack(archive: Path, work: Path) -> Path:
    with tarfile.open(archive) as tar:
        # Its content is known, by its hash; Python asks for a filter all the same, where it has one.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(work)  # noqa: S202
    return work / archive.name.removesuffix(".tar.gz")


def _install(module: Path, packages: Path, library: Path, libraries: Path, source: Source) -> None:
    target = packages / module.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(module, target)
    (target / "lib").mkdir()
    shutil.copy2(library, target / "lib")
    # It loads OpenVINO from its own folder, and OpenVINO looks for its plug-ins beside the name it was loaded by.
    for path in libraries.iterdir():
        (target / "lib" / path.name).symlink_to(os.path.relpath(path, target / "lib"))
        if path.name.startswith("libopenvino.so."):
            (target / "lib" / "libopenvino.so").symlink_to(path.name)
    about = packages / f"{module.name}-{source.version}.dist-info"
    about.mkdir(exist_ok=True)
    text = f"Metadata-Version: 2.1\nName: {source.name}\nVersion: {source.version}\n"
    (about / "METADATA").write_text(text, "utf-8")
    (about / "RECORD").write_text("", "utf-8")
    (about / "INSTALLER").write_text("phi-ls\n", "utf-8")
