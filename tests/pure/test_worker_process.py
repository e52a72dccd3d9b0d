"""What is made of the end of a child process."""

from __future__ import annotations

from phi_providers.worker_process import last_words

STACK = b"""engine: ready
Timeout (0:00:30)!
Thread 0x00007f3f2c5c2740 (most recent call first):
  File "worker.py", line 170 in _run
"""


def test_the_watchdogs_words_say_that_it_hung() -> None:
    """Nobody need know what `faulthandler` means by Timeout, nor read its stack."""
    assert "it hung, and its watchdog ended it after 0:00:30" == last_words(STACK)


def test_other_words_are_told_as_they_are() -> None:
    """The last line that is no stack frame; nothing where there was nothing."""
    assert ("engine: ready", "") == (last_words(STACK.splitlines()[0] + b"\n  frame\n"), last_words(b"\n"))
