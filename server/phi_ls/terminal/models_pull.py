"""`phi-ls models pull`: fetches a model, after having said what it is."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from phi_ls import folders
from phi_ls.markdown_text import clean
from phi_ls.models.choosing import choose, current
from phi_ls.models.known import catalogue
from phi_ls.models.machine import this_machine
from phi_ls.terminal import output
from phi_ls.terminal.ending import DECLINED, DONE, FAILED
from phi_ls.terminal.models_progress import shown
from phi_providers.catalogue.choice import Wish, needed_bytes
from phi_providers.catalogue.choice import choose as choose_variant
from phi_providers.catalogue.entries import Entry
from phi_providers.hub.listing import Published
from phi_providers.hub.place import InstalledModel
from phi_providers.hub.pull import Pull
from phi_providers.models.manifest import ModelError
from phi_providers.sizes import GIGABYTE


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the command line says."""

    model: str
    engine: str = ""
    precision: str = ""
    yes: bool = False
    use: bool | None = None
    """None: if the user's settings name no model yet."""
    latest: bool = False


class Declined(Exception):
    """The user does not want it."""


def run(order: Order, *, as_json: bool) -> int:
    """Fetch and install a model; returns the exit code."""
    console = Console(highlight=False, stderr=as_json)
    console.soft_wrap = not console.is_terminal  # what programs read is not broken into lines
    cancelled = threading.Event()
    try:
        entry = _entry(order)
        model = _fetched(order, entry, console, cancelled)
        said = _used(order, model)
    except Declined:
        return DECLINED
    except (ModelError, OSError) as exc:
        output.note(str(exc))
        return FAILED
    except KeyboardInterrupt:
        cancelled.set()
        output.note("interrupted; the same command goes on from here")
        raise
    if as_json:
        output.write(json.dumps(_facts(model)) + "\n")
    else:
        console.print(Text(f"{model.id} is installed in {model.path}", style="green"))
        console.print(Text(said))
    return DONE


def _entry(order: Order) -> Entry:
    """Return the variant that is meant: the one of this id, or the best for this machine of the model of this id."""
    listed = catalogue()
    found = listed.find(order.model)
    if found is not None:
        return found
    model = listed.model(order.model)
    if model is None:
        known = ", ".join(each.id for each in listed.models)
        raise ModelError(f"there is no model '{order.model}' to fetch; there are {known} (`phi-ls models list`)")
    return choose_variant(model, this_machine(), Wish(engine=order.engine, precision=order.precision))


def _fetched(order: Order, entry: Entry, console: Console, cancelled: threading.Event) -> InstalledModel:
    with shown(console) as report:
        pull = Pull(entry, folders.models_dir(), report, cancelled)
        offer = pull.offer(latest=order.latest)
    console.print(_plan(offer))
    if not order.yes and not _agreed(console):
        raise Declined
    folders.private_dir(folders.models_dir())
    with shown(console) as report:
        return Pull(entry, folders.models_dir(), report, cancelled).install(offer)


def _plan(offer: Published) -> Text:
    """Say what it is, under which terms, how much of it, and where it goes."""
    model, variant = offer.entry.model, offer.entry.variant
    lines = [
        f"{model.title}, {variant.precision} for {variant.engine}: {offer.entry.id}",
        f"Licence: {model.license}{f' ({model.license_url})' if model.license_url else ''}",
        f"From {offer.endpoint}/{variant.repository}, revision {offer.commit[:12]}",
        f"{len(offer.files)} files, {offer.size / GIGABYTE:.2f} GB, into {folders.models_dir() / offer.entry.id}",
        f"It takes about {needed_bytes(offer.entry) / GIGABYTE:.1f} GB of memory while it runs.",
        f"Runs on {', '.join(variant.suits)}.",
        *(f"Not on {kind}: {reason}." for kind, reason in variant.unsuited.items()),
    ]
    if variant.unverified:
        lines.append(f"First seen on the hub just now, not known from before: {', '.join(variant.unverified)}.")
    return Text("\n".join(clean(line) for line in lines))


def _agreed(console: Console) -> bool:
    try:
        answer = console.input(Text("Fetch it? [y/N] "))
    except EOFError:
        console.print(Text("\nNobody answered; with --yes it is not asked."))
        return False
    except KeyboardInterrupt:
        console.print(Text("\nNothing is fetched."))
        return False
    return answer.strip().lower() in ("y", "yes")


def _used(order: Order, model: InstalledModel) -> str:
    wanted = current() in ("auto", model.id) if order.use is None else order.use
    return choose(model.id) if wanted else f"`phi-ls models use {model.id}` makes it the model that answers."


def _facts(model: InstalledModel) -> dict[str, object]:
    revision = model.source.revision if model.source else ""
    return {"id": model.id, "path": str(model.path), "revision": revision, "size_bytes": model.size}
