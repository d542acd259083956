"""rules.yaml and feeds.yaml while running: read again when they change; a file with a mistake changes nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from watchfiles import awatch

from watchbot import crash
from watchbot.app.parts import Parts, file_texts, plan_settings, story_settings, warm
from watchbot.errors import InvalidInput, InvalidRules, Problem, StorageError
from watchbot.model import AlertKind, DeliveryKind, DeliveryState, PlannedAlert, PlannedDelivery, Priority
from watchbot.replay import diff, from_archive, summary
from watchbot.rules import RuleSet

log = structlog.stdlib.get_logger(__name__)
LOOK_ANYWAY = 5_000
"""Milliseconds after which the files are looked at without an event: a single file mounted into a container, or a
network drive, gives none."""
COMPARED = timedelta(days=7)
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

    async def reload(self) -> str:
        """Read both files again. Answers, and tells the admins, what changed or what is wrong."""
        async with self._lock:
            self._texts = await asyncio.to_thread(file_texts, self._parts.inputs.watched)
            lines = [await self._reload_rules(), await self._reload_feeds()]
            text = "\n".join(line for line in lines if line) or "Nothing has changed."
            if any(lines):
                log.info("reloaded", result=text)
                await self._tell_admins(text)
            return text

    async def _reload_rules(self) -> str:
        old = self._parts.state.rules
        try:
            new = await asyncio.to_thread(lambda: warm(self._parts.inputs.load_rules()))
        except InvalidInput as error:
            return _refused("rules", error)
        if new.digest == old.digest:
            return ""
        if old.rules and not new.rules:
            # Cut short while it was being saved, or emptied by mistake: nobody means to watch nothing.
            none = Problem(str(self._parts.inputs.rules_path), 0, 0, "it holds no rules")
            return _refused("rules", InvalidRules((none,)))
        self._parts.state.rules = new
        crash.point("reload.rules")
        return f"rules.yaml: {len(new.rules)} rules in force. {await self._difference(old, new)}"

    async def _difference(self, old: RuleSet, new: RuleSet) -> str:
        """What the new rules would have sent otherwise."""
        parts = self._parts
        try:
            entries = await parts.thread.run(parts.storage.archive, parts.clock() - COMPARED)
        except StorageError as error:
            return f"(no comparison: {error})"
        items = [item for entry in entries[-COMPARED_ENTRIES:] if (item := from_archive(entry)) is not None]
        if not items:
            return ""
        stories = story_settings(parts.settings)
        found = await asyncio.to_thread(
            lambda: diff(items, old, new, settings=plan_settings(parts.settings), stories=stories)
        )
        return "\n".join(summary(found, "7 days"))

    async def _reload_feeds(self) -> str:
        parts = self._parts
        try:
            feeds = (await asyncio.to_thread(parts.inputs.load_feeds)).feeds
        except InvalidInput as error:
            return _refused("feeds", error)
        before = {f.spec.url: f.spec for f in await parts.thread.run(parts.storage.feeds) if f.origin == "config"}
        after = {spec.url: spec for spec in feeds}
        if before == after:
            return ""
        await parts.thread.run(parts.storage.sync_feeds, feeds, parts.clock())
        crash.point("reload.feeds")
        added, gone = len(after.keys() - before.keys()), len(before.keys() - after.keys())
        return f"feeds.yaml: {len(after)} feeds (+{added} / -{gone})."

    async def _tell_admins(self, text: str) -> None:
        await tell_admins(self._parts, text)


async def tell_admins(parts: Parts, text: str, priority: Priority = Priority.NORMAL) -> None:
    """Queue a notice to every admin; nobody to tell, or no database to queue in, is only logged."""
    now = parts.clock()
    admins = [i for i in parts.settings.telegram.admins if parts.sender is not None]
    if not admins:
        return
    deliveries = tuple(
        PlannedDelivery(chat_id, None, (), DeliveryKind.SEND, DeliveryState.PENDING, now) for chat_id in admins
    )
    notice = PlannedAlert(AlertKind.NOTICE, priority, deliveries, text=text[:3500])
    try:
        await parts.thread.run(parts.storage.add_notice, notice, now)
    except StorageError as error:
        log.warning("notice not queued", error=str(error), text=text)
    else:
        parts.outbox.wake()


def _refused(what: str, error: InvalidInput) -> str:
    problems = "\n".join(map(str, error.problems[:5]))
    more = f"\n… and {len(error.problems) - 5} more" if len(error.problems) > 5 else ""
    return f"{what}.yaml has mistakes; the last valid {what} stay in force:\n{problems}{more}"
