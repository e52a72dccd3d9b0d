"""Who may import whom, what is never used anywhere, and how large and how named a file may be."""

from __future__ import annotations

import ast
import graphlib
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {"phi_ls": ROOT / "server", "phi_providers": ROOT / "providers"}

SEAM = (
    *("phi_providers.pool", "phi_providers.plan", "phi_providers.messages", "phi_providers.errors"),
    *("phi_providers.devices", "phi_providers.device_names", "phi_providers.sizes"),
)
"""What the server may use of the providers, beside all in their packages for models and environments."""
PACKAGES = ("models", "catalogue", "hub", "export", "environments")

OUTER_WORLD = {"asyncio", "lsprotocol", "multiprocessing", "os", "pathlib", "psutil", "pygls", "shutil", "socket"} | {
    "subprocess",
    "tempfile",
    "threading",
}
PURE = ("phi_ls.context", "phi_ls.prompts", "phi_ls.ghost_text", "phi_providers.scheduler")

EXECUTES_OR_LISTENS = {
    *("cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve", "trust_remote_code"),
    *("create_server", "create_unix_server", "socket", "socketserver", "start_server", "start_tcp", "start_ws"),
    *("eval", "exec", "os.system", "os.popen", "torch.load", "shell"),
}
VAGUE = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}
LONGEST_FILE = 250


@dataclass(frozen=True)
class Import:
    """One import in one of our modules."""

    importer: str
    imported: str
    at_load: bool
    """Whether it takes place when the importer is loaded: not in a function, and not for the type checker alone."""
    for_types: bool

    def __str__(self) -> str:
        return f"{self.importer} imports {self.imported}"


@cache
def modules() -> dict[str, ast.Module]:
    """Return all our modules by name."""
    found = {}
    for package, root in SOURCES.items():
        for path in sorted((root / package).rglob("*.py")):
            name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
            found[name] = ast.parse(path.read_text("utf-8"), str(path))
    return found


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def walk(node: ast.AST, at_load: bool = True, for_types: bool = False) -> Iterator[tuple[ast.AST, bool, bool]]:
    for child in ast.iter_child_nodes(node):
        loaded = at_load and not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        typed = for_types or is_type_checking(child)
        yield child, loaded and not typed, typed
        yield from walk(child, loaded and not typed, typed)


def imported_names(node: ast.AST) -> list[str]:
    """Return what an import statement names: modules where it names modules, else the module of the name."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        return [full if (full := f"{base}.{alias.name}") in modules() else base for alias in node.names]
    return []


@cache
def imports() -> tuple[Import, ...]:
    """Return all imports of all our modules."""
    return tuple(
        Import(name, imported, at_load, for_types)
        for name, tree in modules().items()
        for node, at_load, for_types in walk(tree)
        for imported in imported_names(node)
    )


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def files() -> list[Path]:
    return sorted(path for package, root in SOURCES.items() for path in (root / package).rglob("*.py"))


def test_there_is_something_to_check() -> None:
    """The rules below look at the real modules and their real imports."""
    assert {"phi_ls.server", "phi_providers.pool", "phi_providers.worker"} <= set(modules())
    assert Import("phi_providers.pool", "phi_providers.scheduler", True, False) in imports()


def test_the_server_knows_only_the_seam_of_the_providers() -> None:
    """The language server sees the pool, its values and errors, devices and models, nothing behind them."""
    allowed = (*SEAM, *(f"phi_providers.{name}" for name in PACKAGES))
    across = [each for each in imports() if within(each.importer, "phi_ls") and within(each.imported, "phi_providers")]
    assert across
    assert [] == [str(each) for each in across if not within(each.imported, *allowed)]


def test_the_providers_know_nothing_of_the_language_server() -> None:
    """The pool can be used without any editor."""
    forbidden = ("phi_ls", "pygls", "lsprotocol")
    assert [] == [str(e) for e in imports() if within(e.importer, "phi_providers") and within(e.imported, *forbidden)]


def test_commands_are_imported_by_the_command_line_alone() -> None:
    """What an editor's server does never depends on how the terminal's commands parse, print and end."""
    outside = [each for each in imports() if not within(each.importer, "phi_ls.terminal", "phi_ls.cli")]
    assert "phi_ls.terminal" in modules()
    assert [] == [str(each) for each in outside if within(each.imported, "phi_ls.terminal")]


def test_the_worker_is_started_and_never_imported() -> None:
    """The child process is a program, not a library."""
    assert [] == [str(each) for each in imports() if within(each.imported, "phi_providers.worker")]


def test_engines_are_imported_by_name_in_the_worker_alone() -> None:
    """No module outside the engines imports one, nor a library that only an engine needs."""
    engines = ("phi_providers.engines", "openvino", "openvino_genai", "onnxruntime", "onnxruntime_genai", "torch")
    outside = [each for each in imports() if not within(each.importer, "phi_providers.engines")]
    at_home = ("phi_providers.devices",)
    assert [] == [
        str(each)
        for each in outside
        if within(each.imported, *engines, "transformers") and not within(each.importer, *at_home)
    ]
    assert [] == [str(each) for each in outside if within(each.imported, *engines) and each.at_load]


def test_what_both_sides_load_needs_the_standard_library_alone() -> None:
    """Messages, errors and their encoding can be loaded by any interpreter."""
    both = ("phi_providers.messages", "phi_providers.errors", "phi_providers.wire")
    assert [] == [
        str(each)
        for each in imports()
        if each.importer in both
        and each.imported not in both
        and each.imported.partition(".")[0] not in sys.stdlib_module_names
    ]


def test_pure_packages_touch_nothing_outside() -> None:
    """Context, prompts, ghost text and the queue are values in, values out: no event loop, no protocol, no files."""
    assert [] == [
        str(each)
        for each in imports()
        if within(each.importer, *PURE) and each.imported.partition(".")[0] in OUTER_WORLD
    ]


def test_the_queue_has_no_clock() -> None:
    """Who is next depends on who waits, never on when."""
    assert [] == [
        str(each)
        for each in imports()
        if each.importer == "phi_providers.scheduler" and each.imported in ("time", "datetime", "random")
    ]


def test_features_do_not_import_the_server() -> None:
    """A feature registers itself with a server that it is given."""
    assert [] == [
        str(each)
        for each in imports()
        if within(each.importer, "phi_ls.features") and each.imported == "phi_ls.server" and not each.for_types
    ]


def test_modules_import_each_other_in_one_direction() -> None:
    """There is an order in which all modules can be loaded one after the other."""
    graph: dict[str, set[str]] = {name: set() for name in modules()}
    for each in imports():
        if each.at_load and each.imported in graph and each.imported != each.importer:
            graph[each.importer].add(each.imported)
    graphlib.TopologicalSorter(graph).prepare()


def test_the_source_folders_are_not_packages() -> None:
    """`server` and `providers` are folders in a checkout, not names to import."""
    assert [] == [root for root in SOURCES.values() if (root / "__init__.py").exists()]


def test_names_say_what_is_in_them() -> None:
    """No file or folder is a drawer for whatever has no other place."""
    parts = {part for path in files() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert [] == sorted(part for part in parts if VAGUE & set(part.lower().split("_")))


def test_files_are_short() -> None:
    """A source file has one purpose, and room for no second."""
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in files()}
    assert [] == [f"{path.relative_to(ROOT)}: {n} lines" for path, n in lengths.items() if n > LONGEST_FILE]


def spoken(node: ast.AST) -> list[str]:
    """Return the names that a piece of code uses."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr, ast.unparse(node)] if isinstance(node.value, ast.Name) else [node.attr]
    if isinstance(node, ast.keyword):
        return [node.arg or ""]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        named = [alias.name for alias in node.names]
        return [*named, *(name.partition(".")[0] for name in [*named, getattr(node, "module", None) or ""])]
    return []


def test_nothing_listens_and_nothing_executes_what_it_reads() -> None:
    """No server socket, no unpickling, no remote code, no shell."""
    used = itertools.chain.from_iterable(
        ((name, word) for node in ast.walk(tree) for word in spoken(node)) for name, tree in modules().items()
    )
    assert [] == [f"{name} uses {word}" for name, word in used if word in EXECUTES_OR_LISTENS]
