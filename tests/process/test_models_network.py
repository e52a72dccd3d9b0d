"""What is asked for over the network, of whom, and what the environment says about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from process.hub_faults import redirect
from process.local_hub import LocalHub, local_hub
from process.pulling import FILES, REPOSITORY, VARIANT, WEIGHTS, Pulling, assert_whole


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with local_hub() as running:
        yield running


@pytest.fixture
def cli(hub: LocalHub, tmp_path: Path) -> Pulling:
    return Pulling(tmp_path, hub)


def test_nothing_but_the_model_is_asked_for(hub: LocalHub, cli: Pulling) -> None:
    """One list of files and the files: no telemetry, no question for updates, nothing about this machine's programs."""
    assert 0 == cli.pull().returncode
    commit = hub.repositories[REPOSITORY][0].commit
    expected = {f"/api/models/{REPOSITORY}/revision/main"}
    expected |= {f"/{REPOSITORY}/resolve/{commit}/{name}" for name in FILES}
    assert expected == {path for _, path, _ in hub.requests if not path.startswith("/large/")}
    assert {"GET"} == {method for method, _, _ in hub.requests}
    agents = {headers.get("user-agent") for _, path, headers in hub.requests}
    assert 1 == len(agents)
    assert "torch" not in str(agents)


@pytest.mark.parametrize("command", [["list"], ["verify"], ["path"], ["use", "starter"], ["remove", VARIANT]])
def test_only_pull_asks(hub: LocalHub, cli: Pulling, command: list[str]) -> None:
    """All other commands work without a network."""
    cli.models(*command)
    assert [] == hub.requests


def test_a_token(hub: LocalHub, cli: Pulling) -> None:
    """HF_TOKEN goes to the hub, and to nobody whom the hub sends us to."""
    cli.env["HF_TOKEN"] = "hf_secret"
    assert 0 == cli.pull("--no-use").returncode
    assert {"Bearer hf_secret"} == {headers.get("authorization") for _, _, headers in hub.requests}
    with local_hub() as other:
        assert 0 == cli.models("remove", VARIANT).returncode
        hub.faults[WEIGHTS] = [redirect(f"{other.address}/large/x")]
        assert 1 == cli.pull().returncode
        assert [] == other.requests


def test_a_proxy(hub: LocalHub, cli: Pulling) -> None:
    """A proxy that the environment names is asked instead of the hub."""
    cli.env |= {"HF_ENDPOINT": "http://127.0.0.1:9", "HTTP_PROXY": hub.address, "NO_PROXY": ""}
    hub.elsewhere = "http://127.0.0.1:9"
    done = cli.pull()
    assert 0 == done.returncode, done.stderr
    assert_whole(cli.root, hub)


@pytest.mark.parametrize(
    ("said", "variables"),
    [
        ("HF_HUB_OFFLINE is set", {"HF_HUB_OFFLINE": "1"}),
        ("over https only", {"HF_ENDPOINT": "http://hub.example"}),
        ("not an address", {"HF_ENDPOINT": "https://name:password@hub.example"}),
        ("not an address", {"HF_ENDPOINT": "hub.example"}),
    ],
)
def test_nothing_may_be_fetched(hub: LocalHub, cli: Pulling, said: str, variables: dict[str, str]) -> None:
    """What the environment forbids is not tried: the user is told which variable it is."""
    cli.env |= variables
    done = cli.pull()
    assert 1 == done.returncode
    assert said in done.stderr
    assert [] == hub.requests


def test_nobody_there(hub: LocalHub, cli: Pulling) -> None:
    """A hub that cannot be reached is asked four times, then the user is told."""
    cli.env["HF_ENDPOINT"] = "http://127.0.0.1:9"
    done = cli.pull()
    assert 1 == done.returncode
    assert "could not be fetched" in done.stderr
    assert 3 == done.stdout.count("trying again")
    assert "Traceback" not in done.stderr
