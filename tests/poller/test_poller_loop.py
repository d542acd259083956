"""The worker loop over a queue in memory that keeps leases as the storage does."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watchbot.model import FeedSpec, StoredFeed
from watchbot.poller import Poller, PollOptions

FAST = PollOptions(interval=timedelta(seconds=60), tick=timedelta(seconds=0.05), concurrency=8, per_host=2)


class Clock:
    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift


class Queue:
    """Rows with next_check_at and a lease."""

    def __init__(self, clock: Clock, hosts: list[str]) -> None:
        self.clock = clock
        now = clock()
        self.rows = {
            i: StoredFeed(i, FeedSpec(f"https://{host}/{i}", f"feed {i}"), next_check_at=now)
            for i, host in enumerate(hosts)
        }
        self.leases: dict[int, datetime] = {}
        self.claims = 0

    async def claim(self, limit: int) -> list[StoredFeed]:
        self.claims += 1
        now = self.clock()
        due = [
            row
            for row in self.rows.values()
            if row.next_check_at and row.next_check_at <= now and self.leases.get(row.id, now) <= now
        ]
        due.sort(key=lambda row: (row.next_check_at or now, row.id))
        for row in due[:limit]:
            self.leases[row.id] = now + FAST.lease
        return due[:limit]

    async def release(self, feed_id: int, next_check_at: datetime) -> None:
        self.rows[feed_id] = replace(self.rows[feed_id], next_check_at=next_check_at)
        self.leases.pop(feed_id, None)

    async def feed(self, feed_id: int) -> StoredFeed | None:
        return self.rows.get(feed_id)

    async def feeds(self) -> list[StoredFeed]:
        return list(self.rows.values())


class Updates:
    """An update that takes a moment, and counts who is in it."""

    def __init__(self, queue: Queue, seconds: float = 0.01) -> None:
        self.queue, self.seconds = queue, seconds
        self.done: Counter[int] = Counter()
        self.now: Counter[str] = Counter()
        self.most_per_host = self.most = 0
        self.broken: set[int] = set()

    async def __call__(self, feed: StoredFeed) -> None:
        host = feed.spec.url.split("/")[2]
        self.now[host] += 1
        self.most_per_host = max(self.most_per_host, self.now[host])
        self.most = max(self.most, self.now.total())
        try:
            await asyncio.sleep(self.seconds)
            if feed.id in self.broken:
                raise RuntimeError("broken")
        finally:
            self.now[host] -= 1
        self.done[feed.id] += 1
        await self.queue.release(feed.id, self.queue.clock() + timedelta(minutes=5))


def make(hosts: list[str], seconds: float = 0.01) -> tuple[Poller, Queue, Updates, Clock]:
    clock = Clock()
    queue = Queue(clock, hosts)
    updates = Updates(queue, seconds)
    poller = Poller(queue.claim, updates, FAST, release=queue.release, feed=queue.feed, feeds=queue.feeds, clock=clock)
    return poller, queue, updates, clock


async def until(condition: object, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "not in time"
        await asyncio.sleep(0.01)


async def test_every_due_feed_once_within_both_bounds() -> None:
    poller, _, updates, _ = make([f"h{i % 10}" for i in range(100)])
    await poller.start()
    await until(lambda: len(updates.done) == 100, 20)
    await poller.stop()
    assert set(updates.done.values()) == {1}
    assert updates.most_per_host <= FAST.per_host and updates.most <= FAST.concurrency
    assert poller.stats().updated == 100


async def test_claims_are_made_by_need_and_not_one_for_each_feed_that_ends() -> None:
    poller, queue, updates, _ = make([f"h{i}" for i in range(200)])
    await poller.run_once()
    assert set(updates.done.values()) == {1} and len(updates.done) == 200
    # Room for four times the slots: 200 feeds over 8 slots are 9 claims of 24 to 32 each, and a last one that is short.
    assert queue.claims <= 12


async def test_one_crowded_host_does_not_keep_others_waiting() -> None:
    poller, _, updates, _ = make(["crowded"] * 200 + ["a", "b", "c"], seconds=0.2)
    await poller.start()
    await until(lambda: {200, 201, 202} <= set(updates.done), 5)
    assert sum(updates.done[i] for i in range(200)) < 100
    await poller.stop()


async def test_a_failing_update_is_due_again_and_the_others_go_on() -> None:
    poller, queue, updates, clock = make(["a", "b", "c"])
    updates.broken = {1}
    await poller.start()
    await until(lambda: len(updates.done) == 2 and poller.stats().failed == 1)
    await until(lambda: 1 not in queue.leases)
    due = queue.rows[1].next_check_at
    assert due is not None and timedelta(seconds=40) < due - clock() < timedelta(seconds=80)
    await poller.stop()


async def test_stop_lets_what_is_in_flight_finish_and_gives_back_the_rest() -> None:
    poller, queue, updates, clock = make(["slow"] * 6, seconds=0.3)
    await poller.start()
    await until(lambda: updates.now.total() == 2)
    await poller.stop(timedelta(seconds=5))
    assert len(updates.done) == 2
    assert not queue.leases
    assert sum(row.next_check_at <= clock() + timedelta(seconds=61) for row in queue.rows.values() if row.next_check_at)


async def test_stop_cancels_what_outlasts_the_grace() -> None:
    poller, queue, updates, _ = make(["slow"], seconds=60)
    await poller.start()
    await until(lambda: updates.now.total() == 1)
    started = time.monotonic()
    await poller.stop(timedelta(seconds=0.1))
    assert time.monotonic() - started < 3
    assert not queue.leases and not updates.done


async def test_a_push_is_checked_at_once_and_one_during_an_update_right_after_it() -> None:
    poller, queue, updates, _ = make(["hub"], seconds=0.2)
    await poller.start()
    await until(lambda: updates.done[0] == 1)
    await poller.push(0)
    await until(lambda: updates.now.total() == 1)
    await poller.push(0)
    await poller.push(0)
    await until(lambda: updates.done[0] == 3)
    await asyncio.sleep(3 * updates.seconds)
    assert updates.done[0] == 3, "two pushes during one update are about one thing"
    queue.rows[0] = replace(queue.rows[0], error_count=1)
    await poller.push(0)
    await poller.push(17)
    await asyncio.sleep(3 * updates.seconds)
    assert updates.done[0] == 3, "a server that failed is left alone"
    await poller.stop()
    assert not queue.leases


async def test_a_push_during_an_update_that_fails_does_not_bring_it_forward() -> None:
    poller, queue, updates, clock = make(["hub"], seconds=0.2)
    updates.broken = {0}
    await poller.start()
    await until(lambda: updates.now.total() == 1)
    queue.rows[0] = replace(queue.rows[0], error_count=1)
    await poller.push(0)
    await until(lambda: poller.stats().failed == 1 and not queue.leases)
    due = queue.rows[0].next_check_at
    assert due is not None and due - clock() > timedelta(seconds=40)
    await poller.stop()


async def test_a_failing_storage_is_tried_again() -> None:
    poller, queue, updates, _ = make(["a"])
    claim, failures = queue.claim, [1, 2, 3]

    async def flaky(limit: int) -> list[StoredFeed]:
        if failures:
            failures.pop()
            raise OSError("disk full")
        return await claim(limit)

    poller = Poller(flaky, updates, FAST, release=queue.release)
    await poller.start()
    await until(lambda: updates.done[0] == 1)
    await poller.stop()


async def test_run_once_updates_what_is_due_and_returns() -> None:
    poller, queue, updates, clock = make([f"h{i % 3}" for i in range(30)])
    await queue.release(7, clock() + timedelta(hours=1))
    await asyncio.wait_for(poller.run_once(), 20)
    assert len(updates.done) == 29 and 7 not in updates.done


@pytest.mark.fault(40)
@pytest.mark.parametrize("days", [-1, 1])
async def test_a_clock_that_jumps_by_a_day_skips_no_poll_and_makes_no_storm(days: int) -> None:
    poller, queue, updates, clock = make([f"h{i}" for i in range(40)])
    await poller.start()
    await until(lambda: len(updates.done) == 40)
    for row in list(queue.rows.values()):  # due within the next second or two
        await queue.release(row.id, clock() + timedelta(seconds=1 + row.id / 100))
    clock.shift += timedelta(days=days)
    await until(lambda: len(updates.done) == 40 and all(n >= 2 for n in list(updates.done.values())[:1]), 15)
    await until(lambda: all(row.next_check_at < clock() + timedelta(minutes=6) for row in queue.rows.values()), 15)  # type: ignore[operator]
    assert updates.most <= FAST.concurrency
    assert max(updates.done.values()) <= 3
    await poller.stop()


async def test_checks_far_in_the_future_are_brought_in_at_the_start() -> None:
    """The process starts after the clock was set back: the rows still carry the old time."""
    poller, queue, _, clock = make(["a", "b"])
    await queue.release(0, clock() + timedelta(days=400))
    await poller.start()
    await until(lambda: queue.rows[0].next_check_at <= clock() + FAST.interval * 1.01)  # type: ignore[operator]
    await poller.stop()
