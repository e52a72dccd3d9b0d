"""Whom a fetch may ask: the hub, and its own file servers."""

from __future__ import annotations

import threading

import pytest

from phi_providers.hub.addresses import checked_endpoint, refusal
from phi_providers.hub.failures import Cancelled, PullFailed, TryAgain
from phi_providers.hub.patience import patiently

HUB = "https://huggingface.co"
MIRROR = "https://mirror.example"


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("https://huggingface.co/x/resolve/main/y", HUB),
        ("https://cdn-lfs.hf.co/x?signature=y", HUB),
        ("https://cas-bridge.xethub.hf.co/x", HUB),
        ("https://cdn-lfs-us-1.huggingface.co/x", HUB),
        ("https://mirror.example/x", MIRROR),
        ("https://mirror.example:8443/x", MIRROR),
        ("https://huggingface.co/x", MIRROR),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000"),
        ("https://cdn-lfs.hf.co/x", "http://localhost:8000"),
    ],
)
def test_who_is_asked(url: str, endpoint: str) -> None:
    """The hub itself, the official servers, and for a mirror the mirror."""
    assert "" == refusal(url, endpoint)


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://huggingface.co/x", HUB),
        ("http://cdn-lfs.hf.co/x", HUB),
        ("https://evilhf.co/x", HUB),
        ("https://hf.co.evil.example/x", HUB),
        ("https://mirror.example/x", HUB),
        ("https://user@evil.example/huggingface.co", HUB),
        ("https://huggingface.co@evil.example/", HUB),
        ("https://127.0.0.1/x", HUB),
        ("https://[::1]/x", HUB),
        ("http://169.254.169.254/latest", HUB),
        ("ftp://huggingface.co/x", HUB),
        ("file:///etc/passwd", HUB),
        ("//huggingface.co/x", HUB),
        ("https://[/x", HUB),
        ("http://127.0.0.1:8001/x", "http://127.0.0.1:8000"),
        ("http://localhost:8000/x", "http://127.0.0.1:8000"),
        ("http://mirror.example/x", MIRROR),
    ],
)
def test_who_is_not_asked(url: str, endpoint: str) -> None:
    """Nobody else, and nobody without encryption, whatever the hub says."""
    assert refusal(url, endpoint)


@pytest.mark.parametrize("endpoint", [HUB, MIRROR, "http://localhost:1", "http://127.0.0.1", "http://[::1]:8"])
def test_hubs(endpoint: str) -> None:
    """Encrypted ones, and those of this machine."""
    assert endpoint == checked_endpoint(endpoint)


@pytest.mark.parametrize(
    "endpoint", ["http://hub.example", "hub", "", "https://", "https://a:b@hub.example", "ftp://h"]
)
def test_what_is_no_hub(endpoint: str) -> None:
    """Fingerprints that came unencrypted prove nothing."""
    with pytest.raises(PullFailed, match="HF_ENDPOINT"):
        checked_endpoint(endpoint)


class Attempts:
    """Fails so often, with a gain each time or none."""

    def __init__(self, failures: int, gain: int = 0, wait_s: float | None = None) -> None:
        self.left = failures
        self.gain = gain
        self.wait_s = wait_s
        self.gained = 0
        self.made = 0

    def __call__(self) -> str:
        """Make one."""
        self.made += 1
        self.gained += self.gain
        if self.left:
            self.left -= 1
            raise TryAgain("not now", self.wait_s)
        return "done"


def test_attempts_that_bring_something() -> None:
    """They may fail as often as they like."""
    attempts = Attempts(100, gain=1)
    assert "done" == patiently(attempts, threading.Event(), waits_s=(0, 0, 0), gained=lambda: attempts.gained)
    assert 101 == attempts.made


def test_attempts_in_vain() -> None:
    """As many as there are waits, and the first one."""
    attempts = Attempts(100)
    with pytest.raises(PullFailed, match="try again later"):
        patiently(attempts, threading.Event(), waits_s=(0, 0, 0))
    assert 4 == attempts.made


def test_the_wait_that_is_asked_for() -> None:
    """It goes before our own; one of hours is not waited for."""
    said: list[str] = []
    assert "done" == patiently(Attempts(2, wait_s=0.0), threading.Event(), waits_s=(9, 9), say=said.append)
    assert ["not now; trying again in 0 s"] * 2 == said
    with pytest.raises(PullFailed, match="asks to wait 60 minutes"):
        patiently(Attempts(1, wait_s=3600.0), threading.Event())


def test_cancelled_while_it_waits() -> None:
    """Nobody waits for the end of a wait."""
    cancelled = threading.Event()
    cancelled.set()
    attempts = Attempts(9)
    with pytest.raises(Cancelled):
        patiently(attempts, cancelled, waits_s=(60,))
    assert 1 == attempts.made
