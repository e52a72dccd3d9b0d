"""Keys and passwords are masked in their columns; other text stays as it is."""

from __future__ import annotations

import argparse
import inspect
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi_ls.context.secrets import masked

LETTERS = "aB3dE5gH7jK9mN1pQ2sT4vW6yZ8bC0eF"


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ('key = "AKIA{}"', "QWERTYUIOPASDFGH"),
        ("GITHUB=ghp_{}", LETTERS + "abcd"),
        ('"glpat-{}",', "abcdefghij1234567890"),
        ("xoxb-{}", "123456789012-abcdefghij"),
        ("export OPENAI_API_KEY=sk-proj-{}", LETTERS),
        ("sk_live_{}", "abcdefgh12345678"),
        ("AIza{}", LETTERS + "abc"),
        ("hf_{}", LETTERS),
        ("Authorization: Bearer eyJ{}", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVm"),
        ('password = "{}"', "correcthorse"),
        ("'db_password': '{}',", "hunter2hunter"),
        ('api_key: "{}"', "f3kd93kd02ksl3kd"),
        ("ACCESS-KEY => '{}'", "a1b2c3d4e5f6"),
        ('client_secret = b"{}"', "zq81-mm20-xx17"),
        ('url = "postgres://me:{}@db.example.org/x"', "s3cret"),
        ("{}", "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9OiJjRzXbK9OuT8x1aV4bq0N1pWt"),
    ],
)
def test_what_is_masked(line: str, secret: str) -> None:
    """Every character of it, and nothing else."""
    assert line.format("x" * len(secret)) == masked(line.format(secret))


@pytest.mark.parametrize(
    "line",
    [
        "",
        'token = os.environ["TOKEN"]',
        'password = getpass("Password: ")',
        'password = "${DB_PASSWORD}"',
        'password = "<your password here>"',
        'password = "********"',
        'secret = "xxxxxxxxxxxx"',
        'api_key = "your-api-key"',
        '"input_token": "next_marker",',
        '"iam:PassedToService":"sso.amazonaws.com",',
        "def a_function_with_a_long_name_that_goes_on_and_on_until_it_is_over(self): ...",
        "https://example.org/a/path:80/with@signs",
        "ALPHABET = " + "abc" * 30,
        "return self._parse_known_args(args, namespace)",
        "sha256 = hashlib.sha256(data).hexdigest()",
    ],
)
def test_what_is_left(line: str) -> None:
    """Names, calls, placeholders, addresses without a password."""
    assert line == masked(line)


@given(st.text(max_size=300))
def test_everything_stays_in_its_column(line: str) -> None:
    """Whatever the line, it keeps its length, and what is masked once is not masked differently the next time."""
    assert len(line) == len(masked(line))
    assert masked(line) == masked(masked(line))


def test_code_is_left_alone() -> None:
    """Nothing in 2,600 lines of the standard library looks like a key."""
    lines = inspect.getsource(argparse).split("\n")
    assert lines == list(map(masked, lines))


@pytest.mark.parametrize("line", ["a" * 1_000_000, "password=" * 100_000, "://" * 300_000, "eyJ." * 200_000])
def test_long_lines_are_quick(line: str) -> None:
    """A minified program holds nobody up."""
    begun = time.process_time()
    masked(line)
    assert time.process_time() - begun < 0.2
