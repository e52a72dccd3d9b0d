"""`python write_gguf.py FOLDER FILE PRECISION`: a Phi-3 with safetensors and tokenizer.json as GGUF.

A script for the peer's own environment: it imports `gguf` and numpy and nothing of ours. Prompts reach the peer as
token ids, so of the tokenizer only what turns ids into text matters.
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf  # type: ignore[import-not-found,unused-ignore]
import numpy as np

PRECISIONS = {
    "f32": gguf.GGMLQuantizationType.F32,
    "f16": gguf.GGMLQuantizationType.F16,
    "q8_0": gguf.GGMLQuantizationType.Q8_0,
    "q4_0": gguf.GGMLQuantizationType.Q4_0,
}
OUTSIDE = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}
IN_LAYER = {
    "input_layernorm": "attn_norm",
    "self_attn.qkv_proj": "attn_qkv",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
CODES = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}


def main(folder: Path, file: Path, precision: str) -> None:
    """Write the file."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    writer = gguf.GGUFWriter(file, "phi3")
    _parameters(writer, config)
    _vocabulary(writer, json.loads((folder / "tokenizer.json").read_text("utf-8")), config)
    for name, values in _tensors(folder):
        kind = PRECISIONS[precision] if values.ndim > 1 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _parameters(writer: Any, config: dict[str, Any]) -> None:
    heads = config["num_attention_heads"]
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_rope_scaling_orig_ctx_len(config["original_max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config.get("num_key_value_heads") or heads)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_dimension_count(config["hidden_size"] // heads)
    writer.add_rope_freq_base((config.get("rope_parameters") or config)["rope_theta"])
    writer.add_sliding_window(0)


def _vocabulary(writer: Any, tokenizer: dict[str, Any], config: dict[str, Any]) -> None:
    tokens = [f"[PAD{index}]" for index in range(config["vocab_size"])]
    kinds = [gguf.TokenType.UNUSED] * len(tokens)
    bytewise = "ByteLevel" in json.dumps(tokenizer["decoder"])
    for token, index in tokenizer["model"]["vocab"].items():
        single = not bytewise and len(token) == 6 and token.startswith("<0x")  # such as <0x0A>
        tokens[index], kinds[index] = token, gguf.TokenType.BYTE if single else gguf.TokenType.NORMAL
    for added in tokenizer["added_tokens"]:
        tokens[added["id"]], kinds[added["id"]] = added["content"], gguf.TokenType.CONTROL
    writer.add_tokenizer_model("gpt2" if bytewise else "llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_scores([-float(index) for index in range(len(tokens))])
    merges = [each if isinstance(each, str) else " ".join(each) for each in tokenizer["model"]["merges"]]
    if bytewise:
        writer.add_token_merges(merges)
    writer.add_bos_token_id(config["bos_token_id"])
    end = config["eos_token_id"]
    writer.add_eos_token_id(end[0] if isinstance(end, list) else end)
    writer.add_add_bos_token(False)


def _tensors(folder: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as opened:
            (length,) = struct.unpack("<Q", opened.read(8))
            header = json.loads(opened.read(length))
        for name, facts in header.items():
            if name != "__metadata__":
                yield _renamed(name), _read(path, 8 + length, facts)


def _read(path: Path, start: int, facts: dict[str, Any]) -> Any:
    raw = np.memmap(path, CODES[facts["dtype"]], "r", start + facts["data_offsets"][0], tuple(facts["shape"]))
    if facts["dtype"] == "BF16":  # the upper half of an FP32
        return (np.asarray(raw).astype(np.uint32) << 16).view(np.float32)
    return np.asarray(raw, np.float32)


def _renamed(name: str) -> str:
    if name in OUTSIDE:
        return OUTSIDE[name]
    _, _, layer, rest = name.split(".", 3)
    return f"blk.{layer}.{IN_LAYER[rest.removesuffix('.weight')]}.weight"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
