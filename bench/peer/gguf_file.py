"""The weights that phi-ls itself runs, as GGUF: made once for each model and precision, by the peer's own package."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from bench.peer.building import WORK, Built, NoPeer
from phi_providers.models.builtin_forms import form_of_builtin

WRITER = Path(__file__).with_name("write_gguf.py")
PRECISIONS = ("f32", "f16", "q8_0", "q4_0")
BUILT_IN_PRECISION = "q8_0"
"""As many bits as the built-in model has as it is shipped."""


def gguf_of(tools: Built, precision: str, original: Path | None = None, work: Path = WORK) -> Path:
    """Return the GGUF file of a folder with safetensors; None: of the built-in model, with the numbers that OpenVINO
    decodes from what is shipped. Raises NoPeer."""
    folder = original or form_of_builtin("transformers", work / "forms")
    file = work / "gguf" / f"{folder.name}-{_key(folder)}-{precision}.gguf"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        command = [str(word) for word in (tools.python, WRITER, folder, part, precision)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode:
            raise NoPeer(f"the weights of {folder.name} cannot be written as GGUF:\n{done.stderr[-2000:]}")
        part.replace(file)
    return file


def _key(folder: Path) -> str:
    """Return what changes with the weights and with how they are written."""
    digest = hashlib.sha256(WRITER.read_bytes())
    for path in sorted(folder.glob("*.safetensors")):
        facts = path.stat()
        digest.update(f"{path.resolve()} {facts.st_size} {facts.st_mtime_ns}".encode())
    return digest.hexdigest()[:12]
