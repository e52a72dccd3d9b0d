"""What is compared: the product as it is, without each of its mechanisms, and without all of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.editor import Json
from bench.sandbox import SERVER, Sandbox
from bench.typing_replay.client import Client
from bench.typing_replay.figures import BARE, GENEROUS
from phi_ls.mechanisms import VARIABLE, Mechanism

WARM_UP = "def total(values):\n    return "
LOADING_TRIES = 40
"""The server answers within eight seconds, whether the model is there or not."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """A server to be typed at."""

    name: str
    off: tuple[Mechanism, ...] = ()
    model: Path | None = None
    """The model's folder; None: the built-in one."""


def all_of(model: Path | None) -> list[Configuration]:
    """Return everything on, each mechanism off in turn, everything off."""
    left_out: dict[str, tuple[Mechanism, ...]] = {
        "all": (),
        **{f"without {each.value}": (each,) for each in Mechanism},
        GENEROUS: (Mechanism.GATE, Mechanism.SHORT_ANSWERS),
        BARE: tuple(Mechanism),
    }
    return [Configuration(name=name, off=off, model=model) for name, off in left_out.items()]


class WrongModel(Exception):
    """Another model suggests than the one that is to be measured."""


def start(box: Sandbox, configuration: Configuration) -> Client:
    """Start a server and wait until its model answers; raises WrongModel."""
    off = {VARIABLE: ",".join(configuration.off)} if configuration.off else {}
    client = Client(SERVER, env=box.env(**off), cwd=box.folder)
    client.initialize(_options(configuration))
    _wait_until_loaded(client, box.uri("loading.py"))
    return client


def _options(configuration: Configuration) -> Json:
    if configuration.model is None:
        return {}
    return {"modelPath": str(configuration.model), "device": "CPU", "inlineCompletion": {"model": "chosen"}}


def _wait_until_loaded(client: Client, uri: str) -> None:
    item = {"uri": uri, "languageId": "python", "version": 1, "text": WARM_UP}
    client.notify("textDocument/didOpen", {"textDocument": item})
    for _ in range(LOADING_TRIES):
        client.answer(client.suggestion(uri, 1, 11))
        status = client.command("phi-ls.status")
        if status["device"]:
            break
    else:
        raise WrongModel(f"the model has not been loaded: {status['message']}")
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    if status["typing"] is not None:
        raise WrongModel(f"{status['typing']['model']} suggests instead: {status['typing']['reason']}")
