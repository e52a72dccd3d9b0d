"""A real server with OpenAI's interface in a process of its own: `transformers serve` with the built-in model."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

from environments.prepared import interpreter, packages
from environments.torch_reference import ORIGINAL, torch_model

from phi_providers.messages import ModelInfo
from phi_providers.models.elsewhere import elsewhere

PATIENCE_S = 300.0

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SETTINGS = (
    '{"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "<|endoftext|>", '
    f'"clean_up_tokenization_spaces": false, "chat_template": "{TEMPLATE}"}}'
)


class ServedModel:
    """The running server."""

    def __init__(self, folder: Path, original: Path = ORIGINAL) -> None:
        self.name = str(folder / "model")
        shutil.copytree(original, self.name)
        (Path(self.name) / "tokenizer_config.json").write_text(SETTINGS, "utf-8")
        program = Path(interpreter("transformers")).with_name("transformers")
        arguments = ["--host", "127.0.0.1", "--port", "0", "--device", "cpu", "--dtype", "float32"]
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HOME": str(folder), "OMP_NUM_THREADS": "1"}
        environment["PYTHONPATH"] = str(packages("serving"))
        self._process = subprocess.Popen(
            [program, "serve", self.name, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        self.lines: list[str] = []
        self._port = ""
        self._said = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.until("Uvicorn running on http://127.0.0.1:")

    @property
    def url(self) -> str:
        """The address of the interface."""
        return f"http://127.0.0.1:{self._port}/v1"

    def info(self, family: str) -> ModelInfo:
        """Return what the user would say of the model."""
        return elsewhere(self.url, self.name, family=family, context=torch_model().context)

    def until(self, words: str) -> None:
        """Wait until the server has said this in its log."""
        with self._said:
            assert self._said.wait_for(lambda: any(words in line for line in self.lines), PATIENCE_S), self.lines[-20:]

    def close(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            found = re.search(r"running on http://127.0.0.1:(\d+)", line)
            with self._said:
                self._port = found[1] if found else self._port
                self.lines.append(line)
                self._said.notify_all()
