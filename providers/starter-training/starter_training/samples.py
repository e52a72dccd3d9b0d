"""Training samples: pieces of files in the very prompts that the product builds, with the right answers."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator

from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import Edges, Window
from phi_ls.prompts import fim, phi3_chat, wording
from phi_ls.prompts.subject import ExplainSubject
from phi_providers.messages import Control, ModelInfo, Part
from starter_training import cursors, explained
from starter_training.documents import Document

FORM = ModelInfo(id="starter", family="fim", path="", context=2048, header=True)
"""What the product knows of the model when it builds a prompt."""

END_OF_TEXT = "endoftext"
INFILL_SHARE = 0.55
"""Of the pieces; the others are read from left to right, as is all that stands at the end of a file."""
SNIPPET_SHARE = 0.15
"""Of the pieces; they come with passages of other files of their package."""
SNIPPET_CHARACTERS = (200, 900)
MOST_SUFFIX_CHARACTERS = 1_900
"""The product's window gives the suffix at most 30 % of its room."""

Run = Part | str
"""A part of a prompt, or the name of a control token that only training writes."""


def samples(all_documents: Iterable[Document], sizes: list[int], seed: int) -> Iterator[list[Run]]:
    """Yield the samples of all documents in a random order; `sizes`: characters of a piece, drawn evenly."""
    rng = random.Random(seed)
    packages: dict[str, list[Document]] = defaultdict(list)
    everything = list(all_documents)
    for document in everything:
        packages[document.package].append(document)
    places = [(document, start, end) for document in everything for start, end in pieces(document.text, sizes, rng)]
    rng.shuffle(places)
    for document, start, end in places:
        yield _sample(document, start, end, packages[document.package], rng)


def pieces(text: str, sizes: list[int], rng: random.Random) -> Iterator[tuple[int, int]]:
    """Yield neighbouring ranges of whole lines that together are the text."""
    start = 0
    while start < len(text):
        end = start + rng.choice(sizes)
        end = len(text) if end >= len(text) - 200 else text.rfind("\n", start, end) + 1
        if end <= start:  # one line longer than a piece is no code that a person writes
            start = text.find("\n", start) + 1 or len(text)
            continue
        yield start, end
        start = end


def questions(document: Document, rng: random.Random) -> Iterator[list[Run]]:
    """Yield the product's questions about the described functions of a file, with the descriptions as answers."""
    for pair in explained.pairs(document):
        subject = ExplainSubject(path=document.path, language=document.language, code=pair.code, name=pair.name)
        task = rng.choice((wording.explain_task, wording.hover_task))(subject, "en")
        yield [*phi3_chat.ask_parts(subject, task), Part(text=pair.description), Part(control=Control.END)]


def _sample(document: Document, start: int, end: int, package: list[Document], rng: random.Random) -> list[Run]:
    text = document.text[start:end]
    snippets: list[Run] = []
    if rng.random() < SNIPPET_SHARE:
        snippets = _snippets(document, package, rng)
    if rng.random() < INFILL_SHARE and (cut := cursors.draw(text, rng)) is not None:
        return _infill(document, cut, snippets)
    window = Window(prefix=text, suffix="", edges=Edges(start=0, end=0))
    parts = _with_snippets(fim.infill_parts(FORM, _named(document), window), snippets)
    return [*parts, END_OF_TEXT] if end == len(document.text) else parts


def _infill(document: Document, cut: cursors.Cut, snippets: list[Run]) -> list[Run]:
    suffix = cut.suffix
    if len(suffix) > MOST_SUFFIX_CHARACTERS:
        suffix = suffix[: max(suffix.rfind("\n", 0, MOST_SUFFIX_CHARACTERS), 0)]
    window = Window(prefix=cut.prefix, suffix=suffix, edges=Edges(start=0, end=0))
    parts = _with_snippets(fim.infill_parts(FORM, _named(document), window), snippets)
    return [*parts, Part(text=cut.middle), END_OF_TEXT]


def _with_snippets(parts: tuple[Part, ...], snippets: list[Run]) -> list[Run]:
    """Put the passages of other files where they change least often: in front, behind the beginning."""
    return [parts[0], *snippets, *parts[1:]]


def _snippets(document: Document, package: list[Document], rng: random.Random) -> list[Run]:
    found: list[Run] = []
    for other in rng.sample(package, min(len(package), rng.choice((1, 1, 2)))):
        if other is not document and other.language == document.language:
            first = other.text.find("\n", rng.randrange(len(other.text))) + 1
            last = other.text.rfind("\n", first, first + rng.randint(*SNIPPET_CHARACTERS)) + 1
            if last > first:
                found.append(Part(text=fim.header(other.path, other.language) + other.text[first:last]))
    return found


def _named(document: Document) -> Snapshot:
    return Snapshot(
        uri="", version=0, language=document.language, path=document.path,
        lines=("",), first_line=0, total_lines=1, line=0, column=0,
    )  # fmt: skip
