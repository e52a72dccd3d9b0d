"""The provider pool: `pool`, `messages`, `errors`, `devices`, `models` are for the server; it knows nothing of LSP."""
