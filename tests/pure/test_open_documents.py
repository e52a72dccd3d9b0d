"""Tests of the store of open documents: what is open, in which version, under which name."""

from __future__ import annotations

import pytest
from lsprotocol import types

from phi_ls.documents import Documents

URI = "file:///project/a.py"


def _item(text: str, version: int = 1, uri: str = URI, language: str = "python") -> types.TextDocumentItem:
    return types.TextDocumentItem(uri=uri, language_id=language, version=version, text=text)


def _changed(version: int, text: str, uri: str = URI) -> types.DidChangeTextDocumentParams:
    identifier = types.VersionedTextDocumentIdentifier(uri=uri, version=version)
    whole = types.TextDocumentContentChangeWholeDocument(text=text)
    return types.DidChangeTextDocumentParams(text_document=identifier, content_changes=[whole])


def test_a_stale_change_is_ignored() -> None:
    """A version that is not newer than the document's changes nothing."""
    documents = Documents()
    documents.open(_item("old", version=3))
    assert [False, False, True] == [documents.change(_changed(version, str(version))) for version in (2, 3, 4)]
    document = documents.get(URI)
    assert document is not None
    assert ("4", 4) == (document.text, document.version)


def test_a_document_that_is_not_open_does_not_exist() -> None:
    """Nothing is read from disk, and changing or closing what is not open does nothing."""
    documents = Documents()
    assert not documents.change(_changed(2, "x"))
    documents.close(URI)
    assert documents.get("file:///etc/hostname") is None
    assert [] == list(documents)


def test_closing_forgets_and_opening_anew_begins_anew() -> None:
    """After closing, versions may start again."""
    documents = Documents()
    documents.open(_item("first", version=9))
    documents.close(URI)
    assert documents.get(URI) is None
    documents.open(_item("second", version=1))
    assert ["second"] == [document.text for document in documents]


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "git:/a%20b?x", "vscode-notebook-cell:/a#1", "c:\\x", ""])
def test_any_uri_names_a_document(uri: str) -> None:
    """The URI is a key; an escaped character and the character itself are the same."""
    documents = Documents()
    documents.open(_item("x", uri=uri))
    document = documents.get(uri.replace("%20", " "))
    assert document is not None
    assert uri == document.uri


@pytest.mark.parametrize("language", ["python", "no-such-language", types.LanguageKind.Python])
def test_the_language_is_a_plain_string(language: str) -> None:
    """Known language ids arrive as members of an enum, others as strings; the document has a string."""
    documents = Documents()
    documents.open(_item("x", language=language))
    expected = "no-such-language" if language == "no-such-language" else "python"
    assert [(expected, str)] == [(document.language, type(document.language)) for document in documents]


@pytest.mark.parametrize(
    ("sent", "usual"), [("bash", "shellscript"), ("c-sharp", "csharp"), ("c++", "cpp"), ("tsx", "typescriptreact")]
)
def test_an_editors_own_name_of_a_language_means_lsps(sent: str, usual: str) -> None:
    """Helix, Kate, Vim and Emacs send names of their own, for which there is no grammar."""
    documents = Documents()
    documents.open(_item("x", language=sent))
    assert [usual] == [document.language for document in documents]
