"""When a feed is due again: tables over the decisions, properties over the rhythm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbot.fetch.headers import fresh_for, http_date, retry_after
from watchbot.model import FeedSpec, ParsedEntry, ParsedFeed, StoredFeed
from watchbot.poller import rhythm as rhythms
from watchbot.poller.decide import (
    ADOPT_AFTER,
    Failed,
    Served,
    after_failure,
    after_success,
    feed_url,
    redirect_changes,
    request_for,
)
from watchbot.poller.options import PollOptions

NOW = datetime(2022, 1, 5, 12, 0, tzinfo=UTC)  # a Wednesday
OPTIONS = PollOptions()
FEED = StoredFeed(1, FeedSpec("https://news.example/rss", "News"), baseline_at=NOW)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def middle() -> float:
    return 0.5  # no jitter


def document(**fields: object) -> ParsedFeed:
    values: dict[str, object] = {"title": "", "link": None, "lang": None, "format": "rss", "entries": ()}
    return ParsedFeed(**(values | fields))  # type: ignore[arg-type]


def wait(feed: StoredFeed = FEED, headers: dict[str, str] | None = None, **fields: object) -> timedelta:
    parsed = document(**fields) if fields else None
    changes = after_success(feed, Served(NOW, headers or {}, parsed), OPTIONS, middle)
    at = changes["next_check_at"]
    assert isinstance(at, datetime)
    return at - NOW


def entries(*ages: timedelta) -> tuple[ParsedEntry, ...]:
    return tuple(ParsedEntry(str(i), None, f"t{i}", published_at=NOW - age) for i, age in enumerate(ages))


@pytest.mark.fault(24)
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("Wed, 05 Jan 2022 12:02:00 GMT", 120),
        ("Wednesday, 05-Jan-22 12:02:00 GMT", 120),
        ("Wed Jan  5 12:02:00 2022", 120),
        ("Wed, 05 Jan 2022 11:00:00 GMT", 0),
        ("Thu, 05 Jan 2023 12:00:00 GMT", 21600),
        ("31536000", 21600),
        ("99999999999999999999", 21600),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1e9", None),
        ("NaN", None),
        ("Wed, 99 Foo 2022", None),
        ("9" * 5000, None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    found = retry_after({"retry-after": value}, NOW, longest=timedelta(hours=6))
    assert found == (None if seconds is None else timedelta(seconds=seconds))


def test_a_date_in_retry_after_is_read_on_the_servers_clock() -> None:
    headers = {"retry-after": "Wed, 05 Jan 2022 09:01:00 GMT", "date": "Wed, 05 Jan 2022 09:00:00 GMT"}
    assert retry_after(headers, NOW, longest=HOUR) == MINUTE


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "max-age=300"}, 300),
        ({"cache-control": "public, max-age=300, s-maxage=60"}, 60),
        ({"cache-control": "max-age=300", "age": "100"}, 200),
        ({"cache-control": "max-age=300", "age": "1000"}, 0),
        ({"cache-control": "no-cache, max-age=300"}, 0),
        ({"cache-control": "max-age=300", "expires": "Wed, 05 Jan 2022 20:00:00 GMT"}, 300),
        ({"expires": "Wed, 05 Jan 2022 12:10:00 GMT"}, 600),
        ({"expires": "Wed, 05 Jan 2022 12:10:00 GMT", "date": "Wed, 05 Jan 2022 12:05:00 GMT"}, 300),
        ({"expires": "0"}, 0),
        ({"expires": "-1"}, 0),
        ({"cache-control": "max-age=banana"}, 0),
        ({}, 0),
    ],
)
def test_freshness(headers: dict[str, str], seconds: int) -> None:
    assert fresh_for(headers, NOW) == timedelta(seconds=seconds)


@given(st.text(max_size=80))
def test_dates_never_raise(text: str) -> None:
    found = http_date(text)
    assert found is None or found.tzinfo is not None
    retry_after({"retry-after": text}, NOW, longest=HOUR)
    fresh_for({"cache-control": text, "expires": text, "age": text}, NOW)


def test_the_operators_interval_is_kept_but_for_retry_after() -> None:
    feed = replace(FEED, spec=replace(FEED.spec, interval=timedelta(seconds=45)))
    assert wait(feed, {"cache-control": "max-age=900"}, ttl=HOUR) == timedelta(seconds=45)
    assert wait(feed, {"retry-after": "600"}) == timedelta(seconds=600)


def test_caches_bound_the_interval_within_the_longest() -> None:
    assert wait(headers={"cache-control": "max-age=900"}) == timedelta(seconds=900)
    assert wait(headers={"cache-control": "max-age=864000"}) == OPTIONS.max_interval


def test_ttl_is_honoured_as_far_as_the_feed_keeps_to_it() -> None:
    quiet = entries(*(timedelta(hours=12 * i + 1) for i in range(20)))
    assert wait(ttl=40 * MINUTE, entries=quiet) == 40 * MINUTE
    busy = entries(*(timedelta(minutes=3 * i) for i in range(200)))
    assert wait(ttl=40 * MINUTE, entries=busy) < 5 * MINUTE
    assert wait(update_period=HOUR, entries=busy) < 5 * MINUTE


@pytest.mark.parametrize(
    ("hours", "days", "expected"),
    [
        ({13, 14}, set(), datetime(2022, 1, 5, 15, tzinfo=UTC)),
        (set(), {"Wednesday"}, datetime(2022, 1, 6, 0, tzinfo=UTC)),
        ({0, 1}, {"wednesday"}, datetime(2022, 1, 6, 2, tzinfo=UTC)),
        (set(range(24)), set(), None),
        ({5}, {"Sunday"}, None),
    ],
)
def test_skip_hours_and_days(hours: set[int], days: set[str], expected: datetime | None) -> None:
    parsed = document(ttl=HOUR, skip_hours=frozenset(hours), skip_days=frozenset(days))
    changes = after_success(FEED, Served(NOW, {"cache-control": "max-age=3600"}, parsed), OPTIONS, middle)
    assert changes["next_check_at"] == (expected or NOW + HOUR)


def test_busy_feeds_are_polled_more_often_than_sleepy_ones() -> None:
    busy = wait(entries=entries(*(timedelta(minutes=4 * i) for i in range(100))))
    hourly = wait(entries=entries(*(timedelta(hours=i) for i in range(100))))
    sleepy = wait(entries=entries(*(timedelta(days=3 * i + 1, hours=2 * i + 2) for i in range(4))))
    assert busy < hourly < sleepy
    assert timedelta(seconds=30) <= busy <= timedelta(seconds=60)
    assert sleepy > 8 * MINUTE


def test_a_daily_burst_is_waited_for() -> None:
    """At 03:40 the next poll of a paper that publishes at 04:30 comes late; at 04:28 within a minute or so."""
    times = [datetime(2022, 1, day, 4, 30, tzinfo=UTC) + i * MINUTE for day in range(1, 15) for i in range(12)]
    state = rhythms.observe(rhythms.Rhythm(), times, datetime(2022, 1, 15, 0, tzinfo=UTC))
    span = {"base": OPTIONS.interval, "shortest": OPTIONS.min_interval, "longest": OPTIONS.max_interval}
    night = rhythms.interval(state, datetime(2022, 1, 15, 1, 0, tzinfo=UTC), **span)
    rush = rhythms.interval(state, datetime(2022, 1, 15, 4, 31, tzinfo=UTC), **span)
    assert night > 4 * rush and rush < MINUTE


@pytest.mark.fault(36)
def test_gaps_shrink_the_interval() -> None:
    feed, plain = FEED, after_success(FEED, Served(NOW, {}), OPTIONS, middle)
    gap = after_success(feed, Served(NOW, {}, gap=True), OPTIONS, middle)
    assert gap["next_check_at"] < plain["next_check_at"]  # type: ignore[operator]
    rhythm = str(gap["rhythm"])
    for _ in range(60):
        rhythm = rhythms.dump(rhythms.shrunk(rhythms.load(rhythm), gap=False))
    assert rhythms.load(rhythm).shrink == 1.0


@pytest.mark.fault(23)
@pytest.mark.parametrize(("status", "disabled"), [(410, True), (404, False), (500, False)])
def test_gone_disables_the_rest_backs_off(status: int, disabled: bool) -> None:
    kind = {410: "gone", 404: "not-found", 500: "server"}[status]
    changes = after_failure(FEED, Failed(NOW, kind, status), OPTIONS, middle)
    assert ("enabled" in changes) == disabled
    assert changes["next_check_at"] > NOW  # type: ignore[operator]
    if status == 404:
        assert changes["next_check_at"] == NOW + 15 * MINUTE


def test_backoff_doubles_up_to_the_cap_for_ever() -> None:
    waits = []
    for count in [0, 1, 2, 3, 10, 1000, 10**6]:
        changes = after_failure(replace(FEED, error_count=count), Failed(NOW, "connect"), OPTIONS, middle)
        waits.append(changes["next_check_at"] - NOW)  # type: ignore[operator]
    assert waits[:4] == [2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 16 * MINUTE]
    assert waits[-1] == waits[-2] == OPTIONS.max_backoff


@pytest.mark.parametrize("asked", ["600", "31536000"])
def test_retry_after_holds_for_errors_and_is_clamped(asked: str) -> None:
    failed = Failed(NOW, "rate-limited", 429, {"retry-after": asked})
    at = after_failure(FEED, failed, OPTIONS, middle)["next_check_at"]
    assert at == NOW + min(timedelta(seconds=int(asked)), OPTIONS.max_backoff)


@pytest.mark.fault(21)
def test_a_permanent_redirect_is_adopted_after_repeated_success_and_given_up_on_failure() -> None:
    feed, new = FEED, "https://new.example/rss"
    for count in range(1, ADOPT_AFTER + 1):
        assert feed_url(feed) == FEED.spec.url
        changes = redirect_changes(feed, new)
        feed = replace(feed, redirect_url=new, redirect_count=changes["redirect_count"])  # type: ignore[arg-type]
        assert feed.redirect_count == count
    assert feed_url(feed) == new
    assert redirect_changes(feed, None) == {}  # served directly now
    failed = after_failure(feed, Failed(NOW, "html", 200), OPTIONS, middle)
    assert (failed["redirect_url"], failed["redirect_count"]) == (None, 0)
    once = replace(FEED, redirect_url=new, redirect_count=3)
    assert redirect_changes(once, None) == {"redirect_url": None, "redirect_count": 0}
    assert redirect_changes(once, "https://other.example/")["redirect_count"] == 1


def test_credentials_do_not_follow_an_adopted_redirect() -> None:
    headers = {"Authorization": "Bearer x"}
    moved = replace(FEED, redirect_url="https://new.example/rss", redirect_count=ADOPT_AFTER)
    assert request_for(FEED, headers).headers and not request_for(moved, headers).headers
    assert request_for(FEED, unconditional=True).unconditional


times = st.lists(st.integers(0, 40 * 86400), max_size=60)


@given(times, st.integers(0, 86400 * 14))
def test_intervals_stay_within_bounds(ages: list[int], later: int) -> None:
    state = rhythms.observe(rhythms.Rhythm(), [NOW - timedelta(seconds=age) for age in ages], NOW)
    state = rhythms.observe(rhythms.load(rhythms.dump(state)), [], NOW + timedelta(seconds=later))
    found = rhythms.interval(
        state,
        NOW + timedelta(seconds=later),
        base=OPTIONS.interval,
        shortest=OPTIONS.min_interval,
        longest=OPTIONS.max_interval,
    )
    assert OPTIONS.min_interval <= found <= OPTIONS.max_interval


@given(st.text(max_size=200))
def test_any_stored_rhythm_loads(text: str) -> None:
    assert rhythms.load(text).shrink > 0


@pytest.mark.fault(40)
def test_a_clock_that_jumps_neither_breaks_nor_erases_a_rhythm() -> None:
    times = [NOW - timedelta(hours=i) for i in range(200)]
    state = rhythms.observe(rhythms.Rhythm(), times, NOW)
    back = rhythms.observe(state, [], NOW - timedelta(days=1))
    ahead = rhythms.observe(back, [], NOW + timedelta(days=400))
    assert ahead.total > state.total / 4
    assert rhythms.intensity(ahead, NOW) > 0


def test_what_a_document_asked_for_still_counts_after_a_304() -> None:
    parsed = document(ttl=40 * MINUTE, skip_hours=frozenset({13}), entries=entries(timedelta(days=9)))
    first = after_success(FEED, Served(NOW, {}, parsed), OPTIONS, middle)
    later = after_success(replace(FEED, rhythm=str(first["rhythm"])), Served(NOW, {}), OPTIONS, middle)
    assert later["next_check_at"] == NOW + 40 * MINUTE
    at_half_past = NOW + 30 * MINUTE
    skipped = after_success(replace(FEED, rhythm=str(first["rhythm"])), Served(at_half_past, {}), OPTIONS, middle)
    assert skipped["next_check_at"] == NOW + 2 * HOUR
