"""phi-ls.el in a real Emacs, with the real server and the built-in model."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from clients.emacs.emacs import PLUGIN, TESTS, emacs, variables
from clients.left_behind import nothing_left  # noqa: F401 - a fixture
from clients.project import SAMPLE, SERVER, quiet_folders, sample_project, suggested
from editor.echo_editor import echo_script

TIMEOUT_S = 240
"""For one Emacs with one server, on a busy machine."""

SCRIPT = TESTS / "phi-ls-tests.el"
ERT_TESTS = dict(re.findall(r"^\(ert-deftest (\S+) \(\)(.*?)\n\n", SCRIPT.read_text("utf-8"), re.MULTILINE | re.DOTALL))
"""The text of each test by its name."""
LISP = sorted(path.name for path in PLUGIN.glob("*.el"))

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("nothing_left")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a copy of the plugin: compiling writes beside the source."""
    shutil.copytree(PLUGIN, tmp_path / "plugin")
    return tmp_path


def _batch(folder: Path, *arguments: str, **more: str) -> str:
    """Run Emacs to its end, which must be a good one, and return what it has said."""
    environment = {**quiet_folders(folder), **variables(folder), **more}
    words = [*emacs(), "--batch", f"--directory={folder / 'plugin'}", *arguments]
    done = subprocess.run(
        words, env=environment, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    said = done.stdout + done.stderr
    assert 0 == done.returncode, said
    return said


@pytest.mark.parametrize("test", ERT_TESTS)
def test_in_emacs(test: str, folder: Path) -> None:
    """The named test of `phi-ls-tests.el` passes."""
    file = sample_project(folder)
    more = {"PHI_LS_TEST_FILE": str(file), "PHI_LS_TEST_SERVER": "\n".join(SERVER)}
    if "(phi-ls-tests-complete)" in ERT_TESTS[test]:
        more["PHI_LS_TEST_SUGGESTION"] = _suggestion(folder)
    if "stops" in test:
        more |= _scripted(folder)
    if "beside" in test:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        more |= {"PHI_LS_TEST_BESIDE": "ruff server", "PATH": path}
    said = _batch(folder, f"--load={SCRIPT}", f'--eval=(ert-run-tests-batch-and-exit "^{test}$")', **more)
    assert "Ran 1 tests, 1 results as expected" in said


def _scripted(folder: Path) -> dict[str, str]:
    """Have the server give a scripted answer that takes many seconds."""
    config = folder / "scripted.toml"
    config.write_text('offerModel = false\nengine = "echo"\n', "utf-8")
    script = echo_script(folder, [{"tokens": [f"word{number} " for number in range(2000)], "token_ms": 50}])
    return {"PHI_LS_CONFIG": str(config), "PHI_LS_ECHO_SCRIPT": str(script)}


def _suggestion(folder: Path) -> str:
    line = SAMPLE.splitlines().index("        self.name = name") + 1
    file = sample_project(folder / "cut", SAMPLE.replace("self.name = name", "self.name = "))
    return suggested(file, line, len("        self.name = ") + 1, {**variables(folder), **quiet_folders(folder)})


def test_it_compiles_without_a_warning(folder: Path) -> None:
    """No name is unknown, no argument is unused, no line of documentation too long."""
    strict = "--eval=(setq byte-compile-error-on-warn t)"
    _batch(folder, strict, "--funcall=batch-byte-compile", *(str(folder / "plugin" / name) for name in LISP))


def test_the_documentation_follows_emacs_own_rules(folder: Path) -> None:
    """Emacs' checker of documentation has nothing to say."""
    check = f'--eval=(dolist (file (directory-files "{folder}/plugin" t "el$")) (checkdoc-file file))'
    said = _batch(folder, "--eval=(require 'checkdoc)", check)
    assert not re.search(r"\.el:\d+:", said), said


def test_the_commands_load_by_themselves(folder: Path) -> None:
    """After installation as a package each command and `phi-ls-setup` are there before the file is loaded."""
    made = f'--eval=(loaddefs-generate "{folder}/plugin" "{folder}/plugin/phi-ls-autoloads.el")'
    commands = "'(phi-ls-setup phi-ls-explain phi-ls-docstring phi-ls-status phi-ls-why)"
    check = f"--eval=(princ (list (featurep 'phi-ls) (mapcar #'fboundp {commands})))"
    assert "(nil (t t t t t))" in _batch(folder, made, "--load=phi-ls-autoloads.el", check)
