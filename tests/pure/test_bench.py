"""What `phi-ls bench` makes of its samples: medians, JSON, prompts, memory of a device, table and charts."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from phi_ls.benchmark.figures import LeftOut, Results, Row, Sample, as_object
from phi_ls.benchmark.memory import in_use
from phi_ls.benchmark.prompts import Prompts, lines_for
from phi_ls.device_load import DeviceLoad
from phi_ls.terminal.bench import _draw
from phi_ls.terminal.bench_chart import draw, refusal
from phi_ls.terminal.bench_screen import show

MACHINE = {"phi_ls": "1.0", "processor": "Some processor", "cores": 4, "memory_bytes": 2**34}


def sample(cold_ms: float, cached_ms: float = 10.0, ms_per_token: float | None = 5.0, prompt: int = 500) -> Sample:
    return Sample(
        prompt_tokens=prompt,
        new_tokens=64,
        cold_ms=cold_ms,
        cold_tokens_reused=0,
        cached_prompt_tokens=prompt + 5,
        cached_ms=cached_ms,
        cached_tokens_reused=496,
        ms_per_token=ms_per_token,
    )


def row(
    *samples: Sample,
    engine: str = "openvino",
    model: str = "phi-3",
    failure: str = "",
    device: str = "CPU",
    wanted_tokens: int = 500,
) -> Row:
    return Row(
        model=model,
        engine=engine,
        precision="int4",
        requested_device="CPU",
        wanted_tokens=wanted_tokens,
        device=device if samples else "",
        load_ms=1234.0,
        resident_bytes=2**31,
        samples=list(samples),
        failure=failure,
    )


def shown(results: Results, width: int) -> list[str]:
    """Return the lines on a terminal of this width."""
    console = Console(file=io.StringIO(), width=width)
    show(results, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def full_results() -> Results:
    """Every engine with its longest names and numbers, in two models."""
    names = ("openvino", "onnxruntime", "transformers", "npu_library", "openai_server")
    rows = [row(sample(123_456.7, 12_345.6, 1234.5), engine=name) for name in names]
    rows.append(row(engine="npu_library", failure="the worker crashed in native code (signal 6)"))
    rows.append(row(sample(1.0, 0.5, 0.1), model="starter"))
    left = [LeftOut(what="openvino on GPU", reason="there is no Intel GPU; use CPU")]
    return Results(machine=MACHINE, tokens=64, repeats=5, rows=rows, left_out=left)


def test_the_middle_repeat_counts() -> None:
    """One slow repeat, when something else was running, changes no figure."""
    found = row(sample(100.0), sample(90.0), sample(5000.0))
    assert (100.0, 10.0, 200.0, 5000.0) == (
        found.median("cold_ms"),
        found.median("cached_ms"),
        found.tokens_per_s,
        found.prefill_tokens_per_s,
    )


def test_counts_stay_counts() -> None:
    """Between two repeats, a prompt has no half token."""
    assert 500 == row(sample(1.0), sample(1.0, prompt=501)).median("prompt_tokens")


def test_tokens_that_were_in_the_cache_were_not_read() -> None:
    """The speed of reading a prompt counts only the tokens that were computed."""
    known = Sample(**{**vars(sample(100.0)), "cold_tokens_reused": 100})
    assert 4000.0 == row(known).prefill_tokens_per_s


def test_an_answer_of_one_token_has_no_pace() -> None:
    """Nothing is made up where there was no second token, or no repeat at all."""
    assert (None, None) == (row(sample(1.0, ms_per_token=None)).tokens_per_s, row().tokens_per_s)
    assert 200.0 == row(sample(1.0, ms_per_token=None), sample(1.0)).tokens_per_s


def test_the_names_in_the_json() -> None:
    """Scripts rely on them, and a row that failed has all of them."""
    found = as_object(full_results())
    assert ["machine", "tokens", "repeats", "interrupted", "rows", "left_out"] == list(found)
    names = ["model", "engine", "engine_version", "precision", "device", "requested_device", "device_reason"]
    names += ["prompt_tokens", "first_token_cold_ms", "first_token_cached_ms", "cached_tokens_reused", "ms_per_token"]
    names += ["tokens_per_s", "prefill_tokens_per_s", "load_ms", "resident_bytes", "peak_bytes", "device_bytes"]
    names += ["failure", "samples"]
    assert [names] * 7 == [list(each) for each in found["rows"]]


def test_prompts_share_no_beginning() -> None:
    """Neither two prompts of a run nor the same one of two runs: a cache works from the front."""
    texts = [Prompts(salt).text(number, 40) for salt in ("a", "b") for number in range(20)]
    assert 40 == len({text[:8] for text in texts})
    assert Prompts("a").text(3, 40) == Prompts("a").text(3, 40)


def test_as_many_lines_as_make_the_tokens() -> None:
    """Lines have about the same number of tokens; a prompt has one line at least."""
    assert (50, 1, 1) == (lines_for(500, 25, 250), lines_for(1, 25, 250), lines_for(500, 1, 10_000))
    assert 40 == Prompts("a").text(0, 40).count("\n")


def test_memory_of_the_device_that_is_meant() -> None:
    """What engines call a device and what the system calls it are brought together; a CPU has no memory of its own."""
    loads = [
        DeviceLoad(name="CPU", memory_used=1),
        DeviceLoad(name="NPU", memory_used=20),
        DeviceLoad(name="NVIDIA H200", memory_used=300),
        DeviceLoad(name="NVIDIA H200", memory_used=300),
        DeviceLoad(name="GPU (phi-ls alone)", memory_used=4000),
    ]
    expected = {"NPU": 20, "GPU": 4000, "GPU.1": 4000, "xpu:0": 4000, "CPU": None}
    expected |= dict.fromkeys(("cuda:0", "CUDA", "DML", "DirectML"), 4600)
    assert expected == {device: in_use(loads, device) for device in expected}
    assert in_use([DeviceLoad(name="NPU")], "NPU") is None


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_the_terminal(width: int) -> None:
    """The longest names and numbers stand whole in one line of a terminal's usual width."""
    lines = shown(full_results(), width)
    assert max(map(len, lines)) <= width
    told = [line.split() for line in lines if line.lstrip().startswith(("transformers", "starter"))]
    assert ["starter"] in told
    (figures,) = (words for words in told if words[0] == "transformers")
    assert ["transformers", "CPU", "int4"] == figures[:3]
    assert {"123,457", "12,346", "1,234"} <= set(figures)


def test_what_failed_and_what_was_left_out_is_told() -> None:
    """Under the table, with the reason; the row itself has no figure."""
    text = " ".join(" ".join(shown(full_results(), 80)).split())
    assert "npu_library CPU int4: the worker crashed in native code (signal 6)" in text
    assert "openvino on GPU: there is no Intel GPU; use CPU" in text


@pytest.mark.parametrize("width", [80, 120])
def test_a_prompt_of_another_length_than_was_asked_for_is_told(width: int) -> None:
    """Who asked for 4000 tokens must not take figures of 500 for those; a few tokens more or less are no matter."""
    rows = [row(sample(1.0), wanted_tokens=4000), row(sample(1.0, prompt=460), engine="onnxruntime")]
    text = " ".join(" ".join(shown(Results(machine=MACHINE, tokens=64, repeats=5, rows=rows), width)).split())
    assert "openvino CPU int4, prompts of 4,000 tokens: they had 500, which the figures are for" in text
    assert 1 == text.count("the figures are for")


def test_another_device_than_was_asked_for_is_told() -> None:
    """A device by another of its names is none, one by another number is."""
    rows = [row(sample(1.0), device=name) for name in ("cpu", "CPU.0", "CPU.1")]
    lines = shown(Results(machine=MACHINE, tokens=64, repeats=5, rows=rows), 80)
    assert ["  openvino CPU.1 int4, not CPU: "] == [line for line in lines if "not CPU" in line]


def test_one_reason_is_told_once() -> None:
    """A worker that died leaves a row for each length, and one line."""
    rows = [row(failure="it died", wanted_tokens=length) for length in (64, 256)]
    lines = shown(Results(machine=MACHINE, tokens=64, repeats=5, rows=rows), 80)
    assert 1 == sum("it died" in line for line in lines)


def test_nothing_measured() -> None:
    """A run without any row has no table, and says why."""
    lines = shown(Results(machine=MACHINE, tokens=1, repeats=1, left_out=[LeftOut(what="x", reason="y")]), 80)
    assert ["Some processor, 4 cores, 16.0 GB", "Left out", "  x: y"] == [line for line in lines if line.strip()]


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_charts_are_drawn(tmp_path: Path, suffix: str) -> None:
    """Any figures can be drawn, names with odd characters and rows without a pace among them."""
    results = full_results()
    results.rows.append(row(sample(3.0, 4.0, None), model="odd $\\x{ $ name"))
    file = tmp_path / f"speed{suffix}"
    draw(results, file)
    assert file.stat().st_size > 10_000


def test_a_chart_that_cannot_be_written_after_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its folder has gone while it was measured: one line names the file, and nothing is lost but the chart."""
    file = tmp_path / "gone" / "speed.png"
    _draw(full_results(), file)
    assert f"phi-ls: the chart could not be written to {file}: No such file or directory\n" == capsys.readouterr().err


def test_where_no_chart_can_go(tmp_path: Path) -> None:
    """Known before anything is measured."""
    assert "" == refusal(tmp_path / "speed.PNG")
    assert "no folder" in refusal(tmp_path / "nowhere" / "speed.png")
    assert ".png" in refusal(tmp_path / "speed")
    (tmp_path / "folder.png").mkdir()
    assert "is no file" in refusal(tmp_path / "folder.png")
    assert "cannot be written: File name too long" in refusal(tmp_path / f"{'x' * 300}.png")


def test_looking_whether_a_chart_can_be_written_changes_nothing(tmp_path: Path) -> None:
    """No empty file stays where measuring fails, and a chart that is there is kept until there is a new one."""
    old = tmp_path / "old.png"
    old.write_bytes(b"a picture")
    assert ("", "") == (refusal(old), refusal(tmp_path / "new.png"))
    assert ([old], b"a picture") == (list(tmp_path.iterdir()), old.read_bytes())
