"""rules.yaml and feeds.yaml while running: read again when they change; a file with a mistake changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import structlog
from watchfiles import awatch

from watchbot import crash
from watchbot.app.parts import Parts, file_texts, plan_settings, story_settings, warm
from watchbot.errors import InvalidInput, StorageError
from watchbot.model import (
    AlertKind,
    DeliveryKind,
    DeliveryState,
    Note,
    PlannedAlert,
    PlannedDelivery,
    Priority,
    plain_note,
)
from watchbot.render import said_all, texts
from watchbot.replay import RulesDiff, diff, from_archive, on_their_clock, summary
from watchbot.rules import RuleSet

log = structlog.stdlib.get_logger(__name__)
LOOK_ANYWAY = 5_000
"""Milliseconds after which the files are looked at without an event: a single file mounted into a container, or a
network drive, gives none."""
COMPARED = timedelta(days=7)
SHOWN = 5
"""Mistakes of a file told in a notice; `watchbot check` shows all."""
COMPARED_ENTRIES = 20_000
"""Entries on which the difference of two rule sets is shown at most: about 15 s of one core in a thread."""


class Reloader:
    """Keeps the rules and feeds in force equal to the last valid files. One reload at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._texts = parts.texts
        self._lock = asyncio.Lock()

    async def watch(self, stop: asyncio.Event) -> None:
        """Reload on changes until `stop`."""
        folders = {path if path.is_dir() else path.parent for path in self._parts.inputs.watched}
        existing = [folder for folder in folders if folder.is_dir()]
        if not existing:
            return
        async for _ in awatch(*existing, stop_event=stop, rust_timeout=LOOK_ANYWAY, yield_on_timeout=True):
            if await asyncio.to_thread(file_texts, self._parts.inputs.watched) != self._texts:
                await self.reload()

    async def reload(self) -> tuple[Note, ...]:
        """Read both files again. Answers, and tells the admins, what changed or what is wrong."""
        async with self._lock:
            self._texts = await asyncio.to_thread(file_texts, self._parts.inputs.watched)
            notes = (*await self._reload_rules(), *await self._reload_feeds())
            if not notes:
                return (Note("reload-nothing"),)
            result = said_all(notes, texts("en"), "UTC", self._parts.clock())
            if any(note.key.startswith("reload-refused") for note in notes):
                log.warning("reload refused", result=result)
            else:
                log.info("reloaded", result=result)
            await tell_admins(self._parts, notes)
            return notes

    async def _reload_rules(self) -> tuple[Note, ...]:
        old = self._parts.state.rules
        try:
            new = await asyncio.to_thread(lambda: warm(self._parts.inputs.load_rules()))
        except InvalidInput as error:
            return _refused("rules", error)
        if new.digest == old.digest:
            return ()
        if old.rules and not new.rules:
            # Cut short while it was being saved, or emptied by mistake: nobody means to watch nothing.
            return (Note("reload-refused-rules"), Note("reload-empty", {"path": str(self._parts.inputs.rules_path)}))
        self._parts.state.rules = new
        crash.point("reload.rules")
        return (Note("reload-rules", {"count": len(new.rules)}), *await self._difference(old, new))

    async def _difference(self, old: RuleSet, new: RuleSet) -> tuple[Note, ...]:
        """What the new rules would have sent otherwise."""
        parts = self._parts
        try:
            entries = await parts.thread.run(parts.storage.archive, parts.clock() - COMPARED)
        except StorageError as error:
            return (Note("reload-uncompared", {"error": str(error)}),)
        items = [item for entry in entries[-COMPARED_ENTRIES:] if (item := from_archive(entry)) is not None]
        if not items:
            return ()
        stories = story_settings(parts.settings)
        found = await asyncio.to_thread(
            lambda: diff(on_their_clock(items), old, new, settings=plan_settings(parts.settings), stories=stories)
        )
        return difference(found)

    async def _reload_feeds(self) -> tuple[Note, ...]:
        parts = self._parts
        try:
            feeds = (await asyncio.to_thread(parts.inputs.load_feeds)).feeds
        except InvalidInput as error:
            return _refused("feeds", error)
        before = {f.spec.url: f.spec for f in await parts.thread.run(parts.storage.feeds) if f.origin == "config"}
        after = {spec.url: replace(spec, headers={}) for spec in feeds}  # as the database has them
        if not parts.state.take_feeds(feeds) and before == after:
            return ()
        await parts.thread.run(parts.storage.sync_feeds, feeds, parts.clock())
        crash.point("reload.feeds")
        added, gone = len(after.keys() - before.keys()), len(before.keys() - after.keys())
        return (Note("reload-feeds", {"count": len(after), "added": added, "gone": gone}),)


async def tell_admins(
    parts: Parts,
    notes: tuple[Note, ...],
    priority: Priority = Priority.NORMAL,
    *,
    also: tuple[PlannedDelivery, ...] = (),
) -> None:
    """Queue a notice to every admin and `also` to others; nobody to tell, or no database, is only logged."""
    now = parts.clock()
    told = {delivery.chat_id for delivery in also}
    admins = [i for i in parts.settings.telegram.admins if parts.sender is not None and i not in told]
    deliveries = also + tuple(
        PlannedDelivery(chat_id, None, (), DeliveryKind.SEND, DeliveryState.PENDING, now) for chat_id in admins
    )
    if not deliveries:
        return
    notice = PlannedAlert(AlertKind.NOTICE, priority, deliveries, notes=notes)
    try:
        await parts.thread.run(parts.storage.add_notice, notice, now)
    except StorageError as error:
        log.warning("notice not queued", error=str(error), notes=[note.key for note in notes])
    else:
        parts.outbox.wake()


def difference(found: RulesDiff) -> tuple[Note, ...]:
    """What other rules would have told, for an admin: a total, then per rule a line and examples."""
    days = COMPARED.days
    if not found.rules:
        return (Note("reload-same", {"days": days, "items": found.items}),)
    counts = {"days": days, "items": found.items, "gained": found.gained, "lost": found.lost}
    return (Note("reload-differs", counts), *map(plain_note, summary(found)[1:]))


def _refused(what: str, error: InvalidInput) -> tuple[Note, ...]:
    problems = error.problems
    more = (Note("and-more", {"count": len(problems) - SHOWN}),) if len(problems) > SHOWN else ()
    return (Note(f"reload-refused-{what}"), *(plain_note(str(problem)) for problem in problems[:SHOWN]), *more)
