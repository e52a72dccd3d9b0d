"""What the NPU's engine decides without an NPU: which models fit, what its cache holds, which blobs are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from phi_providers.engines.openvino_npu_blobs import blob_folder, check_blobs, seal_blobs
from phi_providers.engines.openvino_npu_mirror import LeafMirror
from phi_providers.engines.openvino_npu_sizes import chunks_per_call, npu_sizes
from phi_providers.models.installed import BUILTIN
from phi_providers.models.kv_pool import Shape
from phi_providers.models.npu_fit import npu_misfit

PHI3_MINI = Shape(layers=32, kv_heads=32, head_size=96, weight_bytes=2_150_000_000, context=2047)


def exported(folder: Path, **compression: str) -> Path:
    """Write an openvino_model.xml as an export leaves it."""
    facts = "\n".join(f'<{name} value="{value}" />' for name, value in compression.items())
    block = f"<nncf><weight_compression>{facts}</weight_compression></nncf>" if facts else ""
    (folder / "openvino_model.xml").write_text(f"<net><layers/>{block}</net>", "utf-8")
    return folder


@pytest.mark.parametrize("group", ["128", "-1"])
def test_symmetric_int4_fits(tmp_path: Path, group: str) -> None:
    """Groups of 128 weights or whole channels, every layer."""
    assert "" == npu_misfit(exported(tmp_path, mode="int4_sym", ratio="1.0", group_size=group))


@pytest.mark.parametrize(
    ("compression", "why"),
    [
        ({}, "not compressed"),
        ({"mode": "int4_asym", "ratio": "1.0", "group_size": "128"}, "are int4_asym"),
        ({"mode": "int8_asym", "ratio": "1.0", "group_size": "-1"}, "are int8_asym"),
        ({"mode": "int4_sym", "ratio": "0.6", "group_size": "128"}, "only 60% of its layers"),
        ({"mode": "int4_sym", "ratio": "1.0", "group_size": "64"}, "groups have 64 weights"),
    ],
)
def test_other_weights_do_not_fit(tmp_path: Path, compression: dict[str, str], why: str) -> None:
    """The reason is named, and the command that makes a model that fits."""
    misfit = npu_misfit(exported(tmp_path, **compression))
    assert why in misfit
    assert "--weight-format int4 --sym --ratio 1.0 --group-size 128" in misfit


def test_the_built_in_model_is_told_from_its_real_file() -> None:
    """A file of half a megabyte, written by the exporter itself: eight bits."""
    assert "are int8_" in npu_misfit(BUILTIN)


def test_the_prefix_cache_is_on_and_bounded() -> None:
    """For Phi-3-mini the chunk is smaller than the prompt, and the cache holds two contexts, not 12 GiB."""
    sizes = npu_sizes(PHI3_MINI)
    properties = sizes.properties()
    assert (128, 2048, 32) == (sizes.chunk, sizes.longest_prompt, sizes.cached_chunks)
    assert properties["NPUW_LLM_PREFILL_CHUNK_SIZE"] < properties["MAX_PROMPT_LEN"]
    assert "YES" == properties["NPUW_LLM_ENABLE_PREFIX_CACHING"]
    assert 32 == properties["NPUW_LLM_PREFIX_CACHING_MAX_NUM_BLOCKS"]


def test_a_short_context_still_has_two_chunks() -> None:
    """With one, chunk and longest prompt would be equal, and the cache silently off."""
    tiny = Shape(layers=2, kv_heads=2, head_size=8, weight_bytes=1000, context=100)
    assert 256 == npu_sizes(tiny).longest_prompt


def test_a_fast_device_is_asked_less_often() -> None:
    """A quarter of a second between two chances to stop, one chunk at least."""
    assert (1, 1, 7) == (chunks_per_call(50.0, 128), chunks_per_call(600.0, 128), chunks_per_call(4000.0, 128))


def test_the_mirror_finds_whole_chunks_only() -> None:
    """The last token is always computed, so a prompt of whole chunks has its last chunk computed again."""
    mirror = LeafMirror(8, 4)
    ten = list(range(10))
    assert (0, 8, 8) == (mirror.prefill(ten), mirror.prefill(ten), mirror.peek([*ten, 10]))
    assert (4, 4) == (mirror.peek(ten[:8]), mirror.prefill(ten[:8]))
    assert 0 == mirror.peek([99, *ten])


def test_the_mirror_evicts_the_end_of_the_oldest_chain() -> None:
    """A full cache gives up chunks that nothing follows, the least recently used first."""
    mirror = LeafMirror(4, 2)
    old, new = [1, 2, 3, 4, 9], [5, 6, 7, 8, 9]
    mirror.prefill(old)
    mirror.prefill(new)
    mirror.prefill([10, 11, 9])
    assert (2, 4, 2) == (mirror.peek(old), mirror.peek(new), mirror.peek([10, 11, 9]))


def test_a_chain_longer_than_the_cache_keeps_its_beginning() -> None:
    """Its last chunks find no room, because every chunk in the cache has one behind it."""
    mirror = LeafMirror(3, 2)
    mirror.prefill(list(range(20)))
    assert 6 == mirror.peek(list(range(20)))


def test_blobs_are_kept_while_nothing_touches_them(tmp_path: Path) -> None:
    """Sealed and checked, they are still there; another driver or model has another folder."""
    folder = blob_folder(tmp_path, "2026.4.1", "driver 1", "model")
    folder.mkdir()
    (folder / "1.blob").write_bytes(b"compiled" * 1000)
    seal_blobs(folder)
    check_blobs(folder)
    assert b"compiled" * 1000 == (folder / "1.blob").read_bytes()
    assert folder != blob_folder(tmp_path, "2026.4.1", "driver 2", "model")


@pytest.mark.parametrize("damage", ["one byte", "half", "another file", "never sealed"])
def test_damaged_blobs_are_gone_before_a_driver_sees_them(tmp_path: Path, damage: str) -> None:
    """One byte in the middle of many, a cut, a stranger, a compilation that was killed: all are made anew."""
    folder = tmp_path / "npu-1"
    folder.mkdir()
    blob = folder / "1.blob"
    data = bytearray(b"compiled" * 300_000)
    blob.write_bytes(data)
    if damage != "never sealed":
        seal_blobs(folder)
    if damage == "one byte":
        data[777_777] ^= 1
        blob.write_bytes(data)
    elif damage == "half":
        blob.write_bytes(data[: len(data) // 2])
    elif damage == "another file":
        (folder / "2.blob").write_bytes(b"")
    check_blobs(folder)
    assert not folder.exists()
