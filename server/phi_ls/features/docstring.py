"""workspace/executeCommand phi-ls.docstring: documentation written by the model, as an edit of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from phi_ls.answers.docstring import Replacement, question_about, replacement, target_at
from phi_ls.features import arguments
from phi_ls.features.explain import answer_to, open_document
from phi_ls.messages.text import say
from phi_ls.protocol import RequestFailed

if TYPE_CHECKING:
    from phi_ls.documents import Document
    from phi_ls.server import PhiLanguageServer

COMMAND = "phi-ls.docstring"


def register(server: PhiLanguageServer) -> None:
    """Register the command."""

    @server.command(COMMAND)
    async def docstring(*sent: Any) -> dict[str, Any]:
        options = arguments.as_object(sent)
        document = open_document(server, arguments.document_uri(options))
        if not takes_edits(server):
            raise RequestFailed(say("the editor takes no edits from the server"))
        line, column = document.clamp(arguments.position(options.get("position")))
        target = target_at(document, line, column)
        if target is None:
            raise RequestFailed(say("there is nothing at this place that phi-ls can document"))
        version = document.version
        language = options.get("language")
        tag = language if isinstance(language, str) and language else "en"
        explanation = await answer_to(server, question_about(document, target, server.path_of(document.uri), tag))
        if document.version != version or server.documents.get(document.uri) is not document:
            raise RequestFailed(say("the document has changed while its documentation was written; ask again"))
        edit = replacement(document, target, explanation)
        if edit is None:
            raise RequestFailed(
                say(
                    "what the model {model} wrote is no documentation of {name}",
                    model=explanation.model,
                    name=target.name,
                )
            )
        return {"applied": await _apply(server, document, edit, target.name, explanation.model)}


def takes_edits(server: PhiLanguageServer) -> bool:
    """Whether the client changes documents when the server asks for it."""
    workspace = server.client_capabilities.workspace
    return bool(workspace and workspace.apply_edit)


async def _apply(server: PhiLanguageServer, document: Document, made: Replacement, name: str, model: str) -> bool:
    label = say("Documentation of {name}, written by {model}", name=name, model=model)
    params = types.ApplyWorkspaceEditParams(edit=_edit(server, document, made), label=label)
    try:
        return (await server.workspace_apply_edit_async(params)).applied
    except JsonRpcException as exc:
        raise RequestFailed(say("the editor refused the edit: {cause}", cause=exc.message)) from exc


def _edit(server: PhiLanguageServer, document: Document, made: Replacement) -> types.WorkspaceEdit:
    """Return the edit, for exactly this version of the document where the client can tell versions apart."""
    text = types.TextEdit(
        range=types.Range(document.position(*made.start), document.position(*made.end)), new_text=made.text
    )
    workspace = server.client_capabilities.workspace
    can = workspace.workspace_edit if workspace else None
    if not (can and can.document_changes):
        return types.WorkspaceEdit(changes={document.uri: [text]})
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri=document.uri, version=document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(text_document=identifier, edits=[text])])
