"""`phi-ls doctor --fix ENGINE`: makes, mends or removes the isolated environment that an engine needs."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

from phi_ls import folders
from phi_ls.markdown_text import clean
from phi_ls.terminal.doctor_fix_progress import shown
from phi_ls.terminal.ending import DECLINED, DONE, FAILED
from phi_providers.environments.build import build
from phi_providers.environments.kept import State, folder_of, others, remove, size_of, state
from phi_providers.environments.recipes import EnvironmentFailed, Recipe, recipe
from phi_providers.sizes import GIGABYTE


def fix(engine: str, *, yes: bool, console: Console | None = None) -> int:
    """Make or mend the environment of an engine, after asking; returns the exit code."""
    console = console or Console(highlight=False)
    try:
        wanted = recipe(engine)
        console.print(_plan(wanted))
        if not yes and not _agreed(console):
            return DECLINED
        root = folders.private_dir(folders.environments_dir())
        with shown(console, folder_of(root, wanted)) as progress:
            python = build(root, wanted, progress)
    except (EnvironmentFailed, OSError) as exc:
        console.print(Text(clean(str(exc)), style="red"))
        return FAILED
    except KeyboardInterrupt:
        told = "Interrupted. The same command goes on from here; with --remove, what is there is removed."
        console.print(Text(told, "yellow"))
        return FAILED
    size = size_of(folder_of(root, wanted))
    console.print(Text(f"{wanted.title} works ({size / GIGABYTE:.1f} GB): {python}", style="green"))
    # Said again here: on a terminal, what is said while it is made goes with the line that moves.
    for left in others(root, engine, folder_of(root, wanted)):
        told = f"{left} is an older one that could not be removed; end what uses it and run the command again"
        console.print(Text(clean(told), style="yellow"))
    return DONE


def undo(engine: str, *, console: Console | None = None) -> int:
    """Remove the environments of an engine; returns the exit code."""
    console = console or Console(highlight=False)
    root = folders.environments_dir()
    try:
        with console.status(Text("removing it")):
            before = size_of(root)
            gone = remove(root, recipe(engine).engine)
            freed = before - size_of(root)
    except EnvironmentFailed as exc:
        console.print(Text(clean(str(exc)), style="red"))
        return FAILED
    told = [f"removed {folder}" for folder in gone] or [f"there is no environment of {engine}"]
    told += [f"{freed / GIGABYTE:.1f} GB are free again"] if gone else []
    console.print(Text("\n".join(told)))
    return DONE


def _plan(wanted: Recipe) -> Text:
    """Say what will happen: what is downloaded, how much, where to."""
    place = folder_of(folders.environments_dir(), wanted)
    doing = {
        State.ABSENT: "This downloads",
        State.BROKEN: "An earlier attempt was not finished. This goes on, and downloads",
        State.READY: "It is there already. This checks it, and if it is damaged downloads again",
    }[state(place)]
    compiled = " One file of it is compiled on this machine." if wanted.source else ""
    # PyTorch's own index has it without them, but pip is the user's to set.
    cuda = ", most of it for NVIDIA's GPUs unless your package index has a PyTorch without"
    return Text(
        f"{wanted.title}\n{doing} up to {wanted.download / 1000:.1f} GB of packages from your package index"
        f"{cuda if sys.platform == 'linux' else ''}, and installs them, taking up to {wanted.megabytes / 1000:.1f} GB "
        f"of disk space meanwhile, into\n  {place}\nNothing else on this machine is changed.{compiled}"
    )


def _agreed(console: Console) -> bool:
    try:
        answer = console.input(Text("Go on? [y/N] "))
    except EOFError:
        console.print(Text("\nNobody answered; with --yes it is not asked."))
        return False
    except KeyboardInterrupt:
        answer = ""
        console.print()
    agreed = answer.strip().lower() in ("y", "yes")
    if not agreed:
        console.print(Text("Nothing was changed."))
    return agreed
