"""Silence as news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from watchbot.model import FeedSpec, StoredFeed
from watchbot.poller import rhythm as rhythms
from watchbot.poller.silence import dark_groups, quiet, quiet_feeds

NOW = datetime(2022, 1, 5, 12, tzinfo=UTC)


def feed(number: int, *, country: str = "KZ", tags: tuple[str, ...] = (), **fields: object) -> StoredFeed:
    spec = FeedSpec(f"https://{number}.example/", f"Feed {number}", tags=tags, owner=f"Owner {number}", country=country)
    stored = StoredFeed(number, spec, last_success_at=NOW - timedelta(minutes=30))
    return replace(stored, **fields)  # type: ignore[arg-type]


def hourly(last: datetime) -> str:
    times = [last - timedelta(hours=i) for i in range(240)]
    return rhythms.dump(rhythms.observe(rhythms.Rhythm(), times, last))


def test_a_feed_is_quiet_only_against_its_habit() -> None:
    gone_quiet = feed(1, rhythm=hourly(NOW - timedelta(hours=20)))
    talking = feed(2, rhythm=hourly(NOW - timedelta(hours=2)))
    failing = feed(3, rhythm=gone_quiet.rhythm, error_count=1)
    unknown = feed(4)
    found = quiet_feeds([gone_quiet, talking, failing, unknown], NOW)
    assert [one.feed_id for one in found] == [1]
    assert found[0].expected > 12 and found[0].since == NOW - timedelta(hours=20)


def test_a_working_day_feed_is_not_quiet_at_the_weekend() -> None:
    monday = datetime(2022, 1, 3, tzinfo=UTC)
    times = [
        monday + timedelta(days=day, hours=8, minutes=20 * i) for day in range(12) if day % 7 < 5 for i in range(24)
    ]
    sunday = monday + timedelta(days=13, hours=20)
    state = rhythms.Rhythm()
    for day in range(13):
        now = monday + timedelta(days=day + 1)
        state = rhythms.observe(state, [t for t in times if t <= now], now)
    assert quiet(feed(1, rhythm=rhythms.dump(state)), sunday) is None


def test_a_country_gone_dark_is_named() -> None:
    kz = [feed(i, tags=("portal",), error_count=4 if i < 4 else 0) for i in range(5)]
    others = [feed(i, country="DE") for i in range(10, 20)]
    groups = dark_groups([*kz, *others], NOW)
    assert [(group.kind, group.name, len(group.dark), group.of) for group in groups] == [
        ("country", "KZ", 4, 5),
        ("tag", "portal", 4, 5),
    ]


def test_long_dead_feeds_and_twins_of_one_owner_do_not_count() -> None:
    dead = [feed(i, error_count=50, last_success_at=NOW - timedelta(days=9)) for i in range(6)]
    assert dark_groups([*dead, feed(7), feed(8)], NOW) == []
    spec = feed(1).spec
    twins = [replace(feed(i, error_count=9), spec=replace(spec, url=f"https://{i}/")) for i in range(6)]
    assert dark_groups([*twins, feed(20), feed(21), feed(22, country="DE")], NOW) == []


def test_when_all_fail_it_is_our_own_connection() -> None:
    feeds = [feed(i, country="KZ" if i % 2 else "DE", error_count=5) for i in range(10)]
    groups = dark_groups(feeds, NOW)
    assert [group.kind for group in groups] == ["all"]
