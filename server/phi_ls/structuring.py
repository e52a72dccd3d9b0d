"""From JSON to LSP's types, with errors that say where the trouble is and quote nothing."""

from __future__ import annotations

from typing import Any

from cattrs import BaseValidationError, Converter, transform_error
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams

from phi_ls.json_rpc import Message, RequestFailed

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
        complaint = f"bad parameters of {message.method}: {'; '.join(transform_error(exc))}"
        raise JsonRpcInvalidParams(complaint) from exc


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
