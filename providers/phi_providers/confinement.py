"""What a worker gives up at its start: its life after the parent's, its privileges, core files, the network."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
"""Constants of linux/prctl.h and linux/sched.h."""


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies (Linux); exit now if that has happened already.

    The end of the pipe says the same on every system, but a thread that waits for it is not heard while native code
    holds the interpreter lock: measured, such a worker outlives its parent. On Windows the parent holds a job object.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    # The parent may have died between our start and the line above.
    if os.getppid() != parent:
        os._exit(1)


def confine(*, no_network: bool) -> None:
    """Give up what an engine does not need; whatever the system does not allow to be given up is kept."""
    if os.name == "posix":
        import resource

        # A core file would hold the user's source text.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if no_network:
            _leave_network(libc)


def _leave_network(libc: ctypes.CDLL) -> None:
    """Move into an empty network namespace, keeping user and group: no interface, not even loopback."""
    user, group = os.getuid(), os.getgid()
    # Needs one thread only, so it runs first of all; many containers and hardened kernels refuse it.
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with contextlib.suppress(OSError), open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123
            file.write(text)
