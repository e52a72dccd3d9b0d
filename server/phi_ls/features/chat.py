"""workspace/executeCommand phi-ls.chat: an answer in a conversation that the editor's own chat keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pygls.exceptions import JsonRpcInvalidParams

from phi_ls.answers.chat import converse
from phi_ls.answers.explanation import Explanation
from phi_ls.answers.explanations import OnDelta
from phi_ls.context.secrets import masked_lines
from phi_ls.features import arguments
from phi_ls.features.explain import sender, written
from phi_ls.features.follow_up import refuse_to_ask
from phi_ls.markdown_stream import SafeStream
from phi_ls.markdown_text import clean
from phi_ls.messages.text import cause_of, say
from phi_ls.prompts.chat import Message, Role
from phi_ls.protocol import RequestFailed
from phi_providers.errors import ProviderError

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer

COMMAND = "phi-ls.chat"

ROLES = ("system", "user", "assistant")

MAX_MESSAGES, MAX_CHARS = 1_000, 200_000
"""What a client may send, all messages together; the model is told what its context has room for."""


def register(server: PhiLanguageServer) -> None:
    """Register the command."""

    @server.command(COMMAND)
    async def chat(*sent: Any) -> dict[str, Any]:
        options = arguments.as_object(sent)
        messages = _messages(options.get("messages"))
        send = sender(server, options.get("token"))
        refuse_to_ask(server)
        safe = SafeStream()
        answer = await _answer(server, messages, lambda delta: send(safe.add(delta)))
        send(safe.end(answer.text))
        return {
            "text": safe.text,
            "model": answer.model,
            "device": answer.device,
            "finishReason": answer.finish_reason,
        }


async def _answer(server: PhiLanguageServer, messages: list[Message], on_delta: OnDelta) -> Explanation:
    try:
        return await written(converse(server.session, messages, on_delta))
    except ProviderError as exc:
        raise RequestFailed(say("no answer: {cause}", cause=cause_of(exc))) from exc


def _messages(value: Any) -> list[Message]:
    """Return what was said, keys and passwords masked; raises JsonRpcInvalidParams."""
    if not isinstance(value, list) or not 0 < len(value) <= MAX_MESSAGES:
        raise JsonRpcInvalidParams(f"'messages' must be a list of 1 to {MAX_MESSAGES:,} entries")
    messages = [_message(each, f"messages[{at}]") for at, each in enumerate(value)]
    if sum(len(each.text) for each in messages) > MAX_CHARS:
        raise JsonRpcInvalidParams(f"'messages' must have at most {MAX_CHARS:,} characters together")
    if messages[-1].role != "user":
        raise JsonRpcInvalidParams("the last of 'messages' must be the user's")
    return [Message(role=each.role, text=_masked(each.text)) for each in messages]


def _message(value: Any, name: str) -> Message:
    role, content = (value.get("role"), value.get("content")) if isinstance(value, dict) else (None, None)
    if role not in ROLES:
        raise JsonRpcInvalidParams(f"'{name}.role' must be one of {', '.join(ROLES)}")
    if not isinstance(content, str):
        raise JsonRpcInvalidParams(f"'{name}.content' must be a string")
    return Message(role=cast("Role", role), text=content)


def _masked(text: str) -> str:
    return "\n".join(masked_lines(clean(text).split("\n")))
