"""`phi-ls models export`: converts a model's original weights here, after having said what that takes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from phi_ls import folders
from phi_ls.markdown_text import clean
from phi_ls.models.known import catalogue
from phi_ls.terminal import output
from phi_ls.terminal.doctor_fix import fix
from phi_ls.terminal.doctor_fix_progress import shown
from phi_ls.terminal.ending import DONE, FAILED
from phi_ls.terminal.models_export_source import find_original, result_id
from phi_providers.environments.kept import interpreter
from phi_providers.environments.recipes import EnvironmentFailed, recipe
from phi_providers.export.export import begin, export, installed_already
from phi_providers.export.needs import Room, free, lacking, needed
from phi_providers.export.order import Order
from phi_providers.export.presets import preset
from phi_providers.export.progress import Progress, Stage
from phi_providers.hub.place import InstalledModel
from phi_providers.models.manifest import ModelError
from phi_providers.sizes import GIGABYTE, MEGABYTE


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the command line says."""

    source: str
    preset: str
    name: str = ""
    yes: bool = False


def run(wish: Wish, *, as_json: bool) -> int:
    """Convert and install a model; returns the exit code."""
    console = Console(highlight=False, stderr=as_json)
    console.soft_wrap = not console.is_terminal  # what programs read is not broken into lines
    try:
        order = _order(wish)
        model = installed_already(order)
        if model is None:
            ended = _prepared(order, console, yes=wish.yes)
            if ended != DONE:
                return ended
            model = _converted(order, console)
    except (ModelError, EnvironmentFailed, OSError) as exc:
        output.note(str(exc))
        return FAILED
    except KeyboardInterrupt:
        output.note("interrupted, nothing is installed; the same command goes on from the last stage that has ended")
        raise
    if as_json:
        output.write(json.dumps(_facts(order, model)) + "\n")
    else:
        size = f"{model.size / GIGABYTE:.2f} GB"
        console.print(Text(f"{model.id} ({size}) is installed in {model.path}", style="green"))
        console.print(Text(f"`phi-ls models use {model.id}` makes it the model that answers."))
    return DONE


def _order(wish: Wish) -> Order:
    wanted = preset(wish.preset)
    listed = catalogue()
    name, original = find_original(wish.source, listed)
    result = result_id(wish.name, name, wanted, listed)
    return Order(id=result, original=original, preset=wanted, root=folders.models_dir())


def _prepared(order: Order, console: Console, *, yes: bool) -> int:
    """Say what it takes, refuse where that is not there, and make the tool's environment; returns an exit code."""
    tool = recipe(order.preset.tool.recipe)
    there = bool(interpreter(folders.environments_dir(), tool))
    size = order.original.bytes_at_16_bits
    room = needed(order.preset, size, converted=order.converted, environment=0 if there else tool.megabytes * MEGABYTE)
    console.print(_plan(order, room))
    problem = lacking(room, free(order.root), order.root)
    if problem:
        raise ModelError(problem)
    if there or order.converted:
        return DONE
    console.print(Text("It needs an environment of its own, which is made first."))
    return fix(tool.engine, yes=yes, console=console)


def _plan(order: Order, room: Room) -> Text:
    original, wanted = order.original, order.preset
    lines = [
        f"{wanted.title}: {order.id}",
        f"From {original.folder}, {original.bytes_at_16_bits / GIGABYTE:.2f} GB at 16 bits; nothing in it is run.",
    ]
    if order.converted:
        lines.append("An earlier attempt has converted it; this goes on from there.")
    else:
        memory, disk = room.memory / GIGABYTE, room.disk / GIGABYTE
        lines.append(f"This takes up to {memory:.1f} GB of memory and {disk:.1f} GB of disk space meanwhile.")
    return Text("\n".join(clean(line) for line in lines))


def _converted(order: Order, console: Console) -> InstalledModel:
    folders.private_dir(order.root)
    python = interpreter(folders.environments_dir(), recipe(order.preset.tool.recipe))
    with shown(console, begin(order)) as tell:

        def report(step: Progress) -> None:
            # What a tool says is many lines, which are for a line that moves.
            if console.is_terminal or not step.text or step.stage is Stage.WAITING:
                tell(f"{step.stage.value}{f': {step.text}' if step.text else ''}")

        return export(order, python, report)


def _facts(order: Order, model: InstalledModel) -> dict[str, object]:
    return {
        "id": model.id,
        "path": str(model.path),
        "preset": order.preset.name,
        "engine": order.preset.engine,
        "precision": order.preset.precision,
        "size_bytes": model.size,
    }
