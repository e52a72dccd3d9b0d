"""`python -m bench.engines FOLDER`: every engine of this machine in one table, made in one run of `phi-ls bench`.

The built-in model, and some layers of Phi-3-mini's shape with random weights in the form that each engine takes. These
are made in FOLDER once and kept; OpenVINO's takes optimum-intel, which `phi-ls doctor --fix openvino-export` installs.
What follows FOLDER and the options below goes to `phi-ls bench`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from phi_ls import folders
from phi_providers.environments.kept import interpreter
from phi_providers.environments.recipes import recipe
from phi_providers.models import onnx_export, shape

LAYERS = 8
"""A quarter of Phi-3-mini: its 2.3 GB of weights fit where 7.6 GB may not, and times grow with the layers."""

IR_PRECISIONS = ("int4", "int8")
ONNX_PRECISIONS = ("int4", "int8")
UNFINISHED = "unfinished"


def forms(work: Path, layers: int, export_python: str) -> Iterator[Path]:
    """Yield the folders of the shape model, each made if it is not there; all have the model's name."""
    name = f"phi-3-shape-{layers}"
    original = work / "safetensors" / name
    if not original.is_dir():
        shape.write(_unfinished(work) / name, layers)
        _put(work / UNFINISHED / name, original)
    for precision in IR_PRECISIONS:
        folder = work / f"openvino-{precision}" / name
        if not folder.is_dir():
            # Beside the original, whose tokenizer it needs.
            subprocess.run(shape.export_command(export_python, original, precision), check=True)
            shutil.copy(original / "tokenizer.json", original / precision)
            _put(original / precision, folder)
        yield folder
    for precision in ONNX_PRECISIONS:
        folder = work / f"onnx-{precision}" / name
        if not folder.is_dir():
            onnx_export.export(original, _unfinished(work) / name, precision)
            _put(work / UNFINISHED / name, folder)
        yield folder
    yield original


def _unfinished(work: Path) -> Path:
    """Return an empty folder for what is being made."""
    folder = work / UNFINISHED
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _put(made: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    made.rename(folder)


def main() -> None:
    """Make the models, then measure."""
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m bench.engines", description=about, allow_abbrev=False)
    parser.add_argument("folder", type=Path, help="where the models are made and kept (10 GB for 8 layers)")
    parser.add_argument("--layers", type=int, default=LAYERS, help="of the real model's 32")
    parser.add_argument("--export-python", default="", metavar="PYTHON", help="an interpreter with optimum-intel")
    arguments, further = parser.parse_known_args()
    python = arguments.export_python or interpreter(folders.environments_dir(), recipe("openvino-export"))
    if not python:
        parser.error("OpenVINO's form takes `phi-ls doctor --fix openvino-export`, or --export-python")
    work = arguments.folder.absolute()
    models = ["auto", *map(str, forms(work, arguments.layers, python))]
    command = [sys.executable, "-m", "phi_ls", "bench", *(word for each in models for word in ("--model", each))]
    sys.exit(subprocess.run([*command, *further], check=False).returncode)


if __name__ == "__main__":
    main()
