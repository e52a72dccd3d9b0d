"""`phi-ls doctor --fix ENGINE`: makes, mends or removes the isolated environment that an engine needs."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from phi_ls import folders
from phi_ls.markdown_text import clean
from phi_providers.environments.build import build
from phi_providers.environments.kept import State, folder_of, remove, state
from phi_providers.environments.recipes import EnvironmentFailed, Recipe, recipe

DONE, FAILED, DECLINED = 0, 1, 2
"""Exit codes."""


def fix(engine: str, *, yes: bool, console: Console | None = None) -> int:
    """Make or mend the environment of an engine, after asking; returns the exit code."""
    console = console or Console(highlight=False)
    try:
        wanted = recipe(engine)
        console.print(_plan(wanted))
        if not yes and not _agreed(console):
            return DECLINED
        with console.status(Text("beginning")) as shown:

            def progress(line: str) -> None:
                shown.update(Text(clean(line)))
                if not console.is_terminal:
                    console.print(Text(clean(line)))

            python = build(folders.private_dir(folders.environments_dir()), wanted, progress)
    except (EnvironmentFailed, OSError) as exc:
        console.print(Text(clean(str(exc)), style="red"))
        return FAILED
    except KeyboardInterrupt:
        console.print(Text("Interrupted. The same command goes on from here; with --remove it is undone.", "yellow"))
        return FAILED
    console.print(Text(f"{wanted.title} works: {python}", style="green"))
    return DONE


def undo(engine: str, *, console: Console | None = None) -> int:
    """Remove the environments of an engine; returns the exit code."""
    console = console or Console(highlight=False)
    try:
        gone = remove(folders.environments_dir(), recipe(engine).engine)
    except EnvironmentFailed as exc:
        console.print(Text(clean(str(exc)), style="red"))
        return FAILED
    console.print(Text("\n".join(f"removed {folder}" for folder in gone) or f"there is no environment of {engine}"))
    return DONE


def _plan(wanted: Recipe) -> Text:
    """Say what will happen: what is downloaded, how much, where to."""
    place = folder_of(folders.environments_dir(), wanted)
    doing = {
        State.ABSENT: "This downloads",
        State.BROKEN: "An earlier attempt was not finished. This goes on downloading",
        State.READY: "It is there already. This checks it, and if it is damaged downloads again",
    }[state(place)]
    compiled = " One file of it is compiled on this machine." if wanted.source else ""
    return Text(
        f"{wanted.title}\n{doing} packages from your package index and installs them, up to "
        f"{wanted.megabytes / 1000:.1f} GB, into\n  {place}\nNothing else on this machine is changed.{compiled}"
    )


def _agreed(console: Console) -> bool:
    try:
        answer = console.input(Text("Go on? [y/N] "))
    except EOFError:
        console.print(Text("\nNobody answered; with --yes it is not asked."))
        return False
    return answer.strip().lower() in ("y", "yes")
