"""Language ids: some editors send names of their own for what LSP calls otherwise."""

from __future__ import annotations

_OTHER_NAMES = {
    # Helix and Kate send the names of their own definitions, Vim's plugins the file type, eglot the name of the mode.
    "bat": ("batch", "dosbatch"),
    "cpp": ("c++",),
    "csharp": ("c-sharp", "cs"),
    "javascript": ("js", "javascript.jsx"),
    "javascriptreact": ("jsx",),
    "makefile": ("make", "makefile-gmake", "makefile-bsdmake"),
    "objective-c": ("objc",),
    "objective-cpp": ("objc++", "objcpp"),
    "powershell": ("ps1",),
    "shellscript": ("bash", "ksh", "sh", "zsh"),
    "typescriptreact": ("tsx", "typescript.tsx"),
}
_USUAL = {other: usual for usual, others in _OTHER_NAMES.items() for other in others}


def usual(language_id: str) -> str:
    """Return LSP's id of the language for one that an editor uses instead; any other id as it is."""
    return _USUAL.get(language_id, language_id)
