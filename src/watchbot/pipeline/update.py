"""One feed's whole update: fetch, parse, plan, commit.

    fetch ── failed ──────────────> the feed's row: error, count, next attempt
      │ 304, or the same bytes ───> the feed's row: checked
      │ body
    parse (another process) ── failed ──> the feed's row
      │ entries
    known keys -> plan (pure) -> one transaction -> the outbox is woken      (`commit`)

A spooled file (`ingest`) goes the same way from "parse" on.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from watchbot import crash
from watchbot.errors import FetchError, ParseError
from watchbot.fetch import Fetcher, FetchResponse
from watchbot.fetch.diagnose import problem
from watchbot.model import FeedUpdate, ParsedFeed, StoredFeed
from watchbot.pipeline.batches import Batches
from watchbot.pipeline.commit import Committer, Document
from watchbot.pipeline.parse_job import ParseJob
from watchbot.pipeline.parse_pool import ParsePool
from watchbot.pipeline.state import State
from watchbot.plan import PlanSettings
from watchbot.poller import Failed, PollOptions, Served, after_delivery, after_failure, after_success, request_for
from watchbot.poller.websub_server import backstop
from watchbot.storage import Storage, StorageThread

log = structlog.stdlib.get_logger(__name__)
Heard = Callable[[StoredFeed, ParsedFeed, Mapping[str, str]], None]
"""What listens to parsed documents: (feed, document, headers of the answer by lower-case name)."""
MOST_LOOKED = 64
"""Feeds whose hashes are looked up in one call."""
UNCONDITIONAL = 0.01
"""Share of fetches without validators: finds feeds whose ETag does not change with their content."""


class Pipeline:
    """Updates feeds. `on_commit` is called after each commit that may have added deliveries."""

    def __init__(
        self,
        *,
        thread: StorageThread,
        storage: Storage,
        fetcher: Fetcher,
        parser: ParsePool,
        state: State,
        settings: PlanSettings,
        limits: PollOptions,
        clock: Callable[[], datetime],
        on_commit: Callable[[], None],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._thread, self._storage = thread, storage
        self._fetcher, self._parser, self._state = fetcher, parser, state
        self._limits, self._clock, self._chance = limits, clock, chance
        self._shown = Batches(self._look, MOST_LOOKED)
        self._committer = Committer(thread, storage, state, settings, clock, on_commit)
        self._heard: Heard = lambda feed, parsed, headers: None
        self._pushed: Callable[[int], bool] = lambda feed_id: False

    def listen(self, heard: Heard, pushed: Callable[[int], bool]) -> None:
        """Call `heard` with every document that a feed served, once it is parsed. `pushed`: whether a feed (its id) is
        announced by a hub, so that polling it is a backstop only."""
        self._heard, self._pushed = heard, pushed

    async def update(self, feed: StoredFeed) -> None:
        """Check one feed, and write what came of it. Raises StorageError only: then nothing was written."""
        with structlog.contextvars.bound_contextvars(feed=feed.spec.name):
            headers = self._state.headers.get(feed.spec.url, {})
            request = request_for(feed, headers, unconditional=self._chance() < UNCONDITIONAL)
            try:
                response = await self._fetcher.fetch(request)
            except FetchError as error:
                await self._failed(feed, Failed(self._clock(), error.kind), str(error))
                return
            crash.point("fetch.after")
            await self._answered(feed, response)

    async def _answered(self, feed: StoredFeed, response: FetchResponse) -> None:
        now = self._clock()
        if trouble := problem(response.status, response.headers):
            kind, message = trouble
            await self._failed(feed, Failed(now, kind, response.status, response.headers), message)
            return
        body_hash = feed.body_hash if response.not_modified else hashlib.sha256(response.body).hexdigest()
        if response.not_modified or (body_hash == feed.body_hash and feed.baseline_at is not None):
            await self._write(feed, _checked(response, now) | self._next(feed, response, now))
            return
        try:
            parsed, shown = await self._parse(feed, response.body, response.final_url, response.content_type, now)
        except ParseError as error:
            await self._failed(feed, Failed(now, error.kind, response.status, response.headers), str(error))
            return
        self._heard(feed, parsed, response.headers)
        changes = {"etag": response.etag, "last_modified": response.last_modified, "body_hash": body_hash}

        def learn(gap: bool) -> dict[str, object]:
            return _checked(response, now) | changes | self._next(feed, response, now, parsed, gap=gap)

        await self._commit(Document(feed, parsed, learn, now, shown))

    async def ingest(self, feed: StoredFeed, data: bytes) -> None:
        """Take a document that came by itself (a spooled file of the directory that `feed` stands for).

        Returns after the commit. Raises ParseError for a document that nobody can read, and StorageError.
        """
        now = self._clock()
        with structlog.contextvars.bound_contextvars(feed=feed.spec.name):
            try:
                parsed, shown = await self._parse(feed, data, feed.spec.url, None, now)
            except ParseError as error:
                failed = {"last_fetch_at": now, "error_count": feed.error_count + 1, "last_error": str(error)[:500]}
                await self._write(feed, failed)
                raise

            def learn(gap: bool) -> dict[str, object]:
                return _well(now) | after_delivery(feed, parsed, now)

            # Each file stands alone: that it shares no entry with the last one is no sign of a relaunched feed.
            await self._commit(Document(replace(feed, window=()), parsed, learn, now, shown))

    async def _parse(
        self, feed: StoredFeed, data: bytes, url: str, content_type: str | None, now: datetime
    ) -> tuple[ParsedFeed, Mapping[str, bool]]:
        """The document, and `raw_hashes` as they were when it was parsed."""
        shown = await self._shown.put(feed.id)
        job = ParseJob(
            data=data,
            url=url,
            content_type=content_type,
            format=feed.spec.format,
            lang=feed.spec.lang,
            known=frozenset(shown),
            now=now,
        )
        parsed = await self._parser.parse(job)
        for note in parsed.problems:
            log.info("feed has problems", problem=note)
        return parsed, shown

    async def _look(self, feed_ids: Sequence[int]) -> Sequence[Mapping[str, bool]]:
        return await self._thread.run(self._storage.raw_hashes, feed_ids, self._clock())

    def _next(
        self,
        feed: StoredFeed,
        response: FetchResponse,
        now: datetime,
        parsed: ParsedFeed | None = None,
        *,
        gap: bool = False,
    ) -> dict[str, object]:
        """When to look again, and what was learned of the feed's rhythm and address."""
        served = Served(now, response.headers, parsed, response.permanent_url, gap)
        changes = after_success(feed, served, self._limits, self._chance)
        at = changes["next_check_at"]
        if isinstance(at, datetime) and feed.spec.interval is None and self._pushed(feed.id):
            changes["next_check_at"] = now + backstop(at - now, self._limits.max_interval)
        return changes

    async def _failed(self, feed: StoredFeed, failed: Failed, message: str) -> None:
        log.warning("feed failed", error=message, kind=failed.kind, count=feed.error_count + 1)
        changes: dict[str, object] = {
            "last_fetch_at": failed.now,
            "last_status": failed.status,
            "error_count": feed.error_count + 1,
            "last_error": message[:500],
        }
        changes |= after_failure(feed, failed, self._limits, self._chance)
        if changes.get("enabled") is False:
            await self._committer.disable(feed, changes, failed.now)
        else:
            await self._write(feed, changes)

    async def _write(self, feed: StoredFeed, changes: Mapping[str, object]) -> None:
        await self._thread.run(self._storage.update_feed, FeedUpdate(feed.id, changes))

    async def _commit(self, document: Document) -> None:
        # From here on a stop waits: a plan that is in the index and not in the database would swallow its entries.
        plan = await asyncio.shield(self._committer.commit(document))
        if plan.entries:
            log.info("feed updated", new=len(plan.entries), alerts=len(plan.alerts))

    async def turn(self) -> None:
        """Return when a document that came now would be planned."""
        await self._committer.turn()

    async def release_embargoes(self) -> int:
        """Plan and commit the entries whose embargo has passed. Answers how many."""
        return await self._committer.release_embargoes()


def _checked(response: FetchResponse, now: datetime) -> dict[str, object]:
    """The changes of a row whose feed answered well."""
    return _well(now) | {"last_status": response.status}


def _well(now: datetime) -> dict[str, object]:
    return {"last_fetch_at": now, "last_success_at": now, "error_count": 0, "last_error": None}
