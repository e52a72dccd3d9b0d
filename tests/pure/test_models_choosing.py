"""The user's settings with another model in them: all else stays as it was written."""

from __future__ import annotations

import pytest
import tomlkit

from phi_ls.models.choosing import with_model
from phi_providers.models.manifest import ModelError


@pytest.mark.parametrize(
    ("expected", "before"),
    [
        ('model = "new"\n', ""),
        ('model = "new"\n', 'model = "old"\n'),
        ("# a\nmodel = \"new\" # b\nengine = 'auto'\n", "# a\nmodel = 'old' # b\nengine = 'auto'\n"),
        ('engine = "auto"\nmodel = "new"\n', 'engine = "auto"\n'),
        ('[hover]\nmode = "off"\n', '[hover]\nmode = "off"\n'),
        ('[phi-ls]\nengine = "auto"\nmodel = "new"\n', '[phi-ls]\nengine = "auto"\n'),
        (
            '[phi-ls]\nmodel = "new"\n[phi-ls.hover]\nmode = "off"\n',
            '[phi-ls]\nmodel = "x"\n[phi-ls.hover]\nmode = "off"\n',
        ),
        ('a = """\nmodel = 1\n"""\nmodel = "new"\n', 'a = """\nmodel = 1\n"""\n'),
    ],
)
def test_the_model_is_set(expected: str, before: str) -> None:
    """Where it stood, or where it belongs; below the section's name if the settings are there."""
    after, replaced = with_model(before, "new")
    assert not replaced
    assert expected in after
    settings = tomlkit.parse(after).unwrap()
    assert "new" == settings.get("phi-ls", settings)["model"]


def test_a_path_that_would_go_before_it() -> None:
    """A modelPath counts for more than a model, so it goes."""
    assert ('model = "new"\n', True) == with_model('modelPath = "/models/mine"\nmodel = "old"\n', "new")


@pytest.mark.parametrize("before", ["model = ", "[a\n", "model = 1\nmodel = 2\n", "\0"])
def test_settings_that_cannot_be_read(before: str) -> None:
    """They are not written over."""
    with pytest.raises(ModelError, match="cannot be read"):
        with_model(before, "new")
