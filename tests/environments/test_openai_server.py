"""The engine elsewhere against a real server: the same answers as the model gives here, and all of its ways to end."""

from __future__ import annotations

import sys

import pytest
from engine.built_in import SOURCE, after_tokens, continue_text
from environments.foreign_worker import ForeignWorker
from environments.served import ServedModel

from phi_providers.engines.openai_server import ServerProvider
from phi_providers.errors import LoadFailed
from phi_providers.messages import Control, Load, Part, Piece, Request, Started

# PyTorch is loaded in some of them, and once for all.
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("transformers")]

TEXT = "\n".join(SOURCE[300:312])


def provider(served: ServedModel, family: str, **options: object) -> ServerProvider:
    """Return a loaded provider."""
    order = Load(
        engine="openai_server",
        device="elsewhere",
        model=served.info(family),
        options={"url": served.url, "model": served.name, **options},
    )
    found = ServerProvider(order)
    found.load(lambda stage: None)
    return found


def ask(found: ServerProvider, request: Request) -> tuple[str, str, tuple[int, ...]]:
    """Return text, finish reason and the numbers of the pieces."""
    frames: list[Piece | Started] = []
    usage = found.generate(request, lambda frame: frames.append(frame) is None)
    pieces = [frame for frame in frames if isinstance(frame, Piece)]
    return "".join(p.text for p in pieces), usage.finish_reason, tuple(n for p in pieces for n in p.token_ids)


def test_a_server_gives_the_answer_that_the_model_gives_here(served: ServedModel, reference: ForeignWorker) -> None:
    """Greedy, FP32, the same weights: the same text to the letter, and the server's count of the prompt's tokens."""
    found = provider(served, "fim")
    here = reference.ask(continue_text(TEXT, 12))
    assert (here.text, here.usage.finish_reason) == ask(found, continue_text(TEXT, 12))[:2]
    usage = found.generate(continue_text(TEXT, 2), lambda frame: True)
    found.close()
    assert here.usage.prompt_tokens == usage.prompt_tokens


def test_an_answer_goes_on_where_it_was_left(served: ServedModel) -> None:
    """Asked for the rest after its first pieces, the model writes what it would have written anyway."""
    found = provider(served, "fim")
    whole, _, numbers = ask(found, continue_text(TEXT, 10))
    rest, _, _ = ask(found, Request(id=1, parts=(Part(text=TEXT),), max_new_tokens=6, resume_ids=numbers[:4]))
    first = found.texts.joined(numbers[:4])
    found.close()
    assert whole.startswith(first)
    left = whole[len(first) :]
    common = min(len(left), len(rest))
    assert left[:common] == rest[:common] != ""


def test_a_cancel_ends_the_answer(served: ServedModel) -> None:
    """The stream is closed after two pieces; the next request is answered."""
    found = provider(served, "fim")
    frames: list[Piece | Started] = []
    wanted = after_tokens(2)
    usage = found.generate(continue_text(TEXT, 200), lambda frame: frames.append(frame) is None and wanted(frames))
    assert ("cancelled", 2) == (usage.finish_reason, usage.new_tokens)
    assert ask(found, continue_text(TEXT, 4))[0]
    found.close()


def test_the_chat_form_is_found_and_used(served: ServedModel) -> None:
    """For a chat model of unknown format the server's own template is used, with fields that this server takes."""
    found = provider(served, "phi3_chat")
    parts = (
        Part(control=Control.USER),
        Part(text="Explain: x = 1"),
        Part(control=Control.END),
        Part(control=Control.ASSISTANT),
    )
    text, finish, _ = ask(found, Request(id=1, parts=parts, max_new_tokens=6))
    found.close()
    served.until('"POST /v1/chat/completions HTTP/1.1" 200')
    assert finish in ("length", "stop")
    assert text or finish == "stop"


def test_a_worker_reaches_the_server(served: ServedModel) -> None:
    """Confined as for any engine, its network left to it: a worker process asks and is answered."""
    order = Load(
        engine="openai_server",
        device="elsewhere",
        model=served.info("fim"),
        options={"url": served.url, "model": served.name},
    )
    worker = ForeignWorker(order, sys.executable)
    answer = worker.ask(continue_text(TEXT, 4))
    worker.close()
    assert answer.text
    assert worker.profile.device in served.url


def test_a_model_that_the_server_does_not_have_is_refused_at_loading(served: ServedModel) -> None:
    """With what to check."""
    with pytest.raises(LoadFailed, match="model's name"):
        provider(served, "fim", model="no-such-model")
