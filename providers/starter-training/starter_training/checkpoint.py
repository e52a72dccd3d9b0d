"""Checkpoints: what a run needs to go on, and the finished model in the form that Hugging Face libraries read."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from starter_training.model import Network, Shape
from starter_training.places import WORK


def folder(run: str) -> Path:
    """Return where a run keeps its checkpoints."""
    return WORK / "checkpoints" / run


def save(run: str, network: Network, optimisers: list[torch.optim.Optimizer], state: dict[str, Any]) -> None:
    """Write a checkpoint in place of the last one; the last one stays whole until the new one is."""
    target = folder(run) / "checkpoint.pt"
    target.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "shape": asdict(network.shape),
        "network": network.state_dict(),
        "optimisers": [optimiser.state_dict() for optimiser in optimisers],
        **state,
    }
    fresh = target.with_suffix(".new")
    torch.save(content, fresh)
    fresh.replace(target)


def load(run: str) -> dict[str, Any]:
    """Return the last checkpoint of a run; raises FileNotFoundError."""
    # Our own file, and with `weights_only` one that cannot hold code.
    content: dict[str, Any] = torch.load(folder(run) / "checkpoint.pt", map_location="cpu", weights_only=True)
    return content


def save_final(run: str, network: Network) -> Path:
    """Write the model as `Phi3ForCausalLM`, weights in float16, with its tokenizer; return the folder."""
    target = folder(run) / "final"
    target.mkdir(parents=True, exist_ok=True)
    weights = {name: value.to(torch.float16).contiguous() for name, value in network.state_dict().items()}
    save_file(weights, str(target / "model.safetensors"), metadata={"format": "pt"})
    (target / "config.json").write_text(json.dumps(config(network.shape), indent=2) + "\n", "utf-8")
    ids = {"bos_token_id": 1, "eos_token_id": 3, "pad_token_id": 2}
    (target / "generation_config.json").write_text(json.dumps(ids, indent=2) + "\n", "utf-8")
    shutil.copyfile(WORK / "tokenizer.json", target / "tokenizer.json")
    return target


def config(shape: Shape) -> dict[str, Any]:
    """Return the network's shape in the words of `Phi3Config`."""
    return {
        "architectures": ["Phi3ForCausalLM"],
        "model_type": "phi3",
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.feed_forward,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.key_heads,
        "max_position_embeddings": shape.context,
        "original_max_position_embeddings": shape.context,
        "rope_theta": shape.rope_theta,
        "rope_scaling": None,
        "rms_norm_eps": shape.norm_epsilon,
        "hidden_act": "silu",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "embd_pdrop": 0.0,
        "resid_pdrop": 0.0,
        "sliding_window": None,
        "tie_word_embeddings": True,
        "use_cache": True,
        "bos_token_id": 1,
        "eos_token_id": 3,
        "pad_token_id": 2,
        "torch_dtype": "float16",
    }
