"""`python -m bench.typing_replay`: type in held-out files as a person does, and see what the server makes of it."""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path

from bench.machine import describe
from bench.peer.building import PACKAGE, VERSION
from bench.peer.gguf_file import BUILT_IN_PRECISION, PRECISIONS
from bench.sandbox import Sandbox, sandbox
from bench.typing_replay.configurations import Configuration, LlamaCpp, Product, all_of, runnable
from bench.typing_replay.figures import PEER
from bench.typing_replay.output import draw, keep, show, summary
from bench.typing_replay.page import insert
from bench.typing_replay.player import MANNERS, VSCODE, Player
from bench.typing_replay.records import Played
from bench.typing_replay.traces import Trace, read, write

RESULTS = Path(__file__).resolve().parent.parent / "results"


def main() -> None:
    """Replay the traces in every configuration that is named, or in all."""
    arguments = _parsed()
    traces = _traces(arguments)
    machine = describe()
    with sandbox() as box:
        configurations, peer = _configurations(arguments, box)
        results: dict[str, list[list[Played]]] = {each.name: [] for each in configurations}
        for _, configuration in product(range(arguments.runs), configurations):
            results[configuration.name].append(_replay(box, configuration, traces, arguments))
    show(results)
    run = {
        "machine": machine,
        "runs": arguments.runs,
        "speed": arguments.speed,
        "keysPerPassage": arguments.keys,
        "editor": arguments.editor,
        "seed": arguments.seed,
        "model": arguments.model.name if arguments.model else "built-in",
        "peer": peer,
        "traces": [f"{trace.name}, {trace.source}" for trace in traces],
    }
    body = summary(results, run, keys=arguments.every_key)
    keep(body, arguments.out / "typing.json")
    draw(results, arguments.out / "typing.png")
    if arguments.page is not None:
        insert(body, arguments.page)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.typing_replay", description=__doc__)
    add = parser.add_argument
    add("--traces", type=int, default=2, help="for each of Python, TypeScript and C")
    add("--replay", type=Path, metavar="FILE", help="traces that were made and kept before")
    add("--keys", type=int, help="of each passage; its rest is pasted")
    add("--runs", type=int, default=1, help="of all configurations in turn; the figures are medians")
    add("--seed", default="1")
    add("--speed", type=float, default=1.0, help="times as fast as a person; leaves the server less time between keys")
    add("--editor", choices=MANNERS, default=VSCODE.name, help="how requests are sent and cancelled")
    add("--model", type=Path, help="folder of a model; the built-in one without")
    add("--original", type=Path, metavar="FOLDER", help="the weights of --model as safetensors, for the peer")
    add("--precision", choices=PRECISIONS, default=BUILT_IN_PRECISION, help="of the peer's weights")
    add("--engines", nargs="*", metavar="NAME", help="with these engines, too; without names, with all that run here")
    add(
        "--only",
        nargs="+",
        default=[],
        metavar="NAME",
        help="configurations: all, 'without gate', none, llama.cpp, ...",
    )
    add("--every-key", action="store_true", help="keep each key in the JSON file, with texts of the sources")
    add("--out", type=Path, default=RESULTS)
    add("--page", type=Path, metavar="FILE", help="Markdown that has a place for the figures: it is written anew")
    arguments = parser.parse_args()
    known = [each.name for each in all_of(Product(), LlamaCpp())]
    if unknown := set(arguments.only) - set(known):
        parser.error(f"there is no {', '.join(sorted(unknown))}; known are {', '.join(known)}")
    if arguments.model and not arguments.original and PEER in arguments.only:
        parser.error("llama.cpp takes the weights as they were before quantisation: --original")
    return arguments


def _configurations(arguments: argparse.Namespace, box: Sandbox) -> tuple[list[Configuration], str]:
    """Return those that are named, or all, and what the peer is; it is made before anything is measured."""
    ours = Product(model=arguments.model)
    peer = LlamaCpp(model=arguments.model, original=arguments.original, precision=arguments.precision)
    engines = arguments.engines if arguments.engines or arguments.engines is None else runnable(ours, box)
    wanted = {*arguments.only, *(engines or ())}
    names = [each.name for each in all_of(ours, peer, engines or ()) if each.name in wanted or not arguments.only]
    if arguments.model and not arguments.original:
        names = [name for name in names if name != PEER]
    if PEER in names:
        peer = peer.prepared()
    found = [each for each in all_of(ours, peer, engines or ()) if each.name in names]
    what = f"llama.cpp of {PACKAGE} {VERSION}, {arguments.precision}, {peer.tuning}" if PEER in names else ""
    return found, what


def _traces(arguments: argparse.Namespace) -> list[Trace]:
    if arguments.replay is not None:
        return read(arguments.replay)
    # Of the training recipe, whose packages and Python not everybody has who replays kept traces.
    from bench.typing_replay.sources import KEPT, made

    traces = made(arguments.traces, arguments.seed)
    write(traces, KEPT / f"traces-{arguments.seed}-{arguments.traces}.json")
    return traces


def _replay(
    box: Sandbox, configuration: Configuration, traces: list[Trace], arguments: argparse.Namespace
) -> list[Played]:
    with configuration.start(box) as client:
        player = Player(client, MANNERS[arguments.editor], speed=arguments.speed)
        played = [
            player.play(trace, box.uri(f"{number}/{trace.name}"), most_keys=arguments.keys)
            for number, trace in enumerate(traces)
        ]
        client.shut_down()
    return played


if __name__ == "__main__":
    main()
