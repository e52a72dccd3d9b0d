"""What keys and passwords look like in a line of text: each pattern's `value` is what has to be made unreadable."""

from __future__ import annotations

import re

ISSUED = re.compile(
    r"""(?x)
    (?<![A-Za-z0-9_])
    (?: (?:AKIA|ASIA|ABIA|ACCA)(?=[A-Z0-9]{16}\b)                  # Amazon Web Services
      | gh[pousr]_(?=[A-Za-z0-9]{36})                               # GitHub
      | github_pat_(?=[A-Za-z0-9_]{22})
      | gl(?:pat|rt|dt|cbt|ptt|oas|ft|agent|imt)-(?=[A-Za-z0-9_-]{20}) # GitLab
      | xox[abeposr]-(?=[A-Za-z0-9-]{10}) | xapp-(?=\d-[A-Z0-9]{8})    # Slack
      | hooks\.slack\.com/services/(?=T[A-Z0-9]{6})
      | discord(?:app)?\.com/api/webhooks/(?=\d{15})
      | sk-(?:ant-|proj-|or-)?(?=[A-Za-z_-]{0,30}\d)(?=[A-Za-z0-9_-]{20}) # model providers
      | gsk_(?=[A-Za-z0-9]{40}) | r8_(?=[A-Za-z0-9]{36})
      | hf_(?=[A-Za-z0-9]{30})                                      # Hugging Face
      | [sr]k_(?:live|test)_(?=[A-Za-z0-9]{16}) | whsec_(?=[A-Za-z0-9]{24}) # Stripe
      | AIza(?=[A-Za-z0-9_-]{35}) | ya29\.(?=[A-Za-z0-9_-]{20}) | GOCSPX-(?=[A-Za-z0-9_-]{20}) # Google
      | SG\.(?=[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16})               # SendGrid
      | do[opr]_v1_(?=[a-f0-9]{32}) | dckr_pat_(?=[A-Za-z0-9_-]{20}) # DigitalOcean, Docker
      | shp(?:at|ca|pa|ss)_(?=[a-f0-9]{32})                         # Shopify
      | hv[sbr]\.(?=[A-Za-z0-9_-]{24}) | tskey-(?=[a-z]+-[A-Za-z0-9]{8}) # Vault, Tailscale
      | ATATT3(?=[A-Za-z0-9_-]{40}) | rubygems_(?=[a-f0-9]{40}) | lin_api_(?=[A-Za-z0-9]{32})
      | AGE-SECRET-KEY-1(?=[A-Z0-9]{50})
      | npm_(?=[A-Za-z0-9]{36})
      | pypi-(?=[A-Za-z0-9_-]{50})
      | eyJ(?=[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.)            # JSON Web Token
    )
    (?P<value>[A-Za-z0-9_.=+/-]+)
    """
)
"""Beginnings that say whose key it is, with the least that must follow. They stay: they tell a model what stands
there."""

_CERTAIN = r"""passwor[dt]|passwd|passphrase|passcode|kennwort|lozinka|contrase(?:n|ñ)a
  | {begin}(?:pass|pwd|secret|senha) | (?:account|sharedaccess|encryption|signing|master)[_-]?key"""
_LIKELY = r"{begin}(?:token|credential|auth) | (?:api|access|private|subscription)[_-]?key"
_BEGIN = r"(?:(?<![A-Za-z])|(?-i:(?<=[a-z0-9])(?=[A-Z])))"
"""Where a word of a name begins, also one written likeThis: a compass is not a pass."""
_END = r"""s?(?-i:(?![a-z])(?!(?<=[A-Z])[A-Z]))
  (?![_-]?(?:name|id|type|url|uri|path|file|length|size|count|field|prefix|policy|label|error|message|regex|pattern)s?\b)"""
"""Where it ends: neither a tokenizer nor an author is secret, and neither is a secret's name."""
_CERTAIN, _LIKELY = (f"(?:{each.replace('{begin}', _BEGIN)}){_END}" for each in (_CERTAIN, _LIKELY))
_NAME = rf"(?:(?P<certain>{_CERTAIN})|{_LIKELY})"
_MORE = r"\w{0,40}"
"""What follows in the same name. Without a limit a long run of names took a second."""
_SIGN = r"(?:=>|:=|[=!]==?|[=:])"

NAMED = re.compile(
    rf"""(?xi)
    {_NAME} {_MORE}
    (?: \\?["'`]?\]?\s* (?: :\s*[\w&.|\[\]?]+[ ]?[\w&.|\[\]?]*\s*(?==) )? {_SIGN}  # an assignment, typed or not
      | (?P<loose> ["']\s*, | \( ) )                                             # a default, an argument
    \s*\(?\s*[bruf@]{{0,2}}
    (?P<quote>\\?["'`]) (?P<value> (?: (?!(?P=quote)) (?: \\\S | [^\s\\] | (?<=\S)[ ](?=\S) ) ){{6,}} )
    (?: (?P=quote) | $ )
    """
)
"""A value in quotes under a name that says what it is; only a password may be without a digit, a token is mostly a word
then."""

BARE = re.compile(
    rf"""(?xi)
    (?: ^\s*(?:export\s+|env\s+|arg\s+|set\s+|-\s+|--?|//\S*:)? [\w.:-]*? {_NAME} [\w-]{{0,40}}  # a line of its own
      | [?&;,\s](?:sig(?==)|(?P<inner>{_CERTAIN})|{_LIKELY}) [\w-]{{0,40}} (?==)  # one of several in a line
      | \s--[\w-]*? (?P<flag>{_CERTAIN}|token|key) [\w-]{{0,40}}(?=[=\s])  # of a command
    )
    (?: (?P<sign>\s*[=:]\s*) | \s+ )
    (?P<value> [^\s"'`<>(){{}}\[\]$%&;,|*] [^\s"'`<>(){{}}\[\]$&;,|]{{4,}} )
    (?P<end> (?=[&;,\s"'`]) | $ )
    """
)
"""A value without quotes, as in shells, YAML, property files, addresses and connection strings."""

OTHERS = re.compile(
    r"""(?xi)
      ://[^\s/:@"'<>]{0,100}:(?P<address>[^\s/@"'<>{}$%][^\s/@"'<>{}$]{2,199})@     # scheme://user:password@host
    | \b(?:bearer|token)\s+(?P<bearer>(?=[\w.~+/-]*\d)[\w.~+/-]{16,}={0,2})        # in a header
    | <[\w:.-]*(?:password|passwd|secret|token|apikey)>(?P<element>[^<>{}$\s]{4,200})</
    | \b(?:key|name)=["'][\w:.-]*(?:password|passwd|pwd|secret|token|apikey)["']
      \s+value=["'](?P<attribute>[^"'{}$]{4,200})["']
    | \s-u\s+["']?[\w.@-]+:(?P<user>(?=[^\s"']*[a-z])[^\s"'$<{]{4,100})              # curl -u user:password
    | \bsshpass\s+-p\s*(?P<flag>[^\s"'$<{]{4,100})
    | \blogin\s+\S+\s+password\s+(?P<netrc>\S{4,100})
    | -----BEGIN[ ][A-Z ]{0,40}PRIVATE[ ]KEY-----(?P<pem>(?=[A-Za-z0-9+/\\ ]{8})[^-]{1,19000})  # `\n` written out
    """
)
"""What its surroundings give away."""

BASIC = re.compile(r"(?i)\bbasic\s+(?P<value>[A-Za-z0-9+/]{6,}={0,2})")
"""A header's user and password in base64; the word is in prose as well, so what follows has to be decoded."""

BLOB = re.compile(r"(?<![A-Za-z0-9+/_=-])(?P<value>[A-Za-z0-9+/_-]{60,}={0,2})(?![A-Za-z0-9+/_-])")
"""A line of a PEM block, or a key without a name."""

OPENS = re.compile(rf"(?xi) (?:{_CERTAIN}|{_LIKELY}) {_MORE} [\"'`]? \s* (?:=>|:=|[=:]) \s* [(|>\\-]{{0,2}} \s* $")
"""The value stands in the next line."""

BEGIN_BLOCK = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY")
END_BLOCK = re.compile(r"[\s\"'#/*+]*-----END [A-Z ]{0,40}PRIVATE KEY")
BLOCK_LINE = re.compile(r"[\s\"'#/*+,\\n;]*(?P<value>[A-Za-z0-9+/]{4,}={0,2})(?:\\n)?[\s\"'+,\\;)]*")
"""A line of such a block, as it may stand in a string or a comment."""

PLACEHOLDER = re.compile(
    r"""(?xi) x+ | \*+ | \.+ | [<{$%\[].*
    | .*(?:example|changeme|placeholder|your[_-]|dummy|test|none|null|\$\{|\{\{|%s|%\().*
    | [~^<>=v\s]*\d+(?:\.[\dx*]+)+[\w.+-]* | \#[0-9a-f]{3,8}    # versions, colours
    """
)
TYPE = re.compile(
    r"""(?xi) [iu](?:nt)?\d+ | (?:u?int|float)\d+array | [\w.]*base64\w*
    | \w*(?:sha|md|hmac|aes|utf|oauth|rfc|x509|v)_?\d+\w* | [\w.]+\.[a-z_]\w*
    """
)
"""What stands after a name without quotes and has a digit, yet is a type, a method or an attribute."""

HINT = re.compile(
    r"(?i)pass|pwd|secret|token|credential|key|auth|kennwort|senha|lozinka|contrase|[?&;]sig=|://|bearer|basic\s|\s-[pu]\s"
)
"""In every line that has a name of a secret; nine of ten lines of code have none of these and need no further look."""
