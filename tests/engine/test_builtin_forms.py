"""Making the built-in model's other forms: whatever happens meanwhile, a form is whole or is not there."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from phi_providers.errors import LoadFailed
from phi_providers.file_lock import lock
from phi_providers.messages import Load, Part, Urgency
from phi_providers.models.builtin_forms import FORMS_DIR, form_of, form_of_builtin, with_form
from phi_providers.models.installed import BUILTIN, builtin
from phi_providers.models.manifest import ModelError, read_manifest, verify, write_manifest
from phi_providers.models.safetensors_file import Weights
from phi_providers.plan import one_order
from phi_providers.pool import Job, Pool

CONVERT = """
import sys
from pathlib import Path
from phi_providers.models.builtin_forms import form_of_builtin
folder = form_of_builtin(sys.argv[1], Path(sys.argv[2]))
"""
DIE_AT = """
import os, sys
event, end = sys.argv[3:]
sys.addaudithook(lambda name, args: os._exit(9) if name == event and str(args[0]).endswith(end) else None)
"""
"""Ends the process, as a power cut would, when it is about to do something."""
REPORT = """
import os, sys
from pathlib import Path
from phi_providers.models.builtin_forms import form_of
from phi_providers.models.installed import BUILTIN
folder = form_of(BUILTIN, sys.argv[1], Path(sys.argv[2]), lambda stage: print(stage, flush=True))
print(folder.name, os.stat(folder).st_ino, flush=True)
"""
WITHOUT_ONNX = "import sys; sys.modules['onnx'] = None"


def python(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a program in another process; it finds our packages as this one does."""
    setup = f"import sys; sys.path[:0] = {[str(BUILTIN.parent.parent)]!r}"
    command = [sys.executable, "-c", f"{setup}\n{program}", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def changed_copy(place: Path) -> Path:
    """Another model: the built-in one with other weights, and a manifest that is right."""
    shutil.copytree(BUILTIN, place)
    data = bytearray((place / "openvino_model.bin").read_bytes())
    data[len(data) // 10] ^= 1  # the embedding stands first, and is a quarter of all
    (place / "openvino_model.bin").write_bytes(data)
    write_manifest(place, read_manifest(place))
    return place


def folders(cache: Path) -> list[str]:
    """What lies in the cache besides lock files."""
    return sorted(path.name for path in cache.iterdir() if path.suffix != ".lock")


def test_a_form_is_made_once(tmp_path: Path) -> None:
    """The second time nothing is converted, for either engine of the form, and no file is touched."""
    stages: list[str] = []
    folder = form_of(BUILTIN, "transformers", tmp_path, stages.append)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert folder == form_of(BUILTIN, "npu_library", tmp_path, stages.append)
    assert ["converting the model"] == stages
    assert before == {path: path.stat().st_mtime_ns for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("engine", "event", "end"),
    [
        ("transformers", "open", "model.safetensors"),
        ("transformers", "open", "tokenizer.json"),
        ("transformers", "os.rename", ".part"),
        ("onnxruntime", "open", "model.onnx.data"),
        ("onnxruntime", "open", "genai_config.json"),
        ("onnxruntime", "os.rename", ".part"),
    ],
)
def test_an_interrupted_conversion_leaves_nothing_that_is_used(
    tmp_path: Path, engine: str, event: str, end: str
) -> None:
    """Ended without warning at any point, what is there is not taken for a model; the next attempt clears it away."""
    process = python(DIE_AT + CONVERT, engine, tmp_path, event, end)
    assert (9, ("", "")) == (process.wait(60), process.communicate())
    assert all(name.endswith(".part") for name in folders(tmp_path))
    folder = form_of_builtin(engine, tmp_path)
    verify(folder, full=True)
    assert [folder.name] == folders(tmp_path)


def test_two_servers_at_once_make_it_once(tmp_path: Path) -> None:
    """Both have found nothing and wait for each other; one converts, the other takes what it finds."""
    with (tmp_path / "safetensors.lock").open("a+b") as file:
        lock(file, wait=True)
        processes = [python(REPORT, "transformers", tmp_path) for _ in range(2)]
        for process in processes:
            assert process.stdout is not None
            assert "converting the model\n" == process.stdout.readline()
    said = [process.communicate(timeout=60) for process in processes]
    assert ["", ""] == [err for _out, err in said]
    assert said[0] == said[1]
    verify(tmp_path / said[0][0].split()[0], full=True)


def test_a_new_model_gets_a_new_form_beside_the_others(tmp_path: Path) -> None:
    """The name of a form is that of what it was made from; two installations with one cache don't harm each other."""
    cache = tmp_path / "cache"
    other = form_of_builtin("onnxruntime", cache)
    old = form_of_builtin("transformers", cache)
    source = changed_copy(tmp_path / "changed")
    before = Weights(old).read("model.embed_tokens.weight").tolist()
    new = form_of(source, "transformers", cache)
    assert sorted([other.name, old.name, new.name]) == folders(cache)
    assert before != Weights(new).read("model.embed_tokens.weight").tolist()


def test_a_form_that_was_made_long_ago_goes_when_another_is_made(tmp_path: Path) -> None:
    """Versions come and go; whoever still needs an old one makes it again in two seconds."""
    cache = tmp_path / "cache"
    old = form_of_builtin("transformers", cache)
    os.utime(old, (1.0, 1.0))
    new = form_of(changed_copy(tmp_path / "changed"), "transformers", cache)
    assert [new.name] == folders(cache)


def test_a_damaged_form_is_made_anew(tmp_path: Path) -> None:
    """One wrong bit in the middle of its weights is found, and nobody is asked to install anything."""
    folder = form_of_builtin("transformers", tmp_path)
    weights = folder / "model.safetensors"
    good = weights.read_bytes()
    bad = bytearray(good)
    bad[len(bad) // 2 + 5] ^= 4
    weights.write_bytes(bad)
    assert folder == form_of_builtin("transformers", tmp_path)
    assert good == weights.read_bytes()


def test_a_damaged_model_is_not_converted(tmp_path: Path) -> None:
    """What is converted has been compared with its manifest, every byte of it."""
    source = changed_copy(tmp_path / "m")
    shutil.copyfile(BUILTIN / "manifest.json", source / "manifest.json")
    with pytest.raises(ModelError, match=r"openvino_model\.bin is damaged"):
        form_of(source, "transformers", tmp_path / "cache")
    assert [] == folders(tmp_path / "cache")


def test_without_the_package_onnx_it_says_so(tmp_path: Path) -> None:
    """The other forms need nothing that the worker of their engine does not have."""
    process = python(WITHOUT_ONNX + CONVERT, "onnxruntime", tmp_path)
    words = process.communicate(timeout=60)[1].splitlines()[-1]
    assert words.endswith("ModelError: it needs the package onnx; install it beside onnxruntime-genai")
    process = python(WITHOUT_ONNX + CONVERT, "transformers", tmp_path)
    assert (0, ("", "")) == (process.wait(60), process.communicate())


def test_an_order_that_asks_for_no_form_is_left_alone(tmp_path: Path) -> None:
    """A model of the user's own is never converted; the built-in one is, and the stage is reported."""
    stages: list[str] = []
    order = Load(engine="transformers", device="cpu", model=builtin())
    assert order is with_form(order, stages.append)
    asked = with_form(Load(**{**vars(order), "options": {FORMS_DIR: str(tmp_path)}}), stages.append)
    assert (str(form_of_builtin("transformers", tmp_path)), ["converting the model"]) == (asked.model.path, stages)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """What failed, where, and what to do."""
    (tmp_path / "file").write_bytes(b"")
    order = Load(
        engine="onnxruntime", device="CPU", model=builtin(), options={FORMS_DIR: str(tmp_path / "file" / "forms")}
    )
    with pytest.raises(LoadFailed, match=r"for onnxruntime: .*forms.* cannot be written: .*; make room") as caught:
        with_form(order, print)
    assert "\n" not in str(caught.value)


if sys.platform != "win32":
    # There a process cannot be kept from writing large files.
    FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, 4_000_000))"

    @pytest.mark.parametrize("engine", ["onnxruntime", "transformers"])
    def test_a_disk_that_is_full_leaves_nothing_behind(tmp_path: Path, engine: str) -> None:
        """The system refuses to write more than four megabytes: one sentence, no folder; with room it works."""
        process = python(FULL + CONVERT, engine, tmp_path)
        words = process.communicate(timeout=60)[1].splitlines()[-1]
        assert "ModelError: " in words
        assert words.endswith(
            "cannot be written: File too large; make room, move the cache with PHI_LS_CACHE_DIR, or use openvino"
        )
        assert [] == folders(tmp_path)
        verify(form_of_builtin(engine, tmp_path), full=True)


async def answer(pool: Pool) -> str:
    """Ask and return what came."""
    stream = pool.submit(
        Job(parts=lambda _: (Part(text="import os\nimport "),), max_new_tokens=4, urgency=Urgency.ASKED)
    )

    async def collect() -> list[str]:
        return [piece.text async for piece in stream]

    return "".join(await asyncio.wait_for(collect(), 100))


async def test_a_worker_converts_before_it_loads(tmp_path: Path) -> None:
    """A place for ONNX Runtime that is given the model as it is shipped answers, from a form in the named folder."""
    cache = tmp_path / "forms"
    order = Load(engine="onnxruntime", device="CPU", model=builtin(), options={FORMS_DIR: str(cache)})
    pool = Pool(one_order([order]), tmp_path)
    try:
        assert await answer(pool)
        profile = pool.profile_for(Urgency.ASKED)
        assert profile is not None
        assert "onnxruntime" == profile.engine
    finally:
        await pool.close()
    made = folders(cache)
    assert [form_of_builtin("onnxruntime", cache).name] == made


async def test_where_it_cannot_be_converted_openvino_answers(tmp_path: Path) -> None:
    """The next place gets the request, and the status has the reason."""
    (tmp_path / "file").write_bytes(b"")
    options = {FORMS_DIR: str(tmp_path / "file" / "forms")}
    orders = [Load(engine="onnxruntime", device="CPU", model=builtin(), options=options)]
    pool = Pool(one_order([*orders, Load(engine="openvino", device="CPU", model=builtin())]), tmp_path)
    try:
        assert await answer(pool)
        profile = pool.profile_for(Urgency.ASKED)
        assert profile is not None
        assert "openvino" == profile.engine
        (failed,) = pool.status().given_up
        assert "could not be converted for onnxruntime" in failed.cause
    finally:
        await pool.close()
