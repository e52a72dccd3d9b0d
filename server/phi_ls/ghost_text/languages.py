"""The little that filters must know of a language: its comments, its quotes, and whether it is prose."""

from __future__ import annotations

PROSE = frozenset(
    {
        "markdown",
        "plaintext",
        "restructuredtext",
        "asciidoc",
        "org",
        "latex",
        "tex",
        "bibtex",
        "git-commit",
        "mdx",
        "quarto",
    }
)
"""Languages in which sentences, apostrophes and code fences are the text itself."""

LOOSE_BRACKETS = PROSE | {
    *("shellscript", "fish", "bat", "html", "xml", "svg", "vue", "svelte", "handlebars", "django-html", "diff", "log"),
}
"""Languages whose brackets need not pair: prose, markup, and shells (`case` patterns end in a lone `)`)."""

_COMMENTS = {
    "#": "python shellscript fish makefile yaml toml ruby perl r dockerfile elixir julia cmake powershell nix graphql "
    "coffeescript awk gdscript nim crystal starlark bazel terraform properties dotenv ignore",
    "--": "lua sql haskell elm ada vhdl purescript",
    ";": "clojure lisp scheme racket ini asm",
    "%": "erlang matlab prolog latex tex",
}
_COMMENT_OF = {language: marker for marker, names in _COMMENTS.items() for language in names.split()}

_CHARACTER_LITERALS = frozenset(
    {
        *("c", "cpp", "objective-c", "objective-cpp", "cuda-cpp", "java", "csharp", "rust", "go", "kotlin", "scala"),
        *("swift", "zig", "haskell", "ocaml", "fsharp", "d"),
    }
)


def line_comment(language: str) -> str:
    """Return what starts a comment that runs to the end of the line; `//` for most languages."""
    return _COMMENT_OF.get(language, "//")


def has_character_literals(language: str) -> bool:
    """Tell whether a single quote encloses one character (C, Rust lifetimes included) and not a string."""
    return language in _CHARACTER_LITERALS
