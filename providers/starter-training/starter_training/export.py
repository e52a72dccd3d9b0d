"""From a checkpoint to OpenVINO IR with INT8 weights: Optimum's command, portable files, and what it cost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from starter_training.export_environment import require_pinned_versions
from starter_training.export_figures import Quality, require_quality
from starter_training.export_portable import make_portable, sha256
from starter_training.places import RUNS, WORK
from starter_training.release_error import ReleaseError

FORMAT = ("--task", "text-generation-with-past", "--weight-format", "int8")
"""Stateful, weights in asymmetric INT8 for each channel; nothing else of the command, so that anybody can repeat it."""

EXPORTED = (
    "config.json",
    "generation_config.json",
    "openvino_config.json",
    "openvino_model.bin",
    "openvino_model.xml",
    "tokenizer.json",
)
"""The rest of what Optimum writes, a second tokenizer as a graph, is not used: this project encodes by itself."""

NEEDED = ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json")

REPORT = "export.json"


def main(
    run: Annotated[str, typer.Argument(help="Name of the training run.")],
    checkpoint: Annotated[Path | None, typer.Option(help="Checkpoint folder, instead of the run's last.")] = None,
    into: Annotated[Path | None, typer.Option(help="Folder to write, instead of one beside the checkpoint.")] = None,
    texts: Annotated[
        Path | None, typer.Option(help="Corpus file to compare on, instead of the validation split.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Where the measured figures go, instead of the run's.")] = None,
) -> None:
    """Export a checkpoint to OpenVINO IR with INT8 weights, and measure what that costs."""
    try:
        quality = export(
            checkpoint or WORK / "checkpoints" / run / "final",
            into or exported_folder(run),
            texts or WORK / "corpus" / "validation.jsonl",
            report or RUNS / run / REPORT,
        )
    except ReleaseError as exc:
        raise SystemExit(f"export: {exc}") from exc
    typer.echo(json.dumps(asdict(quality), indent=1))


def exported_folder(run: str) -> Path:
    """Return where the export of a run is kept."""
    return WORK / "checkpoints" / run / "openvino-int8"


def export(checkpoint: Path, into: Path, texts: Path, report: Path) -> Quality:
    """Write the IR of a checkpoint and a report about it; raises ReleaseError, and then writes neither."""
    require_pinned_versions()
    missing = [name for name in NEEDED if not (checkpoint / name).is_file()]
    if missing:
        raise ReleaseError(f"{', '.join(missing)} missing from {checkpoint}; train the run to its end")
    # Imported late: it needs torch, and the names above are of use without.
    from starter_training.export_quality import measure

    with TemporaryDirectory() as scratch:
        converted = Path(scratch) / "converted"
        convert(checkpoint, converted)
        # On its way through transformers the vocabulary gains an empty post-processor; what was trained with is kept.
        shutil.copyfile(checkpoint / "tokenizer.json", converted / "tokenizer.json")
        make_portable(converted, EXPORTED)
        quality = measure(checkpoint, converted, texts)
        require_quality(quality)
        into.mkdir(parents=True, exist_ok=True)
        for name in EXPORTED:
            shutil.copyfile(converted / name, into / name)
    write_report(report, checkpoint, into, quality)
    return quality


def convert(checkpoint: Path, into: Path) -> None:
    """Run Optimum's command in a process of its own.

    The IR's nodes are numbered by a counter of the process: only a fresh one gives the same names each time.
    """
    command = [sys.executable, "-m", "optimum.commands.optimum_cli", "export", "openvino", "--model", str(checkpoint)]
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    done = subprocess.run([*command, *FORMAT, str(into)], env=offline, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"the conversion ended with {done.returncode}:\n{done.stderr[-2000:]}")


def write_report(report: Path, checkpoint: Path, into: Path, quality: Quality) -> None:
    """Write the figures, and which files they are about."""
    data = {
        "weights_sha256": sha256(checkpoint / "model.safetensors"),
        "ir_sha256": sha256(into / "openvino_model.bin"),
        "format": " ".join(FORMAT),
        **asdict(quality),
    }
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(data, indent=1) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    typer.run(main)
