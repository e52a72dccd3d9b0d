"""A file's language id as an editor would name it."""

from __future__ import annotations

from pathlib import Path

_BY_SUFFIX = {
    ".bash": "shellscript", ".c": "c", ".cc": "cpp", ".cpp": "cpp", ".cs": "csharp", ".css": "css", ".go": "go",
    ".h": "c", ".hpp": "cpp", ".html": "html", ".java": "java", ".js": "javascript", ".json": "json",
    ".jsx": "javascriptreact", ".kt": "kotlin", ".lua": "lua", ".md": "markdown", ".mjs": "javascript", ".php": "php",
    ".py": "python", ".pyi": "python", ".rb": "ruby", ".rs": "rust", ".sh": "shellscript", ".sql": "sql",
    ".swift": "swift", ".toml": "toml", ".ts": "typescript", ".tsx": "typescriptreact", ".yaml": "yaml",
    ".yml": "yaml",
}  # fmt: skip
"""Ids of the LSP specification's table."""

_BY_NAME = {"Makefile": "makefile", "Dockerfile": "dockerfile"}


def language_of(path: Path) -> str:
    """Return the LSP language id, `plaintext` when the name says nothing."""
    return _BY_NAME.get(path.name) or _BY_SUFFIX.get(path.suffix.lower(), "plaintext")
