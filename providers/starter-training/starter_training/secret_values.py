"""Recognises texts that carry credentials, and takes people's addresses out of the others."""

from __future__ import annotations

import math
import re
from collections import Counter

TOKENS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{30,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[0-9A-Za-z_-]{35}|\bsk-[A-Za-z0-9_-]{32,}|\bsk_live_[0-9A-Za-z]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.|\bglpat-[A-Za-z0-9_-]{20}|\bnpm_[A-Za-z0-9]{36}\b"
)
"""Private keys and the tokens of AWS, GitHub, Slack, Google, OpenAI, Stripe, GitLab and npm, and JSON web tokens."""

TOKEN_STARTS = (
    *("-----BEGIN", "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xoxa-", "xoxb-", "xoxp-"),
    *("xoxr-", "xoxs-", "AIza", "sk-", "sk_live_", "eyJ", "glpat-", "npm_"),
)
"""One of these is in each text that TOKENS matches; looking for them first is many times faster."""

LITERAL = re.compile(r"""["'`]([A-Za-z0-9+/=_-]{41,})["'`]""")
MOST_BITS = 4.2
"""Entropy of a character above which a long literal counts as random; English identifiers stay near 4.0."""

ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.-]*\w")
AUTHOR_LINE = re.compile(
    r"""^[ \t]*(?:\#|//|\*)[ \t]*@?[Aa]uthors?\b(?:(?!\*/)[^\n])*\n"""
    r"""|^__(?:author|email|copyright|maintainer|credits)__\s*=\s*(["'])[^"'\n]*\1[ \t]*\n"""
    r"""|^[ \t]*(?:Authors?:|:[Aa]uthors?:)[ \t]+[A-Z][^\n]*\n""",
    re.MULTILINE,
)
"""A line that only names people: a comment, a module's attribute, or a line of a docstring."""

AUTHOR_WORDS = ("uthor", "__email__", "__copyright__", "__maintainer__", "__credits__")
NEUTRAL_ADDRESS = "name@example.com"


def has_secret(text: str) -> bool:
    """Whether a text holds a token, a private key or a long random literal."""
    token = any(start in text for start in TOKEN_STARTS) and TOKENS.search(text)
    return bool(token) or any(is_random(match[1]) for match in LITERAL.finditer(text))


def is_random(literal: str) -> bool:
    """Whether a literal is too mixed for a name or a path."""
    counts = Counter(literal)
    bits = -sum(n / len(literal) * math.log2(n / len(literal)) for n in counts.values())
    return bits > MOST_BITS and bool(re.search(r"\d", literal))


def without_people(text: str) -> str:
    """The text without author lines and with a neutral address in place of each e-mail address."""
    if "@" in text:
        text = ADDRESS.sub(NEUTRAL_ADDRESS, text)
    return AUTHOR_LINE.sub("", text) if any(word in text for word in AUTHOR_WORDS) else text
