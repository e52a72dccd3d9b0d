"""What one server, or one command of the command line, works with: settings, pool, caches, decisions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cachetools import LRUCache

from phi_ls import folders
from phi_ls.ahead.rhythm import Rhythm
from phi_ls.answers.in_flight import InFlight
from phi_ls.arrangement import arrange
from phi_ls.caches.answers import Answers, on_disk
from phi_ls.caches.suggestions import Suggestions
from phi_ls.context.paths import excluded
from phi_ls.context.ring import Ring
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import Edges
from phi_ls.decisions import Decisions, Drop, Reason
from phi_ls.documents import Document
from phi_ls.identities import Identities
from phi_ls.measured import keep, keep_new, kept
from phi_ls.messages.text import say
from phi_ls.meter import Meter
from phi_ls.plan import plan
from phi_ls.settings import Settings
from phi_ls.speeds import comparison
from phi_providers.messages import ModelInfo, ModelProfile, Urgency
from phi_providers.plan import Plan, one_order
from phi_providers.pool import Pool, Stream

if TYPE_CHECKING:
    from phi_ls.answers.explanations import Writing
    from phi_ls.answers.question import Question

log = logging.getLogger(__name__)

REMEMBERED_DOCUMENTS = 200

Place = tuple[int, int, int]
"""Version of a document, line, column."""


class Session:
    """Owns the pool; `configure` has it take up another plan when the settings ask for another model or device."""

    def __init__(
        self, settings: Settings, on_change: Callable[[], None] = lambda: None, *, patient: bool = False
    ) -> None:
        """Make a pool; `patient`: who asks would rather wait for the chosen model than hear another one."""
        self.settings = settings
        self._patient = patient
        self.complaints: list[str] = []
        """What is wrong with the settings, for the user, as found when the pool was made."""
        self.suggestions = Suggestions(self.typing_model)
        self.in_flight = InFlight()
        self.decisions = Decisions()
        self.meter = Meter()
        self.edges: LRUCache[str, Edges] = LRUCache(REMEMBERED_DOCUMENTS)
        """Where each document's window began, so that it stays there."""
        self.ring = Ring()
        """Passages of other documents for the prompts; it knows no documents until a server says which are open."""
        self.rhythm = Rhythm(REMEMBERED_DOCUMENTS)
        self.prompted: LRUCache[str, Place] = LRUCache(REMEMBERED_DOCUMENTS)
        """The place of each document that a model was given a prompt for last."""
        self.prefilling: dict[asyncio.Task[None], tuple[str, Stream]] = {}
        """Prompts being computed without an answer, each with its document; empty for an explanation's."""
        self.latest: dict[str, tuple[Place, asyncio.Event]] = {}
        """The newest request of each document, and what supersedes it."""
        self.settled: LRUCache[str, tuple[Place, Drop]] = LRUCache(REMEMBERED_DOCUMENTS)
        """Where the model had nothing to suggest in each document: asked again, it would say the same."""
        self.shown: LRUCache[str, tuple[Snapshot, str]] = LRUCache(REMEMBERED_DOCUMENTS)
        """The suggestion shown last in each document, to tell when it is contradicted."""
        # Who asks on a terminal wants to see the model write.
        self.answers = Answers(None if patient else on_disk(settings))
        self.writings: dict[tuple[str, str, Question], Writing] = {}
        """Hover answers on their way, by the model (id and folder) and what was asked."""
        self._just_deleted: set[str] = set()
        self.device_reason = ""
        """Why the preferred device goes before others, where that was measured."""
        self._measured: set[int] = set()
        self._typist: ModelProfile | None = None
        self._on_change = on_change
        self.pool = Pool(
            self._plan(),
            home=folders.worker_home(),
            on_change=self._changed,
            idle_unload_s=settings.idle_unload_minutes * 60,
        )

    def start(self) -> None:
        """Start the preferred worker, unless the user switched everything off."""
        if self.settings.enable:
            self.pool.start()

    async def configure(self, settings: Settings, *, anew: bool = False) -> None:
        """Take new settings; another plan only if another model, engine or device is asked for.

        `anew`: what there is to plan with has changed, such as the models that are installed.
        """
        old, self.settings = self.settings, settings
        if old.inline_completion != settings.inline_completion:
            # They decide what is worth showing, so what was shown or dropped under the old ones proves nothing.
            self._forget_suggestions()
        if (old.cache_disk, old.cache_max_megabytes) != (settings.cache_disk, settings.cache_max_megabytes):
            self.answers.keep_on(on_disk(settings))
        switched_on = settings.enable and not old.enable
        replaced = anew or switched_on or _who_answers(old) != _who_answers(settings)
        if replaced:
            self._forget_suggestions()
            self.pool.take_up(self._plan(), settings.idle_unload_minutes * 60)
        if old.enable and not settings.enable:
            # Off means that no model is loaded.
            self.pool.release()
        elif replaced:
            self.start()

    def refusal(self, document: Document, roots: Sequence[str] = ()) -> Drop | None:
        """Return why no model may see this document, or None."""
        if any(excluded(uri, self.settings.exclude, roots) for uri in {document.uri, document.real_uri}):
            return Drop(
                reason=Reason.EXCLUDED, detail=say("the file's name matches a pattern of the setting 'exclude'")
            )
        return document.refusal

    def note_edit(self, uri: str, *, deleted: bool) -> None:
        """A document was edited; `deleted` says that the edit only took text away."""
        self.rhythm.key(uri)
        self._just_deleted.add(uri) if deleted else self._just_deleted.discard(uri)

    def just_deleted(self, uri: str) -> bool:
        """Whether the last edit of the document only took text away: nobody who deletes wants it suggested again."""
        return uri in self._just_deleted

    def stop_prefill(self, uri: str) -> None:
        """What is still being computed for this document is of a text that it had before."""
        for of, stream in self.prefilling.values():
            if of == uri:
                stream.close()

    def forget(self, uri: str) -> None:
        """A document was closed."""
        self.stop_prefill(uri)
        self.in_flight.closed(uri)
        self.suggestions.forget(uri)
        self._just_deleted.discard(uri)
        self.latest.pop(uri, None)
        self.edges.pop(uri, None)
        self.ring.forget(uri)
        self.settled.pop(uri, None)
        self.prompted.pop(uri, None)
        self.shown.pop(uri, None)

    @property
    def overruled(self) -> bool:
        """Whether trouble in the pool is trouble with what the user chose: a device, or an engine that answers not."""
        profile, chosen = self.pool.profile_for(Urgency.ASKED), self.settings
        return chosen.device != "auto" or (profile is not None and chosen.engine not in ("auto", profile.engine))

    async def close(self) -> None:
        """End all workers."""
        await self.pool.close()
        self.answers.close()

    def typing_model(self) -> ModelInfo | None:
        """Return the model that would suggest now; None when none can."""
        return self.pool.model_for(Urgency.TYPING)

    def _forget_suggestions(self) -> None:
        self.suggestions = Suggestions(self.typing_model)
        self.settled.clear()

    def _plan(self) -> Plan:
        speeds = kept()
        loads, self.complaints = plan(self.settings, speeds)
        wanted = self.settings.inline_completion.model
        arranged = one_order(loads) if self._patient else arrange(loads, speeds, wanted)
        self.device_reason = comparison(arranged.asking, speeds) if self.settings.device == "auto" else ""
        self.identities = Identities(arranged.loads, speeds)
        return arranged

    def _changed(self) -> None:
        if (typist := self.pool.profile_for(Urgency.TYPING)) and typist != self._typist:
            # Where one model had nothing to suggest, another may have.
            self._typist = typist
            self.settled.clear()
        loop = asyncio.get_running_loop()
        # Writing a file takes 3 ms here, and longer in a home on the network.
        keep_new(self.pool.status().workers, self._measured, lambda speed: loop.run_in_executor(None, keep, speed))
        self._on_change()


def _who_answers(settings: Settings) -> tuple[object, ...]:
    typing_model = settings.inline_completion.model
    model = (settings.model, settings.engine, settings.device, settings.model_path, typing_model)
    return (*model, settings.idle_unload_minutes, settings.openai_server_url)
