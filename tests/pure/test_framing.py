"""Tests of the framing: what is a message, and what is refused at once."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi_ls.connection import stdio
from phi_ls.connection.framing import MAX_MESSAGE_BYTES, BadFraming, FrameReader, frame


def _reader(*pieces: bytes) -> FrameReader:
    """Return a reader whose source gives these pieces and then blocks for ever, which here is an error."""
    waiting = list(pieces)
    return FrameReader(lambda _begun: waiting.pop(0) if waiting else pytest.fail("waits for more bytes"))


def _until_end(data: bytes, cuts: list[int]) -> list[bytes]:
    """Return all messages in the data, which comes in pieces and then ends."""
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    pieces = [piece for start, end in pairwise(edges) if (piece := data[start:end])]
    reader = FrameReader(lambda _begun: pieces.pop(0) if pieces else b"")
    return list(iter(reader.next, None))


@given(st.lists(st.binary(max_size=100), max_size=5), st.lists(st.integers(0, 10_000), max_size=20))
def test_messages_survive_any_splitting_of_the_stream(bodies: list[bytes], cuts: list[int]) -> None:
    """However the system cuts the stream into reads, the messages are the ones that were framed."""
    assert bodies == _until_end(b"".join(map(frame, bodies)), cuts)


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 3\r\n\r\n",
        b"content-length:3\r\n\r\n",
        b"CONTENT-LENGTH \t:\t 3 \t\r\n\r\n",
        b"Content-Length: 3\n\n",
        b"Content-Length: 0003\r\n\r\n",
        b"Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 3\r\n\r\n",
        b"Content-Length: 3\r\nX-Anything: at: all\r\n\r\n",
    ],
)
def test_headers_that_the_base_protocol_allows(header: bytes) -> None:
    """Names in any case, white space around the value, other fields and bare line feeds are accepted."""
    assert b"abc" == _reader(header + b"abc").next()


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: -3\r\n\r\n",
        b"Content-Length: +3\r\n\r\n",
        b"Content-Length: 0x3\r\n\r\n",
        b"Content-Length: 3.0\r\n\r\n",
        b"Content-Length: \r\n\r\n",
        b"Content-Length: 3 3\r\n\r\n",
        b"Content-Length: \xd9\xa3\r\n\r\n",
        b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
        b"Content-Type: x\r\n\r\n",
        b"\r\n",
        b"\n",
        b"Content-Length\r\n\r\n",
        b"Content-Length: 99999999999999\r\n\r\n",
        b"Content-Length: " + b"9" * 7000 + b"\r\n\r\n",
        b"Content-Length: %d\r\n\r\n" % (MAX_MESSAGE_BYTES + 1),
    ],
)
def test_headers_that_are_refused(header: bytes) -> None:
    """A length that is missing, contradictory, no decimal number or too large is refused, without a further read."""
    with pytest.raises(BadFraming):
        _reader(header).next()


@pytest.mark.parametrize("rest", [b"}", b'"a":1}}', b"1}}", b" ", b"\0", b"x" * 65, b"{" * 9000, b"a:" + b"x" * 9000])
def test_bytes_that_are_no_header_are_refused_without_waiting_for_a_line(rest: bytes) -> None:
    """JSON has no line ends: waiting for one would leave the server deaf."""
    with pytest.raises(BadFraming):
        _reader(rest).next()


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    """Whatever comes, the reader returns messages or says that the framing is bad."""
    with contextlib.suppress(BadFraming):
        assert all(isinstance(body, bytes) for body in _until_end(data, []))


def test_the_largest_length_is_not_allocated_before_it_comes() -> None:
    """A header that announces 64 MiB costs nothing: what is kept is what has come."""
    sizes: list[int] = []
    pieces = [b"Content-Length: %d\r\n\r\n" % MAX_MESSAGE_BYTES, b"abc"]

    def read(_begun: bool) -> bytes:
        sizes.append(sys.getsizeof(reader._buffer))
        return pieces.pop(0) if pieces else b""

    reader = FrameReader(read)
    assert reader.next() is None
    assert max(sizes) < 10_000


def test_the_source_is_told_whether_a_message_has_begun() -> None:
    """Between messages nobody waits for anything; within one the silence can be measured."""
    told: list[bool] = []
    pieces = [b"Content", b"-Length: 2\r\n", b"\r\n", b"a", b"b"]

    def read(begun: bool) -> bytes:
        told.append(begun)
        return pieces.pop(0) if pieces else b""

    reader = FrameReader(read)
    assert (b"ab", None) == (reader.next(), reader.next())
    assert [False, True, True, True, True, False] == told


def test_a_message_that_stops_half_way_is_reported_once() -> None:
    """Silence within a message is reported, and reading goes on; silence between messages is no news."""
    source, sink = os.pipe()
    reported = threading.Semaphore(0)
    reader = FrameReader(stdio.reading(source, reported.release, stalled_s=0.01))
    got: list[bytes | None] = []
    thread = threading.Thread(target=lambda: got.extend(iter(reader.next, None)))
    thread.start()
    os.write(sink, frame(b"first") + b"Content-Length: 6\r\n\r\nsec")
    assert reported.acquire(timeout=10)
    os.write(sink, b"ond")
    os.close(sink)
    thread.join(10)
    os.close(source)
    assert [b"first", b"second"] == got
    assert not reported.acquire(blocking=False)
