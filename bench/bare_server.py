"""The smallest server on pygls as it comes: what no server on pygls can be faster than."""

from pygls.lsp.server import LanguageServer

LanguageServer("bare", "1").start_io()
