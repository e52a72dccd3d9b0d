"""What the catalogue says of models and their variants, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from phi_providers.models.manifest import ModelError


@dataclass(frozen=True, kw_only=True)
class ListedToken:
    """A control token of a model's tokenizer."""

    text: str
    id: int
    role: str = ""
    """Value of `Control`; empty for a token that only ends answers."""
    stop: bool = False
    """A model that writes it has ended its answer."""


@dataclass(frozen=True, kw_only=True)
class ListedFile:
    """A file of a variant, by its name in the variant's folder of the repository."""

    name: str
    required: bool = True
    alternatives: tuple[str, ...] = ()
    """Names that other revisions of the repository give it."""
    size_bytes: int | None = None
    sha256: str = ""
    """Of a pinned revision; empty where only the hub's own fingerprint is known."""

    @property
    def names(self) -> tuple[str, ...]:
        """All names that it may have, the best known first."""
        return (self.name, *self.alternatives)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One form and precision of a model, ready to be fetched."""

    id: str
    """Names the model in settings, on the command line and in the folder of installed models."""
    engine: str
    precision: str
    repository: str
    """`owner/name` on the hub."""
    revision: str
    """Commit that is fetched; empty: the one that the hub names at the first fetch."""
    folder: str
    """Folder in the repository that holds the files; empty for its top."""
    size_bytes: int
    files: tuple[ListedFile, ...]
    suits: tuple[str, ...]
    """Kinds of device that run it, as its engine names them, the best first."""
    unsuited: Mapping[str, str] = field(default_factory=dict)
    """Kind of device → why it does not, and what to take instead."""
    unverified: tuple[str, ...] = ()
    """Fields of this entry that nobody has compared with the hub."""


@dataclass(frozen=True, kw_only=True)
class ListedModel:
    """One model in all its variants."""

    id: str
    title: str
    family: str
    """Kind of prompts: see `ModelInfo.family`."""
    license: str
    license_url: str
    context: int
    """Tokens that its authors name."""
    safe_context: int
    """Tokens up to which it can be trusted, and no work is lost."""
    kv_bytes_per_token: int
    """Memory that each token of the context takes, at FP16."""
    tokens: tuple[ListedToken, ...]
    variants: tuple[Variant, ...]
    profile: Mapping[str, object] = field(default_factory=dict)
    """Further fields of `ModelInfo`."""

    @property
    def controls(self) -> dict[str, int]:
        """Role → token id."""
        return {token.role: token.id for token in self.tokens if token.role}

    @property
    def stop_ids(self) -> tuple[int, ...]:
        """Ids of the tokens that end an answer."""
        return tuple(token.id for token in self.tokens if token.stop)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A variant together with the model that it is one of."""

    model: ListedModel
    variant: Variant

    @property
    def id(self) -> str:
        """The variant's id."""
        return self.variant.id


@dataclass(frozen=True)
class Catalogue:
    """All models that can be fetched."""

    models: tuple[ListedModel, ...]

    def entries(self) -> list[Entry]:
        """Return every variant of every model, in the catalogue's order."""
        return [Entry(model=model, variant=variant) for model in self.models for variant in model.variants]

    def find(self, variant_id: str) -> Entry | None:
        """Return the variant of this id, if there is one."""
        return next((entry for entry in self.entries() if entry.id == variant_id), None)

    def entry(self, variant_id: str) -> Entry:
        """Return the variant of this id; raises ModelError naming those that there are."""
        found = self.find(variant_id)
        if found is None:
            known = ", ".join(entry.id for entry in self.entries())
            raise ModelError(f"there is no model '{variant_id}' in the catalogue; it has {known}")
        return found

    def model(self, model_id: str) -> ListedModel | None:
        """Return the model of this id, if there is one."""
        return next((model for model in self.models if model.id == model_id), None)
