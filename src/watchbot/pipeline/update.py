"""One feed's whole update: fetch, parse, plan, commit.

    fetch ── failed ──────────────> the feed's row: error, count, next attempt
      │ 304, or the same bytes ───> the feed's row: checked
      │ body
    parse (another process) ── failed ──> the feed's row
      │ entries
    known keys -> plan (pure) -> one transaction -> the outbox is woken

Planning and committing are serialised: two feeds that bring the same story at one moment must see each other.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from watchbot.errors import FetchError, ParseError, StorageError
from watchbot.fetch import Fetcher, FetchRequest, FetchResponse
from watchbot.model import FeedUpdate, ParsedFeed, StoredFeed, UpdatePlan
from watchbot.pipeline.parse_pool import ParsePool
from watchbot.pipeline.parse_worker import ParseJob
from watchbot.pipeline.state import State
from watchbot.plan import PlanSettings, candidate_keys, plan_embargoes, plan_update, undo
from watchbot.storage import Storage, StorageThread

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check of a feed found, for the decision when to look again.

    `parsed` is None when nothing was parsed (304, same bytes, an error); `response` is None when there was no answer.
    """

    feed: StoredFeed
    now: datetime
    response: FetchResponse | None = None
    parsed: ParsedFeed | None = None
    error: str | None = None
    error_kind: str | None = None


Reschedule = Callable[[Checked], Mapping[str, object]]
"""Decides the changes of the feed's row that follow from a check: next_check_at, rhythm, url, enabled ..."""


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
        reschedule: Reschedule,
        clock: Callable[[], datetime],
        on_commit: Callable[[], None],
        unconditional: Callable[[], bool] = lambda: False,
    ) -> None:
        self._thread, self._storage = thread, storage
        self._fetcher, self._parser, self._state = fetcher, parser, state
        self._settings, self._reschedule, self._clock = settings, reschedule, clock
        self._on_commit, self._unconditional = on_commit, unconditional
        self._commit_lock = asyncio.Lock()

    async def update(self, feed: StoredFeed) -> None:
        """Check one feed, and write what came of it. Raises StorageError only: then nothing was written."""
        with structlog.contextvars.bound_contextvars(feed=feed.spec.name):
            try:
                response = await self._fetcher.fetch(self._request(feed))
            except FetchError as error:
                await self._failed(Checked(feed, self._clock(), error=str(error), error_kind=error.kind))
                return
            await self._answered(feed, response)

    def _request(self, feed: StoredFeed) -> FetchRequest:
        return FetchRequest(
            url=feed.spec.url,
            etag=feed.etag,
            last_modified=feed.last_modified,
            headers=feed.spec.headers,
            unconditional=self._unconditional(),
        )

    async def _answered(self, feed: StoredFeed, response: FetchResponse) -> None:
        now = self._clock()
        if response.not_modified:
            await self._write(Checked(feed, now, response), self._success(response, now))
            return
        if response.status >= 400:
            problem = f"the server answered {response.status}"
            await self._failed(Checked(feed, now, response, error=problem, error_kind="status"))
            return
        body_hash = hashlib.sha256(response.body).hexdigest()
        if body_hash == feed.body_hash and feed.baseline_at is not None:
            await self._write(Checked(feed, now, response), self._success(response, now))
            return
        try:
            parsed = await self._parse(feed, response, now)
        except ParseError as error:
            await self._failed(Checked(feed, now, response, error=str(error), error_kind=error.kind))
            return
        changes = self._success(response, now) | {
            "etag": response.etag,
            "last_modified": response.last_modified,
            "body_hash": body_hash,
        }
        await self._plan_and_commit(Checked(feed, now, response, parsed), parsed, changes)

    async def _parse(self, feed: StoredFeed, response: FetchResponse, now: datetime) -> ParsedFeed:
        known = await self._thread.run(self._storage.raw_hashes, feed.id)
        job = ParseJob(
            data=response.body,
            url=response.final_url,
            content_type=response.content_type,
            format=feed.spec.format,
            lang=feed.spec.lang,
            known=known,
            now=now,
        )
        parsed = await self._parser.parse(job)
        for problem in parsed.problems:
            log.info("feed has problems", problem=problem)
        return parsed

    def _success(self, response: FetchResponse, now: datetime) -> dict[str, object]:
        return {
            "last_fetch_at": now,
            "last_success_at": now,
            "last_status": response.status,
            "error_count": 0,
            "last_error": None,
        }

    async def _failed(self, checked: Checked) -> None:
        feed = checked.feed
        log.warning("feed failed", error=checked.error, kind=checked.error_kind, count=feed.error_count + 1)
        changes: dict[str, object] = {
            "last_fetch_at": checked.now,
            "last_status": checked.response.status if checked.response else None,
            "error_count": feed.error_count + 1,
            "last_error": (checked.error or "")[:500],
        }
        await self._write(checked, changes)

    async def _write(self, checked: Checked, changes: Mapping[str, object]) -> None:
        update = FeedUpdate(checked.feed.id, {**changes, **self._reschedule(checked)})
        await self._thread.run(self._storage.update_feed, update)

    async def _plan_and_commit(self, checked: Checked, parsed: ParsedFeed, changes: dict[str, object]) -> None:
        feed, now, state = checked.feed, checked.now, self._state
        # From here on a stop waits: a plan that is in the index and not in the database would swallow its entries.
        await asyncio.shield(self._serialised(feed, parsed, changes | dict(self._reschedule(checked)), now, state))

    async def _serialised(
        self, feed: StoredFeed, parsed: ParsedFeed, changes: dict[str, object], now: datetime, state: State
    ) -> None:
        async with self._commit_lock:
            keys = candidate_keys(feed, parsed, self._settings.host_aliases)
            known = await self._thread.run(self._storage.known_keys, keys)
            ids = await self._thread.run(self._storage.next_entry_ids, len(parsed.entries))
            audience = await self._thread.run(state.audience, self._storage, now)
            plan = plan_update(
                feed,
                parsed,
                known=known,
                ids=ids,
                rules=state.rules,
                index=state.index,
                ledger=state.ledger,
                audience=audience,
                settings=self._settings,
                now=now,
                changes=changes,
            )
            await self._commit(plan, now)
        if plan.entries:
            log.info("feed updated", new=len(plan.entries), alerts=len(plan.alerts))

    async def _commit(self, plan: UpdatePlan, now: datetime) -> None:
        try:
            await self._thread.run(self._storage.apply, plan, now)
        except StorageError:
            undo(plan, self._state.index, self._state.ledger)
            raise
        self._on_commit()

    async def release_embargoes(self) -> int:
        """Plan and commit the entries whose embargo has passed. Answers how many."""
        now, state = self._clock(), self._state
        async with self._commit_lock:
            due = await self._thread.run(self._storage.due_embargoes, now)
            if not due:
                return 0
            feeds = {feed.id: feed for feed in await self._thread.run(self._storage.feeds)}
            audience = await self._thread.run(state.audience, self._storage, now)
            plans = plan_embargoes(
                [entry for entry in due if entry.feed_id in feeds],
                feeds=feeds,
                rules=state.rules,
                index=state.index,
                ledger=state.ledger,
                audience=audience,
                settings=self._settings,
                now=now,
            )
            for plan in plans:
                await self._commit(plan, now)
        return len(plans)
