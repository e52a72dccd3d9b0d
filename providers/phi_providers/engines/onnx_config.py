"""genai_config.json: what of it the runtime is shown.

A configuration can name a native library to be loaded, and files outside its folder. It may also hold the sliding
window that the model builder copies from Phi-3's own configuration; with it the cache keeps 2,063 positions, longer
prompts fail and nothing can be rewound, although the graph has no such window. So only known keys pass.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phi_providers.errors import LoadFailed
from phi_providers.models.onnx_folder import CONFIG, STRICT_MODEL, graph_file

_MODEL = ("type", "context_length", "vocab_size", "bos_token_id", "eos_token_id", "pad_token_id")
_DECODER = ("hidden_size", "head_size", "num_attention_heads", "num_key_value_heads", "num_hidden_layers")
_NAMES = ("inputs", "outputs")


def cleaned(model: dict[str, Any], *, strict: bool = False) -> dict[str, Any]:
    """Return a configuration with what is known to be harmless of the object `model`; raises ModelError."""
    source = model["decoder"]
    graph = STRICT_MODEL if strict else graph_file(model)
    decoder: dict[str, Any] = {"filename": graph, "session_options": {"provider_options": []}}
    decoder |= {key: source[key] for key in _DECODER if key in source}
    decoder |= {key: {str(k): str(v) for k, v in source[key].items()} for key in _NAMES if key in source}
    kept = {key: model[key] for key in _MODEL if key in model}
    search = {"past_present_share_buffer": True, "max_length": int(model["context_length"])}
    return {"model": {"type": "phi3", "decoder": decoder, **kept}, "search": search}


@contextlib.contextmanager
def harmless(folder: Path, model: dict[str, Any], *, strict: bool = False) -> Iterator[Path]:
    """Give a folder with the model's files and a cleaned configuration: the folder itself if nothing had to go.

    `strict`: its configuration names the graph that computes in FP32. Raises ModelError or LoadFailed.
    """
    wanted = cleaned(model, strict=strict)
    if not (folder / wanted["model"]["decoder"]["filename"]).is_file():
        raise LoadFailed("the model has no graph that computes in FP32; make one with phi_providers.models.onnx_export")
    if json.loads((folder / CONFIG).read_text("utf-8")) == wanted:
        yield folder
        return
    # The runtime refuses a graph outside the configuration's folder. On Windows what it has mapped cannot be removed.
    with tempfile.TemporaryDirectory(prefix="phi-ls-onnx-", ignore_cleanup_errors=True) as place:
        for file in folder.iterdir():
            if file.suffix != ".json" and stat.S_ISREG(file.lstat().st_mode):
                _link(file.resolve(), Path(place) / file.name)
        (Path(place) / CONFIG).write_text(json.dumps(wanted), "utf-8")
        yield Path(place)


def _link(file: Path, place: Path) -> None:
    try:
        os.link(file, place)
    except OSError:
        try:
            place.symlink_to(file)
        except OSError as exc:
            raise LoadFailed(
                f"{CONFIG} in {file.parent} has settings that cannot be used, and the folder cannot be linked to from "
                "the temporary folder; put both on one drive, or convert the model again"
            ) from exc
