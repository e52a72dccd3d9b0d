"""Starting and ending a worker's operating-system process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import site
import subprocess
import sys
from pathlib import Path
from typing import Any

from phi_providers.errors import LoadFailed
from phi_providers.memory.guard import shortage
from phi_providers.messages import MAX_FRAME_BYTES, Load

PACKAGES = Path(__file__).resolve().parent.parent
"""The folder that holds this package."""

KEPT_ENVIRONMENT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "PROCESSOR_ARCHITECTURE",
    "NUMBER_OF_PROCESSORS",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "OCL_ICD_VENDORS",
    "ZE_ENABLE_ALT_DRIVERS",
    # Intel's remedy where the NPU's driver runs out of memory.
    "DISABLE_OPENVINO_GENAI_NPU_L0",
    "CUDA_VISIBLE_DEVICES",
    "OMP_NUM_THREADS",
    "PHI_LS_ECHO_SCRIPT",
)
"""All that a worker inherits: no token, no key, no agent socket of the user's."""

ENGINE_ENVIRONMENT = {"openai_server": ("PHI_LS_OPENAI_API_KEY",)}
"""What the workers of one engine get beside that: the key for the server that the user has named."""

FORCED_ENVIRONMENT = {
    # Engines send usage data unless told not to, and not all of them ask. CI=true hides that from tests, so it is not
    # passed on either.
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONSAFEPATH": "1",
    "PYTHONUTF8": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}

WATCHDOG = re.compile(r"Timeout \((.+)\)!")
"""What `faulthandler.dump_traceback_later` writes before the stack."""

BOOTSTRAP = """
import importlib.util, os, runpy, sys
package = {package!r}
spec = importlib.util.spec_from_file_location(
    "phi_providers", os.path.join(package, "__init__.py"), submodule_search_locations=[package]
)
sys.modules["phi_providers"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""


def environment(home: Path, engine: str) -> dict[str, str]:
    """Return the environment of an engine's worker; `home` is a private folder: some drop files into the user's."""
    names = (*KEPT_ENVIRONMENT, *ENGINE_ENVIRONMENT.get(engine, ()))
    kept = {name: os.environ[name] for name in names if name in os.environ}
    if site.ENABLE_USER_SITE:
        # `pip install --user` put us below the home that the worker is not given.
        kept["PYTHONUSERBASE"] = site.getuserbase()
    homes = {"HOME": str(home), "USERPROFILE": str(home), "LOCALAPPDATA": str(home), "XDG_CACHE_HOME": str(home)}
    return {**kept, **FORCED_ENVIRONMENT, **homes}


async def spawn(order: Load, home: Path) -> asyncio.subprocess.Process:
    """Start a worker; raises LoadFailed where there is no memory for its model, or no process could be started."""
    if reason := await asyncio.to_thread(shortage, order):
        raise LoadFailed(reason)
    try:
        return await _spawn(order, home)
    except OSError as exc:
        raise LoadFailed(f"no worker process could be started: {exc.strerror or exc}") from exc


async def _spawn(order: Load, home: Path) -> asyncio.subprocess.Process:
    """Start a worker; raises OSError.

    Must run in the main thread: the kernel's parent-death signal follows the *thread* that spawned.
    """
    command = [*interpreter(order), "--parent", str(os.getpid())]
    if order.device.upper() in ("CPU", "NONE"):
        command.append("--no-network")
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        limit=MAX_FRAME_BYTES,
        env=environment(home, order.engine),
        # `-m` searches the working directory first: in the user's workspace that would run the workspace's code.
        cwd=PACKAGES,
        **options,
    )
    await end_with_parent(process)
    return process


async def end_with_parent(process: asyncio.subprocess.Process) -> None:
    """Have Windows end a child when this process ends; raises OSError, and then the child is gone.

    Elsewhere the child sees to it itself: see `confinement`.
    """
    if sys.platform == "win32":
        from phi_providers.windows_job import kill_with_parent

        try:
            kill_with_parent(process.pid)
        except OSError:
            if process.returncode is None:
                process.kill()
            await process.wait()
            raise


def interpreter(order: Load) -> list[str]:
    """Return the command that runs the worker's module, with the pool's interpreter or the engine's own."""
    return module_command(order.python, "phi_providers.worker")


def module_command(python: str, module: str) -> list[str]:
    """Return the command that runs a module of this package with an interpreter, ours if none is named.

    An interpreter of another environment gets this package and nothing else from the folder that it lies in: that may
    be our site-packages, whose compiled modules are for another Python. `-I` ignores PYTHON* variables, hence the rest.
    """
    if not python:
        return [sys.executable, "-m", module]
    program = BOOTSTRAP.format(package=str(PACKAGES / "phi_providers"), module=module)
    return [python, "-I", "-B", "-X", "utf8", "-c", program]


def kill_group(process: asyncio.subprocess.Process) -> None:
    """End a worker, reaped or not, and whatever it has started in its process group.

    Not by `Process.kill`: it polls first, which reaps a dead child behind asyncio's back, and the exit code is lost.
    """
    if sys.platform == "win32":
        if process.returncode is None:
            process.kill()
    else:
        # The system gives a number that is still that of a group to no other process; macOS answers EPERM for a group
        # of zombies.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def last_words(stderr: bytes) -> str:
    """Return the line of a dead process's stderr that says most: the last that is no stack frame."""
    lines = stderr.decode("utf-8", "replace").splitlines()
    frames = (" ", "\t", "Thread 0x", "Current thread", "Extension modules")
    said = next((line[:200] for line in reversed(lines) if line.strip() and not line.startswith(frames)), "")
    hung = WATCHDOG.fullmatch(said)
    return f"it hung, and its watchdog ended it after {hung[1]}" if hung else said


def describe_exit(code: int | None) -> str:
    """Return how a process ended, for a sentence like "the worker …"."""
    if code is None:
        return "did not end"
    if code in (-9, 137):
        return "was killed (signal 9; when memory is short, the system does this)"
    if code >= 0xC0000000:
        return f"crashed in native code (0x{code:08X})"  # Windows: an NTSTATUS
    if code < 0:
        return f"crashed in native code (signal {-code})"
    return f"ended with exit code {code}"
