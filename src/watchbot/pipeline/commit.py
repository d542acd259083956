"""Plans parsed documents and commits them, in the order in which they came.

    documents that came while the last transaction ran
      └─> known keys, ids, audience (one call) ─> plan one after the other ─> one transaction for all ─> outbox

Two feeds that bring the same story at one moment must see each other, so only one batch is planned and committed at a
time, and each document of a batch knows what those before it will write. A batch is all in the database or nothing of
it is; when something is wrong with it, its documents are tried one by one, so that one feed cannot hold up others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from watchbot import crash
from watchbot.errors import StorageError
from watchbot.model import FeedUpdate, Note, ParsedFeed, StoredFeed, UpdatePlan
from watchbot.pipeline.batches import Batches
from watchbot.pipeline.state import State
from watchbot.plan import Audience, EntryKeys, PlanSettings, entry_keys, notice, plan_embargoes, plan_update, undo
from watchbot.storage import Storage, StorageThread

Learn = Callable[[bool], dict[str, object]]
"""Whether entries may have been missed (by the plan) -> further changes of the feed's row."""
MOST = 64
"""Documents in one transaction: what is planned before the next alert can leave takes well under a second."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document on its way into the database."""

    feed: StoredFeed
    parsed: ParsedFeed
    learn: Learn
    now: datetime
    shown: Mapping[str, bool] = field(default_factory=dict)
    """The storage's `raw_hashes` of the feed."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """What planning asks the database."""

    known: dict[str, int]
    ids: list[int]
    audience: Audience


class Committer:
    """`commit` one document; `release_embargoes`. `on_commit` is called after each transaction."""

    def __init__(
        self,
        thread: StorageThread,
        storage: Storage,
        state: State,
        settings: PlanSettings,
        clock: Callable[[], datetime],
        on_commit: Callable[[], None],
    ) -> None:
        self._thread, self._storage, self._state, self._settings = thread, storage, state, settings
        self._clock, self._on_commit = clock, on_commit
        self._lock = asyncio.Lock()
        self._batches = Batches(self._settle, MOST)

    async def commit(self, document: Document) -> UpdatePlan:
        """Plan and commit one document. Raises StorageError: then nothing of it was written.

        Not to be cancelled (shield it): a plan that is in the index and not in the database would swallow its entries.
        """
        return await self._batches.put(document)

    async def turn(self) -> None:
        """Return when no batch is in hand: the watchdog waits in the line in which documents wait."""
        async with self._lock:
            return

    async def _settle(self, batch: Sequence[Document]) -> Sequence[UpdatePlan | Exception]:
        """Commit a batch; each of its documents alone when something is wrong with them together."""
        async with self._lock:
            try:
                return await self._together(batch)
            except StorageError as error:
                return [error] * len(batch)
            except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the document
                if len(batch) == 1:
                    return [error]
        return [result for document in batch for result in await self._settle([document])]

    async def _together(self, batch: Sequence[Document]) -> list[UpdatePlan]:
        now = self._clock()
        keys = [entry_keys(d.feed, d.parsed, self._settings.host_aliases) for d in batch]
        entries = sum(len(d.parsed.entries) for d in batch)
        looked = await self._thread.run(
            self._look, {key for found in keys for one in found for key in one.all}, entries, now
        )
        ids = iter(looked.ids)
        plans: list[UpdatePlan] = []
        try:
            for document, found in zip(batch, keys, strict=True):
                plans.append(self._plan(document, found, looked, ids))
                plans[-1] = _completed(plans[-1], document)
                for entry in plans[-1].entries:
                    for key in entry.keys:
                        looked.known.setdefault(key, entry.id)
        except Exception:
            self._undo(plans)
            raise
        await self._write(plans, now)
        return plans

    def _look(self, keys: Collection[str], entries: int, now: datetime) -> _Looked:
        """In the storage's thread: everything at once."""
        storage = self._storage
        return _Looked(storage.known_keys(keys), storage.next_entry_ids(entries), self._state.audience(storage, now))

    def _plan(self, document: Document, keys: Sequence[EntryKeys], looked: _Looked, ids: Iterator[int]) -> UpdatePlan:
        state = self._state
        return plan_update(
            document.feed,
            document.parsed,
            known={key: looked.known[key] for one in keys for key in one.all if key in looked.known},
            ids=ids,
            rules=state.rules,
            index=state.index,
            ledger=state.ledger,
            audience=looked.audience,
            settings=self._settings,
            now=document.now,
            keys=keys,
        )

    async def _write(self, plans: Sequence[UpdatePlan], now: datetime) -> None:
        any_entries = any(plan.entries for plan in plans)
        if any_entries:
            crash.point("commit.before")
        try:
            await self._thread.run(self._storage.apply_all, plans, now)
        except Exception:
            self._undo(plans)
            raise
        if any_entries:
            crash.point("commit.after")
        self._on_commit()

    def _undo(self, plans: Sequence[UpdatePlan]) -> None:
        for plan in reversed(plans):
            undo(plan, self._state.index, self._state.ledger)

    async def disable(self, feed: StoredFeed, changes: Mapping[str, object], now: datetime) -> None:
        """Write that a feed is polled no more and tell the admins: in one transaction, as all that is told."""
        audience = await self._thread.run(self._state.audience, self._storage, now)
        note = Note("notice-feed-gone", {"feed": feed.spec.name, "reason": str(changes["disabled_reason"])})
        plan = UpdatePlan(FeedUpdate(feed.id, changes), alerts=(notice(audience.admins, note, now),))
        await self._thread.run(self._storage.apply, plan, now)
        self._on_commit()

    async def release_embargoes(self) -> int:
        """Plan and commit the entries whose embargo has passed. Answers how many."""
        now, state = self._clock(), self._state
        async with self._lock:
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
            await self._write(plans, now)
        return len(plans)


def _completed(plan: UpdatePlan, document: Document) -> UpdatePlan:
    """The plan with what the fetch changes of the feed's row, and only those known hashes that are to be written."""
    changes = document.learn("gap_at" in plan.feed.changes) | dict(plan.feed.changes)
    cut = tuple(key for key in plan.cut if document.shown.get(key))
    return replace(plan, feed=FeedUpdate(plan.feed.feed_id, changes), cut=cut)
