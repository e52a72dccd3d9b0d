"""A server elsewhere that fails: one clear sentence for the request, and nothing sent to anybody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from process.scripted_server import Handler, Script, Server, event, serving, warm_up

from phi_providers.engines.openai_server import ServerProvider
from phi_providers.engines.openai_server_connection import Connection, Patience
from phi_providers.errors import GenerationFailed, LoadFailed, PromptTooLong, WorkerDied
from phi_providers.messages import Load, Part, Piece, Request, Started
from phi_providers.models.elsewhere import elsewhere, server_address

IMPATIENT = Patience(connect_s=5.0, first_s=0.4, next_s=0.4)
PROMPT = Request(id=7, parts=(Part(text="secret_source = "),), max_new_tokens=16)


def provider(url: str, patience: Patience | None = None, **options: Any) -> ServerProvider:
    """Return a provider for the address, not yet loaded."""
    order = Load(
        engine="openai_server",
        device="elsewhere",
        model=elsewhere(url, family="fim"),
        options={"url": url, **options},
    )
    return ServerProvider(order, patience)


@contextmanager
def loaded(
    deed: Callable[[Handler, dict[str, Any]], None], patience: Patience | None = None
) -> Iterator[tuple[ServerProvider, Server]]:
    """A provider whose server does this after the warm-up."""
    with serving(Script(deed)) as server:
        found = provider(server.url, patience)
        found.load(lambda stage: None)
        yield found, server
        found.close()


def ask(found: ServerProvider, request: Request = PROMPT, stop_at: int = 10**9) -> tuple[str, list[Piece | Started]]:
    """Return the finish reason and all frames; nothing more is wanted from frame `stop_at` on."""
    frames: list[Piece | Started] = []

    def emit(frame: Piece | Started) -> bool:
        frames.append(frame)
        return len(frames) < stop_at

    return found.generate(request, emit).finish_reason, frames


def text_of(frames: list[Piece | Started]) -> str:
    return "".join(frame.text for frame in frames if isinstance(frame, Piece))


def stream(*blocks: bytes) -> Callable[[Handler, dict[str, Any]], None]:
    """A deed: send these blocks and close."""

    def deed(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin()
        for block in blocks:
            handler.wfile.write(block)

    return deed


def status(code: int, body: bytes = b"secret_source", **headers: str) -> Callable[[Handler, dict[str, Any]], None]:
    """A deed: reply with this status."""
    return lambda handler, _: handler.reply(code, body, **headers)


def silence(handler: Handler, body: dict[str, Any]) -> None:
    """A deed: begin to answer and never say anything."""
    handler.begin()
    handler.wait_for_the_end()


def test_a_stream_arrives_piece_by_piece() -> None:
    """Events cut anywhere, comments between them, empty ones: the text is put together, its end is told."""
    whole = event("def") + b": a comment\n\n" + event("") + event(" f", finish_reason="length") + b"data: [DONE]\n\n"
    with loaded(stream(whole[:30], whole[30:31], whole[31:])) as (found, _):
        finish, frames = ask(found)
    assert ("length", "def f") == (finish, text_of(frames))
    assert all(not frame.log_probs for frame in frames if isinstance(frame, Piece))


def test_probabilities_are_told_when_the_server_tells_them() -> None:
    """What confidence is reckoned from comes from the server or not at all."""
    told = event("a", logprobs={"token_logprobs": [-0.5]}) + event("b", logprobs={"token_logprobs": [-0.25]})
    with loaded(stream(told)) as (found, _):
        _, frames = ask(found)
    assert [-0.5, -0.25] == [value for frame in frames if isinstance(frame, Piece) for value in frame.log_probs]


def test_an_answer_goes_on_where_it_stopped() -> None:
    """The numbers of the texts that came are enough to ask for the rest."""
    with loaded(stream(event("one "), event("two "))) as (found, server):
        _, frames = ask(found)
        ids = tuple(number for frame in frames if isinstance(frame, Piece) for number in frame.token_ids)
        ask(found, Request(id=7, parts=PROMPT.parts, max_new_tokens=4, resume_ids=ids))
        assert "secret_source = one two " == server.posts()[-1][2]["prompt"]


def test_the_numbers_of_another_worker_are_not_taken_for_its_own() -> None:
    """An answer that a dead worker began cannot be continued, and that is said."""
    with loaded(stream(event("one "))) as (first, _), loaded(stream(event("two "))) as (second, _):
        _, frames = ask(first)
        ask(second)
        ids = tuple(number for frame in frames if isinstance(frame, Piece) for number in frame.token_ids)
        with pytest.raises(GenerationFailed, match="ask again"):
            ask(second, Request(id=7, parts=PROMPT.parts, max_new_tokens=4, resume_ids=ids))


def test_an_unfinished_word_is_left_to_the_model() -> None:
    """The word is not sent, the model writes it anew, and the answer begins behind it."""
    request = Request(id=7, parts=(Part(text="x = pri"),), max_new_tokens=8, heal="pri")
    with loaded(stream(event("pr"), event("int"), event("("))) as (found, server):
        _, frames = ask(found, request)
        assert ("x = ", "nt(") == (server.posts()[-1][2]["prompt"], text_of(frames))


def test_a_word_that_the_model_does_not_want_is_sent_after_all() -> None:
    """Then the prompt goes as it stands, and its answer counts."""
    request = Request(id=7, parts=(Part(text="x = pri"),), max_new_tokens=8, heal="pri")
    with loaded(stream(event("other"))) as (found, server):
        _, frames = ask(found, request)
        assert ["x = ", "x = pri"] == [body["prompt"] for _, _, body in server.posts()[1:]]
    assert "other" == text_of(frames)


def test_whoever_waits_hears_that_it_still_works_and_may_leave() -> None:
    """While the server is silent frames come; a cancel closes the stream, and the server notices."""
    with loaded(silence) as (found, server):
        begun = time.monotonic()
        finish, frames = ask(found, stop_at=4)
        assert ("cancelled", 4) == (finish, len(frames))
        assert time.monotonic() - begun < 2
        assert server.script.left.wait(5)


def test_a_cancel_in_the_middle_closes_the_stream() -> None:
    """Nobody pays for tokens that nobody wants."""

    def endless(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin()
        handler.wfile.write(event("a"))
        handler.wait_for_the_end()

    with loaded(endless) as (found, server):
        finish, frames = ask(found, stop_at=2)
        assert ("cancelled", "a") == (finish, text_of(frames))
        assert server.script.left.wait(5)


@pytest.mark.parametrize("deed", [silence, lambda handler, body: handler.wait_for_the_end()])
def test_a_silent_server_is_given_up(deed: Callable[[Handler, dict[str, Any]], None]) -> None:
    """Before the reply and before the first event alike."""
    with loaded(deed, IMPATIENT) as (found, _), pytest.raises(WorkerDied, match="took too long"):
        ask(found)


def test_a_server_that_stops_in_the_middle_is_given_up() -> None:
    """The time between two events is limited as well."""

    def stalls(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin()
        handler.wfile.write(event("a"))
        handler.wait_for_the_end()

    with loaded(stalls, IMPATIENT) as (found, _), pytest.raises(WorkerDied, match="took too long"):
        ask(found)


def test_a_broken_connection_is_a_dead_worker() -> None:
    """So that the next engine takes over."""

    def breaks(handler: Handler, body: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(event("a"))
        handler.close_connection = True

    with loaded(breaks) as (found, _), pytest.raises(WorkerDied, match="broke the connection off"):
        ask(found)


@pytest.mark.parametrize(
    ("deed", "kind", "words"),
    [
        (status(401), WorkerDied, "PHI_LS_OPENAI_API_KEY"),
        (status(403), WorkerDied, "PHI_LS_OPENAI_API_KEY"),
        (status(404), GenerationFailed, "openaiServer.url"),
        (status(429), GenerationFailed, "again later"),
        (status(500), GenerationFailed, "its log"),
        (status(503), WorkerDied, "start it"),
        (status(400, b'{"message": "maximum context length is 2048"}'), PromptTooLong, "too long"),
        (status(200, b"<html>"), GenerationFailed, ""),
        (stream(b"data: {]\n\n"), GenerationFailed, "does not speak"),
        (stream(b'data: {"error": "secret_source"}\n\n'), GenerationFailed, "does not speak"),
        (stream(b'data: {"choices": 5}\n\n'), GenerationFailed, "does not speak"),
        (stream(*[b"x" * 65536] * 20), GenerationFailed, "does not speak"),
    ],
)
def test_errors_are_one_sentence_with_a_remedy_and_without_source(
    deed: Callable[[Handler, dict[str, Any]], None], kind: type[Exception], words: str
) -> None:
    """What failed, where, and what to do; a server's own words may quote the prompt and stay out."""
    with loaded(deed) as (found, server):
        if words:
            with pytest.raises(kind, match=words) as caught:
                ask(found)
            assert kind is caught.type or issubclass(caught.type, GenerationFailed)
            assert f"127.0.0.1:{server.server_address[1]}" in str(caught.value)
            assert "secret" not in str(caught.value)
            assert "\n" not in str(caught.value)
        else:
            assert ("stop", "") == (ask(found)[0], text_of(ask(found)[1]))


def test_after_an_error_the_next_request_is_answered() -> None:
    """The worker lives when only the request failed."""
    deeds = iter([status(500), stream(event("fine"))])

    def changes(handler: Handler, body: dict[str, Any]) -> None:
        next(deeds)(handler, body)

    with loaded(changes) as (found, _):
        with pytest.raises(GenerationFailed):
            ask(found)
        assert "fine" == text_of(ask(found)[1])


def test_a_redirect_is_not_followed() -> None:
    """Source goes to the address in the settings and to no other."""
    with serving(Script(warm_up)) as other, loaded(status(307, Location=other.url)) as (found, _):
        with pytest.raises(WorkerDied, match="another address"):
            ask(found)
        assert [] == other.seen


def test_nobody_there_is_said_at_loading() -> None:
    """With what to do about it."""
    with serving(Script()) as server:
        url = server.url
    with pytest.raises(LoadFailed, match="cannot be reached; start the server"):
        provider(url).load(lambda stage: None)


def test_a_model_is_found_and_tried_at_loading() -> None:
    """The profile names the host; nothing of the user's was sent to find out."""
    with serving(Script()) as server:
        found = provider(server.url)
        profile = found.load(lambda stage: None)
        found.close()
    assert (f"127.0.0.1:{server.server_address[1]}", "completions") == (profile.device, profile.engine_version)
    assert "the-model" == server.posts()[0][2]["model"]


def test_a_server_that_refuses_new_fields_is_asked_with_the_old_ones() -> None:
    """As the servers do that know only the fields of the first days."""

    def picky(handler: Handler, body: dict[str, Any]) -> None:
        handler.reply(422, b"unexpected fields") if "stream_options" in body else warm_up(handler, body)

    with serving(Script(picky, warm_up=False)) as server:
        found = provider(server.url)
        found.load(lambda stage: None)
        assert "pass\n" == text_of(ask(found)[1])
        found.close()


def test_the_key_goes_into_the_header_and_never_over_an_open_line() -> None:
    """A key for another machine is sent encrypted or not at all."""
    with serving(Script()) as server:
        connection = Connection(server_address(server.url), "k-1")
        connection.get("/models")
        connection.close()
        assert "Bearer k-1" == server.seen[0][1]["Authorization"]
    with pytest.raises(LoadFailed, match="unencrypted"):
        Connection(server_address("http://10.0.0.1/v1"), "k-1")
