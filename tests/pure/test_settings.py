"""Settings from layers: who wins, who may say what, and that nothing sent can stop the server."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi_ls import folders
from phi_ls.context.paths import DEFAULT_EXCLUDE
from phi_ls.options import OPTIONS
from phi_ls.settings import Complaint, Layer, Settings, Source, project_file, resolve

INITIALIZATION, CONFIGURATION = Source.INITIALIZATION, Source.CONFIGURATION


def resolved(options: object, source: Source = INITIALIZATION) -> tuple[Settings, list[Complaint]]:
    return resolve([Layer(source=source, options=options)])


def messages(complaints: list[Complaint]) -> list[str]:
    return [complaint.message for complaint in complaints]


def test_without_layers_the_defaults_hold() -> None:
    """No option set: the documented defaults, and nothing to complain about."""
    found, complaints = resolve([])
    assert Settings() == found
    assert not complaints
    expected = (True, "auto", None, True, True, "auto", 0.3, "fallback", "automatic", 2500, True, 256, 30, True)
    assert expected == (
        found.enable, found.model, found.model_path, found.inline_completion.enable, found.inline_completion.automatic,
        found.inline_completion.multiline, found.inline_completion.min_confidence, found.completion_enable,
        found.hover.mode, found.hover.deadline_ms, found.cache_disk, found.cache_max_megabytes,
        found.idle_unload_minutes, found.reduce_on_battery,
    )  # fmt: skip


def test_nested_and_dotted_keys_mean_the_same() -> None:
    """Both forms, and the section's name around either."""
    nested = resolved({"hover": {"mode": "off"}, "inlineCompletion": {"enable": False}})
    assert nested == resolved({"hover.mode": "off", "inlineCompletion.enable": False})
    assert nested == resolved({"phi-ls": {"hover.mode": "off", "inlineCompletion": {"enable": False}}})
    assert nested == resolved({"phi-ls.hover.mode": "off", "phi-ls.inlineCompletion": {"enable": False}})
    assert nested[0].hover.mode == "off"
    assert not nested[1]


def test_the_higher_source_wins_whatever_the_order() -> None:
    """Layers are laid by rank, not by their place in the list."""
    layers = [Layer(source=source, options={"hover.deadlineMs": 1000 + source}) for source in Source]
    assert resolve(layers[::-1])[0].hover.deadline_ms == 1000 + Source.COMMAND_LINE
    assert resolve(layers[:-1])[0].hover.deadline_ms == 1000 + CONFIGURATION


def test_options_of_other_programs_are_not_ours() -> None:
    """A client that pushes its whole configuration gets no complaint about the rest of it."""
    found, complaints = resolved({"phi-ls": {"enable": False}, "pylsp": {"x": 1}}, CONFIGURATION)
    assert not found.enable
    assert not complaints


@pytest.mark.parametrize(
    ("options", "key", "problem", "used"),
    [
        (
            {"hover": {"mode": "loud"}},
            "hover.mode",
            'must be one of off, onDemand, automatic, not "loud"',
            '"automatic"',
        ),
        ({"enable": 1}, "enable", "must be true or false, not 1", "true"),
        ({"hovr": {"mode": "off"}}, "hovr", "is not an option", ""),
        ({"hover": {"depth": 3}}, "hover.depth", "is not an option", ""),
        (
            {"cache.maxMegabytes": True},
            "cache.maxMegabytes",
            "must be a whole number from 0 to 1000000, not true",
            "256",
        ),
        ({"hover": 3}, "hover", "is not an option", ""),
        ({"hover.deadlineMs": 5}, "hover.deadlineMs", "must be a whole number from 100 to 60000, not 5", "100"),
        (
            {"hover.deadlineMs": 500.5},
            "hover.deadlineMs",
            "must be a whole number from 100 to 60000, not 500.5",
            "2500",
        ),
        (
            {"inlineCompletion.minConfidence": float("nan")},
            "inlineCompletion.minConfidence",
            "must be a number from 0 to 1, not nan",
            "0.3",
        ),
        (
            {"cache.maxMegabytes": 10**5000},
            "cache.maxMegabytes",
            "must be a whole number from 0 to 1000000, not a huge number",
            "1000000",
        ),
        (
            {"languages": {"c": "no"}},
            "languages",
            'must hold true or false for each language, not "no" for "c"',
            "what is set otherwise",
        ),
        ({"device": "../x"}, "device", 'must be a device like NPU, GPU.0, CPU or cuda:0, not "../x"', '"auto"'),
        ([1], "", "must be an object, not a list", ""),
    ],
)
def test_one_complaint_names_the_key_the_problem_and_what_is_used(
    options: object, key: str, problem: str, used: str
) -> None:
    """Each kind of mistake by itself, and the other options are used nevertheless."""
    found, complaints = resolve(
        [Layer(source=INITIALIZATION, options=options), Layer(source=Source.COMMAND_LINE, options={"model": "phi-3"})]
    )
    assert [Complaint(source=INITIALIZATION, key=key, problem=problem, used=used)] == complaints
    assert found.model == "phi-3"


def test_complaint_is_one_sentence() -> None:
    """The user reads which key, where, what is wrong, and what happens now."""
    expected = "phi-ls: 'enable' in initializationOptions must be true or false, not 1; using true"
    assert [expected] == messages(resolved({"enable": 1})[1])


def test_bad_value_leaves_what_a_lower_source_says() -> None:
    """A mistake in one source is no reason to drop what another set right."""
    layers = [
        Layer(source=Source.USER_FILE, options={"hover.mode": "off"}),
        Layer(source=INITIALIZATION, options={"hover.mode": 7}),
    ]
    found, complaints = resolve(layers)
    assert found.hover.mode == "off"
    assert [complaint.used for complaint in complaints] == ['"off"']


@pytest.mark.parametrize("source", list(Source))
@pytest.mark.parametrize(
    ("attribute", "key", "value"),
    [("model_path", "modelPath", "/models/phi"), ("openai_server_url", "openaiServer.url", "http://localhost:8000/v3")],
)
def test_paths_and_addresses_come_from_the_user_alone(source: Source, attribute: str, key: str, value: str) -> None:
    """A workspace (its pyproject.toml, its editor configuration) cannot point the server anywhere."""
    value = str(Path(value).absolute()) if key == "modelPath" else value
    found, complaints = resolved({key: value}, source)
    refused = source in (Source.PROJECT_FILE, Source.CONFIGURATION)
    assert (None if refused else value) == getattr(found, attribute)
    assert ([key] if refused else []) == [complaint.key for complaint in complaints]
    assert not any(value in message for message in messages(complaints))


def test_null_is_not_a_value() -> None:
    """Editors send null for what is not set: no complaint, even for what that source may not set."""
    assert (Settings(), []) == resolved(dict.fromkeys(OPTIONS), CONFIGURATION)


@pytest.mark.parametrize(
    "address", ["ftp://x", "http://", "http://[", "http://u:p@h/", "localhost:80", "http://h:99999/", 3]
)
def test_bad_addresses_are_refused(address: object) -> None:
    """Only http and https, with a host, without a password."""
    found, complaints = resolved({"openaiServer": {"url": address}})
    assert found.openai_server_url is None
    assert len(complaints) == 1


def test_workspace_may_exclude_more_but_not_uncover_secrets() -> None:
    """Patterns of a workspace are added; the user's own replace."""
    assert (*DEFAULT_EXCLUDE, "*.gen") == resolved({"exclude": ["*.gen", ".env*"]}, Source.PROJECT_FILE)[0].exclude
    assert resolved({"exclude": ["*.gen"]}, Source.USER_FILE)[0].exclude == ("*.gen",)


def test_languages_are_looked_up_by_id_then_by_star() -> None:
    """An id of its own wins over the star; layers add to each other."""
    found, _ = resolve(
        [
            Layer(source=Source.USER_FILE, options={"languages": {"*": False, "python": True}}),
            Layer(source=INITIALIZATION, options={"languages": {"go": True}}),
        ]
    )
    assert tuple(found.enabled_for(each) for each in ("python", "go", "c")) == (True, True, False)
    assert not resolved({"enable": False, "languages": {"python": True}})[0].enabled_for("python")


def test_languages_may_be_named_as_the_editor_names_them() -> None:
    """Who writes `bash`, as Helix calls it, means the language that other editors call `shellscript`."""
    settings, complaints = resolved({"languages": {"bash": False}})
    assert [] == complaints
    assert not settings.enabled_for("shellscript")


def test_unknown_keys_by_the_thousand_make_few_complaints() -> None:
    """Somebody else's configuration does not bury the user in messages."""
    complaints = resolved({f"key{number}": 1 for number in range(1000)})[1]
    assert len(complaints) == 21
    assert complaints[-1].message == "phi-ls: initializationOptions has 980 more problems"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["auto", "off", 0.5]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*OPTIONS, "hover", "x"]), inner),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*OPTIONS, "hover", "inlineCompletion", "phi-ls"]), VALUES) | VALUES)
def test_any_json_gives_settings_in_range(options: object) -> None:
    """Whatever is sent: settings come out, every number in its range, every message printable and short."""
    found, complaints = resolved(options)
    assert 100 <= found.hover.deadline_ms <= 60_000
    assert 0 <= found.inline_completion.min_confidence <= 1
    assert found.cache_max_megabytes >= 0
    assert found.hover.mode in ("off", "onDemand", "automatic")
    assert {True, False} >= {found.enable, found.enabled_for("python")}
    assert all(message.isprintable() and len(message) < 400 for message in messages(complaints))
    assert [field.name for field in fields(Settings)] == [field.name for field in fields(found)]


def test_nesting_without_end_is_one_complaint() -> None:
    """Ten thousand levels of objects neither raise nor recurse."""
    deep: Any = {}
    for _ in range(10_000):
        deep = {"hover": deep}
    assert [complaint.key for complaint in resolved(deep)[1]] == ["hover.hover"]


def test_project_file_is_read_below_its_table(tmp_path: Path) -> None:
    """Only `[tool.phi-ls]` counts, in dotted and nested form."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.other]\nx = 1\n[tool.phi-ls]\nlanguage = "de"\nhover.mode = "off"\n'
    )
    layer, complaints = project_file(tmp_path)
    assert layer is not None
    assert not complaints
    found = resolve([layer])[0]
    assert (found.language, found.hover.mode) == ("de", "off")


def test_no_project_file_is_no_layer(tmp_path: Path) -> None:
    """Absence is normal; so is a file without our table."""
    assert project_file(tmp_path) == (None, [])
    assert project_file(tmp_path / "nowhere") == (None, [])
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert project_file(tmp_path) == (None, [])


@pytest.mark.parametrize("content", [b"[", b"\xff\xfe", b"x = " + b"[" * 5000, b"#" * (1024 * 1024 + 1)])
def test_broken_project_file_is_a_complaint(tmp_path: Path, content: bytes) -> None:
    """Syntax errors, other encodings, endless nesting and a huge file: said once, the server lives."""
    (tmp_path / "pyproject.toml").write_bytes(content)
    layer, complaints = project_file(tmp_path)
    assert layer is None
    assert len(complaints) == 1
    assert "pyproject.toml" in complaints[0].message


def test_project_file_outside_the_workspace_is_not_read(tmp_path: Path) -> None:
    """A link out of the folder is refused, one within is followed, a pipe does not block."""
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside.toml").write_text("[tool.phi-ls]\nenable = false\n")
    (root / "pyproject.toml").symlink_to(tmp_path / "outside.toml")
    assert [each.problem for each in project_file(root)[1]] == ["lies outside the workspace; not read"]
    (root / "pyproject.toml").unlink()
    (root / "inside.toml").write_text("[tool.phi-ls]\nenable = false\n")
    (root / "pyproject.toml").symlink_to("inside.toml")
    assert project_file(root)[0] is not None
    (root / "pyproject.toml").unlink()
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "pyproject.toml")
        expected = "cannot be read: pyproject.toml is not a regular file"
        assert [expected] == [each.problem for each in project_file(root)[1]]


def test_users_file_may_be_a_link(tmp_path: Path) -> None:
    """People keep their configuration in a repository and link to it; the same reader follows for them."""
    (tmp_path / "real").write_bytes(b"enable = false")
    (tmp_path / "config.toml").symlink_to(tmp_path / "real")
    assert folders.read_regular(tmp_path / "config.toml", 100, follow=True) == b"enable = false"
    with pytest.raises(OSError, match=r"links|regular"):
        folders.read_regular(tmp_path / "config.toml", 100)


@pytest.mark.parametrize(
    ("given", "used"), [("cpu", "CPU"), ("gpu.1", "GPU.1"), ("auto", "auto"), ("cuda:0", "cuda:0")]
)
def test_openvino_devices_are_written_in_capitals(given: str, used: str) -> None:
    """The engine knows `CPU` and no `cpu`; names of other engines stay as they are."""
    assert used == resolved({"device": given})[0].device
