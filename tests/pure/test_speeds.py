"""Which device goes first by what was measured, and how measurements are kept between runs."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from phi_ls.measured import keep, kept
from phi_ls.plan import ENGINES, plan
from phi_ls.settings import Settings
from phi_ls.speeds import Speed, comparison, fastest_first, speed_of
from phi_providers.messages import Load, ModelInfo, ModelProfile
from phi_providers.models.installed import BUILTIN, builtin

MODEL = ModelInfo(id="phi-3", family="phi3_chat", path="models/phi-3", context=2047, precision="int4")
SEEDED = [Load(engine="openvino", device=device, model=MODEL) for device in ("GPU", "NPU", "CPU")]


def speed(device: str, line_ms: float, **fields: Any) -> Speed:
    """A measurement on a device that takes so long for a line: a quarter of it prefill."""
    known: dict[str, Any] = {
        "model": "phi-3",
        "path": MODEL.path,
        "precision": "int4",
        "engine": "openvino",
        "engine_version": "2026.1",
        "device": device,
        "actual_device": device,
        "prefill_tokens_per_s": 256 / (line_ms / 4 / 1000),
        "decode_ms_per_token": line_ms * 0.75 / 24,
        "measured": 1.0,
    }
    return Speed(**{**known, **fields})


def devices(loads: list[Load]) -> list[str]:
    return [load.device for load in loads]


def test_a_line_is_its_prefill_and_its_tokens() -> None:
    """256 new prompt tokens and 24 written ones."""
    one = replace(speed("CPU", 1.0), prefill_tokens_per_s=512.0, decode_ms_per_token=10.0)
    assert 500.0 + 240.0 == one.line_ms


@pytest.mark.parametrize(
    ("expected", "measured"),
    [
        (["GPU", "NPU", "CPU"], {}),
        (["GPU", "NPU", "CPU"], {"CPU": 1}),
        (["GPU", "NPU", "CPU"], {"GPU": 100, "CPU": 300}),
        (["CPU", "NPU", "GPU"], {"GPU": 300, "CPU": 100}),
        (["NPU", "CPU", "GPU"], {"GPU": 300, "NPU": 100, "CPU": 200}),
        (["NPU", "GPU", "CPU"], {"NPU": 1, "GPU": 2}),
    ],
)
def test_what_was_measured_is_put_in_order_and_the_rest_stays(expected: list[str], measured: dict[str, float]) -> None:
    """The faster of two measured devices goes first; one that nobody has measured keeps its place."""
    speeds = [speed(device, line_ms) for device, line_ms in measured.items()]
    assert expected == devices(fastest_first(SEEDED, speeds))


@pytest.mark.parametrize(
    "other", [{"model": "phi-4"}, {"precision": "int8"}, {"engine": "onnxruntime"}, {"device": "GPU.1"}]
)
def test_a_measurement_of_something_else_says_nothing(other: dict[str, str]) -> None:
    """Model, precision, engine and device all have to be the ones in question."""
    assert devices(SEEDED) == devices(fastest_first(SEEDED, [speed("GPU", 300), replace(speed("CPU", 1), **other)]))


def test_measurements_of_an_older_engine_are_not_compared_with_those_of_a_newer_one() -> None:
    """After an update the order is the seeded one until both devices have been measured again."""
    old = [speed("GPU", 300), speed("CPU", 100)]
    new = speed("GPU", 299, engine_version="2026.2", measured=2.0)
    assert ["CPU", "NPU", "GPU"] == devices(fastest_first(SEEDED, old))
    assert ["GPU", "NPU", "CPU"] == devices(fastest_first(SEEDED, [new, old[1]]))


def test_the_order_is_explained_by_the_times() -> None:
    """Whoever asks why this device gets both figures; without a comparison there is nothing to explain."""
    speeds = [speed("GPU", 300), speed("CPU", 100)]
    ordered = fastest_first(SEEDED, speeds)
    assert "measured here, a line takes 100 ms on CPU, 300 ms on GPU" == comparison(ordered, speeds)
    assert "" == comparison(ordered, speeds[1:])
    assert "" == comparison(SEEDED, [speed("NPU", 100), speed("CPU", 200)])


def test_what_loading_has_measured_becomes_a_measurement() -> None:
    """It is kept under the device that was asked for; an engine that measures nothing leaves none."""
    profile = ModelProfile(
        model="phi-3",
        family="phi3_chat",
        context=2047,
        engine="openvino",
        engine_version="2026.1",
        device="GPU.0",
        requested_device="GPU",
        prefill_tokens_per_s=1000.0,
        decode_ms_per_token=50.0,
    )
    measured = speed_of(SEEDED[0], profile)
    assert measured is not None
    assert ("phi-3", "models/phi-3", "int4", "openvino", "GPU") == measured.key
    assert ("GPU.0", "2026.1", 1456.0) == (measured.actual_device, measured.engine_version, measured.line_ms)
    assert None is speed_of(SEEDED[0], replace(profile, decode_ms_per_token=0.0))
    assert None is speed_of(SEEDED[0], replace(profile, prefill_tokens_per_s=float("nan")))


def test_measurements_are_kept(tmp_path: Path) -> None:
    """One of each device, the better of two of the same; another version of the engine starts anew."""
    folder = tmp_path / "speeds"
    assert [] == kept(folder)
    keep(speed("GPU", 100), folder)
    keep(speed("GPU", 300, measured=2.0), folder)
    keep(speed("CPU", 200), folder)
    assert {("GPU", 100, 2.0), ("CPU", 200, 1.0)} == {
        (one.device, round(one.line_ms), one.measured) for one in kept(folder)
    }
    keep(speed("GPU", 300, engine_version="2026.2"), folder)
    assert {("GPU", 300), ("CPU", 200)} == {(one.device, round(one.line_ms)) for one in kept(folder)}


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\x00\xff",
        b"[1]",
        b"{}",
        b"[" * 4000,
        b"x" * 10_000,
        {"decode_ms_per_token": "fast"},
        {"decode_ms_per_token": -1.0},
        {"decode_ms_per_token": float("nan")},
        {"prefill_tokens_per_s": 0.0},
        {"prefill_tokens_per_s": True},
        {"measured": 10**400},
        {"engine": None},
        {"colour": "red"},
    ],
    ids=lambda damage: str(damage)[:24],
)
def test_a_damaged_file_is_passed_over_and_written_anew(tmp_path: Path, damage: bytes | dict[str, Any]) -> None:
    """Whatever stands in it, the others are read, and the next measurement replaces it."""
    keep(speed("GPU", 100), tmp_path)
    (path,) = tmp_path.glob("*.json")
    whole = {**asdict(speed("GPU", 100)), **damage} if isinstance(damage, dict) else {}
    path.write_bytes(json.dumps(whole).encode() if isinstance(damage, dict) else damage)
    keep(speed("CPU", 200), tmp_path)
    assert ["CPU"] == [one.device for one in kept(tmp_path)]
    keep(speed("GPU", 300), tmp_path)
    assert {"CPU": 200, "GPU": 300} == {one.device: round(one.line_ms) for one in kept(tmp_path)}


def test_many_servers_measure_at_the_same_time(tmp_path: Path) -> None:
    """No measurement is lost to another one, and none is read half."""
    names = [f"GPU.{number}" for number in range(16)]
    with ThreadPoolExecutor(8) as servers:
        for found in servers.map(lambda name: [keep(speed(name, 100), tmp_path), kept(tmp_path)][1], names * 4):
            assert all(100 == round(one.line_ms) for one in found or [])
    assert sorted(names) == sorted(one.device for one in kept(tmp_path))
    assert 16 == len(list(tmp_path.iterdir()))


def test_a_folder_that_cannot_be_made_costs_the_measurement_alone(tmp_path: Path) -> None:
    """Below a regular file nothing is kept, nothing is found, and nothing is raised."""
    (tmp_path / "file").write_text("in the way")
    keep(speed("GPU", 100), tmp_path / "file" / "speeds")
    assert [] == kept(tmp_path / "file" / "speeds")


def copy_of_the_builtin(place: Path) -> Path:
    """A model of the user's own, for which all devices are tried; the files are links."""
    place.mkdir()
    for path in BUILTIN.iterdir():
        (place / path.name).symlink_to(path)
    return place


def test_a_plan_puts_the_measured_devices_in_order(tmp_path: Path) -> None:
    """The plan's devices are the seeded ones without measurements, and the faster first with them."""
    settings = replace(Settings(), model_path=str(copy_of_the_builtin(tmp_path / "mine")))
    seeded, complaints = plan(settings, [])
    assert ([], "GPU") == (complaints, seeded[0].device)
    model = seeded[0].model
    about = {"model": model.id, "path": model.path, "precision": model.precision}
    speeds = [speed("GPU", 300, **about), speed("CPU", 100, **about)]
    ordered, _ = plan(settings, speeds)
    assert "CPU" == ordered[0].device
    assert sorted(map(repr, seeded)) == sorted(map(repr, ordered))
    assert builtin() == ordered[-1].model


def test_a_device_that_the_user_has_named_stays_first(tmp_path: Path) -> None:
    """However slow it was measured to be; the last resort stays behind it."""
    settings = replace(Settings(), device="GPU")
    slow, fast = (
        speed(device, ms, model=builtin().id, path=builtin().path, precision=builtin().precision)
        for device, ms in (("GPU", 900), ("CPU", 1))
    )
    assert ["GPU", "CPU"] == devices(plan(settings, [slow, fast])[0])


def test_an_engine_that_this_system_does_not_have_is_a_complaint() -> None:
    """Every engine by name leads to a plan whose last place works here, whatever the system."""
    for engine in ENGINES:
        loads, _complaints = plan(replace(Settings(), engine=engine), [])
        assert loads[-1].engine in ("openvino", "echo")
