"""Keys and passwords are masked in their columns; other text stays as it is."""

from __future__ import annotations

import argparse
import inspect
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi_ls.context.secrets import masked, masked_lines

LETTERS = "aB3dE5gH7jK9mN1pQ2sT4vW6yZ8bC0eF"


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ('key = "AKIA{}"', "QWERTYUIOPASDFGH"),
        ("GITHUB=ghp_{}", LETTERS + "abcd"),
        ('"glpat-{}",', "abcdefghij1234567890"),
        ("xoxb-{}", "123456789012-abcdefghij"),
        ("export OPENAI_KEY_1 sk-proj-{}", LETTERS),
        ("sk_live_{}", "abcdefgh12345678"),
        ("AIza{}", LETTERS + "abc"),
        ("hf_{}", LETTERS),
        ("jwt eyJ{}", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVm"),
        ('password = "{}"', "correcthorse"),
        ("'db_password': '{}',", "hunter2hunter"),
        ('api_key: "{}"', "f3kd93kd02ksl3kd"),
        ("ACCESS-KEY => '{}'", "a1b2c3d4e5f6"),
        ('client_secret = b"{}"', "zq81-mm20-xx17"),
        ('url = "postgres://me:{}@db.example.org/x"', "s3cret"),
        ("PASSWORD={}", "hunter2"),
        ("export DB_PASS={}", "s3cret!x"),
        ("password: {}", "hunter2"),
        ("  db.password = {}  # mine", "hunter2"),
        ("ENV SECRET_KEY_BASE={}", "abc123def456"),
        ("- DB_PASSWORD={}", "hunter2"),
        ("PGPASSWORD={} psql", "hunter2"),
        ("//registry.example.org/:_authToken={}", "12345678-1234-1234-1234-123456789abc"),
        ('"password": "{}",', "hunter2"),
        ('\\"password\\": \\"{}\\"', "hunter2"),
        ("password = '{}'", 'it"s5ecret!'),
        ("password = '{}'", "abc\\'123def"),
        ('DB_PASSWORD="{}"', "pa55 word here"),
        ('password = "{}', "hunter2"),
        ("password := `{}`", "hunter2x"),
        ('let api_key: &str = "{}";', "abc123def"),
        ("if password == '{}':", "hunter2xx"),
        ('os.environ.get("DB_PASSWORD", "{}")', "hunter2xx"),
        ('set_password("{}")', "hunter22"),
        ("Server=db;User=sa;Password={};Timeout=3", "hunter2"),
        ("AccountKey={};EndpointSuffix=x", "abcDEF123456=="),
        ("Authorization: Basic {}", "dXNlcjpwYXNz"),
        ('{{"Authorization": "Bearer {}"}}', "abcdef1234567890abcd"),
        ("https://x/y?api_key={}&z=1", "abc123def456ghi789"),
        ("<password>{}</password>", "hunter2"),
        ('<add key="DbPassword" value="{}"/>', "hunter2"),
        ("mysql --password {} -h x", "hunter2"),
        ("curl -u admin:{} https://x", "hunter2"),
        ("sshpass -p {} ssh x", "hunter2"),
        ("machine x login y password {}", "zzzz"),
        ("redis://:{}@h:1/0", "hunter2"),
        ("hooks.slack.com/services/{}", "T12345678/B12345678/abcdefABCDEF"),
        ("SG.{}", "abcdefghij1234567890.abcdefghij1234567890"),
        ('"-----BEGIN PRIVATE KEY-----{}-----END PRIVATE KEY-----"', "\\nMIIEabc+/\\n"),
        (f"{'y ' * 5_000}{{}}", "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9OiJjRzXbK9OuT8x1aV4bq0N1pWt"),
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
        "Basic authentication is used",
        "password = user_password",
        "auth = HTTPBasicAuth(user, pw)",
        "token_type = TokenType.OAUTH2",
        "def login(user, password=None, token=None):",
        "    password: str | None = None",
        'f"postgres://{user}:{password}@{host}"',
        '"minipass": "^7.0.3"',
        "Token: '#ABB2BF',",
        "signature_cache2=signature_cache2,",
        "var token: Uint8Array",
        '{"none", "int4_per_token", "int8_per_token"}',
    ],
)
def test_what_is_left(line: str) -> None:
    """Names, calls, placeholders, addresses without a password."""
    assert line == masked(line)


@pytest.mark.parametrize(
    ("expected", "lines"),
    [
        (["password = (", "    'xxxxxxx'", ")"], ["password = (", "    'hunter2'", ")"]),
        (["password: >-", "\txxxxxxx"], ["password: >-", "\thunter2"]),
        (
            [
                "-----BEGIN EC PRIVATE KEY-----",
                "    'xxxxxxxxxxxxxxxxxxxxxx\\n'",
                "xxxxxxxxxx",
                "-----END EC PRIVATE KEY-----",
            ],
            [
                "-----BEGIN EC PRIVATE KEY-----",
                "    'MHcCAQEEIIrYSSNQFaA2Hw\\n'",
                "f1duRlxx==",
                "-----END EC PRIVATE KEY-----",
            ],
        ),
        (
            ["x = 1", "xxxxxxxxxxxxxx", "-----END PRIVATE KEY-----"],
            ["x = 1", "MHcCAQEEIIrY==", "-----END PRIVATE KEY-----"],
        ),
        (
            ["if line == '-----BEGIN PRIVATE KEY-----':", "    pass"],
            ["if line == '-----BEGIN PRIVATE KEY-----':", "    pass"],
        ),
        (
            ["    continue", "found = '-----END PRIVATE KEY-----'"],
            ["    continue", "found = '-----END PRIVATE KEY-----'"],
        ),
        (["def reset(password:", "          str2)"], ["def reset(password:", "          str2)"]),
    ],
    ids=["in the next line", "YAML block", "a key's block", "the end of a block", "no key", "no block", "no value"],
)
def test_what_is_masked_over_several_lines(expected: list[str], lines: list[str]) -> None:
    """The value in the line below its name; a private key's short lines, even where the window begins in the key."""
    assert tuple(expected) == masked_lines(lines)


@given(st.text(max_size=300))
def test_everything_stays_in_its_column(line: str) -> None:
    """Whatever the line, it keeps its length, and what is masked once is not masked differently the next time."""
    assert len(line) == len(masked(line))
    assert masked(line) == masked(masked(line))


def test_code_is_left_alone() -> None:
    """Nothing in 2,600 lines of the standard library looks like a key."""
    lines = inspect.getsource(argparse).split("\n")
    assert lines == list(map(masked, lines))


@pytest.mark.parametrize(
    "line",
    [
        "a",
        "password=",
        "://",
        "eyJ.",
        "sk-",
        "token: ",
        '"token", ',
        'pass("\\\\',
        "-----BEGIN PRIVATE KEY-----",
        "-u a",
        "key",
    ],
)
def test_long_lines_are_quick(line: str) -> None:
    """A minified program holds nobody up, nor does one that was written for this."""
    begun = time.process_time()
    masked(line * (1_000_000 // len(line)))
    assert time.process_time() - begun < 0.2
