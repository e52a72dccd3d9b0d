"""The model card, made from its template and the recipe's data files; a figure that is missing stops it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from starter_training.card_data import CLEAN, data_fields
from starter_training.card_evaluation import require_same_model, tables
from starter_training.card_figures import Figures, percent
from starter_training.card_training import training_fields
from starter_training.export_portable import sha256

TEMPLATE = Path(__file__).with_name("card_template.md")

INFILL = {
    True: "What follows the cursor it was shown in training, too; it heeds it less than a larger model would.",
    False: "It continues text better without being shown what follows the cursor, so it sees only what is in front.",
}
CHAT = {
    True: "Its explanations are what a docstring might say, and often wrong. It cannot hold a conversation.",
    False: "It was never trained on conversations: explanations by this model are noise.",
}


def card(recipe: Path, run: Path, shipped: Path, weights: int) -> str:
    """Return the card of the model in a folder; raises ReleaseError naming the first figure that is missing.

    `recipe` is the folder of data-manifest.json and evaluation/results.json, `run` that of the log and export.json.
    """
    profile = Figures(shipped / "profile.json", "python -m starter_training release")
    results = Figures(recipe / "evaluation" / "results.json", "make eval-starter")
    described = {name: profile.raw(name) for name in ("id", "context", "infill", "chat", "chars_per_token")}
    require_same_model(results, described, sha256(shipped / "openvino_model.bin"))
    machine = f"{results.get('machine', 'cores')} cores of {results.get('machine', 'processor')}"
    fields = {
        **_shape(shipped, weights),
        **data_fields(Figures(recipe / "data-manifest.json", CLEAN)),
        **training_fields(run),
        **_export(Figures(run / "export.json", "python -m starter_training export")),
        "id": described["id"],
        "context": f"{described['context']:,}",
        "chars_per_token": described["chars_per_token"],
        "infill": INFILL[described["infill"]],
        "chat": CHAT[described["chat"]],
        "machine": machine,
        "figures": tables(results),
    }
    return Template(TEMPLATE.read_text("utf-8")).substitute(fields)


def _shape(shipped: Path, weights: int) -> Mapping[str, Any]:
    config = Figures(shipped / "config.json", "python -m starter_training export")
    size = sum(path.stat().st_size for path in shipped.iterdir())
    return {
        "millions": round(weights / 1e6),
        "weights": f"{weights:,}",
        "layers": config.get("num_hidden_layers"),
        "hidden": config.get("hidden_size"),
        "heads": config.get("num_attention_heads"),
        "feed_forward": config.get("intermediate_size"),
        "vocabulary": f"{config.get('vocab_size'):,}",
        "megabytes": f"{size / 1e6:.1f}",
    }


def _export(report: Figures) -> Mapping[str, str]:
    original, converted = report.get("bits_per_byte_original"), report.get("bits_per_byte")
    return {
        "format": report.get("format"),
        "int8_bits": f"{100 * (converted / original - 1):+.2f} %",
        "int8_agreement": percent(report.get("agreement")),
        "int8_agreement_as_shipped": percent(report.get("agreement_as_shipped")),
        "int8_tokens": f"{report.get('tokens'):,}",
    }
