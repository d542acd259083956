"""The pacer never exceeds a limit, wastes little of it and starves nobody."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbot.outbox.pacing import UNLIMITED, Pacer, Rates

EPSILON = 1e-6


def drain(
    pacer: Pacer, queue: dict[int, int], until: float, latency: float = 0.05
) -> tuple[list[tuple[float, int]], list[tuple[float, int]]]:
    """Send `queue` (messages by chat) on a virtual clock: (start, chat) and (end, chat) of every call."""
    left, starts, ends, now = Counter(queue), [], [], 0.0
    flying: list[tuple[float, float, int]] = []
    while now < until and (+left or flying):
        while flying and flying[0][0] <= now:
            end, start, chat = heapq.heappop(flying)
            pacer.done(chat, start, end)
            ends.append((end, chat))
        ready = [(pacer.ready_at(c, now), c) for c in +left]
        start, chat = min(ready, default=(inf, 0))
        if start > now:
            now = min(start, flying[0][0] if flying else inf, until)
            continue
        at = pacer.reserve(chat, now)
        left[chat] -= 1
        starts.append((at, chat))
        heapq.heappush(flying, (at + latency, at, chat))
    return starts, ends


def most_in(times: list[float], period: float) -> int:
    """The largest number of times within any half-open window of `period`."""
    best, first = 0, 0
    for last, time in enumerate(times):
        while times[first] <= time - period + EPSILON:
            first += 1
        best = max(best, last - first + 1)
    return best


@settings(max_examples=60, deadline=None)
@given(
    queue=st.dictionaries(st.integers(-40, 40).filter(bool), st.integers(1, 30), min_size=1, max_size=60),
    latency=st.floats(0.001, 1.5),
)
def test_never_above_any_limit(queue: dict[int, int], latency: float) -> None:
    starts, ends = drain(Pacer(), queue, until=90.0, latency=latency)
    assert most_in([t for t, _ in starts], 1.0) <= 30
    for chat in queue:
        mine = [t for t, c in ends if c == chat]
        assert most_in(mine, 1.0) <= 1
        begun = [t for t, c in starts if c == chat]
        assert all(b - a >= 1.0 - EPSILON for a, b in itertools.pairwise(begun))
        if chat < 0:
            assert most_in(mine, 60.0) <= 20


@settings(max_examples=40, deadline=None)
@given(chats=st.integers(40, 300), each=st.integers(2, 6), latency=st.floats(0.001, 0.3))
def test_uses_the_rate(chats: int, each: int, latency: float) -> None:
    """Enough chats waiting: at least 99% of 30 a second, on a clock that is never late."""
    starts, _ = drain(Pacer(), dict.fromkeys(range(1, chats + 1), each), until=1000.0, latency=latency)
    tail = max(2, each)
    bulk = starts[: chats * (each - 1)]
    seconds = bulk[-1][0] - bulk[0][0]
    assert len(starts) == chats * each
    assert seconds <= (len(bulk) / 30) * 1.01 + tail


@settings(max_examples=40, deadline=None)
@given(queue=st.dictionaries(st.integers(1, 60), st.integers(1, 10), min_size=2, max_size=60))
def test_nobody_starves(queue: dict[int, int]) -> None:
    """Whatever others have queued, everything leaves by the time that the limits ask for."""
    starts, _ = drain(Pacer(), queue, until=10_000.0)
    assert Counter(c for _, c in starts) == Counter(queue)
    ideal = max(sum(queue.values()) / 30, max(queue.values()) * 1.06)
    assert starts[-1][0] <= ideal * 1.1 + 2


def test_a_429_blocks_its_chat_and_asks_one_probe() -> None:
    pacer = Pacer()
    first = pacer.reserve(-1, 10.0)
    other = pacer.reserve(2, 10.0)
    assert pacer.limited(-1, 30.0, 10.1) is False
    assert pacer.blocked(-1, 11.0) == pytest.approx(40.1)
    pacer.done(2, other, 10.2)  # started before the 429: proves nothing
    assert pacer.room(10.3, 0.25) == 1
    probe = pacer.reserve(3, 10.4)
    assert pacer.ready_at(4, 10.4) == inf and pacer.room(10.4, 0.25) == 0
    pacer.done(3, probe, 10.5)
    assert pacer.room(10.6, 0.25) == 10 and pacer.ready_at(4, 12.0) == 12.0
    assert pacer.ready_at(-1, 12.0) == pytest.approx(40.1)
    assert pacer.rate == 30.0 and first == 10.0


def test_a_refused_probe_pauses_the_bot_and_slows_it() -> None:
    pacer = Pacer()
    pacer.reserve(1, 0.0)
    pacer.limited(1, 20.0, 0.1)
    pacer.reserve(2, 0.2)
    assert pacer.limited(2, 19.0, 0.3) is True
    assert pacer.ready_at(3, 1.0) == pytest.approx(20.1)
    assert pacer.room(19.0, 0.25) == 0 and pacer.room(20.1, 0.25) == 7
    assert pacer.rate == pytest.approx(21.0)
    pacer.room(20.3 + 20 * 3, 0.25)
    assert pacer.rate == pytest.approx(25.0)
    pacer.room(2000.0, 0.25)
    assert pacer.rate == 30.0


def test_a_call_in_between_is_not_admitted() -> None:
    pacer = Pacer()
    pacer.reserve(1, 0.0)
    pacer.reserve(2, 0.0)
    pacer.reserve(3, 0.0)
    pacer.limited(1, 5.0, 0.1)
    assert pacer.admit(1, 0.2) == inf
    assert pacer.admit(2, 0.2) == 0.2, "the next one is the probe"
    assert pacer.admit(3, 0.2) == inf
    pacer.cancel(2)
    assert pacer.admit(3, 0.2) == 0.2


@settings(max_examples=60, deadline=None)
@given(stalls=st.lists(st.tuples(st.floats(0, 5), st.floats(0, 3)), max_size=8), ahead=st.floats(0, 1))
def test_late_starts_do_not_pile_up(stalls: list[tuple[float, float]], ahead: float) -> None:
    """A process that stalls starts what it had reserved late, and still never more than 30 within a second."""
    pacer = Pacer()
    waiting = [(pacer.reserve(chat, 0.0), chat) for chat in range(1, 151)]
    real: list[float] = []
    heapq.heapify(waiting)
    now = 0.0
    while waiting:
        slot, chat = heapq.heappop(waiting)
        now = max(now, slot)
        now += sum(length for at, length in stalls if at <= now < at + length) * ahead
        start = pacer.admit(chat, now)
        if start == now:
            real.append(now)
        else:
            heapq.heappush(waiting, (start, chat))
    assert most_in(real, 1.0) <= 30 and len(real) == 150


@given(whole=st.floats(0, 1000), chats=st.dictionaries(st.integers(-50, 50), st.floats(0.001, 1000), max_size=5))
def test_pauses_survive(whole: float, chats: dict[int, float]) -> None:
    before, after = Pacer(), Pacer()
    before.restore(whole, chats, 100.0)
    after.restore(*before.pauses(100.0), 7000.0)
    for chat in [*chats, 99]:
        assert after.blocked(chat, 7000.0) - 7000.0 == pytest.approx(before.blocked(chat, 100.0) - 100.0)


def test_a_chat_that_was_limited_gets_slower_and_recovers() -> None:
    pacer = Pacer()
    pacer.reserve(1, 0.0)
    pacer.limited(1, 1.0, 0.1)
    now = 2.0
    gaps = []
    for _ in range(20):
        start = pacer.reserve(1, now)
        pacer.done(1, start, start)
        gaps.append(pacer.ready_at(1, start) - start)
        now = start
    assert gaps[0] > 1.5 and gaps[-1] == pytest.approx(1.0, abs=0.02)
    assert gaps == sorted(gaps, reverse=True)


def test_memory_follows_the_last_minutes() -> None:
    pacer = Pacer()
    for chat in range(1, 2001):
        start = pacer.reserve(chat, chat / 30)
        pacer.done(chat, start, start + 0.05)
    assert len(pacer.busy_chats(2000 / 30 + 200.0, 0.25)) == 0
    assert len(pacer._chats) == 0


def test_unlimited_and_faster() -> None:
    starts, _ = drain(Pacer(UNLIMITED), {1: 200}, until=10.0, latency=0.0)
    assert len(starts) == 200 and starts[-1][0] < 0.1
    starts, _ = drain(
        Pacer(Rates(300.0, 0.1, 20, 6.0, 0.1)), dict.fromkeys(range(1, 101), 3), until=10.0, latency=0.001
    )
    assert starts[-1][0] < 1.2
