"""What a worker has of its user's: no secret, no folder, no network, no core file."""

from __future__ import annotations

from pathlib import Path

import psutil
from process.owned import owner_of_a_pool
from process.watched_pool import Script, WatchedPool

SECRETS = {
    "HF_TOKEN": "canary-1",
    "AWS_SECRET_ACCESS_KEY": "canary-2",
    "SSH_AUTH_SOCK": "/tmp/canary-3",
    "GITHUB_TOKEN": "canary-4",
    "OPENAI_API_KEY": "canary-5",
    "PYTHONPATH_EXTRA": "canary-6",
    "CI": "canary-7",
    "http_proxy": "http://canary-8",
}


async def test_no_secret_of_the_environment_reaches_a_worker(script: Script) -> None:
    """Tokens, keys, agent sockets and proxies stay with the parent; engines are told to send no usage data."""
    async with owner_of_a_pool(script, "idle", **SECRETS) as owner:
        environment = owner.worker.environ()
    assert "canary" not in repr(environment)
    assert ("1", "1") == (environment["ORT_DISABLE_TELEMETRY"], environment["HF_HUB_DISABLE_TELEMETRY"])


async def test_a_worker_lives_in_folders_of_its_own(pool: WatchedPool, tmp_path: Path) -> None:
    """Its home is the private folder and it does not run where the user works, whose files could pose as modules."""
    await pool.answer("first")
    worker = psutil.Process(pool.pids[0])
    assert str(tmp_path) == worker.environ()["HOME"]
    assert Path(worker.cwd()) not in (Path.cwd(), *Path.cwd().parents)


async def test_a_module_in_the_users_folder_is_not_imported(script: Script) -> None:
    """A project may hold a `json.py` or a `phi_providers` folder of its own; a worker started there runs neither."""
    trap = "raise SystemExit('the trap was imported')"
    for name in ("json.py", "argparse.py", "phi_providers.py"):
        (script.path.parent / name).write_text(trap, "utf-8")
    async with owner_of_a_pool(script, "generating") as owner:
        assert "echo(1)" == await owner.outcome()


async def test_a_worker_writes_no_core_file(pool: WatchedPool) -> None:
    """A core file would hold source text."""
    await pool.answer("first")
    assert (0, 0) == psutil.Process(pool.pids[0]).rlimit(psutil.RLIMIT_CORE)
