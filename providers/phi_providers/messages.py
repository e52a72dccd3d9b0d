"""What crosses the pipe between the server and a worker, as plain values; `wire` turns them into lines.

Imports the standard library alone, so that a worker may run in another interpreter.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Union

PROTOCOL_VERSION = 2
"""Raised at every change of a frame; a worker of another version is refused at the handshake."""

MAX_FRAME_BYTES = 8 * 1024 * 1024
"""A longer line is a breach of protocol. The largest lawful frame is a prompt, well under 1 MB."""

RESERVE_TOKENS = 64
"""Room kept for the answer even when fewer tokens are asked for, so that a longer answer gets the same prompt."""


class Urgency(enum.IntEnum):
    """How urgent a request is, named after who waits; the smaller value goes first."""

    TYPING = 0
    ASKED = 1
    LOOKING = 2
    AHEAD = 3


class Control(str, enum.Enum):
    """A control token by its role; the model's profile maps the role to an id. Text can never become one."""

    BEGIN = "begin"
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    END = "end"
    FIM_PREFIX = "fim_prefix"
    FIM_SUFFIX = "fim_suffix"
    FIM_MIDDLE = "fim_middle"


class Cut(str, enum.Enum):
    """What may be taken from a part when the prompt exceeds the budget."""

    NEVER = "never"
    WHOLE = "whole"
    """The part goes altogether (a snippet of another file)."""
    START = "start"
    """Whole blocks of lines go from the front (text before the cursor)."""
    END = "end"
    """Whole blocks of lines go from the back (text after the cursor)."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a prompt: either text or one control token."""

    text: str = ""
    control: Control | None = None
    keep: int = 0
    """Priority: parts with the smallest value are cut first. Meaningless for `Cut.NEVER`."""
    cut: Cut = Cut.NEVER
    name: str = ""
    """Names the part in `Started.sizes` and `Started.lines_cut`; empty for parts nobody asks about."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One generation (or, with `max_new_tokens` 0, one prefill that only warms the prefix cache)."""

    id: int
    parts: tuple[Part, ...]
    max_new_tokens: int
    heal: str = ""
    """The unfinished word at the end of the last text part. The worker takes its tokens off the prompt, lets the model
    write it anew and strips it from the answer (token healing)."""
    resume_ids: tuple[int, ...] = ()
    """Token ids that this generation had emitted before it yielded; they follow the prompt and are not sent again."""


@dataclass(frozen=True, kw_only=True)
class ModelInfo:
    """What is known of a model before it is loaded: enough to build its prompts."""

    id: str
    family: str
    """`fim` (fill-in-the-middle control tokens) or `phi3_chat` (infill by a prefilled answer)."""
    path: str
    context: int
    """Tokens in all, prompt and answer, beyond which the model degenerates."""
    chars_per_token: float = 3.2
    """Mean on source code; only sizes the text window, the worker counts tokens."""
    infill: bool = True
    """False: it continues text better without being shown what follows; measured, see the model's card."""
    header: bool = False
    """It was trained on prompts that begin with a line naming the file's language and path."""
    snippets: bool = True
    """False: it writes no better lines when it is shown passages of other files, as was measured."""
    chat: bool = True
    """False: never trained to follow instructions, so an explanation is noise and is labelled so."""
    languages: tuple[str, ...] = ()
    """Tags of the only languages that it was trained to explain in; empty: whichever it is asked for."""
    note: str = ""
    """What a user must know about answers of this model, in one sentence; empty for a full model."""
    calibration: tuple[tuple[float, float], ...] = ()
    """(mean probability of a line's tokens, share of such lines that are right), measured on unseen code, both rising.
    For models so weak that the document's own repetitions are right more often at times; empty: no such model."""
    precision: str = ""
    controls: dict[str, int] = field(default_factory=dict)
    """`Control` value → token id."""
    stop_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModelProfile:
    """What a worker found out by loading: the model, the device actually used, and measured speeds."""

    model: str
    family: str
    context: int
    engine: str
    engine_version: str
    device: str
    requested_device: str
    device_reason: str = ""
    """Why `device` is not `requested_device`; empty when it is."""
    stop_ids: tuple[int, ...] = ()
    prefill_tokens_per_s: float = 0.0
    decode_ms_per_token: float = 0.0
    can_rewind: bool = True
    """False: every request pays its whole prefill (DirectML), which the scheduler reckons with."""
    kv_tokens: int = 0
    kv_bytes: int = 0
    """What the engine's cache holds of all prompts together, and takes when full; 0: not known, or no cache."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one request cost."""

    prompt_tokens: int = 0
    tokens_reused: int = 0
    """Prompt tokens whose keys and values came from the cache, by the work the engine did."""
    new_tokens: int = 0
    first_token_ms: float = 0.0
    ms_per_token: float = 0.0
    total_ms: float = 0.0
    finish_reason: str = "stop"
    """`stop` (the model ended), `length`, `cancelled`, `repetition`."""
    healed: bool = False


# --- server → worker -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Load:
    """First frame: load this model with this engine on this device."""

    engine: str
    device: str
    model: ModelInfo
    options: dict[str, Any] = field(default_factory=dict)
    """`strict` true: FP32 arithmetic and cache, no dynamic quantisation; `cache_dir`: compiled blobs go there."""
    python: str = ""
    """The interpreter of the engine's own environment; empty: the one that runs the pool."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Run this request. The server sends the next one only after `Done` or `Failed` of the one before."""

    request: Request


@dataclass(frozen=True, kw_only=True)
class Cancel:
    """Stop this request within a token or a prefill chunk; unknown ids are ignored."""

    id: int


# --- worker → server -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Hello:
    """The child speaks; sent before any engine is imported."""

    protocol: int
    pid: int


@dataclass(frozen=True, kw_only=True)
class Loading:
    """A stage of loading began or is still going on; doubles as the heartbeat while the engine loads."""

    stage: str


@dataclass(frozen=True, kw_only=True)
class Ready:
    """The model is loaded and warm."""

    profile: ModelProfile
    load_ms: float


@dataclass(frozen=True, kw_only=True)
class Started:
    """The prompt of a request has been encoded and cut to the budget."""

    id: int
    prompt_tokens: int
    sizes: dict[str, int] = field(default_factory=dict)
    """Tokens of each named part after the cut."""
    lines_cut: dict[str, int] = field(default_factory=dict)
    """Lines taken from each named part; the server starts its next window there, so that the edge stays put."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Text that became final with these tokens. Without tokens: the heartbeat of a prefill chunk."""

    id: int
    text: str = ""
    token_ids: tuple[int, ...] = ()
    log_probs: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Done:
    """The request ended, `usage.finish_reason` says how."""

    id: int
    usage: Usage


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The request failed (or, with id −1, loading did); the worker goes on unless `fatal`."""

    id: int
    message: str
    fatal: bool = False


Frame = Union[Load, Run, Cancel, Hello, Loading, Ready, Started, Piece, Done, Failed]
