"""`phi-ls cache`: how many answers are kept on disk, and the end of them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from phi_ls import folders
from phi_ls.caches.answers import on_disk
from phi_ls.caches.disk import Contents, DiskCache
from phi_ls.configuration import Configuration
from phi_ls.layers import user_file
from phi_ls.terminal.ending import ended
from phi_providers.sizes import MEGABYTE, size_text

cache = typer.Typer(
    help="Answers that are kept on disk: what the same model has said of the same code.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]


@cache.command()
def stats(as_json: Json = False) -> None:
    """Show how many answers are kept, and where."""
    raise typer.Exit(ended(lambda: _stats(as_json=as_json), as_json=as_json))


@cache.command()
def clear(as_json: Json = False) -> None:
    """Take all of them away, also for the servers that run now."""
    raise typer.Exit(ended(lambda: _clear(as_json=as_json), as_json=as_json))


def _stats(*, as_json: bool) -> object:
    megabytes, kept = _budget(), _kept()
    found = _contents(kept)
    facts: dict[str, Any] = {
        "enabled": megabytes > 0,
        "path": str(kept.path),
        "entries": found.entries,
        "size_bytes": found.size_bytes,
        "max_bytes": megabytes * MEGABYTE,
    }
    if as_json:
        return facts
    limit = f"of at most {size_text(megabytes * MEGABYTE)}" if megabytes else "no new ones are kept: cache.disk is off"
    return f"{found.entries} answers, {size_text(found.size_bytes)}, {limit}, in {kept.path}"


def _clear(*, as_json: bool) -> object:
    kept = _kept()
    before = _contents(kept).entries
    if before and not kept.clear():
        raise OSError(f"{kept.path} cannot be changed now; try again, or close all editors and delete the file")
    return {"removed": before} if as_json else f"{before} answers removed"


def _contents(kept: DiskCache) -> Contents:
    nothing = Contents(entries=0, size_bytes=0)
    if not kept.path.exists():
        return nothing
    found = kept.contents()
    if found is None:
        raise OSError(f"{kept.path} cannot be read now; try again")
    return found


def _kept() -> DiskCache:
    """Return what there is, whether or not more is to be kept."""
    return DiskCache(folders.answers_dir(), "answers", max_bytes=MEGABYTE)


def _budget() -> int:
    layer, complaints = user_file()
    settings = Configuration([layer] if layer else [], complaints).settings
    return settings.cache_max_megabytes if on_disk(settings) else 0
