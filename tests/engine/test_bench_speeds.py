"""`phi-ls bench` puts the devices in order: what its workers measure while they load is kept."""

from __future__ import annotations

from pathlib import Path

from process.command_line import CommandLine

from phi_ls.measured import kept
from phi_providers.models.installed import builtin


def test_the_speed_of_a_device_is_kept(tmp_path: Path) -> None:
    """One measurement for the one worker, under the name of the device by which a plan knows it."""
    cli = CommandLine(tmp_path)
    little = ("--repeats", "1", "--tokens", "4", "--prompt-tokens", "64")
    done = cli.run("bench", "--engine", "openvino", "--device", "CPU", *little)
    assert 0 == done.returncode, done.stderr
    (speed,) = kept(tmp_path / "cache" / "speeds")
    assert ("openvino", "CPU", builtin().precision) == (speed.engine, speed.device, speed.precision)
    assert speed.line_ms > 0
