"""Settings: what the server goes by, resolved from layers of options, and what was wrong with those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from phi_ls.context.paths import DEFAULT_EXCLUDE
from phi_ls.layers import Complaint, Layer, Source, flatten, printable, project_file, user_file
from phi_ls.messages.text import cause_of, say, say_counted
from phi_ls.options import OPTIONS, BadValue, Clamped, Option, describe
from phi_ls.text.language_ids import usual

__all__ = [
    "Complaint",
    "Hover",
    "InlineCompletion",
    "Layer",
    "Settings",
    "Source",
    "project_file",
    "resolve",
    "user_file",
]

MAX_COMPLAINTS = 20
"""Per layer; a configuration of another program would otherwise bury the user in messages."""


@dataclass(frozen=True, kw_only=True)
class InlineCompletion:
    """When and how much is suggested."""

    enable: bool = True
    automatic: bool = True
    """False: only when the user asks."""
    model: str = "auto"
    """`auto`: the chosen model where it can keep up with typing, else the built-in one; `chosen`; `built-in`."""
    multiline: str = "auto"
    min_confidence: float = 0.3
    """Mean token probability below which nothing is shown, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Hover:
    """What a hover shows, and how long it may take."""

    mode: str = "automatic"
    deadline_ms: int = 2500


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The resolved settings. Immutable: a change makes new ones, which apply from the next request on."""

    enable: bool = True
    languages: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({"*": True}))
    model: str = "auto"
    engine: str = "auto"
    device: str = "auto"
    model_path: str | None = None
    openai_server_url: str | None = None
    offer_model: bool = True
    """False: never ask whether to fetch a better model than the built-in one."""
    inline_completion: InlineCompletion = field(default_factory=InlineCompletion)
    completion_enable: str = "fallback"
    hover: Hover = field(default_factory=Hover)
    language: str = "auto"
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    cache_disk: bool = True
    cache_max_megabytes: int = 256
    idle_unload_minutes: int = 30
    """0: never."""
    reduce_on_battery: bool = True

    def enabled_for(self, language_id: str) -> bool:
        """Whether the server does anything in documents of this language."""
        return self.enable and self.languages.get(language_id, self.languages.get("*", True))


def resolve(layers: Sequence[Layer]) -> tuple[Settings, list[Complaint]]:
    """Return the settings that the layers make, highest source last, and what was wrong. Never raises."""
    resolution = _Resolution()
    for layer in sorted(layers, key=lambda each: each.source):
        resolution.apply(layer)
    return resolution.settings(), resolution.complaints()


class _Resolution:
    """Values by attribute while the layers are laid on each other, and the problems met."""

    def __init__(self) -> None:
        self._values = {option.attribute: _default(option.attribute) for option in OPTIONS.values()}
        self._problems: list[tuple[Source, str, str]] = []

    def apply(self, layer: Layer) -> None:
        """Lay one layer over those before it."""
        if layer.options is None:
            return
        before = len(self._problems)
        if not isinstance(layer.options, Mapping):
            self._problems.append(
                (layer.source, "", say("must be an object, not {value}", value=describe(layer.options)))
            )
            return
        for key, value in flatten(layer.options):
            problem = self._set(layer.source, key, value)
            if problem:
                self._problems.append((layer.source, key, problem))
        left_out = len(self._problems) - before - MAX_COMPLAINTS
        if left_out > 0:
            del self._problems[before + MAX_COMPLAINTS :]
            more = say_counted("has {count} more problem", "has {count} more problems", count=left_out)
            self._problems.append((layer.source, "", more))

    def _set(self, source: Source, key: str, value: object) -> str:
        """Take over one option; returns the problem with it, or nothing."""
        option = OPTIONS.get(key)
        if option is None:
            return say("is not an option")
        if value is None:  # editors send null for what the user has not set
            return ""
        if option.trusted_only and not source.trusted:
            return say(
                "is not taken from there: set it in initializationOptions, in config.toml or on the command line"
            )
        try:
            checked, problem = option.check(value), ""
        except Clamped as exc:
            checked, problem = exc.value, cause_of(exc)
        except BadValue as exc:
            return cause_of(exc)
        self._values[option.attribute] = self._merged(source, option, checked)
        return problem

    def _merged(self, source: Source, option: Option, value: Any) -> Any:
        if option.attribute == "languages":
            return {**self._values["languages"], **{usual(name): wanted for name, wanted in value.items()}}
        if option.attribute == "exclude" and not source.trusted:
            # A workspace may hide more of its files from the model, never uncover the user's secrets.
            return tuple(dict.fromkeys((*self._values["exclude"], *value)))
        return value

    def settings(self) -> Settings:
        """Return the settings that all layers so far make."""
        flat: dict[str, Any] = {name: value for name, value in self._values.items() if "." not in name}
        flat["languages"] = MappingProxyType(dict(flat["languages"]))
        return Settings(
            **flat,
            inline_completion=InlineCompletion(**self._group("inline_completion.")),
            hover=Hover(**self._group("hover.")),
        )

    def _group(self, prefix: str) -> dict[str, Any]:
        return {name[len(prefix) :]: value for name, value in self._values.items() if name.startswith(prefix)}

    def complaints(self) -> list[Complaint]:
        """Return one complaint per problem, each with the value that is in force in the end."""
        return [
            Complaint(source=source, key=printable(key), problem=problem, used=self._used(key))
            for source, key, problem in dict.fromkeys(self._problems)
        ]

    def _used(self, key: str) -> str:
        if key not in OPTIONS:
            return ""
        value = self._values[OPTIONS[key].attribute]
        if OPTIONS[key].trusted_only:
            return say("none") if value is None else say("the one set elsewhere")
        return say("what is set otherwise") if isinstance(value, (Mapping, tuple)) else describe(value)


def _default(attribute: str) -> Any:
    value: Any = Settings()
    for name in attribute.split("."):
        value = getattr(value, name)
    return value
