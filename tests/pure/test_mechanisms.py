"""The benchmark's switch for the mechanisms that make suggestions quick."""

from __future__ import annotations

import pytest

from phi_ls.mechanisms import Mechanism, named, on


def test_nothing_is_left_out_by_itself() -> None:
    """Without the environment variable a server uses all it has."""
    assert {True} == {on(each) for each in Mechanism}


def test_mechanisms_are_left_out_by_name() -> None:
    """With commas, blanks allowed."""
    assert {Mechanism.GATE, Mechanism.IN_FLIGHT} == named("gate, in-flight,")


def test_a_name_that_is_none_is_refused() -> None:
    """A benchmark with a misspelt name would measure everything on."""
    with pytest.raises(ValueError, match="gates"):
        named("gates")
