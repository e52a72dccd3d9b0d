"""The network, a Phi-3 decoder in plain torch: weights and names of `Phi3ForCausalLM`, less to compute in training."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

LOSS_ROWS = 2048
"""Positions whose logits exist at one time: all of them at once would be the largest tensor of the training."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The sizes of a network; `hidden` and `feed_forward` are multiples of 128, for group-128 INT4."""

    vocabulary: int = 8192
    hidden: int = 256
    layers: int = 8
    heads: int = 4
    key_heads: int = 4
    feed_forward: int = 768
    context: int = 2048
    rope_theta: float = 10000.0
    norm_epsilon: float = 1e-5

    @property
    def head_size(self) -> int:
        """Channels of one attention head."""
        return self.hidden // self.heads


class Linear(nn.Linear):
    """A bias-free linear layer that computes in the type of its input, whatever its weights are kept in."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return x Wᵀ."""
        return F.linear(x, self.weight.to(x.dtype))


class Norm(nn.Module):
    """Root mean square normalisation (Zhang and Sennrich 2019)."""

    def __init__(self, size: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        """Return x over its root mean square, times the weight."""
        scale = torch.rsqrt(x.float().square().mean(-1, keepdim=True) + self.epsilon)
        return x * scale.to(x.dtype) * self.weight.to(x.dtype)


class Attention(nn.Module):
    """Causal self-attention with rotary positions."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads, self.key_heads, self.size = shape.heads, shape.key_heads, shape.head_size
        self.qkv_proj = Linear(shape.hidden, (shape.heads + 2 * shape.key_heads) * shape.head_size)
        self.o_proj = Linear(shape.heads * shape.head_size, shape.hidden)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Return what each position gathers from those before it; x is (batch, positions, hidden)."""
        batch, length, _ = x.shape
        qkv = self.qkv_proj(x).view(batch, length, -1, self.size).transpose(1, 2)
        q, k, v = qkv.split([self.heads, self.key_heads, self.key_heads], dim=1)
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        grouped = self.heads != self.key_heads
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=grouped)
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, length, -1))


class FeedForward(nn.Module):
    """The gated layer (SwiGLU, Shazeer 2020) with both halves in one matrix, as Phi-3 keeps them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate_up_proj = Linear(shape.hidden, 2 * shape.feed_forward)
        self.down_proj = Linear(shape.feed_forward, shape.hidden)

    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's output for (batch, positions, hidden)."""
        gate, up = self.gate_up_proj(x).chunk(2, dim=-1)
        return self.down_proj(F.silu(gate) * up)


class Layer(nn.Module):
    """One decoder layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.self_attn, self.mlp = Attention(shape), FeedForward(shape)
        self.input_layernorm = Norm(shape.hidden, shape.norm_epsilon)
        self.post_attention_layernorm = Norm(shape.hidden, shape.norm_epsilon)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Return the residual stream after this layer."""
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    """Embeddings, layers and the last norm: what Hugging Face calls `model`."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.hidden)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.hidden, shape.norm_epsilon)


class Network(nn.Module):
    """The whole model; the embedding is its output layer, too."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.model = Decoder(shape)
        cos, sin = _angles(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self._initialise()

    def hidden_states(self, ids: Tensor, dtype: torch.dtype) -> Tensor:
        """Return the normed last states, (batch, positions, hidden), computed in `dtype`."""
        length = ids.shape[1]
        cos, sin = self.cos[:length].to(dtype), self.sin[:length].to(dtype)
        x = self.model.embed_tokens(ids).to(dtype)
        for layer in self.model.layers:
            x = layer(x, cos, sin)
        return self.model.norm(x)

    def loss(self, ids: Tensor, targets: Tensor, dtype: torch.dtype) -> Tensor:
        """Return the mean negative log likelihood in nats of the targets, (batch, positions); -100 is left out."""
        states = self.hidden_states(ids, dtype).flatten(0, 1)
        weight = self.model.embed_tokens.weight.to(dtype)
        total = torch.zeros((), device=ids.device)
        flat = targets.flatten()
        for rows, wanted in zip(states.split(LOSS_ROWS), flat.split(LOSS_ROWS), strict=True):
            total = total + _nll(rows, weight, wanted)
        return total / (flat != -100).sum().clamp(min=1)

    def _initialise(self) -> None:
        """Small normal weights; what writes to the residual stream starts at zero: every layer starts as identity."""
        for name, parameter in self.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                nn.init.zeros_(parameter)
            elif parameter.ndim == 2:
                nn.init.normal_(parameter, std=0.02 if "embed" in name else self.shape.hidden**-0.5)


def _nll(states: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
    logits = F.linear(states, weight).float()
    return F.cross_entropy(logits, targets, ignore_index=-100, reduction="sum")


def _angles(shape: Shape) -> tuple[Tensor, Tensor]:
    half = torch.arange(0, shape.head_size, 2) / shape.head_size
    angles = torch.outer(torch.arange(shape.context).float(), shape.rope_theta**-half)
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin
