"""From JSON to LSP's types, with errors that say where the trouble is and quote nothing."""

from __future__ import annotations

import contextlib
import enum
import inspect
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, get_type_hints

from cattrs import BaseValidationError, Converter, transform_error
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams
from pygls.protocol import default_converter

from phi_ls.connection.json_rpc import Message, RequestFailed

STRUCTURE_ERRORS = (BaseValidationError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What cattrs and the validators of LSP's types raise."""


def params_of(converter: Converter, message: Message, message_type: Any) -> Any:
    """Return the parameters; those of methods outside LSP, which have no type, as JSON has them.

    Raises JsonRpcInvalidParams.
    """
    fields = message.fields
    if message_type is None:
        return fields.get("params")
    if message.method == types.INITIALIZED and fields.get("params") is None:
        fields = {**fields, "params": {}}  # some clients leave the empty object out
    try:
        return converter.structure(fields, message_type).params
    except STRUCTURE_ERRORS as exc:
        if message.method == types.INITIALIZE:
            with contextlib.suppress(*STRUCTURE_ERRORS):
                return _lenient().structure(fields, message_type).params
        complaint = f"bad parameters of {message.method}: {'; '.join(transform_error(exc))}"
        raise JsonRpcInvalidParams(complaint) from exc


@cache
def _lenient() -> Converter:
    """Return a converter that keeps values which an enumeration does not have.

    A client may know more code action tags, symbol kinds and the like than we do, and must not be refused for it.
    """
    lenient: Converter = default_converter()  # type: ignore[no-untyped-call]  # pygls has no annotation here
    for kind in vars(types).values():
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            # One by one: the converter looks these up before any rule for all of them.
            lenient.register_structure_hook(kind, _known_or_kept)
    return lenient


def _known_or_kept(value: Any, kind: type[enum.Enum]) -> Any:
    try:
        return kind(value)
    except ValueError:
        return value


def result_of(converter: Converter, fields: dict[str, Any], response_type: Any) -> Any:
    """Return the result in a response; raises the error in it, or RequestFailed for a result of the wrong type."""
    error = fields.get("error")
    if isinstance(error, dict):
        code = error.get("code")
        code = code if isinstance(code, int) else JsonRpcInternalError.CODE
        raise JsonRpcException.from_error(types.ResponseError(code=code, message=str(error.get("message"))))
    if response_type is None:
        return fields.get("result")
    try:
        return converter.structure(fields, response_type).result
    except STRUCTURE_ERRORS as exc:
        raise RequestFailed("the client's answer has the wrong type") from exc


def command_arguments(
    converter: Converter, handler: Callable[..., Any], server: object, given: Sequence[Any]
) -> tuple[Any, ...]:
    """Return a command's arguments as its handler's annotations have them; raises one of STRUCTURE_ERRORS.

    pygls fails here if the first annotation is no class, `dict[str, Any]` for one, and takes no heed of defaults.
    """
    # A handler that wants the server is wrapped by pygls, which keeps what it wrapped in `func`.
    function = getattr(handler, "func", handler)
    before = () if function is handler else (server,)
    signature, hints = inspect.signature(function), get_type_hints(function)
    signature.bind(*before, *given)
    named = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_POSITIONAL][len(before) :]
    typed = [converter.structure(value, hints.get(p.name, Any)) for p, value in zip(named, given, strict=False)]
    return (*typed, *given[len(typed) :])
