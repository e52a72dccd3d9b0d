"""Makes a model of Phi-3-mini's shape with random weights, to measure how fast machines run the real one.

    python -m phi_providers.models.shape --layers 8 OUT

writes safetensors, config.json and the built-in model's tokenizer; needs numpy alone. `--ir int4` also writes the
OpenVINO IR, to OUT/int4, with `--python` naming an interpreter that has optimum-intel.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from phi_providers.models.installed import BUILTIN
from phi_providers.models.safetensors_file import header

HIDDEN, FEED_FORWARD, HEADS, LAYERS, VOCABULARY = 3072, 8192, 32, 32, 32064
CONTEXT, WINDOW = 4096, 2047
"""Of Phi-3-mini-4k-instruct."""

SPREAD = 0.02
"""Standard deviation of the weights, as for a model that is about to be trained."""

ROWS_AT_ONCE = 1024
END = 32000

IR_OPTIONS = {
    "int4": ["--weight-format", "int4", "--sym", "--group-size", "128", "--ratio", "1.0"],
    "int8": ["--weight-format", "int8"],
    "fp16": ["--weight-format", "fp16"],
}

Shape = tuple[int, ...]


def config(layers: int) -> dict[str, Any]:
    """Return config.json for so many layers."""
    return {
        "architectures": ["Phi3ForCausalLM"],
        "bos_token_id": 1,
        "dtype": "float16",
        "eos_token_id": END,
        "hidden_act": "silu",
        "hidden_size": HIDDEN,
        "initializer_range": SPREAD,
        "intermediate_size": FEED_FORWARD,
        "max_position_embeddings": CONTEXT,
        "model_type": "phi3",
        "num_attention_heads": HEADS,
        "num_hidden_layers": layers,
        "num_key_value_heads": HEADS,
        "original_max_position_embeddings": CONTEXT,
        "pad_token_id": END,
        "rms_norm_eps": 1e-05,
        "rope_parameters": {"partial_rotary_factor": 1.0, "rope_theta": 10000.0, "rope_type": "default"},
        "sliding_window": WINDOW,
        "tie_word_embeddings": False,
        "vocab_size": VOCABULARY,
    }


def tensors(layers: int) -> Iterator[tuple[str, Shape]]:
    """Yield the name and the shape of each tensor."""
    yield "model.embed_tokens.weight", (VOCABULARY, HIDDEN)
    for layer in range(layers):
        prefix = f"model.layers.{layer}"
        yield f"{prefix}.input_layernorm.weight", (HIDDEN,)
        yield f"{prefix}.self_attn.qkv_proj.weight", (3 * HIDDEN, HIDDEN)
        yield f"{prefix}.self_attn.o_proj.weight", (HIDDEN, HIDDEN)
        yield f"{prefix}.post_attention_layernorm.weight", (HIDDEN,)
        yield f"{prefix}.mlp.gate_up_proj.weight", (2 * FEED_FORWARD, HIDDEN)
        yield f"{prefix}.mlp.down_proj.weight", (HIDDEN, FEED_FORWARD)
    yield "model.norm.weight", (HIDDEN,)
    yield "lm_head.weight", (VOCABULARY, HIDDEN)


def write(out: Path, layers: int) -> None:
    """Write the model's folder; 2.3 GB for 8 layers, 7.6 GB for all 32."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "config.json").write_text(json.dumps(config(layers), indent=1) + "\n", "utf-8")
    shutil.copy(BUILTIN / "tokenizer.json", out)
    with (out / "model.safetensors").open("wb") as file:
        write_weights(file, list(tensors(layers)))


def write_weights(file: BinaryIO, contents: list[tuple[str, Shape]]) -> None:
    """Write these tensors as safetensors in FP16: norms as ones, matrices as the same random numbers each time."""
    file.write(header(contents, "F16"))
    dice = np.random.default_rng(0)
    for _, shape in contents:
        if len(shape) == 1:  # a norm
            file.write(np.ones(shape, "<f2").tobytes())
            continue
        for row in range(0, shape[0], ROWS_AT_ONCE):
            rows = min(ROWS_AT_ONCE, shape[0] - row)
            block = dice.standard_normal((rows, *shape[1:]), np.float32) * np.float32(SPREAD)
            file.write(block.astype("<f2").tobytes())


def export_command(python: str, out: Path, precision: str) -> list[str]:
    """Return the command that converts a written model to OpenVINO IR."""
    export = [python, "-m", "optimum.commands.optimum_cli", "export", "openvino", "--model", str(out)]
    return [*export, "--task", "text-generation-with-past", *IR_OPTIONS[precision], str(out / precision)]


def main() -> None:
    """Take the command line and write what it asks for."""
    parser = argparse.ArgumentParser(prog="phi_providers.models.shape", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write")
    parser.add_argument(
        "--layers", type=int, default=LAYERS, help="of the real model's 32 (8 are enough to extrapolate)"
    )
    parser.add_argument("--ir", choices=sorted(IR_OPTIONS), help="also convert to OpenVINO IR")
    parser.add_argument("--python", default=sys.executable, help="an interpreter with optimum-intel, for --ir")
    arguments = parser.parse_args()
    write(arguments.out, arguments.layers)
    if arguments.ir:
        subprocess.run(export_command(arguments.python, arguments.out, arguments.ir), check=True)
        # The folder of the export must hold the tokenizer that the prompts are encoded with.
        shutil.copy(arguments.out / "tokenizer.json", arguments.out / arguments.ir)


if __name__ == "__main__":
    main()
