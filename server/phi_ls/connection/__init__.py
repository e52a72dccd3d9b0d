"""The way to and from the editor: bytes, messages, JSON-RPC; knows nothing of suggestions."""
