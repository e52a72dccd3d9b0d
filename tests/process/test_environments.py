"""Isolated environments: made, mended, checked and removed, and a worker that runs in one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from process.tiny_environment import OURS, Workshop, wheel

from phi_providers.environments.build import build
from phi_providers.environments.kept import State, interpreter, others, python_of, remove, site_packages, state
from phi_providers.environments.lock import locked
from phi_providers.environments.pip import run
from phi_providers.environments.recipes import EnvironmentFailed


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """An empty one."""
    return Workshop(tmp_path)


def test_it_is_made_tried_and_found_again(workshop: Workshop) -> None:
    """Its interpreter imports its package and none of ours; people are told; a second call changes nothing."""
    recipe = workshop.recipe(wheel(workshop.folder, "tiny", "value = 42"))
    assert "" == interpreter(workshop.root, recipe)
    python = workshop.build(recipe)
    program = "import tiny, importlib.util as u; print(tiny.value, u.find_spec('pygls'))"
    done = subprocess.run([python, "-I", "-c", program], capture_output=True, encoding="utf-8")
    assert ("42 None\n", python) == (done.stdout, interpreter(workshop.root, recipe))
    assert any("installing a tiny engine" in line for line in workshop.told)
    made = python_of(workshop.place(recipe)).lstat().st_mtime_ns
    assert python == workshop.build(recipe)
    assert made == python_of(workshop.place(recipe)).lstat().st_mtime_ns
    (site_packages(workshop.place(recipe)) / "tiny-1.0.dist-info" / "RECORD").unlink()
    assert "" == interpreter(workshop.root, recipe)


def test_a_step_that_was_interrupted_is_done_again(workshop: Workshop) -> None:
    """A folder with a half installed package and no journal is broken, and whole after another call."""
    recipe = workshop.recipe(wheel(workshop.folder, "tiny", "value = 42"))
    folder = workshop.place(recipe)
    workshop.build(recipe)
    (folder / "ready.json").unlink()
    (folder / "journal.json").unlink()
    (site_packages(folder) / "tiny.py").write_text("val", "utf-8")
    assert State.BROKEN is state(folder)
    workshop.build(recipe)
    assert (State.READY, "value = 42") == (state(folder), (site_packages(folder) / "tiny.py").read_text("utf-8"))
    assert "mending what an earlier attempt left" in workshop.told


def test_a_step_that_has_ended_is_not_done_again(workshop: Workshop) -> None:
    """Packages are there when the trial fails; what is mended is the rest."""
    first = workshop.recipe(wheel(workshop.folder, "tiny", "import missing_module"))
    with pytest.raises(EnvironmentFailed, match=r"trying it failed: .*missing_module"):
        workshop.build(first)
    (site_packages(workshop.place(first)) / "missing_module.py").write_text("", "utf-8")
    assert workshop.build(first)
    assert not any(line.startswith("installing") for line in workshop.told)


@pytest.mark.parametrize("damage", ["interpreter", "package"])
def test_a_whole_one_that_was_damaged_is_made_anew(workshop: Workshop, damage: str) -> None:
    """Its interpreter went with an upgrade, a package's file was deleted: found, and mended."""
    recipe = workshop.recipe(wheel(workshop.folder, "tiny"))
    folder = workshop.place(recipe)
    workshop.build(recipe)
    gone = {
        "interpreter": python_of(folder),
        "package": site_packages(folder) / "tiny.py",
    }[damage]
    gone.unlink()
    # A deleted module is not seen by a look from outside, which starts nothing; the trial of `build` sees it.
    assert ("package" == damage) == (State.READY is state(folder))
    workshop.build(recipe)
    assert State.READY is state(folder)
    assert gone.exists()


def test_another_recipe_is_another_environment_and_the_old_one_goes(workshop: Workshop) -> None:
    """A new version leaves one environment, its own; folders of other names stay."""
    old = workshop.recipe(wheel(workshop.folder, "tiny", version="1.0"))
    new = workshop.recipe(wheel(workshop.folder, "tiny", version="2.0"))
    workshop.build(old)
    (workshop.root / "tiny-notes").mkdir()
    workshop.build(new)
    assert (State.ABSENT, State.READY) == (state(workshop.place(old)), state(workshop.place(new)))
    assert [workshop.place(new)] == remove(workshop.root, "tiny")
    assert ["tiny-notes"] == [path.name for path in workshop.root.iterdir() if path.is_dir()]


def test_an_old_one_that_is_in_use_stays_until_the_next_time(workshop: Workshop) -> None:
    """The new one is whole all the same, people are told, and another call takes the old one away."""
    old = workshop.recipe(wheel(workshop.folder, "tiny", version="1.0"))
    new = workshop.recipe(wheel(workshop.folder, "tiny", version="2.0"))
    workshop.build(old)
    with locked(workshop.root / f"{workshop.place(old).name}.lock"):
        assert workshop.build(new)
    assert workshop.told[-1].startswith("an older one stays until the next time: another process")
    assert [workshop.place(old)] == others(workshop.root, "tiny", workshop.place(new))
    assert workshop.build(new)
    assert [] == others(workshop.root, "tiny", workshop.place(new))


def test_a_package_that_does_not_exist(workshop: Workshop) -> None:
    """The message names it; nothing claims to be ready."""
    recipe = workshop.recipe("no-such-package==1.0")
    with pytest.raises(EnvironmentFailed, match=r"there is no no-such-package==1\.0 for this Python"):
        workshop.build(recipe)
    assert State.BROKEN is state(workshop.place(recipe))


def test_an_index_that_cannot_be_reached(workshop: Workshop) -> None:
    """The message speaks of the network, not of a package that does not exist."""
    recipe = workshop.recipe()
    elsewhere = ("--retries", "1", "--index-url", "http://127.0.0.1:9/simple", "--no-cache-dir", "tiny==1.0")
    recipe = type(recipe)(**{**vars(recipe), "requirements": elsewhere})
    with pytest.raises(EnvironmentFailed, match="the package index cannot be reached"):
        workshop.build(recipe)


def test_no_room_on_the_disk(workshop: Workshop) -> None:
    """It is said before anything is written, with both numbers."""
    recipe = workshop.recipe(megabytes=10**9)
    with pytest.raises(EnvironmentFailed, match=r"needs up to 1000000000 MB while .* has \d+ MB free; make"):
        workshop.build(recipe)
    assert State.ABSENT is state(workshop.place(recipe))


def test_what_an_earlier_attempt_takes_up_counts_as_room(workshop: Workshop) -> None:
    """It is replaced: an environment that fits must not be refused because half of it is there already."""
    recipe = workshop.recipe(wheel(workshop.folder, "tiny"), megabytes=10**9)
    workshop.place(recipe).mkdir(parents=True)
    (workshop.place(recipe) / "half").write_bytes(b"x" * 3 * 1024 * 1024)
    with pytest.raises(EnvironmentFailed, match=r"MB free, 3 MB of an earlier attempt included; make room"):
        workshop.build(recipe)


def test_no_python_of_a_fitting_version(workshop: Workshop) -> None:
    """The versions that would do are named."""
    with pytest.raises(EnvironmentFailed, match=r"a tiny engine needs Python 3\.1 or 3\.2; install one"):
        workshop.build(workshop.recipe(python=("3.2", "3.1")))


def test_a_folder_that_cannot_be_made(workshop: Workshop) -> None:
    """A file in its place is named in the message."""
    workshop.root.write_text("", "utf-8")
    with pytest.raises(EnvironmentFailed, match=r"environments.* cannot be written"):
        workshop.build(workshop.recipe())


def test_the_largest_package_has_a_step_of_its_own(workshop: Workshop) -> None:
    """Interrupted after it, the next call installs the others alone, and in the versions that were pinned."""
    for name in ("torch", "tiny"):
        wheel(workshop.folder, name)
    places = f"--find-links={workshop.folder}"
    recipe = workshop.recipe(places, "tiny==2.0", "torch==1.0")
    with pytest.raises(EnvironmentFailed, match="there is no tiny==2"):
        workshop.build(recipe)
    assert "installing a tiny engine: torch==1.0" in workshop.told
    wheel(workshop.folder, "tiny", version="2.0")
    assert workshop.build(recipe)
    assert "installing a tiny engine: tiny==2.0" in workshop.told
    assert not any("torch==1.0" in line for line in workshop.told)


def test_a_package_that_was_half_copied_is_copied_again(workshop: Workshop) -> None:
    """pip takes a package with a record for installed; one that was killed while it copied leaves just that."""
    recipe = workshop.recipe(wheel(workshop.folder, "tiny", "value = 42"))
    workshop.build(recipe)
    folder = workshop.place(recipe)
    (folder / "ready.json").unlink()
    (folder / "journal.json").write_text('["python"]', "utf-8")
    (site_packages(folder) / "tiny.py").write_text("val", "utf-8")
    (site_packages(folder) / "tiny-1.0.dist-info" / "INSTALLER").unlink()
    workshop.build(recipe)
    assert "value = 42" == (site_packages(folder) / "tiny.py").read_text("utf-8")


def test_what_a_killed_attempt_had_downloaded_is_taken_away(workshop: Workshop) -> None:
    """Unfinished downloads lie in the environment's own folder and do not stay there."""
    recipe = workshop.recipe(wheel(workshop.folder, "tiny"))
    left = workshop.place(recipe) / "tmp-left"
    workshop.build(recipe)
    (workshop.place(recipe) / "ready.json").unlink()
    left.mkdir()
    workshop.build(recipe)
    assert not left.exists()


def test_a_command_that_falls_silent_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """It says nothing and writes nothing: killed, with its child, and people are told what to do."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = f"open({str(pipe)!r}, 'w').write(str(__import__('os').getpid())); input()"
    program = f"import subprocess as s, sys; s.Popen([sys.executable, '-c', {child!r}], stdin=s.PIPE).wait()"
    started: list[psutil.Process] = []
    reader = threading.Thread(target=lambda: started.append(psutil.Process(int(pipe.read_text()))))
    reader.start()
    with pytest.raises(EnvironmentFailed, match=r"trying was ended: nothing came of it for .* which goes on from here"):
        run([sys.executable, "-c", program], tmp_path, "trying", print, silence_s=10.0)
    reader.join()
    _, alive = psutil.wait_procs(started, 30)
    assert (1, []) == (len(started), alive)


def test_a_command_that_writes_is_not_ended(tmp_path: Path) -> None:
    """A download says nothing for minutes, but its file grows."""
    program = (
        "import time; file = open('download', 'wb', 0); end = time.monotonic() + 3\n"
        "while time.monotonic() < end: file.write(b'x')"
    )
    run([sys.executable, "-c", program], tmp_path, "downloading", print, silence_s=1.0)


def test_it_is_not_removed_while_it_is_made(workshop: Workshop) -> None:
    """Whoever removes it is told that another process is making it."""
    recipe = workshop.recipe(wheel(workshop.folder, "tiny"))
    workshop.build(recipe)
    held = locked(workshop.root / f"{workshop.place(recipe).name}.lock")
    with held, pytest.raises(EnvironmentFailed, match="another process is making this environment"):
        remove(workshop.root, "tiny")
    assert State.READY is state(workshop.place(recipe))


def test_two_builders_do_not_meet(workshop: Workshop) -> None:
    """The second says that it waits, and finds what the first has made."""
    recipe = workshop.recipe(wheel(workshop.folder, "tiny"))
    workshop.root.mkdir()
    waiting = threading.Event()
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        waiting.set()

    with ThreadPoolExecutor(1) as second:
        with locked(workshop.root / f"{workshop.place(recipe).name}.lock"):
            made = second.submit(build, workshop.root, recipe, tell)
            assert waiting.wait(60)
            assert ["another process is making this environment; waiting for it"] == told
            assert State.ABSENT is state(workshop.place(recipe))
        assert made.result(60)
    assert State.READY is state(workshop.place(recipe))


def test_a_builder_that_is_killed_leaves_something_to_mend(workshop: Workshop) -> None:
    """Killed while the environment is tried, it is continued by the next call, which finds the packages there."""
    pipe = workshop.folder / "pipe"
    os.mkfifo(pipe)
    recipe = workshop.recipe(wheel(workshop.folder, "tiny", f"open({str(pipe)!r}).read()"))
    program = (
        "import json, sys; from pathlib import Path; from phi_providers.environments.build import build\n"
        "from phi_providers.environments.recipes import Recipe\n"
        f"build(Path({str(workshop.root)!r}), Recipe(**json.loads(sys.argv[1])), print)"
    )
    facts = json.dumps({name: value for name, value in vars(recipe).items() if name != "source"})
    builder = subprocess.Popen([sys.executable, "-c", program, facts], stdout=subprocess.DEVNULL)
    with pipe.open("w"):  # opens when the trial has come as far as reading it
        builder.kill()
        builder.wait()
    assert State.BROKEN is state(workshop.place(recipe))
    (site_packages(workshop.place(recipe)) / "tiny.py").write_text("", "utf-8")
    assert workshop.build(recipe)
    assert not any(line.startswith("installing") for line in workshop.told)


def test_versions_are_asked_and_not_guessed(workshop: Workshop) -> None:
    """The running interpreter's own version is taken when it fits, before any other."""
    recipe = workshop.recipe(wheel(workshop.folder, "tiny"), python=("3.99", OURS))
    python = workshop.build(recipe)
    done = subprocess.run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True)
    assert OURS == done.stdout.decode().strip()
