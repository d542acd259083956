"""What is done every now and then: the heartbeat, embargoes, forgetting, backups, notices."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from watchbot.app.health import HEARTBEAT, LOCK_TTL, megabytes, short_of_room
from watchbot.app.parts import Parts
from watchbot.app.reload import tell_admins
from watchbot.commands import SpikeWatch
from watchbot.commands.spike_watch import deliver, wants_now
from watchbot.errors import StorageError, WatchbotError
from watchbot.model import SILENCE_TOPIC, Note, PlannedDelivery
from watchbot.poller.silence import Dark, Quiet, dark_groups, quiet_feeds
from watchbot.storage import backup_file, backup_name, prune_backups

log = structlog.stdlib.get_logger(__name__)
TOLD_ROOM = "room"
"""The flag that is set while the admins know that the disk is nearly full."""
TOLD_SILENT = "silent"
"""The flag with what was told to be silent and still is, so that a restart does not tell it again."""


async def repeat(stop: asyncio.Event, every: timedelta, chore: Callable[[], Awaitable[None]]) -> None:
    """Run `chore` every `every` until `stop`. An error of the database or the network is logged, and it goes on."""
    while not stop.is_set():
        try:
            await chore()
        except WatchbotError as error:
            log.warning("chore failed", chore=getattr(chore, "__name__", ""), error=str(error))
        try:
            async with asyncio.timeout(every.total_seconds()):
                await stop.wait()
        except TimeoutError:
            continue


class Chores:
    """The chores of one running bot."""

    def __init__(self, parts: Parts, on_lost_lock: Callable[[], None]) -> None:
        self._parts, self._on_lost_lock = parts, on_lost_lock
        self._spikes = SpikeWatch(
            parts.storage,
            parts.thread,
            lambda: parts.state.rules,
            lambda now: parts.state.audience(parts.storage, now),
        )

    def all(self, stop: asyncio.Event) -> list[Coroutine[Any, Any, None]]:
        """Every chore with its rhythm."""
        return [
            repeat(stop, HEARTBEAT, self.heartbeat),
            repeat(stop, timedelta(seconds=15), self.embargoes),
            repeat(stop, timedelta(minutes=10), self.forget),
            repeat(stop, timedelta(minutes=1), self.nightly),
            repeat(stop, timedelta(minutes=5), self.spikes),
            repeat(stop, timedelta(minutes=10), self.silence),
            repeat(stop, timedelta(minutes=10), self.room),
        ]

    async def heartbeat(self) -> None:
        """Renew the lock. Another instance that took it while we hung must be the only one."""
        parts = self._parts
        if not await parts.thread.run(parts.storage.heartbeat, parts.clock(), LOCK_TTL):
            log.error("another instance took the database over: stopping")
            self._on_lost_lock()

    async def embargoes(self) -> None:
        """Tell what was held until now."""
        released = await self._parts.pipeline.release_embargoes()
        if released:
            log.info("embargoes passed", entries=released)

    async def forget(self) -> None:
        """Drop what has left the window from memory, and what is too old from the database."""
        parts = self._parts
        now = parts.clock()
        parts.state.expire(now, parts.settings.stories.window)
        counts = await parts.thread.run(parts.storage.prune, now - parts.settings.storage.keep)
        if any(counts.values()):
            log.info("pruned", **counts)

    async def spikes(self) -> None:
        """Tell subscribers when an entity's rate leaves its own baseline."""
        if await self._spikes.check(self._parts.clock()):
            self._parts.outbox.wake()

    async def silence(self) -> None:
        """Tell admins and subscribers, once each, of feeds gone strangely quiet and of outlets gone dark together."""
        parts = self._parts
        now = parts.clock()
        feeds = await parts.thread.run(parts.storage.feeds)
        found = {f"quiet:{q.feed_id}": quiet_note(q) for q in quiet_feeds(feeds, now)}
        found |= {f"dark:{group.key}": dark_note(group) for group in dark_groups(feeds, now)}
        told = set((await parts.thread.run(parts.storage.flag, TOLD_SILENT) or "").splitlines())
        for key in sorted(found.keys() - told):
            log.warning("silence", what=key, **found[key].values)
            await tell_admins(parts, (found[key],), also=await parts.thread.run(self._subscribers, now))
        if told != found.keys():  # what speaks again may be told again
            await parts.thread.run(parts.storage.set_flag, TOLD_SILENT, "\n".join(sorted(found)) or None)

    def _subscribers(self, now: datetime) -> tuple[PlannedDelivery, ...]:
        """Deliveries to the chats that want to know of silence."""
        pairs = self._parts.state.audience(self._parts.storage, now).subscriptions
        wanted = [(own, chat) for own, chat in pairs if own.topic == SILENCE_TOPIC and wants_now(own, chat, now)]
        return deliver(wanted, now)

    async def room(self) -> None:
        """Tell admins, once, that the disk is nearly full, while the notice can still be written."""
        parts = self._parts
        status = await parts.thread.run(parts.storage.status, parts.clock())
        free, told = short_of_room(status), await parts.thread.run(parts.storage.flag, TOLD_ROOM) is not None
        if (free is not None) is told:
            return
        await parts.thread.run(parts.storage.set_flag, TOLD_ROOM, "told" if free is not None else None)
        if free is not None:
            values = {"free": megabytes(free), "size": megabytes(status.size_bytes or 0)}
            log.warning("disk nearly full", free_mb=values["free"], database_mb=values["size"])
            await tell_admins(parts, (Note("notice-room", values),))

    async def nightly(self) -> None:
        """Back the database up once a day, and delete the oldest backups beyond `backup_keep`."""
        parts, storage = self._parts, self._parts.settings.storage
        if storage.backup_at is None or parts.storage.file is None:
            return
        now = parts.clock()
        folder = Path(storage.backup_dir)
        if not backup_is_due(now, storage.backup_at, _last(folder)):
            return
        try:
            # Beside the storage's thread: a big file takes seconds, and the source is only read.
            path = await asyncio.to_thread(backup_file, parts.storage.file, folder / backup_name(now))
            await asyncio.to_thread(prune_backups, folder, storage.backup_keep)
        except StorageError as error:
            await tell_admins(parts, (Note("notice-backup-failed", {"error": str(error)}),))
            raise
        log.info("backed up", file=str(path))


def quiet_note(quiet: Quiet) -> Note:
    """A notice about one feed."""
    return Note("notice-quiet", {"name": quiet.name, "since": quiet.since, "expected": round(quiet.expected)})


def dark_note(dark: Dark) -> Note:
    """A notice about outlets that went dark together."""
    values = {"count": len(dark.dark), "of": dark.of}
    if dark.kind == "all":
        return Note("notice-dark-all", values)
    names = ", ".join(dark.dark[:8]) + (" …" if len(dark.dark) > 8 else "")
    name = "country" if dark.kind == "country" else "name"
    return Note(f"notice-dark-{dark.kind}", {**values, name: dark.name, "names": names})


def backup_is_due(now: datetime, at: str, last: datetime | None) -> bool:
    """Whether the backup of the day has not been made: after the last moment "HH:MM" (UTC), none was."""
    hour, minute = map(int, at.split(":"))
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if moment > now:
        moment -= timedelta(days=1)
    # A bot started for the first time backs up at its first night, not in its first minute.
    return last < moment if last is not None else now - moment < timedelta(minutes=5)


def _last(folder: Path) -> datetime | None:
    names = [p.stat().st_mtime for p in folder.glob("watchbot-*.db")] if folder.is_dir() else []
    return datetime.fromtimestamp(max(names), UTC) if names else None
