"""Bursts and quotas: what a chat gets at once, what collapses, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_helpers import NOW, RULES, Newsroom, chat, document, entry, feed, subscribed

from watchbot.model import OVER_QUOTA, Chat, ChatKind, ChatSettings, DeliveryState, EntryStatus, PlannedDelivery
from watchbot.plan import PlanSettings, undo
from watchbot.plan.burst import BurstOptions, Told, allowed, collapses, over_quota, quota_of, usual

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TEN = timedelta(minutes=10)
CALM = BurstOptions(few=3, window=TEN, ratio=4.0, per_hour=0)


def told(*minutes_ago: int, topic: str = "unrest", first: bool = True, thread: int | None = None) -> list[Told]:
    return [Told(NOW - m * MINUTE, thread, (topic,), first) for m in sorted(minutes_ago, reverse=True)]


@pytest.mark.parametrize(
    ("before", "first", "collapsed"),
    [
        ([], True, False),
        (told(1, 2), True, False),
        (told(1, 2, 3), True, True),
        (told(1, 2, 10), True, False),  # the third has left the window
        (told(1, 2, 3, topic="other"), True, False),
        (told(1, 2, 3, thread=7), True, False),  # another forum topic
        (told(1, 2, 3, first=False), True, False),  # updates take no room from first reports
        (told(1, 2, 3, first=False), False, True),
        (told(1, 2, 3), False, True),  # once there is a burst, updates wait
        (told(1, 2), False, False),
        (told(-60, -61, -62), True, False),  # the clock was set back
    ],
)
def test_what_collapses(before: list[Told], first: bool, collapsed: bool) -> None:
    found = collapses(before, "unrest", None, first=first, times=(), now=NOW, settings=CALM)
    assert found is collapsed


def hours(*counts: int) -> list[datetime]:
    """Alerts of a topic, so many in each hour before the last one, oldest first."""
    starts = [NOW - HOUR * (len(counts) + 1 - i) for i in range(len(counts))]
    return [start + n * timedelta(seconds=5) for start, count in zip(starts, counts, strict=True) for n in range(count)]


def test_usual_is_the_median_hour_so_that_no_burst_and_no_night_moves_it() -> None:
    steady = hours(*[12] * 48)
    assert usual(steady, NOW, TEN) == pytest.approx(2.0)
    assert usual(hours(*[12] * 40, *[400] * 8), NOW, TEN) == pytest.approx(2.0)
    assert usual([], NOW, TEN) == 0.0
    assert allowed(hours(*[1] * 48), NOW, CALM) == 3
    assert allowed(steady, NOW, CALM) == 8
    burst = [*steady, *(NOW - timedelta(seconds=s) for s in range(600, 0, -5))]
    assert allowed(burst, NOW, CALM) == 8, "the burst itself does not become what is usual"


def test_a_busy_topic_is_allowed_what_is_usual_for_it() -> None:
    times = hours(*[12] * 48)
    four = told(1, 2, 3, 4)
    assert not collapses(four, "unrest", None, first=True, times=times, now=NOW, settings=CALM)
    assert collapses(four, "unrest", None, first=True, times=(), now=NOW, settings=CALM)


@pytest.mark.parametrize(
    ("wish", "quota", "default", "limit"),
    [
        (None, None, 60, 60), (None, None, 0, None), (10, None, 60, 10), (0, None, 60, None),
        (None, 5, 60, 5), (100, 5, 60, 5), (0, 5, 0, 5), (2, 5, 60, 2), (None, 0, 60, 0),
    ],
)  # fmt: skip
def test_quota(wish: int | None, quota: int | None, default: int, limit: int | None) -> None:
    who = Chat(1, ChatKind.PRIVATE, "x", settings=ChatSettings(per_hour=wish), quota=quota)
    assert quota_of(who, default) == limit


@pytest.mark.parametrize(("zone", "until"), [("UTC", (9, 0)), ("Asia/Kathmandu", (8, 15)), ("Asia/Almaty", (9, 0))])
def test_what_exceeds_the_quota_waits_for_the_full_hour_of_the_chats_clock(zone: str, until: tuple[int, int]) -> None:
    now = datetime(2022, 1, 8, 8, 5, tzinfo=UTC)
    who = Chat(1, ChatKind.PRIVATE, "x", timezone=zone)
    before = [Told(now - minutes * MINUTE, None, ("a",), True) for minutes in (50, 3, 2)]
    assert over_quota(before, who, 4, now) is None
    assert over_quota([Told(now + HOUR, None, ("a",), True)] * 9, who, 2, now) is None, "the clock was set back"
    assert over_quota(before, who, 2, now) == datetime(2022, 1, 8, *until, tzinfo=UTC)
    assert over_quota(before[:2], who, 2, now) in (None, datetime(2022, 1, 8, 8, 15, tzinfo=UTC))


# -- through the planner

STORIES = (
    "Airport of Kazakhstan stormed", "Kazakhstan cuts off internet", "Banks of Kazakhstan close",
    "Kazakhstan declares mourning",
    "Kazakhstan dismisses cabinet", "Stadium opens in Kazakhstan", "Kazakhstan bans export of sugar",
    "Snow blocks Kazakhstan roads",
    "Chess final held in Kazakhstan", "Kazakhstan signs gas contract", "Teachers strike in Kazakhstan",
    "Kazakhstan finds new oil field",
)  # fmt: skip


def newsroom(limits: BurstOptions | None = None, *, urgent: bool = False, **wishes: object) -> Newsroom:
    """One chat that listens to Kazakhstan. `wishes`: its own settings."""
    rules = RULES.replace("match: kazakhstan}", "match: kazakhstan, priority: high}") if urgent else RULES
    who = chat(1, settings=ChatSettings(**wishes))  # type: ignore[arg-type]
    return Newsroom(
        subscribed(who, "kazakhstan"), rules_text=rules, settings=PlanSettings(bursts=limits or BurstOptions())
    )


def tell(room: Newsroom, titles: Sequence[str], at: datetime = NOW, step: timedelta = MINUTE) -> list[PlannedDelivery]:
    """Each title by an outlet of its own, a minute apart; what was planned to be delivered."""
    found = []
    for i, title in enumerate(titles):
        when = at + i * step
        plan = room.update(feed(i + 1), document(entry(title, published_at=when)), when)
        found += [d for alert in plan.alerts for d in alert.deliveries]
    return found


def test_first_reports_come_at_once_and_the_rest_in_one_rolling_digest() -> None:
    planned = tell(newsroom(), STORIES[:9])
    assert [d.state for d in planned] == [DeliveryState.PENDING] * 5 + [DeliveryState.HELD] * 4
    assert {d.roll for d in planned[5:]} == {"kazakhstan"}
    assert [d.not_before for d in planned[5:]] == [NOW + (5 + i) * MINUTE + 5 * MINUTE for i in range(4)]
    assert [d.roll for d in planned[:5]] == [None] * 5


def test_after_the_window_first_reports_come_again() -> None:
    room = newsroom()
    tell(room, STORIES[:7])
    (later,) = tell(room, STORIES[7:8], NOW + 11 * MINUTE)
    assert later.state is DeliveryState.PENDING


def test_whoever_wants_all_gets_all() -> None:
    assert {d.state for d in tell(newsroom(bursts=False), STORIES[:9])} == {DeliveryState.PENDING}


def test_high_priority_breaks_through_burst_and_quota() -> None:
    assert {d.state for d in tell(newsroom(urgent=True, per_hour=1), STORIES[:9])} == {DeliveryState.PENDING}


def test_beyond_the_quota_a_digest_at_the_full_hour() -> None:
    room = newsroom(per_hour=2)
    planned = tell(room, STORIES[:4])
    assert [d.roll for d in planned] == [None, None, OVER_QUOTA, OVER_QUOTA]
    full = NOW.replace(minute=0, second=0) + HOUR
    assert {d.not_before for d in planned[2:]} == {full}
    assert tell(room, STORIES[5:6], full)[0].state is DeliveryState.PENDING


def test_a_rolled_back_plan_took_no_room() -> None:
    room = newsroom()
    tell(room, STORIES[:4])
    at = NOW + 5 * MINUTE
    undo(room.update(feed(20), document(entry(STORIES[4], published_at=at)), at), room.index, room.ledger)
    assert tell(room, STORIES[5:6], NOW + 6 * MINUTE)[0].state is DeliveryState.PENDING


def test_a_withdrawal_and_a_correction_are_told_at_once_in_any_burst() -> None:
    room = newsroom()
    tell(room, STORIES[:7])
    for at, status in ((NOW + 8 * MINUTE, EntryStatus.CORRECTED), (NOW + 9 * MINUTE, EntryStatus.CANCELED)):
        again = entry(STORIES[0], published_at=NOW, version=3, status=status, summary=f"{status} now", updated_at=at)
        plan = room.update(feed(1), document(again), at)
        (told_now,) = [d for alert in plan.alerts for d in alert.deliveries]
        assert told_now.state is DeliveryState.PENDING, status


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=len(STORIES)),
    st.integers(1, 6),
    st.sampled_from([0, 1, 3, 8]),
)
def test_nothing_is_lost_whatever_the_rhythm(gaps: list[int], few: int, per_hour: int) -> None:
    room = newsroom(BurstOptions(few=few, per_hour=per_hour))
    at, planned = NOW, []
    for i, gap in enumerate(gaps):
        at += timedelta(seconds=gap)
        planned.append(tell(room, STORIES[i : i + 1], at))
    for one in planned:
        assert len(one) == 1
        assert one[0].state is DeliveryState.PENDING or one[0].not_before <= at + HOUR
    at_once = [d.not_before for (d,) in planned if d.state is DeliveryState.PENDING]
    for moment in at_once:
        assert sum(moment - TEN < other <= moment for other in at_once) <= few
        if per_hour:
            assert (
                sum(other.replace(minute=0, second=0) == moment.replace(minute=0, second=0) for other in at_once)
                <= per_hour
            )


def test_what_collapses_before_quiet_hours_is_told_at_their_end() -> None:
    at = NOW.replace(hour=21, minute=50)
    room = newsroom(BurstOptions(few=1, every=15 * MINUTE), quiet_from="22:00", quiet_to="07:00")
    first, second = tell(room, STORIES[:2], at)
    assert first.state is DeliveryState.PENDING
    assert (second.roll, second.not_before) == (None, (at + HOUR * 10).replace(hour=7, minute=0))
    room = newsroom(quiet_from="22:00", quiet_to="07:00", per_hour=1)
    _, second = tell(room, STORIES[:2], at)
    assert (second.roll, second.not_before) == (None, (at + HOUR * 10).replace(hour=7, minute=0))
