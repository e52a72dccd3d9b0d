"""`PYTHONPATH=. python docs/hover_transcripts.py LLAMA_CPP`: hover and explain ten functions, keep all that is said.

Writes docs/hover-and-explain.md. LLAMA_CPP is a checkout of llama.cpp, whose TypeScript is read; C is that of mypyc's
runtime, which is installed with mypy.
"""

from __future__ import annotations

import inspect
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.editor import Editor
from bench.sandbox import Sandbox, sandbox

PAGE = Path(__file__).parent / "hover-and-explain.md"
GIVE_UP_S = 60.0
MOST_LINES = 40
"""Of a definition that are printed here."""

FUNCTIONS = (
    ("python", "bisect", "insort_right"),
    ("python", "textwrap", "shorten"),
    ("python", "shlex", "quote"),
    ("python", "statistics", "median"),
    ("typescript", "tools/ui/src/lib/utils/abort.ts", "throwIfAborted"),
    ("typescript", "tools/ui/src/lib/utils/sse.ts", "splitSseRecords"),
    ("typescript", "tools/ui/src/lib/utils/mcp.ts", "detectMcpTransportFromUrl"),
    ("c", "list_ops.c", "CPyList_Clear"),
    ("c", "list_ops.c", "CPyList_Remove"),
    ("c", "str_ops.c", "CPyStr_Startswith"),
)

INTRODUCTION = """\
# Hover and explain: ten functions, by hand

What phi-ls shows over ten functions of real code, and what it answers when asked to explain them, through the server as
an editor starts it. Four are of Python's standard library, three of llama.cpp's web interface (TypeScript), three of
mypyc's runtime (C). The functions were named before anything was asked, each was asked once, and all of it is here.

**How good is it?** What stands above the rule (the place, the signature, the comment) is the file's own words. What the
built-in model says below it is **not to be relied on**. It is a very small model: where a function has a comment, it
mostly says the beginning of that again (1 to 3, 6), sometimes wrongly (4, 5, 7); where there is none (8 to 10), it says
nothing of use. It is there so that everything works on any machine; for explanations, [fetch a Phi-3 model](models.md).
The note behind the model's name says so in the editor, too.

`PYTHONPATH=. python docs/hover_transcripts.py LLAMA_CPP` writes this page. {made}
"""


@dataclass(frozen=True)
class Asked:
    """A function and the file that it is in."""

    language: str
    name: str
    shown: str
    """What the file is called on the page."""
    text: str

    @property
    def place(self) -> dict[str, int]:
        """Where the definition's name stands."""
        pattern = rf"^(def|export function|static\s.*|\w[\w *]*?)\s*\*?\b({self.name})\b\s*[<(]"
        match = next(re.finditer(pattern, self.text, re.MULTILINE))
        before = self.text[: match.start(2)]
        return {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}


def functions(llama_cpp: Path) -> Iterator[Asked]:
    """Yield the functions."""
    for language, place, name in FUNCTIONS:
        if language == "python":
            yield Asked(language, name, f"{place}.py", inspect.getsource(import_module(place)))
        else:
            folder = llama_cpp if language == "typescript" else _runtime_of_mypyc()
            origin = "llama.cpp/" if language == "typescript" else "mypyc/lib-rt/"
            yield Asked(language, name, f"{origin}{place}", (folder / place).read_text("utf-8"))


def _runtime_of_mypyc() -> Path:
    spec = find_spec("mypyc")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("mypy is not installed")
    return Path(spec.origin).parent / "lib-rt"


def main(llama_cpp: Path) -> None:
    """Ask and write the page."""
    asked = list(functions(llama_cpp))
    with sandbox() as box, box.server() as editor:
        editor.initialize({"hover": {"deadlineMs": GIVE_UP_S * 1000}, "offerModel": False})
        while not (status := editor.command("phi-ls.status"))["device"]:
            if time.perf_counter() - editor.started > GIVE_UP_S:
                raise RuntimeError("the model is not loaded")
        sections = [section(editor, box, number, each) for number, each in enumerate(asked, 1)]
        editor.shut_down()
    made = f"{time.strftime('%Y-%m-%d')}, model `{status['model']}`, {status['engine']} on {status['device']}."
    PAGE.write_text("\n".join([INTRODUCTION.format(made=made), *sections]), "utf-8")


def section(editor: Editor, box: Sandbox, number: int, asked: Asked) -> str:
    """Open the file, ask, and return what came of it."""
    uri = box.uri(f"{number}/{asked.shown.rpartition('/')[2]}")
    item = {"uri": uri, "languageId": asked.language, "version": 1, "text": asked.text}
    editor.notify("textDocument/didOpen", {"textDocument": item})
    at = {"textDocument": {"uri": uri}, "position": asked.place}
    hover = editor.request("textDocument/hover", at)["contents"]["value"]
    message = editor.outcome(editor.ask("workspace/executeCommand", _explain(at)))
    explained = message["result"]["text"] if "result" in message else f"(an error: {message['error']['message']})"
    editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    return (
        f"## {number}. `{asked.name}` in `{asked.shown}`\n\n"
        f"The code, as far as {MOST_LINES} lines go:\n\n{_quoted(_code(asked), asked.language)}\n\n"
        f"Hover:\n\n{_quoted(hover, 'markdown')}\n\nExplain:\n\n{_quoted(explained, 'markdown')}\n"
    )


def _explain(at: dict[str, Any]) -> dict[str, Any]:
    return {"command": "phi-ls.explain", "arguments": [at]}


def _code(asked: Asked) -> str:
    lines = asked.text.split("\n")[asked.place["line"] :]
    end = next((n for n, line in enumerate(lines) if n and (line[:1] == "}" or _is_outside(asked, line))), len(lines))
    # The brace that ends a function belongs to it.
    return "\n".join(lines[: min(end + (asked.language != "python"), MOST_LINES)]).rstrip()


def _is_outside(asked: Asked, line: str) -> bool:
    return asked.language == "python" and line[:1] not in ("", " ", ")")


def _quoted(text: str, language: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
