"""A model that cannot fit is not loaded, and somebody else answers."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from process.watched_pool import PATIENCE_S, Script, job, outcome

from phi_providers.errors import LoadFailed
from phi_providers.messages import Load, ModelInfo
from phi_providers.models.shape import config
from phi_providers.plan import one_order
from phi_providers.pool import Pool

HUGE = {**config(100_000), "hidden_size": 65_536, "num_attention_heads": 512, "num_key_value_heads": 512}
"""Its keys and values alone take terabytes."""


def huge(folder: Path, engine: str) -> Load:
    """Return the order for a model whose files are small, with weights that no engine could read."""
    (folder / "config.json").write_text(json.dumps(HUGE), "utf-8")
    genai = {"model": {"decoder": {**HUGE, "filename": "model.onnx"}}}
    (folder / "genai_config.json").write_text(json.dumps(genai), "utf-8")
    for name in ("openvino_model.bin", "openvino_model.xml", "model.onnx", "model.safetensors", "tokenizer.json"):
        (folder / name).write_bytes(b"nothing")
    model = ModelInfo(id="huge", family="phi3_chat", path=str(folder), context=2047)
    return Load(engine=engine, device="CPU", model=model)


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime", "transformers", "npu_library"])
async def test_a_model_that_cannot_fit_is_refused_and_another_answers(
    tmp_path: Path, script: Script, engine: str
) -> None:
    """One sentence with what it needs and what is free; no process is started for it, and whoever waits is answered."""
    started: set[int | None] = set()
    pool = Pool(
        one_order([huge(tmp_path, engine), script.order()]),
        tmp_path,
        on_change=lambda: started.update(each.pid for each in pool.status().workers if each.model == "huge"),
    )
    try:
        result = await asyncio.wait_for(outcome(pool.submit(job("hello"))), PATIENCE_S)
        (given_up,) = pool.status().given_up
    finally:
        await pool.close()
    assert "echo(5)" == result.text
    assert started <= {None}
    assert given_up.cause.startswith("model huge needs ")
    assert "GB are free; close other programs" in given_up.cause


async def test_alone_it_is_an_error_that_says_so(tmp_path: Path) -> None:
    """Where nobody else can answer, whoever waits hears why."""
    pool = Pool(one_order([huge(tmp_path, "openvino")]), tmp_path)
    try:
        result = await asyncio.wait_for(outcome(pool.submit(job("hello"))), PATIENCE_S)
    finally:
        await pool.close()
    assert isinstance(result.error, LoadFailed)
    assert "needs " in str(result.error)
