"""The poller: claims due feeds, and lets at most so many be updated at once, and so many of one host.

    tick (APScheduler) ──> wake ──> claim what is due ──> one task per feed ──> update(feed) ──> the next that waits
                              (a tick does nothing else)         │ raised
                                                                 └──> released, due again after a while

A claim is a transaction, so there is not one for each feed that ends: only after a tick or a push, and when the last
one brought as many as were asked for and fewer wait than there are slots.

Everything that decides is elsewhere: `decide` when a feed is due again, the pipeline what an update does.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from watchbot.model import StoredFeed
from watchbot.poller.decide import feed_url, horizon
from watchbot.poller.options import PollOptions

log = structlog.stdlib.get_logger(__name__)
DEFAULTS = PollOptions()
JUMP = timedelta(seconds=60)
"""A wall clock that moves this much more or less than time passed was set."""
GRACE = timedelta(seconds=5)
"""How long a stop waits for updates in flight, unless told otherwise. A fetch cut off is repeated; nothing is lost."""
SWEEP_SECONDS = 600.0
"""How often rows are looked through for checks that lie impossibly far ahead."""
WAITING_PER_SLOT = 3
"""Claimed feeds that may wait for a slot, per slot."""


Claim = Callable[[int], Awaitable[list[StoredFeed]]]
"""Leases at most so many due feeds, longest overdue first."""
Release = Callable[[int, datetime], Awaitable[None]]
"""Gives a claim back: (feed id, when it is due)."""
Row = Callable[[int], Awaitable[StoredFeed | None]]
"""A feed's row as it is now."""
Update = Callable[[StoredFeed], Awaitable[object]]
"""A feed's whole update; it writes next_check_at itself."""


@dataclass(frozen=True, slots=True)
class PollStats:
    """How the poller is doing."""

    updated: int
    failed: int
    running: int
    waiting: int
    lag: timedelta
    """How late the latest feeds were begun (the most of the last claim)."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A claimed feed that waits for a slot. `since`: monotonic seconds."""

    feed: StoredFeed
    host: str
    since: float


class Poller:
    """`run` until cancelled or `stop`ped; or `run_once`."""

    def __init__(
        self,
        claim: Claim,
        update: Update,
        options: PollOptions = DEFAULTS,
        *,
        release: Release | None = None,
        feed: Row | None = None,
        feeds: Callable[[], Awaitable[list[StoredFeed]]] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without `release`, a claim that is given up waits for its lease to end; without `feed`, pushes do nothing;
        without `feeds` (all rows), checks that a clock set back has left in the future are not brought in."""
        self._claim_due, self._update, self._limits = claim, update, options
        self._give_back, self._row, self._all_feeds = release, feed, feeds
        self._clock, self._monotonic = clock, monotonic
        self._wake = asyncio.Event()
        self._running: dict[int, asyncio.Task[None]] = {}
        self._pushed: set[int] = set()
        """Feeds of which a push came while they were being updated."""
        self._pushing: set[asyncio.Task[None]] = set()
        self._hosts: Counter[str] = Counter()
        self._waiting: deque[_Waiting] = deque()
        self._more = True
        """Whether feeds may be due that nobody has claimed."""
        self._stopping = False
        self._updated = self._failed = 0
        self._lag = timedelta()
        self._marks: tuple[datetime, float] | None = None
        self._swept = -SWEEP_SECONDS
        self._main: asyncio.Task[None] | None = None

    # -- the outside

    def wake(self) -> None:
        """Look for due feeds now (a push came, a feed was added). Safe to call at any time, in the loop's thread."""
        self._more = True
        self._wake.set()

    async def push(self, feed_id: int) -> None:
        """A hub says that a feed has changed: check it now. Raises StorageError.

        While it is being updated, the push may be about something that this update came too early for: it is checked
        again right after. A feed whose server failed or asked for rest is not asked sooner because a hub says so.
        """
        feed = None if self._row is None else await self._row(feed_id)
        if feed_id in self._running:
            self._pushed.add(feed_id)
            return
        if feed is None or not feed.enabled or feed.error_count or self._give_back is None:
            return
        await self._give_back(feed_id, self._clock())
        self.wake()

    async def _tick(self) -> None:
        """What APScheduler calls: a coroutine, since it runs plain functions in a thread, where no event may be set."""
        self.wake()

    def stats(self) -> PollStats:
        """Counters since the start."""
        return PollStats(self._updated, self._failed, len(self._running), len(self._waiting), self._lag)

    async def start(self) -> None:
        """Poll in a task of its own, until `stop`."""
        self._main = asyncio.create_task(self.run(), name="poller")

    async def run(self) -> None:
        """Poll until `stop` or cancellation. A failing storage is tried again at the next tick."""
        scheduler = AsyncIOScheduler(timezone=UTC)
        scheduler.add_job(
            self._tick,
            "interval",
            seconds=self._limits.tick.total_seconds(),
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )
        scheduler.start()
        # APScheduler waits by the wall clock: set back by a day, it would sleep for a day. This is the backstop.
        backstop = max(5 * self._limits.tick.total_seconds(), 1.0)
        try:
            while not self._stopping:
                await self._round()
                try:
                    await asyncio.wait_for(self._wake.wait(), backstop)
                except TimeoutError:
                    log.debug("no tick", seconds=backstop)
                    self._more = True
                self._wake.clear()
        finally:
            scheduler.shutdown(wait=False)

    async def run_once(self) -> None:
        """Update every feed that is due now, once, and return when all are done."""
        seen: set[int] = set()
        self._more = True
        while True:
            if self._wants_more():
                claimed = await self._claimed()
                fresh = [feed for feed in claimed if feed.id not in seen]
                seen |= {feed.id for feed in fresh}
                self._more = self._more and bool(fresh)
                for feed in claimed:
                    if feed not in fresh and feed.id not in self._running and feed.next_check_at is not None:
                        await self._release(feed, feed.next_check_at)  # due again already: not this time
                self._waiting.extend(_Waiting(feed, host_of(feed), self._monotonic()) for feed in fresh)
            self._start_waiting()
            if self._running:
                await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
            elif not self._waiting and not self._more:
                return

    async def stop(self, grace: timedelta = GRACE) -> None:
        """Claim no more; give back what waits; let what is in flight finish within `grace`, then cancel it."""
        self._stopping = True
        self._wake.set()
        waiting = [waiting.feed for waiting in self._waiting]
        self._waiting.clear()
        for feed in waiting:
            await self._release(feed, feed.next_check_at or self._clock())
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=grace.total_seconds())
        left = list(self._running.values())
        for task in left:
            task.cancel()
        await asyncio.gather(*left, *self._pushing, return_exceptions=True)
        if self._main is not None:
            await asyncio.gather(self._main, return_exceptions=True)

    # -- a round

    async def _round(self) -> None:
        try:
            await self._watch_clock()
            self._drop_stale_claims()
            self._start_waiting()
            await self._claim()
            self._start_waiting()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - the storage may be away for a while; the poller stays
            log.error("polling is held up", error=str(error))

    def _wants_more(self) -> bool:
        return self._more and not self._stopping and len(self._waiting) < self._limits.concurrency

    async def _claimed(self) -> list[StoredFeed]:
        """Claim what there is room for."""
        room = self._limits.concurrency * (1 + WAITING_PER_SLOT) - len(self._running) - len(self._waiting)
        now = self._clock()
        self._more = False  # a wake during the claim sets it again
        claimed = await self._claim_due(room)
        self._more = self._more or len(claimed) >= room
        if claimed:
            self._lag = max(now - (feed.next_check_at or now) for feed in claimed)
        return claimed

    async def _claim(self) -> None:
        if not self._wants_more():
            return
        now = self._clock()
        claimed = await self._claimed()
        held = {waiting.feed.id for waiting in self._waiting} | set(self._running)
        queued = Counter(waiting.host for waiting in self._waiting)
        for feed in claimed:
            if feed.id in held:
                continue  # its lease ran out (a clock set forward) while it is in our hands
            host = host_of(feed)
            if self._give_back is not None and queued[host] >= self._host_room():
                await self._defer(feed, now, queued[host])
                continue
            queued[host] += 1
            self._waiting.append(_Waiting(feed, host, self._monotonic()))

    def _host_room(self) -> int:
        """Feeds of one host that may wait: more would keep others from being claimed."""
        return max(self._limits.per_host * WAITING_PER_SLOT, 4)

    async def _defer(self, feed: StoredFeed, now: datetime, ahead: int) -> None:
        """Give a feed back for a moment: its host has enough waiting."""
        seconds = min(60.0, 1.0 + ahead / self._limits.per_host) * random.uniform(0.8, 1.6)
        await self._release(feed, now + timedelta(seconds=seconds))

    def _start_waiting(self) -> None:
        """Start waiting feeds in order, passing over those whose host is busy."""
        for _ in range(len(self._waiting)):
            if len(self._running) >= self._limits.concurrency or self._stopping:
                return
            waiting = self._waiting.popleft()
            if self._hosts[waiting.host] >= self._limits.per_host:
                self._waiting.append(waiting)
                continue
            self._start(waiting)

    def _start(self, waiting: _Waiting) -> None:
        feed, host = waiting.feed, waiting.host
        self._hosts[host] += 1
        task = asyncio.create_task(self._one(feed), name=f"update feed {feed.id}")
        self._running[feed.id] = task

        def done(_: asyncio.Task[None]) -> None:
            self._running.pop(feed.id, None)
            self._hosts[host] -= 1
            if not self._hosts[host]:
                del self._hosts[host]
            if feed.id in self._pushed:
                self._pushed.remove(feed.id)
                self._pushing = {push for push in self._pushing if not push.done()}
                self._pushing.add(asyncio.create_task(self._push_again(feed.id)))
            self._start_waiting()
            if self._wants_more():
                self._wake.set()

        task.add_done_callback(done)

    async def _one(self, feed: StoredFeed) -> None:
        try:
            async with asyncio.timeout(self._limits.lease.total_seconds() * 0.8):
                await self._update(feed)
            self._updated += 1
        except asyncio.CancelledError:
            await self._release(feed, self._clock())
            raise
        except Exception as error:
            self._failed += 1
            log.exception("update failed", feed=feed.spec.name, error=str(error) or type(error).__name__)
            await self._release(feed, self._clock() + self._limits.interval * random.uniform(0.75, 1.25))

    async def _push_again(self, feed_id: int) -> None:
        try:
            await self.push(feed_id)
        except Exception as error:  # noqa: BLE001 - the feed's next poll brings what the push was about
            log.warning("push could not be followed", feed=feed_id, error=str(error))

    async def _release(self, feed: StoredFeed, next_check_at: datetime) -> None:
        if self._give_back is None:
            return
        try:
            await self._give_back(feed.id, next_check_at)
        except Exception as error:  # noqa: BLE001 - the lease ends by itself
            log.error("a claim could not be given back", feed=feed.spec.name, error=str(error))

    def _drop_stale_claims(self) -> None:
        """Forget waiting feeds whose lease is about to end: they come with the next claim."""
        oldest = self._monotonic() - self._limits.lease.total_seconds() / 2
        while self._waiting and self._waiting[0].since < oldest:
            self._waiting.popleft()

    # -- clocks

    async def _watch_clock(self) -> None:
        """A wall clock set back leaves every check in the future: those are moved along with it."""
        now, passed = self._clock(), self._monotonic()
        jump = timedelta()
        if self._marks is not None:
            jump = (now - self._marks[0]) - timedelta(seconds=passed - self._marks[1])
        self._marks = (now, passed)
        if jump <= -JUMP:
            log.warning("the clock was set back", seconds=-jump.total_seconds())
            await self._move_checks(now, jump)
        elif passed - self._swept >= SWEEP_SECONDS:
            self._swept = passed
            await self._move_checks(now, None)

    async def _move_checks(self, now: datetime, jump: timedelta | None) -> None:
        """After a jump back, move checks by it; without one, bring in those beyond any interval there is."""
        if self._all_feeds is None:
            return
        feeds = [feed for feed in await self._all_feeds() if feed.enabled and feed.id not in self._running]
        furthest = now + horizon(self._limits, feeds)
        for feed in feeds:
            at = feed.next_check_at
            if at is None or at <= now or (jump is None and at <= furthest):
                continue
            moved = at + jump if jump is not None else now
            # Spread over an interval: what is overdue now must not all start in one second.
            spread = self._limits.interval * random.random()
            await self._release(feed, max(moved, now + spread) if moved <= now else min(moved, furthest))


def host_of(feed: StoredFeed) -> str:
    """The host that the feed is fetched from."""
    return (urlsplit(feed_url(feed)).hostname or "").lower()
