"""`phi-ls models`: its commands and their options."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from phi_providers.export.presets import PRESETS

models = typer.Typer(
    help="Find, fetch, convert, check, choose and remove models.",
    epilog="Exit codes: 0 done, 1 failed or damaged, 2 wrong usage or declined.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="A model's id, as `phi-ls models list` has it.")]


@models.command("list")
def list_models(as_json: Json = False) -> None:
    """List models, what they take, and which are installed."""
    from phi_ls.terminal.models_list import run

    raise typer.Exit(run(as_json=as_json))


@models.command()
def pull(
    model: Annotated[
        str,
        typer.Argument(metavar="[ID]", help="A model, to take the variant that suits this machine best, or a variant."),
    ] = "phi-3-mini-4k",
    engine: Annotated[str, typer.Option(help="Take a variant for this engine.")] = "",
    precision: Annotated[str, typer.Option(help="Take a variant of this precision: int4, int8, fp16.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    use: Annotated[
        Optional[bool],
        typer.Option("--use/--no-use", help="Make it the model that answers; by default, if none is set."),
    ] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="Take the newest revision instead of the one that was fetched first.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fetch a model, check every file of it, and install it."""
    from phi_ls.terminal.models_pull import Order, run

    order = Order(model=model, engine=engine, precision=precision, yes=yes, use=use, latest=latest)
    raise typer.Exit(run(order, as_json=as_json))


@models.command()
def export(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Folder with a model's safetensors, or id of an installed original.")
    ],
    preset: Annotated[str, typer.Option(help=f"One of {', '.join(each.name for each in PRESETS)}.")],
    name: Annotated[str, typer.Option(help="Id of the result; by default made of the source's and the preset's.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before a missing environment is made.")] = False,
    as_json: Json = False,
) -> None:
    """Convert a model's original weights, and install the result."""
    from phi_ls.terminal.models_export import Wish, run

    raise typer.Exit(run(Wish(source=source, preset=preset, name=name, yes=yes), as_json=as_json))


@models.command()
def verify(
    model: Annotated[Optional[str], typer.Argument(metavar="[ID]", help="One model; by default all of them.")] = None,
    as_json: Json = False,
) -> None:
    """Check every byte of installed models."""
    from phi_ls.terminal.models_verify import run

    raise typer.Exit(run(model, as_json=as_json))


@models.command()
def use(model: Id, as_json: Json = False) -> None:
    """Make an installed model the one that answers, by your settings."""
    from phi_ls.terminal.models_use import run

    raise typer.Exit(run(model, as_json=as_json))


@models.command()
def remove(model: Id, as_json: Json = False) -> None:
    """Remove an installed model, or what was begun of one."""
    from phi_ls.terminal.models_remove import run

    raise typer.Exit(run(model, as_json=as_json))


@models.command()
def path(
    model: Annotated[Optional[str], typer.Argument(metavar="[ID]", help="By default the folder of all models.")] = None,
    as_json: Json = False,
) -> None:
    """Print where an installed model lies."""
    from phi_ls.terminal.models_path import run

    raise typer.Exit(run(model, as_json=as_json))
