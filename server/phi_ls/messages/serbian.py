"""Serbian letters: each Cyrillic one has its Latin one or two, so one catalogue serves both scripts."""

from __future__ import annotations

_SMALL = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "đ", "е": "e", "ж": "ž", "з": "z", "и": "i", "ј": "j",
    "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "ћ": "ć", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "č", "џ": "dž", "ш": "š",
}  # fmt: skip

LATIN = str.maketrans({**_SMALL, **{cyrillic.upper(): latin.title() for cyrillic, latin in _SMALL.items()}})
"""For `str.translate`; what is not Cyrillic stays as it is."""
