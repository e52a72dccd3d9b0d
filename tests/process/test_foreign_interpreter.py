"""A worker in the interpreter of another environment: it gets our package, and nothing else of ours."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from process.watched_pool import PATIENCE_S, Script, job, outcome

from phi_providers.errors import LoadFailed
from phi_providers.plan import one_order
from phi_providers.pool import Pool
from phi_providers.worker_process import BOOTSTRAP, PACKAGES

BASE = Path(sys.base_prefix) / ("python.exe" if sys.platform == "win32" else "bin/python3")
"""The interpreter that this environment was made from; it has none of our packages."""


@pytest.mark.parametrize("python", ["", str(BASE)], ids=["ours", "another"])
async def test_a_worker_runs_in_the_interpreter_that_is_named(tmp_path: Path, script: Script, python: str) -> None:
    """It answers as any other, and its process is the named interpreter; without a name it is the pool's."""
    pool = Pool(one_order([replace(script.order(), python=python)]), tmp_path)
    try:
        result = await asyncio.wait_for(outcome(pool.submit(job("hello"))), PATIENCE_S)
        (worker,) = pool.status().workers
        assert worker.pid is not None
        assert (python or sys.executable) == psutil.Process(worker.pid).cmdline()[0]
    finally:
        await pool.close()
    assert "echo(5)" == result.text


async def test_an_interpreter_that_is_gone(tmp_path: Path, script: Script) -> None:
    """Whoever waits hears that no process could be started."""
    pool = Pool(one_order([replace(script.order(), python=str(tmp_path / "python"))]), tmp_path)
    try:
        result = await asyncio.wait_for(outcome(pool.submit(job("hello"))), PATIENCE_S)
    finally:
        await pool.close()
    assert isinstance(result.error, LoadFailed)
    assert "no worker process could be started" in str(result.error)


def test_it_sees_our_package_and_nothing_beside_it(tmp_path: Path) -> None:
    """What lies in the folder of our package, which may be our site-packages, cannot be imported."""
    beside = tmp_path / "site"
    (beside / "phi_providers").mkdir(parents=True)
    (beside / "phi_providers" / "__init__.py").write_text("", "utf-8")
    (beside / "neighbour.py").write_text("", "utf-8")
    (beside / "phi_providers" / "worker.py").write_text(
        "import importlib.util, sys\nprint(sys.argv[1:], importlib.util.find_spec('neighbour'), __name__)\n", "utf-8"
    )
    program = BOOTSTRAP.format(package=str(beside / "phi_providers"), module="phi_providers.worker")
    command = [BASE, "-I", "-B", "-c", program, "--parent", "7"]
    done = subprocess.run(command, cwd=beside, capture_output=True, encoding="utf-8")
    assert ("['--parent', '7'] None __main__\n", "") == (done.stdout, done.stderr)
    assert (PACKAGES / "phi_providers" / "worker.py").is_file()
