"""What one message body is: a request, a notification, a response, or a breach of JSON-RPC.

The JSON is decoded first and only its top level is interpreted, so a key "jsonrpc" inside somebody's settings or
command arguments is data like any other.
"""

from __future__ import annotations

import enum
import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn, Union

from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcParseError

from phi_ls.text.positions import without_lone_surrogates

MessageId = Union[str, int]
VERSION = "2.0"

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


class Kind(enum.Enum):
    """What a message wants."""

    REQUEST = enum.auto()
    NOTIFICATION = enum.auto()
    RESPONSE = enum.auto()


@dataclass(frozen=True)
class Message:
    """One message whose envelope is sound; `fields` is all of it, params and results still as JSON has them."""

    kind: Kind
    id: MessageId | None
    method: str
    fields: dict[str, Any]


class RequestFailed(JsonRpcException):
    """A sound request that could not be done; the message is for the user and names the remedy."""

    CODE = -32803
    MESSAGE = "the request failed"


class ServerCancelled(JsonRpcException):
    """The server gave the request up; the client may ask again."""

    CODE = -32802
    MESSAGE = "the server gave the request up"


class Breach(Exception):
    """A body that is no message; `error` goes back to the client, with the request's id if there was one to be read."""

    def __init__(self, error: JsonRpcException, message_id: MessageId | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.id = message_id


def decode(body: bytes) -> Message:
    """Return the message in a body; raises Breach."""
    try:
        fields = json.loads(body.decode(), parse_constant=_refuse_constant)
        if _SURROGATE_ESCAPE.search(body):
            fields = _clean(fields)
    except UnicodeDecodeError as exc:
        raise Breach(JsonRpcParseError("the message is not UTF-8")) from exc
    except RecursionError as exc:
        raise Breach(JsonRpcParseError("the message is nested too deeply")) from exc
    except ValueError as exc:
        raise Breach(JsonRpcParseError("the message is not JSON")) from exc
    if not isinstance(fields, dict):
        raise Breach(JsonRpcInvalidRequest("the message is not a JSON object"))
    return _classify(fields)


def _classify(fields: dict[str, Any]) -> Message:
    message_id, method = fields.get("id"), fields.get("method")
    # A JSON true or 1.0 would equal the id 1 of another request.
    sound_id = message_id if type(message_id) in (str, int) else None
    if fields.get("jsonrpc") != VERSION:
        raise Breach(JsonRpcInvalidRequest('the message has no "jsonrpc": "2.0"'), sound_id)
    if isinstance(method, str):
        if "id" not in fields:
            return Message(Kind.NOTIFICATION, None, method, fields)
        if sound_id is None:
            raise Breach(JsonRpcInvalidRequest("a request's id must be an integer or a string"))
        return Message(Kind.REQUEST, sound_id, method, fields)
    if "method" not in fields and ("result" in fields or "error" in fields):
        return Message(Kind.RESPONSE, sound_id, "", fields)
    raise Breach(JsonRpcInvalidRequest("the message is neither a request nor a response"), sound_id)


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _clean(value: Any) -> Any:
    """Return the value with all lone surrogates in its strings replaced."""
    if isinstance(value, str):
        return without_lone_surrogates(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {without_lone_surrogates(key): _clean(item) for key, item in value.items()}
    return value
