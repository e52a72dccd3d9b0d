"""What is compared: the product as it is, without its mechanisms, on other engines; and the peer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.documents import of_length
from bench.editor import Json
from bench.peer.building import Built, built
from bench.peer.gguf_file import BUILT_IN_PRECISION, gguf_of
from bench.peer.prompts import Prompts
from bench.peer.tuning import PROMPT, Tuning, fastest
from bench.sandbox import SERVER, Sandbox
from bench.typing_replay.client import Client
from bench.typing_replay.counting import LOOK_S
from bench.typing_replay.figures import BARE, GENEROUS, PEER
from bench.typing_replay.peer_client import PeerClient
from bench.typing_replay.suggesting import Suggesting
from phi_ls import folders
from phi_ls.mechanisms import VARIABLE, Mechanism
from phi_providers.messages import ModelInfo
from phi_providers.models.forms import find
from phi_providers.models.installed import builtin

WARM_UP = "def total(values):\n    return "
LOADED_WITHIN_S = 300.0
ALL = "all"
ENGINES = ("onnxruntime", "transformers")
"""Those beside OpenVINO that suggest on a processor; not in every installation."""


class WrongModel(Exception):
    """Another model or engine suggests than the one that is to be measured."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """One that is typed at; `start` begins it and waits until its model answers."""

    name: str
    start: Callable[[Sandbox], Suggesting]


@dataclass(frozen=True, kw_only=True)
class Product:
    """phi-ls, as it is started for a configuration."""

    off: tuple[Mechanism, ...] = ()
    model: Path | None = None
    """The model's folder; None: the built-in one."""
    engine: str = ""

    def start(self, box: Sandbox) -> Suggesting:
        """Start a server; raises WrongModel."""
        off = {VARIABLE: ",".join(self.off)} if self.off else {}
        # Where engines have their environments; nothing is written there.
        data = {"PHI_LS_DATA_DIR": str(folders.data_dir())} if self.engine else {}
        client = Client(SERVER, env=box.env(**off, **data), cwd=box.folder)
        try:
            client.initialize(self._options())
            _wait_until_loaded(client, box.uri("loading.py"), self.engine)
        except BaseException:
            client.process.kill()
            raise
        return client

    def _options(self) -> Json:
        engine = {"engine": self.engine} if self.engine else {}
        if self.model is None:
            return engine
        return {**engine, "modelPath": str(self.model), "device": "CPU", "inlineCompletion": {"model": "chosen"}}


@dataclass(frozen=True, kw_only=True)
class LlamaCpp:
    """llama.cpp's server with the same weights."""

    model: Path | None = None
    """The folder of the model as phi-ls runs it: tokenizer and template; None: the built-in one."""
    original: Path | None = None
    """The folder of the same model's weights as safetensors; None: the built-in one's."""
    precision: str = BUILT_IN_PRECISION
    tuning: Tuning | None = None
    """None: none has been looked for."""

    def start(self, _: Sandbox) -> Suggesting:
        """Start it; raises NoPeer."""
        tools, weights = self._made()
        tuning = self.tuning or Tuning(os.cpu_count() or 1, spins=True)
        return PeerClient(tuning.start(tools.server, weights, self._info.context), Prompts(self._info))

    def prepared(self) -> LlamaCpp:
        """Make what it takes, and return it at its best; raises NoPeer."""
        tools, weights = self._made()
        ids = Prompts(self._info).plain("\n".join(of_length(PROMPT)))
        return replace(self, tuning=fastest(tools.server, weights, ids))

    @property
    def _info(self) -> ModelInfo:
        return builtin() if self.model is None else find(self.model).info

    def _made(self) -> tuple[Built, Path]:
        tools = built()
        return tools, gguf_of(tools, self.precision, self.original)


def all_of(product: Product, peer: LlamaCpp, engines: Sequence[str] = ()) -> list[Configuration]:
    """Return everything on, each mechanism off in turn, everything off, other engines, the peer."""
    left_out: dict[str, tuple[Mechanism, ...]] = {
        ALL: (),
        **{f"without {each.value}": (each,) for each in Mechanism},
        GENEROUS: (Mechanism.GATE, Mechanism.SHORT_ANSWERS),
        BARE: tuple(Mechanism),
    }
    return [
        *(Configuration(name=name, start=replace(product, off=off).start) for name, off in left_out.items()),
        *(Configuration(name=name, start=replace(product, engine=name).start) for name in engines),
        Configuration(name=PEER, start=peer.start),
    ]


def runnable(product: Product, box: Sandbox) -> list[str]:
    """Return the engines that suggest here, each tried."""
    return [engine for engine in ENGINES if _runs(replace(product, engine=engine), box)]


def _runs(product: Product, box: Sandbox) -> bool:
    try:
        with product.start(box) as client:
            client.shut_down()
    except WrongModel as exc:
        print(f"{product.engine} is left out: {exc}")
        return False
    return True


def _wait_until_loaded(client: Client, uri: str, engine: str) -> None:
    item = {"uri": uri, "languageId": "python", "version": 1, "text": WARM_UP}
    client.notify("textDocument/didOpen", {"textDocument": item})
    until = time.perf_counter() + LOADED_WITHIN_S
    while not (status := _asked(client, uri))["device"]:
        if status["kind"] == "error" or time.perf_counter() > until:
            raise WrongModel(f"the model has not been loaded: {status['message']}")
        time.sleep(LOOK_S)
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    if status["typing"] is not None:
        raise WrongModel(f"{status['typing']['model']} suggests instead: {status['typing']['reason']}")
    if engine and status["engine"] != engine:
        raise WrongModel(f"{status['engine']} suggests instead: {status['message']}")


def _asked(client: Client, uri: str) -> Json:
    """Ask for a suggestion, which has the model loaded, and return the status after the answer."""
    client.answer(client.suggestion(uri, 1, 11))
    status: Json = client.command("phi-ls.status")
    return status
