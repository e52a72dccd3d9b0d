"""One file per LSP request; each exposes `register(server)`."""
