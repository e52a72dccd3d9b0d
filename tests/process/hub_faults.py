"""What can go wrong when a file is fetched, each as an answer of the local hub."""

from __future__ import annotations

import gzip
import threading

from process.local_hub import Answer, Handler

PAGE = b"<!DOCTYPE html><html><body>Please log in to this network.</body></html>"


def cut(after: int) -> Answer:
    """The connection breaks after so many bytes."""
    return lambda handler, data: handler.content(data, ends_after=after)


def stall(after: int, until: threading.Event) -> Answer:
    """Nothing more comes after so many bytes, for as long as the event is not set."""

    def answer(handler: Handler, data: bytes) -> None:
        handler.content(data, ends_after=after)
        handler.wfile.flush()
        until.wait()

    return answer


class Held:
    """Nothing more comes after so many bytes until `go` is set; `reached` tells that they have been sent."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.reached = threading.Event()
        self.go = threading.Event()

    def __call__(self, handler: Handler, data: bytes) -> None:
        """Answer."""
        start = handler.start()
        rest = data[start:]
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(rest)))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        handler.end_headers()
        handler.send(rest[: self.after])
        self.reached.set()
        self.go.wait()
        handler.send(rest[self.after :])


def too_short(by: int) -> Answer:
    """The answer claims to be whole, and is shorter than what was published."""
    return lambda handler, data: handler.reply(200, data[: len(data) - by])


def too_long(by: int) -> Answer:
    """More than was published comes, with a length that says so."""
    return lambda handler, data: handler.content(data + b"x" * by)


def endless() -> Answer:
    """More than was published comes, and no length is given."""

    def answer(handler: Handler, data: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        handler.send(data * 3)

    return answer


def flipped(at: int) -> Answer:
    """One bit is another one."""

    def answer(handler: Handler, data: bytes) -> None:
        place = at % len(data)
        handler.content(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])

    return answer


def range_ignored() -> Answer:
    """The whole file comes, whatever was asked for."""
    return lambda handler, data: handler.reply(200, data)


def wrong_range(by: int) -> Answer:
    """Another range comes than the one that was asked for."""

    def answer(handler: Handler, data: bytes) -> None:
        start = max(0, handler.start() - by)
        span = f"bytes {start}-{len(data) - 1}/{len(data)}"
        handler.reply(206, data[start:], {"Content-Range": span})

    return answer


def login_page() -> Answer:
    """A network wants somebody to log in."""
    return lambda handler, data: handler.reply(200, PAGE, {"Content-Type": "text/html; charset=utf-8"})


def login_page_in_disguise() -> Answer:
    """A network wants somebody to log in, and says of its page that it is a file."""
    return lambda handler, data: handler.reply(200, PAGE, {"Content-Type": "application/octet-stream"})


def compressed() -> Answer:
    """A proxy compresses what was to come as it is."""
    return lambda handler, data: handler.reply(200, gzip.compress(data[:1000]), {"Content-Encoding": "gzip"})


def redirect(to: str) -> Answer:
    """Another address has it, it says."""
    return lambda handler, data: handler.reply(302, b"", {"Location": to})


def status(code: int, retry_after: str = "") -> Answer:
    """The hub refuses."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return lambda handler, data: handler.reply(code, b"", headers)
