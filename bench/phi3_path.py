"""`python -m bench.phi3_path WORK`: every command between Phi-3's weights and a suggestion, with its time and memory.

The model has Phi-3-mini's shape and tokenizer, fewer layers, and random weights. It is converted (`export → use →
complete`), and fetched from a hub on this machine (`pull → verify → use → complete`). Needs the environments that
`phi-ls doctor --fix openvino-export` and `--fix onnx-builder` make, and for 8 layers 12 GB of disk and of memory.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.disk_hub import serving
from bench.machine import describe
from bench.phi3_table import Step, merged, show
from bench.sandbox import SERVER, Sandbox
from bench.watched import Watched, watched
from phi_ls import folders
from phi_providers.catalogue.reading import CATALOGUE
from phi_providers.export.needs import Room, needed
from phi_providers.export.original import read_original
from phi_providers.export.presets import preset
from phi_providers.models import shape

ROOT = Path(__file__).resolve().parent.parent
TOKENIZER = ROOT / "tests" / "data" / "phi-3" / "tokenizer.json"
PRESETS = ("openvino-int4", "onnx-int4-cpu")
REAL = "phi-3-mini-4k"
REPOSITORY, MODEL = "made-here/phi-3-shape", "phi-3-shape"
FETCHED = f"{MODEL}-int4-ov"
FILES = ("config.json", "openvino_config.json", "openvino_model.bin", "openvino_model.xml", "tokenizer.json")

SOURCE = '"""Areas."""\n\n\ndef area(width, height):\n    """Return the area of a rectangle."""\n    return \n'
CURSOR = "sample.py:6:12"
SETTINGS = "[inlineCompletion]\nminConfidence = 0\n"
"""What random weights suggest nobody would be shown."""

DONE, NOTHING = 0, 1


class Walk:
    """One user's folder, and the commands run there."""

    def __init__(self, work: Path, environments: Path) -> None:
        shutil.rmtree(work, ignore_errors=True)
        self.box = Sandbox(work)
        self.models = work / "data" / "models"
        self.models.mkdir(parents=True)
        (work / "data" / "environments").symlink_to(environments, target_is_directory=True)
        (work / "config.toml").write_text(SETTINGS, "utf-8")
        (work / "sample.py").write_text(SOURCE, "utf-8")
        self.steps: list[Step] = []

    def run(self, path: str, *arguments: str, estimate: Room | None = None, **variables: str) -> dict[str, Any]:
        """Run a command of phi-ls and note what it took; returns what it printed."""
        name = " ".join(word for word in arguments if word not in ("models", "--json", "--yes"))
        print(f"{path}: {name} …", flush=True)
        command = [*SERVER, *arguments, *([] if arguments[1] == "use" else ["--json"])]
        took = watched(command, self.box.env(**variables), self.box.folder, self.models)
        self.steps.append(Step.of(path, name.split()[0], took, estimate))
        return _said(took)

    def use_and_complete(self, path: str, model: str) -> None:
        """Choose a model and have it suggest something."""
        self.run(path, "models", "use", model)
        said = self.run(path, "complete", CURSOR)
        if said["model"] != model:
            raise SystemExit(f"{model} has not answered but {said['model'] or 'nobody'}")
        self.steps[-1].note = f"{said['engine']} on {said['device']}: " + (
            f"{said['new_tokens']} tokens" if said["text"] else f"nothing to show ({said['dropped_reason']})"
        )


def _said(took: Watched) -> dict[str, Any]:
    lines = took.output.splitlines()
    if took.code not in (DONE, NOTHING) or (took.code == NOTHING and not lines):
        raise SystemExit(f"it ended with exit code {took.code}:\n{took.errors}")
    try:
        said = json.loads(lines[-1])
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {"list": said}


def make_original(folder: Path, layers: int) -> Path:
    """Write the model once, with the tokenizer of the real one."""
    done = folder / f"phi-3-shape-{layers}"
    if not done.is_dir():
        unfinished = folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shape.write(unfinished, layers)
        shutil.copy(TOKENIZER, unfinished)
        unfinished.rename(done)
    return done


def convert(walk: Walk, original: Path) -> None:
    """Take the path of whoever has the original weights."""
    size = read_original(original).bytes_at_16_bits
    for name in PRESETS:
        room = needed(preset(name), size)
        made = walk.run(name, "models", "export", str(original), "--preset", name, "--yes", estimate=room)
        walk.use_and_complete(name, made["id"])


def fetch(walk: Walk, converted: Path) -> None:
    """Take the path of whoever fetches what somebody else has converted."""
    with serving(REPOSITORY, converted, FILES) as hub:
        entry = catalogue(sum(facts["size"] for facts in hub.files.values()))
        (walk.box.folder / "catalogue.json").write_text(json.dumps(entry), "utf-8")
        home = str(walk.box.folder / "hub")
        walk.run("fetch", "models", "pull", MODEL, "--yes", "--no-use", HF_ENDPOINT=hub.address, HF_HOME=home)
    walk.run("fetch", "models", "verify", FETCHED)
    walk.use_and_complete("fetch", FETCHED)


def catalogue(size: int) -> dict[str, Any]:
    """Return a user's own catalogue that lists the model: Phi-3-mini's entry of ours with another repository."""
    listed = next(each for each in json.loads(CATALOGUE.read_text("utf-8"))["models"] if each["id"] == REAL)
    variant = {"id": FETCHED, "engine": "openvino", "precision": "int4", "repository": REPOSITORY}
    variant |= {"files": list(FILES), "size_bytes": size, "suits": ["CPU"]}
    return {"schema": 1, "models": [{**listed, "id": MODEL, "title": "Phi-3-mini's shape", "variants": [variant]}]}


def run(work: Path, layers: int, environments: Path) -> Iterator[Step]:
    """Take both paths once; the folder of the walk is removed afterwards."""
    original = make_original(work, layers)
    walk = Walk(work / "walk", environments)
    convert(walk, original)
    fetch(walk, walk.models / f"{original.name}-{PRESETS[0]}")
    shutil.rmtree(work / "walk")
    yield from walk.steps


def main() -> None:
    """Take the command line, walk, print and write the table."""
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m bench.phi3_path", description=about)
    parser.add_argument("work", type=Path, help="where models are made; the original is kept there, phi3_path.json too")
    parser.add_argument("--layers", type=int, default=8, help="of the real model's 32")
    parser.add_argument("--runs", type=int, default=2, help="times are medians of so many, memory and disk the most")
    parser.add_argument("--environments", type=Path, default=folders.environments_dir(), help="where the tools are")
    arguments = parser.parse_args()
    work = arguments.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    machine = describe()
    environments = arguments.environments.absolute()
    runs = [list(run(work, arguments.layers, environments)) for _ in range(arguments.runs)]
    report = {"machine": machine, "layers": arguments.layers, "runs": arguments.runs, "steps": merged(runs)}
    (work / "phi3_path.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    show(report)


if __name__ == "__main__":
    sys.exit(main())
