"""Spool directories: each has a feed's row of its own that is never polled, and a task that ingests its files."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from watchbot.app.parts import Parts
from watchbot.config.settings import SpoolConfig
from watchbot.errors import StorageError
from watchbot.model import SPOOL, FeedSpec, FeedUpdate, StoredFeed
from watchbot.poller.spool import Spool
from watchbot.storage import Storage

log = structlog.stdlib.get_logger(__name__)
AGAIN = timedelta(seconds=30)
"""How long a directory that cannot be used is left alone."""
PATIENCE = timedelta(seconds=12)
"""How long one look (`run --once`) waits for files to settle: an empty one takes ten seconds."""
NOT_POLLED = "a spool directory: its files are read as they come"


def spool_spec(spool: SpoolConfig) -> FeedSpec:
    """The feed that a directory stands for: named by its last two parts, since the last one is often just "in"."""
    name = spool.name or "/".join(Path(spool.path).parts[-2:]).lstrip("/")
    return FeedSpec(
        url=f"{SPOOL}{spool.path}",
        name=name,
        lang=spool.lang,
        tags=spool.tags,
        format=spool.format,
        owner=spool.owner or name,
        country=spool.country,
    )


def sync_spools(storage: Storage, spools: Sequence[SpoolConfig], now: datetime) -> dict[str, StoredFeed]:
    """Make the rows of spool directories be exactly `spools`: disabled for polling, known from now on.

    Answers each path's row.
    """
    specs = {spool.path: spool_spec(spool) for spool in spools}
    urls = {spec.url for spec in specs.values()}
    for feed in storage.feeds():
        if feed.spec.url.startswith(SPOOL) and feed.spec.url not in urls:
            storage.remove_feed(feed.id, now)
    return {directory: _row(storage, spec, now) for directory, spec in specs.items()}


def _row(storage: Storage, spec: FeedSpec, now: datetime) -> StoredFeed:
    feed = replace(storage.add_feed(spec, now), spec=spec)
    storage.describe_feed(feed.id, spec)
    storage.set_feed_enabled(feed.id, False, NOT_POLLED, now)
    if feed.baseline_at is not None:
        return feed
    storage.update_feed(FeedUpdate(feed.id, {"baseline_at": now}))
    return replace(feed, baseline_at=now)


async def watch_spools(parts: Parts, stop: asyncio.Event) -> None:
    """Ingest the files of every directory in `poll.spool` until `stop`; the file in hand is finished."""
    feeds = await _feeds(parts)
    async with asyncio.TaskGroup() as group:
        for directory, feed in feeds.items():
            group.create_task(_watch(parts, Path(directory), feed, stop))


async def ingest_spools(parts: Parts, patience: timedelta = PATIENCE) -> None:
    """Ingest once what lies in the directories now. What a client has not finished within `patience` is left there."""
    for directory, feed in (await _feeds(parts)).items():
        try:
            left = await _spool(parts, Path(directory), feed).run_once(patience)
        except OSError as error:
            log.error("spool directory cannot be used", directory=directory, error=str(error))
            continue
        if left:
            log.warning("spooled files are left", directory=directory, files=left)


async def _feeds(parts: Parts) -> dict[str, StoredFeed]:
    return await parts.thread.run(sync_spools, parts.storage, parts.settings.poll.spool, parts.clock())


def _spool(parts: Parts, directory: Path, feed: StoredFeed) -> Spool:
    known_since = feed.baseline_at or parts.clock()

    async def ingest(path: str, data: bytes) -> None:
        stored = await parts.thread.run(parts.storage.feed, feed.id)
        if stored is None:
            raise StorageError(f"the row of {directory} is gone")
        # What lay there before the directory was listed is judged like a new feed's old entries.
        dropped = datetime.fromtimestamp((await asyncio.to_thread(Path(path).stat)).st_mtime, UTC)
        await parts.pipeline.ingest(replace(stored, baseline_at=None) if dropped < known_since else stored, data)
        log.info("spooled file taken", feed=feed.spec.name, file=Path(path).name)

    return Spool(directory, ingest)


async def _watch(parts: Parts, directory: Path, feed: StoredFeed, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await _until(stop, _spool(parts, directory, feed))
        except OSError as error:  # a network share that is away, a directory that is not ours to write
            log.error("spool directory cannot be used", directory=str(directory), error=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN.total_seconds())


async def _until(stop: asyncio.Event, spool: Spool) -> None:
    running = asyncio.create_task(spool.run())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        spool.stop()
        await running
    finally:
        stopping.cancel()
        running.cancel()
