"""Display paths are never absolute; secrets are excluded however their URI is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi_ls.context.paths import DEFAULT_EXCLUDE, display_path, excluded, path_of

ROOT = "file:///home/u/proj"


@pytest.mark.parametrize(
    ("expected", "uri", "roots"),
    [
        ("src/a.py", "file:///home/u/proj/src/a.py", [ROOT]),
        ("src/a.py", "file:///home/u/proj/src/a.py", [ROOT + "/"]),
        ("a.py", "file:///home/u/proj/src/a.py", [ROOT, ROOT + "/src"]),
        ("a.py", "file:///home/u/project/a.py", [ROOT]),
        ("passwd", "file:///etc/passwd", [ROOT]),
        ("passwd", "file:///home/u/proj/../../../etc/passwd", [ROOT]),
        ("Untitled-1", "untitled:Untitled-1", [ROOT]),
        ("n.ipynb", "vscode-notebook-cell:/home/u/proj/n.ipynb#W0sZ", [ROOT]),
        ("mit leer é.py", "file:///home/u/proj/mit%20leer%20%C3%A9.py", [ROOT]),
        ("src/a.py", "file:///c%3A/Users/U/Proj/src/a.py", ["file:///C:/users/u/proj"]),
        ("src/a.py", "file:///C:/p/src/a.py", ["C:\\p"]),
        ("a.py", "file://server/share/a.py", ["file://server/share"]),
        ("a.py", "file:///home/u/proj/a.py", ["/home/u/proj"]),
        ("a?b.py", "file:///home/u/proj/a%0Ab.py", [ROOT]),
        ("untitled", "", []),
        ("proj", "file:///home/u/proj", [ROOT]),
    ],
)
def test_display_path(expected: str, uri: str, roots: list[str]) -> None:
    """Relative to the innermost workspace folder, else the bare name, on one line."""
    assert expected == display_path(uri, roots)


def test_long_path_keeps_its_end() -> None:
    """A path spends a bounded part of the prompt, and its end says most."""
    shown = display_path(f"{ROOT}/{'d/' * 300}a.py", [ROOT])
    assert len(shown) <= 160
    assert shown.endswith("/d/a.py")


@pytest.mark.parametrize(
    "uri",
    [
        "file:///home/u/proj/.env", "file:///home/u/proj/.ENV.production", "file:///home/u/proj/%2Eenv",
        "file:///x/server.pem", "file:///x/SERVER.KEY", "file:///home/u/.ssh/config", "file:///x/id_rsa.old",
        "file:///home/u/.npmrc", "file:///home/u/.netrc", "file:///home/u/.git-credentials", "file:///x/a.p12",
        "file:///x/db.kdbx", "file:///home/u/proj/secrets.yaml", "file:///home/u/.aws/credentials",
        "file:///c%3A/Users/u/proj/.env", "file:///C:/proj/a.pem. ", "file:///C:/proj/a.pem::$DATA", "C:\\proj\\.env",
        "file://server/share/id_ed25519", "untitled:.env", "vscode-notebook-cell:/x/secrets.ipynb#W1",
        "git:/home/u/proj/.env?%7B%7D", "file:///home/u/proj/.git/config", "file:///home/u/proj/x/../.env",
        "file:///home/u/proj/.env#fragment", "file:///home/u/.docker/config.json", "file:///home/u/.bash_history",
    ],
)  # fmt: skip
def test_secrets_are_excluded_by_default(uri: str) -> None:
    """By name, in any case, on POSIX and Windows, under any scheme."""
    assert excluded(uri, DEFAULT_EXCLUDE, [ROOT])


@pytest.mark.parametrize(
    "uri",
    ["file:///home/u/proj/a.py", "file:///x/environment.py", "file:///x/.git/COMMIT_EDITMSG", "file:///x/keyed.py"],
)
def test_ordinary_files_are_not_excluded(uri: str) -> None:
    """Names that merely resemble one are no secrets."""
    assert not excluded(uri, DEFAULT_EXCLUDE, [ROOT])


@pytest.mark.parametrize(
    ("expected", "pattern", "path"),
    [
        (True, "*.py", "src/a.py"),
        (True, "build", "build/x/a.py"),
        (True, "build/", "x/build/a.py"),
        (True, "src/*.py", "src/a.py"),
        (False, "src/*.py", "x/src/a.py"),
        (False, "src/*.py", "src/x/a.py"),
        (True, "src/**/a.py", "src/a.py"),
        (True, "src/**/a.py", "src/x/y/a.py"),
        (True, "**/src/*.py", "x/src/a.py"),
        (True, "gen/**", "gen/x/a.py"),
        (True, "/gen/**", "gen/a.py"),
        (True, "/home/u/proj/gen/**", "gen/a.py"),
        (False, "home/u/**", "gen/a.py"),
        (True, "*.{js,ts}", "a.ts"),
        (False, "*.{js,ts}", "a.py"),
        (True, "[ab].py", "b.py"),
        (True, "A?.PY", "ab.py"),
        (True, "**", "a.py"),
        (False, "", "a.py"),
        (False, "/", "a.py"),
        (False, "{", "a.py"),
    ],
)
def test_patterns(expected: bool, pattern: str, path: str) -> None:
    """Names match anywhere, paths from the workspace folder, `**` any number of folders."""
    assert expected == excluded(f"{ROOT}/{path}", [pattern], [ROOT])


@given(
    st.text(max_size=40), st.lists(st.text(alphabet="*?[]{},/\\a.!-", max_size=30), max_size=4), st.text(max_size=20)
)
def test_no_uri_or_pattern_raises(uri: str, patterns: list[str], root: str) -> None:
    """Whatever a client sends as URI, pattern or root; and what is shown stays one line."""
    excluded(uri, patterns, [root])
    assert display_path(uri, [root]).isprintable()
    assert display_path(f"file:///{uri}", [root]).isprintable()


@given(st.text(alphabet="a/.\\:%2Ee", max_size=30))
def test_no_parent_steps_are_left(path: str) -> None:
    """No part of a path leads upwards once it has been read."""
    assert ".." not in path_of(f"file:///{path}").split("/")


@pytest.mark.parametrize("pattern", ["*a" * 200 + "b", "**/" * 200 + "b", "{a,b}" * 60, "[" * 500])
def test_hostile_patterns_take_no_time(pattern: str) -> None:
    """Patterns that make naive matchers take for ever are answered; the test's time limit is the proof."""
    assert not excluded(f"{ROOT}/{'a' * 200}/{'a/' * 50}c.py", [pattern], [ROOT])
