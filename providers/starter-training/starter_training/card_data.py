"""The model card's part about data, from data-manifest.json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from starter_training.card_figures import Figures, percent
from starter_training.licences import allowed_expression
from starter_training.release_error import ReleaseError

CLEAN = "python -m starter_training clean"

FIELDS = ("package", "registry", "licence", "split", "characters")

REGISTRIES = {"pypi": "Python packages", "npm": "npm packages"}

LANGUAGES = {
    "python": "Python",
    "javascript": "JavaScript",
    "javascriptreact": "JavaScript (JSX)",
    "typescript": "TypeScript",
    "typescriptreact": "TypeScript (TSX)",
}


def data_fields(manifest: Figures) -> Mapping[str, Any]:
    """Return the fields of the template; raises ReleaseError for a package under no known licence."""
    rows = (
        {name: manifest.get("packages", index, name) for name in FIELDS}
        for index in range(len(manifest.get("packages")))
    )
    packages = [row for row in rows if row["split"] == "train"]
    if not packages:
        raise manifest.missing("packages of the split train")
    for package in packages:
        if allowed_expression(package["licence"]) is None:
            raise ReleaseError(
                f"{package['package']} has the licence {package['licence']!r}; clean the corpus without it"
            )
    licences, registries = Counter[str](), Counter(package["registry"] for package in packages)
    for package in packages:
        licences[package["licence"]] += package["characters"]
    totals = manifest.get("totals", "train")
    languages = Counter({name: manifest.get("totals", "train", name, "characters") for name in totals})
    if languages.total() != licences.total():
        raise ReleaseError(f"the packages and the totals of the data manifest disagree; {CLEAN} writes both")
    holders = Counter(package["licence"] for package in packages)
    return {
        "data_sentence": _sentence(registries, languages.total()),
        "licence_rows": "\n".join(
            f"| {name} | {holders[name]} | {_share(count, licences)} |" for name, count in licences.most_common()
        ),
        "language_rows": "\n".join(
            f"| {LANGUAGES[name]} | {_share(count, languages)} |" for name, count in languages.most_common()
        ),
    }


def _sentence(registries: Counter[str], characters: int) -> str:
    counted = [f"{registries[name]} {what}" for name, what in REGISTRIES.items() if registries[name]]
    library = ["Python's standard library"] if registries["stdlib"] else []
    sources = " and ".join(", ".join([*library, *counted]).rsplit(", ", 1))
    return f"{characters / 1e6:.1f} million characters: {sources}, under licences that the packages declare themselves."


def _share(count: int, total: Counter[str]) -> str:
    return f"{count / 1e6:.1f} M | {percent(count / total.total())}"
