"""What INT8 weights cost: the exported graph against the checkpoint in 32-bit floats, on unseen text."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import Phi3ForCausalLM

from starter_training.export_figures import Quality
from starter_training.release_error import ReleaseError

# OpenVINO reports its own import to an analytics service unless this module cannot be imported.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how a module is forbidden
import openvino  # noqa: E402  # after the line above

DOCUMENTS = 24
WINDOW = 512
"""Tokens of each document; the sizes make it half a minute on one core with 20 million parameters."""

STRICT = {"INFERENCE_PRECISION_HINT": "f32", "KV_CACHE_PRECISION": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0"}
"""Only the weights are INT8: a bound on them must not depend on what else the machine at hand rounds."""

PLACES = 4


@dataclass(frozen=True)
class Sample:
    """The beginning of one text: its token ids, and the bytes of all but the first."""

    ids: np.ndarray[Any, np.dtype[np.int64]]
    size: int


def measure(checkpoint: Path, exported: Path, texts: Path) -> Quality:
    """Compare an export with its checkpoint on a corpus file; raises ReleaseError when there is no such file."""
    contents = list(read_texts(texts))
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    chosen = contents[:: max(1, len(contents) // DOCUMENTS)][:DOCUMENTS]
    samples = [sample for text in chosen if len((sample := make_sample(tokenizer, text)).ids) > 1]
    if not samples:
        raise ReleaseError(f"{texts} holds no text to compare on; collect and clean the corpus")
    original = [_original_logits(model, sample) for model in [_load(checkpoint)] for sample in samples]
    strict = [_exported_logits(model, sample) for model in [_compile(exported, STRICT)] for sample in samples]
    shipped = [_exported_logits(model, sample) for model in [_compile(exported, {})] for sample in samples]
    return Quality(
        tokens=sum(len(logits) for logits in original),
        agreement=agreement(original, strict),
        agreement_as_shipped=agreement(original, shipped),
        bits_per_byte_original=bits_per_byte(original, samples),
        bits_per_byte=bits_per_byte(strict, samples),
        bits_per_byte_as_shipped=bits_per_byte(shipped, samples),
        chars_per_token=chars_per_token(tokenizer, contents),
    )


def read_texts(path: Path) -> Iterator[str]:
    """Yield the texts of a corpus file."""
    if not path.is_file():
        raise ReleaseError(f"there is no {path} to compare on; collect and clean the corpus")
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def make_sample(tokenizer: Tokenizer, text: str) -> Sample:
    """Encode the beginning of a text."""
    # Far more characters than WINDOW tokens have; a whole file would be encoded for nothing.
    encoding = tokenizer.encode(text[: WINDOW * 16], add_special_tokens=False)
    ids = np.array(encoding.ids[:WINDOW], dtype=np.int64)
    ends = [end for _, end in encoding.offsets[: len(ids)]]
    return Sample(ids, len(text[ends[0] : ends[-1]].encode()) if ends else 0)


def agreement(original: list[Any], other: list[Any]) -> float:
    """Return the share of positions with the same most likely token."""
    same = sum(int((a.argmax(-1) == b.argmax(-1)).sum()) for a, b in zip(original, other, strict=True))
    return round(same / sum(len(a) for a in original), PLACES)


def bits_per_byte(logits: list[Any], samples: list[Sample]) -> float:
    """Return the bits that a byte of the samples takes under these predictions."""
    nats = sum(
        float(
            torch.nn.functional.cross_entropy(
                torch.from_numpy(scores[:-1]), torch.from_numpy(sample.ids[1:]), reduction="sum"
            )
        )
        for scores, sample in zip(logits, samples, strict=True)
    )
    return round(nats / math.log(2) / sum(sample.size for sample in samples), PLACES)


def chars_per_token(tokenizer: Tokenizer, contents: list[str]) -> float:
    """Return the mean length of a token, over whole texts."""
    tokens = sum(len(encoding.ids) for encoding in tokenizer.encode_batch(contents, add_special_tokens=False))
    return round(sum(len(text) for text in contents) / tokens, 2)


def _load(checkpoint: Path) -> Any:
    return Phi3ForCausalLM.from_pretrained(checkpoint, dtype=torch.float32, local_files_only=True).eval()


def _compile(exported: Path, properties: dict[str, str]) -> Any:
    return openvino.Core().compile_model(exported / "openvino_model.xml", "CPU", properties).create_infer_request()


def _original_logits(model: Any, sample: Sample) -> Any:
    with torch.inference_mode():
        return model(torch.from_numpy(sample.ids)[None]).logits[0].numpy()


def _exported_logits(request: Any, sample: Sample) -> Any:
    ids = sample.ids[None]
    request.reset_state()
    positions = np.arange(ids.shape[1], dtype=np.int64)[None]
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "position_ids": positions}
    return request.infer({**inputs, "beam_idx": np.zeros(1, np.int32)})["logits"][0].copy()
