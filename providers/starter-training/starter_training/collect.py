"""Downloads the listed packages, unopened, with the ordinary clients of their registries."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import typer

from starter_training.archives import declared_metadata
from starter_training.places import RECIPE, WORK

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LIST = RECIPE / "packages.toml"
DOWNLOADS = WORK / "packages"


@dataclass(frozen=True)
class Wanted:
    """One package of the list; an empty version takes the newest."""

    registry: str
    split: str
    name: str
    version: str

    @property
    def folder(self) -> Path:
        """Where the package's archive lies once it is downloaded."""
        return DOWNLOADS / self.registry / self.name.replace("/", "__")

    @property
    def archive(self) -> Path | None:
        """The downloaded archive, if it is there."""
        return next((p for p in sorted(self.folder.glob("*")) if p.suffix in {".whl", ".tgz"}), None)


def wanted_packages(listing: Path = LIST) -> list[Wanted]:
    """Every package of the list, in its order."""
    registries = tomllib.loads(listing.read_text(encoding="utf-8"))
    return [
        Wanted(registry, split, name, version)
        for registry, splits in registries.items()
        for split, packages in splits.items()
        for name, version in packages.items()
    ]


def download(wanted: Wanted) -> str | None:
    """Fetches one archive unless it is there; answers what went wrong, if something did.

    Nothing of the package is run: wheels only, and npm's `pack` of a registry name runs no scripts.
    """
    if wanted.archive:
        return None
    wanted.folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(client_command(wanted), capture_output=True, text=True, check=False, timeout=900)
    return None if done.returncode == 0 else f"{wanted.name}: {done.stderr.strip().splitlines()[-1:]}"


def client_command(wanted: Wanted) -> list[str]:
    """The registry client's command line for one package."""
    folder = str(wanted.folder)
    if wanted.registry == "npm":
        pinned = f"{wanted.name}@{wanted.version or 'latest'}"
        return ["npm", "pack", "--silent", "--pack-destination", folder, pinned]
    pinned = f"{wanted.name}=={wanted.version}" if wanted.version else wanted.name
    return [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", folder, pinned]


def pin(found: list[Wanted], listing: Path = LIST) -> None:
    """Writes the versions that were downloaded into the list, where it named none."""
    text = listing.read_text(encoding="utf-8")
    for wanted in found:
        if not wanted.version and wanted.archive:
            version = declared_metadata(wanted.archive).version
            line = rf'^("?{re.escape(wanted.name)}"?) = ""$'
            text = re.sub(line, rf'\1 = "{version}"', text, flags=re.MULTILINE)
    listing.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Downloads what is missing and pins what was not pinned."""
    wanted = wanted_packages()
    with ThreadPoolExecutor(2) as pool:
        for failure in filter(None, pool.map(download, wanted)):
            typer.echo(failure)
    pin(wanted)


if __name__ == "__main__":
    main()
