"""Decides from a file's path alone whether it can be somebody's own source code."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

EXCLUDED_PROJECTS = frozenset(
    {
        "pip",
        "setuptools",
        "pkg_resources",
        "distutils",
        "ensurepip",
        "typing_extensions",
        "rich",
        "requests",
        "urllib3",
        "certifi",
        "idna",
        "packaging",
        "pygments",
        "platformdirs",
        "tomli",
        "tomllib",
        "msgpack",
        "cachecontrol",
        "distlib",
        "distro",
        "resolvelib",
        "truststore",
        "pyproject_hooks",
    }
)
"""Projects kept apart for an independent evaluation; wherever they are vendored, they stay out."""

FOREIGN = frozenset(
    {
        "vendor",
        "_vendor",
        "vendored",
        "_vendored",
        "vendors",
        "extern",
        "_extern",
        "external",
        "externals",
        "_externals",
        "third_party",
        "thirdparty",
        "third-party",
        "node_modules",
        "bower_components",
        "deps",
        "_deps",
        "site-packages",
    }
)
BUILT = frozenset(
    {
        "dist",
        "dist-cjs",
        "dist-es",
        "umd",
        "iife",
        "min",
        "bundle",
        "bundles",
        "bundled",
        "cjs",
        "amd",
        "__generated__",
        "generated",
        "_generated",
        "gen",
    }
)
DATA = frozenset(
    {
        "locale",
        "locales",
        "_locales",
        "i18n",
        "l10n",
        "lang",
        "langs",
        "language-data",
        "locale-data",
        "translations",
        "fixtures",
        "testdata",
        "test_data",
        "test-data",
        "snapshots",
        "__snapshots__",
        "pydoc_data",
        "idle_test",
        "wordlists",
        "migrations",
        "definitions",
    }
)
TESTS = frozenset({"test", "tests", "testing", "__tests__", "spec", "specs", "_tests", "unit_tests", "unittest_data"})
TEST_FILE = re.compile(r"(^test_.*|.*_tests?|^conftest|.*[.-](test|spec))$")
BUILT_FILE = re.compile(
    r"[.-](min|bundle|umd|iife|global|prod|cjs|pack)\.|_pb2(_grpc)?\.py|\.umd|\.cjs$|-(?=\w*\d)(?=\w*[A-Z])\w{8}\.m?js$"
)


def path_reason(path: str) -> str | None:
    """Why a file at this path is no source code to learn from, or None."""
    parts = PurePosixPath(path).parts
    folders = set(parts[:-1])
    if {part.removesuffix(".py").replace("-", "_").lower() for part in parts} & EXCLUDED_PROJECTS:
        return "excluded project"
    if folders & FOREIGN or any(part.endswith(("_vendor", "-vendor")) for part in folders):
        return "foreign code"
    if folders & BUILT or BUILT_FILE.search(parts[-1]):
        return "built"
    return "data" if folders & DATA else None


def is_test(path: str) -> bool:
    """Whether a path is that of a test."""
    parts = PurePosixPath(path).parts
    return bool(set(parts[:-1]) & TESTS) or bool(TEST_FILE.match(parts[-1].rsplit(".", 1)[0]))


def is_declaration(path: str) -> bool:
    """Whether a path is that of a TypeScript declaration file."""
    return path.endswith((".d.ts", ".d.mts", ".d.cts"))
