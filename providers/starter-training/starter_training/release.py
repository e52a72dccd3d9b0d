"""From a checkpoint and its export to the files that the product ships, or a comparison with them."""

from __future__ import annotations

import filecmp
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from phi_providers.models.installed import from_folder
from phi_providers.models.manifest import ModelError, verify, write_manifest
from starter_training.card import card
from starter_training.card_figures import Figures
from starter_training.export import EXPORTED, REPORT, exported_folder
from starter_training.export_portable import sha256
from starter_training.places import ORIGINAL, RECIPE, RELEASED, REPOSITORY, RUNS, WORK
from starter_training.release_error import ReleaseError
from starter_training.release_profile import as_text, profile
from starter_training.release_weights import parameters

MOST_BYTES = 40_000_000
"""Of the shipped folder: it is in every installation."""

KEPT = ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json")
"""The model before conversion."""

README = Path(__file__).with_name("release_readme.md")
SETTINGS = "release.json"
EXPORT = "python -m starter_training.export"
PROVIDERS = REPOSITORY / "providers"
SHIPPED_IN = RELEASED.relative_to(PROVIDERS)
ORIGINAL_IN = ORIGINAL.relative_to(PROVIDERS)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where a release is made from."""

    checkpoint: Path
    exported: Path
    run: Path
    """Folder in the repository with the run's log and the export's report."""
    recipe: Path = RECIPE
    """Folder with release.json, data-manifest.json and the evaluation's results."""


def main(
    run: Annotated[str, typer.Argument(help="Name of the training run, instead of the one in release.json.")] = "",
    check: Annotated[bool, typer.Option(help="Compare with the files that are there instead of writing them.")] = False,
    draft: Annotated[
        bool, typer.Option(help="Leave out the model card, whose figures come from evaluating this.")
    ] = False,
    into: Annotated[Path | None, typer.Option(help="Folder to use instead of providers/.")] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="Checkpoint folder, instead of the run's last.")] = None,
    exported: Annotated[Path | None, typer.Option(help="Its export, instead of the run's.")] = None,
) -> None:
    """Put a run's model into the product, or compare it with the model that is there."""
    try:
        run = run or decided(RECIPE).get("run")
        sources = Sources(
            checkpoint=checkpoint or WORK / "checkpoints" / run / "final",
            exported=exported or exported_folder(run),
            run=RUNS / run,
        )
        differing = release(sources, into or PROVIDERS, check=check, draft=draft)
    except (ReleaseError, ModelError) as exc:
        raise SystemExit(f"release: {exc}") from exc
    if differing:
        raise SystemExit("release: these files differ:\n" + "\n".join(differing))


def release(sources: Sources, providers: Path, *, check: bool = False, draft: bool = False) -> list[str]:
    """Write both folders, or name the files in them that differ from what would be written."""
    if draft and providers.resolve() == PROVIDERS:
        raise ReleaseError("a draft has no model card and cannot be shipped; name a folder with --into")
    with TemporaryDirectory() as scratch:
        built = Path(scratch)
        build(sources, built, draft=draft)
        if check:
            return differences(built, providers)
        for name in files(built):
            (providers / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(built / name, providers / name)
    # Files of an earlier model that do not belong to this one are found here.
    verify(providers / SHIPPED_IN, full=True)
    return []


def build(sources: Sources, into: Path, *, draft: bool = False) -> None:
    """Write the shipped folder and the original one below an empty folder; raises ReleaseError and names the cause."""
    report = Figures(sources.run / REPORT, EXPORT)
    require_one_model(sources, report)
    weights = parameters(sources.checkpoint / "model.safetensors")
    shipped, original = into / SHIPPED_IN, into / ORIGINAL_IN
    copy(sources.exported, EXPORTED, shipped)
    copy(sources.checkpoint, KEPT, original)
    described = profile(
        decided(sources.recipe).get("profile"),
        Figures(shipped / "tokenizer.json", EXPORT).get("added_tokens"),
        positions=Figures(shipped / "config.json", EXPORT).get("max_position_embeddings"),
        weights=weights,
        chars_per_token=report.get("chars_per_token"),
        precision=report.get("format").rsplit(maxsplit=1)[-1],
    )
    write(shipped / "profile.json", as_text(described))
    write(original / "README.md", README.read_text("utf-8"))
    if not draft:
        write(shipped / "MODEL_CARD.md", card(sources.recipe, sources.run, shipped, weights))
    write_manifest(shipped, [path.name for path in shipped.iterdir()])
    require_size(shipped)
    # The product must be able to read it.
    from_folder(shipped)


def decided(recipe: Path) -> Figures:
    """Return what is decided by hand: the run that is released, and its profile."""
    return Figures(recipe / SETTINGS, "git checkout release.json")


def require_one_model(sources: Sources, report: Figures) -> None:
    """Raise ReleaseError if checkpoint, export and report are not about the same weights."""
    missing = [str(sources.checkpoint / name) for name in KEPT if not (sources.checkpoint / name).is_file()]
    missing += [str(sources.exported / name) for name in EXPORTED if not (sources.exported / name).is_file()]
    if missing:
        raise ReleaseError(f"{missing[0]} is missing; train and export the run")
    if report.get("weights_sha256") != sha256(sources.checkpoint / "model.safetensors"):
        raise ReleaseError(f"{REPORT} is about other weights than {sources.checkpoint}; export the checkpoint anew")
    if report.get("ir_sha256") != sha256(sources.exported / "openvino_model.bin"):
        raise ReleaseError(f"{REPORT} is about another export than {sources.exported}; export the checkpoint anew")
    if not filecmp.cmp(sources.checkpoint / "tokenizer.json", sources.exported / "tokenizer.json", shallow=False):
        raise ReleaseError("the tokenizers of checkpoint and export differ; export the checkpoint anew")


def require_size(folder: Path) -> None:
    """Raise ReleaseError if a folder is too large to be shipped."""
    size = sum(path.stat().st_size for path in folder.iterdir())
    if size > MOST_BYTES:
        raise ReleaseError(
            f"the model takes {size / 1e6:.1f} MB, {MOST_BYTES / 1e6:.0f} MB are allowed; train a smaller one"
        )


def differences(built: Path, there: Path) -> list[str]:
    """Return the files of a release that are missing, different, or there without belonging to it."""
    expected = files(built)
    strangers = [name for folder in (SHIPPED_IN, ORIGINAL_IN) for name in files(there, folder) if name not in expected]
    same = [name for name in expected if _same(built / name, there / name)]
    return sorted({*expected, *strangers} - {*same})


def files(root: Path, below: Path = Path()) -> list[str]:
    """Return the files below a folder, as paths from the root."""
    found = (path for path in (root / below).rglob("*") if path.is_file())
    return sorted(path.relative_to(root).as_posix() for path in found)


def copy(source: Path, names: tuple[str, ...], into: Path) -> None:
    """Copy these files of a folder."""
    into.mkdir(parents=True)
    for name in names:
        shutil.copyfile(source / name, into / name)


def write(path: Path, text: str) -> None:
    r"""Write a text with \n as its line end on every system."""
    path.write_text(text, "utf-8", newline="\n")


def _same(first: Path, second: Path) -> bool:
    return second.is_file() and filecmp.cmp(first, second, shallow=False)


if __name__ == "__main__":
    typer.run(main)
