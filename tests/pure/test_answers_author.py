"""Under whom an answer is kept: the model, its files and the engine that wrote it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from phi_ls.answers.explanation import Explanation
from phi_ls.answers.known import Author, remember
from phi_ls.answers.question import Question
from phi_ls.caches.answers import Answers
from phi_ls.identities import Identities
from phi_ls.prompts.subject import ExplainSubject
from phi_ls.speeds import speed_of
from phi_providers.messages import Load, ModelInfo, ModelProfile
from phi_providers.models.manifest import write_manifest
from phi_providers.stream import Stream

QUESTION = Question(subject=ExplainSubject(path="a.py", language="python", code="x = 1"), language="en")
PROFILE = ModelProfile(
    model="m", family="fim", context=2048, engine="openvino", engine_version="1", device="CPU", requested_device="CPU",
    prefill_tokens_per_s=1.0, decode_ms_per_token=1.0,
)  # fmt: skip


def order(folder: Path, **changes: Any) -> Load:
    """How a model in this folder is loaded; its manifest is written anew."""
    folder.mkdir(exist_ok=True)
    (folder / "weights").write_bytes(str(changes.pop("weights", "1")).encode())
    write_manifest(folder, ["weights"])
    return Load(engine="openvino", device="CPU", model=ModelInfo(id="m", family="fim", path=str(folder), context=2048))


def author(load: Load, *measured: ModelProfile) -> Author:
    """Who is asked, with what earlier runs have measured."""
    speeds = [speed for each in measured if (speed := speed_of(load, each))]
    return Author(load, Identities([load], speeds))


def test_the_same_question_to_the_same_model_is_the_same(tmp_path: Path) -> None:
    """Before it is loaded, too: the engine that was measured last is taken to be the one that is there."""
    load = order(tmp_path / "m")
    loaded, waiting = author(load).key(QUESTION, PROFILE), author(load, PROFILE).key(QUESTION, None)
    assert loaded == waiting
    assert loaded.lasting


@pytest.mark.parametrize("change", ["weights", "engine", "code", "language", "brief"])
def test_what_makes_another_answer(tmp_path: Path, change: str) -> None:
    """Other weights under the same name, another version of the engine, another text, language or length."""
    before = author(order(tmp_path / "m")).key(QUESTION, PROFILE)
    load = order(tmp_path / "m", weights="2" if change == "weights" else "1")
    profile = replace(PROFILE, engine_version="2") if change == "engine" else PROFILE
    question = {
        "code": replace(QUESTION, subject=replace(QUESTION.subject, code="x = 2")),
        "language": replace(QUESTION, language="de"),
        "brief": replace(QUESTION, brief=True),
    }.get(change, QUESTION)
    assert before.digest != author(load).key(question, profile).digest


def test_what_may_be_another_model_tomorrow_does_not_last(tmp_path: Path) -> None:
    """A folder without a manifest, and an engine whose version is not known yet."""
    load = order(tmp_path / "m")
    assert not author(load).key(QUESTION, None).lasting
    (tmp_path / "m" / "manifest.json").unlink()
    assert not author(load).key(QUESTION, PROFILE).lasting


@pytest.mark.parametrize(
    ("wrote", "expected"),
    [({}, True), ({"model": "another"}, False), ({"engine": "onnxruntime"}, False), ({"profile": None}, False)],
    ids=["the one who was asked", "another model", "another engine", "nobody"],
)
def test_who_has_written_it(tmp_path: Path, wrote: dict[str, Any], expected: bool) -> None:
    """When the model is changed while an answer is written, that is not kept under the new one's name."""
    load = order(tmp_path / "m")
    stream = Stream(1, lambda _: None, lambda _: None)
    stream.model = replace(load.model, id=wrote.get("model", "m"))
    stream.profile = wrote.get("profile", replace(PROFILE, engine=wrote.get("engine", "openvino")))
    asked, answers = author(load), Answers(None)
    remember(answers, QUESTION, asked, stream, Explanation(text="It is one.", model="m"))
    kept = answers.in_memory(asked.key(QUESTION, stream.profile))
    answers.close()
    assert (expected, expected) == (asked.wrote(stream), kept)
