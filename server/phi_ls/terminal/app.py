"""The commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from phi_ls.terminal import answers, places
from phi_ls.terminal.cache import cache
from phi_ls.terminal.models import models
from phi_ls.terminal.session import Choice

app = typer.Typer(
    help="Inline completions, explanations and hover answers from a model on this machine. "
    "Without a command: the language server on stdin and stdout.",
    epilog="Options of the server: --stdio, --clientProcessId PID, --log-file FILE, "
    "--log-level debug|info|warning|error, --version. Exit codes of complete, hover and explain: 0 answered, "
    "1 nothing to say, 2 wrong usage or input, 3 no engine can run.",
    no_args_is_help=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(models, name="models")
app.add_typer(cache, name="cache")

Engine = Annotated[Optional[str], typer.Option(help="auto, or an engine: see `phi-ls doctor`.")]
Device = Annotated[
    Optional[str],
    typer.Option(help="auto, or a device of the engine: see `phi-ls doctor`. If it is not there, another answers."),
]
Model = Annotated[Optional[str], typer.Option(help="Id of a model, or the folder that holds one.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


@app.command()
def complete(
    place: Annotated[str, typer.Argument(metavar="FILE:LINE:COLUMN", help="Where the cursor is; both count from 1.")],
    engine: Engine = None,
    device: Device = None,
    model: Model = None,
    as_json: Json = False,
) -> None:
    """Print what would be suggested at a cursor."""
    answers.complete(places.cursor(place), Choice(engine=engine, device=device, model=model), as_json=as_json)


@app.command()
def hover(
    place: Annotated[str, typer.Argument(metavar="FILE:LINE:COLUMN", help="The symbol; both count from 1.")],
    engine: Engine = None,
    device: Device = None,
    model: Model = None,
    as_json: Json = False,
) -> None:
    """Print what hovering over a symbol would show."""
    answers.hover(places.cursor(place), Choice(engine=engine, device=device, model=model), as_json=as_json)


@app.command()
def explain(
    place: Annotated[str, typer.Argument(metavar="FILE[:FIRST[-LAST]]", help="A file, or lines of it, from 1.")],
    engine: Engine = None,
    device: Device = None,
    model: Model = None,
    as_json: Json = False,
) -> None:
    """Explain a file or some lines of it, as the model writes."""
    answers.explain(places.lines(place), Choice(engine=engine, device=device, model=model), as_json=as_json)


@app.command()
def demo() -> None:
    """Start the server, act as an editor, and show what it answers."""
    from phi_ls.terminal.demo import run

    raise typer.Exit(run())


@app.command()
def doctor(
    as_json: Json = False,
    fix: Annotated[
        Optional[str], typer.Option(metavar="ENGINE", help="Make or mend the environment that an engine needs.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --fix: do not ask first.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="With --fix: remove the environment instead.")] = False,
) -> None:
    """Say which engines and devices work on this machine, and what to do about the others."""
    if fix is None:
        if yes or remove:
            raise typer.BadParameter("--yes and --remove belong to --fix ENGINE")
        from phi_ls.terminal.doctor import run

        raise typer.Exit(run(as_json=as_json))
    from phi_ls.terminal import doctor_fix

    raise typer.Exit(doctor_fix.undo(fix) if remove else doctor_fix.fix(fix, yes=yes))


@app.command()
def bench(
    engine: Annotated[
        Optional[list[str]],
        typer.Option(metavar="NAME", help="Only this engine; may be repeated. Without it, all that can run here."),
    ] = None,
    device: Annotated[
        Optional[list[str]], typer.Option(metavar="NAME", help="Only this device; may be repeated.")
    ] = None,
    model: Annotated[
        Optional[list[str]],
        typer.Option(
            metavar="FOLDER", help="A model instead of the built-in one, which is called auto; may be repeated."
        ),
    ] = None,
    prompt_tokens: Annotated[
        Optional[list[int]],
        typer.Option(min=16, metavar="N", help="Length of the prompts; may be repeated. Without it, 512."),
    ] = None,
    tokens: Annotated[int, typer.Option(min=2, metavar="N", help="Tokens to write.")] = 64,
    repeats: Annotated[int, typer.Option(min=1, metavar="N", help="Prompts to measure; medians are shown.")] = 5,
    chart: Annotated[
        Optional[Path], typer.Option(metavar="FILE.png", help="Draw charts, too; needs `pip install 'phi-ls[charts]'`.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure how fast the engines, devices and precisions of this machine are."""
    from phi_ls.terminal.bench import Wanted, run

    wanted = Wanted(
        engines=engine or (),
        devices=device or (),
        models=model or (),
        prompt_tokens=prompt_tokens or (512,),
        tokens=tokens,
        repeats=repeats,
        chart=chart,
    )
    raise typer.Exit(run(wanted, as_json=as_json))


@app.command()
def status(
    as_json: Json = False,
    watch: Annotated[bool, typer.Option("--watch", help="Keep showing it until Ctrl-C.")] = False,
) -> None:
    """Show what the running servers are doing."""
    from phi_ls.terminal.status import run

    raise typer.Exit(run(as_json=as_json, watch=watch))
