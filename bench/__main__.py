"""`python -m bench [keystroke | suggestion | hover | startup | memory | soak]`: measure, print tables, keep figures."""

from __future__ import annotations

import argparse
import time

from bench import hover, keystroke, memory, soak, startup, suggestion
from bench.machine import describe
from bench.output import keep, show
from bench.report import Report
from bench.sandbox import Sandbox, sandbox

MEASUREMENTS = {
    "keystroke": lambda box, quick: keystroke.measure(box, keystrokes=200 if quick else keystroke.KEYSTROKES),
    "suggestion": lambda box, quick: suggestion.measure(box, lines=3 if quick else suggestion.LINES),
    "hover": lambda box, quick: hover.measure(box, symbols=10 if quick else hover.SYMBOLS),
    "startup": lambda box, quick: startup.measure(box, pairs=3 if quick else startup.PAIRS),
    "memory": lambda box, quick: memory.measure(box, suggestions=40 if quick else memory.SUGGESTIONS),
    "soak": lambda box, quick: soak.measure(box, requests=400 if quick else soak.REQUESTS),
}


def main() -> None:
    """Run the measurements that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(MEASUREMENTS)}; all if none")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, to try a change; nothing is kept")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(MEASUREMENTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; known are {', '.join(MEASUREMENTS)}")
    machine = describe()
    reports: dict[str, Report] = {}
    with sandbox() as box:
        for name in arguments.names or MEASUREMENTS:
            reports[name] = _timed(name, box, quick=arguments.quick)
            show(reports[name])
    if not arguments.quick:
        keep(reports, machine)


def _timed(name: str, box: Sandbox, *, quick: bool) -> Report:
    begun = time.perf_counter()
    report = MEASUREMENTS[name](box, quick)
    report.notes.append(f"took {time.perf_counter() - begun:.0f} s")
    return report


if __name__ == "__main__":
    main()
