"""When to look at a feed again, and under which address: pure decisions after each check.

    served (200, 304)  -> rhythm -> interval, not below what the feed and its caches ask for -> skipHours, jitter
    failed             -> backoff with jitter and a cap, for ever; Retry-After; 410 disables

Each returns the changes of the feed's row (names of StoredFeed's fields), to be written with the entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from watchbot.fetch import FetchRequest
from watchbot.fetch.headers import fresh_for, retry_after
from watchbot.model import ParsedEntry, ParsedFeed, StoredFeed
from watchbot.poller import rhythm as rhythms
from watchbot.poller.options import PollOptions

Random = Callable[[], float]
"""Uniform in [0, 1)."""

ADOPT_AFTER = 10
"""A permanent redirect counts once it has served the feed this often in a row. Sites redirect by mistake (to a login
page, to the front page) far more often than they move; the cost of waiting is one more request per poll."""
JITTER = 0.1
"""Share of an interval, either way: feeds added together drift apart."""
BACKOFF_JITTER = 0.25
SLOW_START = {"not-found": timedelta(minutes=15), "gone": timedelta(hours=1), "login": timedelta(minutes=15)} | {
    "challenge": timedelta(minutes=15),
    "blocked": timedelta(minutes=15),
}
"""First wait after errors that do not pass by themselves."""
LONGEST_SKIP = timedelta(days=3)
"""skipDays is honoured over a long weekend, not longer."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


# -- before a check --------------------------------------------------------------------------------------------------


def request_for(
    feed: StoredFeed, headers: Mapping[str, str] = MappingProxyType({}), *, unconditional: bool = False
) -> FetchRequest:
    """What to fetch: the adopted address, or the listed one. `headers` go to the listed origin only."""
    url = feed_url(feed)
    same = _origin(url) == _origin(feed.spec.url)
    return FetchRequest(url, feed.etag, feed.last_modified, headers if same else {}, unconditional)


def feed_url(feed: StoredFeed) -> str:
    """Where the feed is fetched from."""
    adopted = feed.redirect_url is not None and feed.redirect_count >= ADOPT_AFTER
    return feed.redirect_url if adopted and feed.redirect_url else feed.spec.url


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return parts.scheme, parts.hostname or "", None


# -- after a check that served the feed ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Served:
    """A check that worked. `parsed` is None when nothing changed; `window` are the keys of the document now."""

    now: datetime
    headers: Mapping[str, str]
    parsed: ParsedFeed | None = None
    permanent_url: str | None = None
    gap: bool = False
    """Whether the plan of the document found that entries may have been missed."""


def after_success(feed: StoredFeed, served: Served, limits: PollOptions, random: Random) -> dict[str, object]:
    """next_check_at, rhythm, redirect_url, redirect_count."""
    now = served.now
    state = rhythms.load(feed.rhythm)
    times = publications(feed, served.parsed, now) if served.parsed is not None else ()
    state = rhythms.shrunk(rhythms.observe(state, times, now), gap=served.gap)
    if served.parsed is not None:
        state = with_wishes(state, served.parsed)
    changes: dict[str, object] = {
        "rhythm": rhythms.dump(state),
        "next_check_at": next_check(feed, state, served, limits, random),
        **redirect_changes(feed, served.permanent_url),
    }
    return changes


def after_delivery(feed: StoredFeed, parsed: ParsedFeed, now: datetime) -> dict[str, object]:
    """The rhythm of what comes by itself (a spool directory), by the time it came: silence is told against it."""
    state = rhythms.observe(rhythms.load(feed.rhythm), [now] * len(parsed.entries), now)
    return {"rhythm": rhythms.dump(state)}


def publications(feed: StoredFeed, parsed: ParsedFeed, now: datetime) -> list[datetime]:
    """When the entries of a document came out. Undated ones count as of now, once the feed's baseline is known."""
    times = [entry.published_at or entry.updated_at for entry in parsed.entries]
    dated = [at for at in times if at is not None]
    if feed.baseline_at is None:
        return dated
    undated = [entry for entry, at in zip(parsed.entries, times, strict=True) if at is None]
    # With the known entries cut out, what was parsed is new; otherwise the last window tells.
    fresh = [entry for entry in undated if parsed.seen or not _in_window(entry, feed)]
    return dated + [now] * len(fresh)


def _in_window(entry: ParsedEntry, feed: StoredFeed) -> bool:
    return f"guid:{feed.id}:{entry.guid}" in feed.window if entry.guid else bool(feed.window)


def next_check(
    feed: StoredFeed, state: rhythms.Rhythm, served: Served, limits: PollOptions, random: Random
) -> datetime:
    """The operator's interval where there is one; else the rhythm's, not below what feed and caches ask for."""
    now = served.now
    asked = retry_after(served.headers, now, longest=limits.max_backoff) or timedelta()
    if feed.spec.interval is not None:
        wait = max(feed.spec.interval, asked)
        return now + wait * _jitter(random, JITTER)
    wait = rhythms.interval(state, now, base=limits.interval, shortest=limits.min_interval, longest=limits.max_interval)
    wait = max(wait, wish(state, now), min(fresh_for(served.headers, now), limits.max_interval))
    wait = max(min(wait, limits.max_interval), limits.min_interval, asked)
    return not_skipped(now + wait * _jitter(random, JITTER), state)


def with_wishes(state: rhythms.Rhythm, parsed: ParsedFeed) -> rhythms.Rhythm:
    """Remember what a document asks of its readers: 304s and unchanged bodies do not say it again."""
    return replace(
        state,
        asked=max(parsed.ttl or timedelta(), parsed.update_period or timedelta()),
        skip_hours=tuple(sorted({hour % 24 for hour in parsed.skip_hours})),
        skip_days=tuple(sorted({day.strip().lower() for day in parsed.skip_days} & set(_DAYS))),
    )


def wish(state: rhythms.Rhythm, now: datetime) -> timedelta:
    """The least interval that the feed's ttl and sy:updatePeriod ask for, as far as the feed keeps to them.

    WordPress says "hourly" by default on every feed, breaking news or not. Where a feed publishes more often than it
    says, the pause between its entries counts instead.
    """
    if not state.asked:
        return timedelta()
    pause = timedelta(hours=1 / max(rhythms.intensity(state, now), 1e-3))
    return min(state.asked, pause)


def not_skipped(at: datetime, state: rhythms.Rhythm) -> datetime:
    """`at`, or the next hour that is in neither skipHours (GMT) nor skipDays."""
    candidate = at.astimezone(UTC)
    while candidate.hour in state.skip_hours or _DAYS[candidate.weekday()] in state.skip_days:
        candidate = candidate.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        if candidate - at > LONGEST_SKIP:
            return at  # everything is skipped: that says nothing
    return candidate


def _jitter(random: Random, share: float) -> float:
    return 1 + share * (2 * random() - 1)


def redirect_changes(feed: StoredFeed, permanent_url: str | None) -> dict[str, object]:
    """Counts how often in a row a permanent redirect served the feed. A check at the adopted address keeps it."""
    if permanent_url is None:
        if feed.redirect_url is None or feed.redirect_count >= ADOPT_AFTER:
            return {}
        return {"redirect_url": None, "redirect_count": 0}
    if permanent_url == feed.redirect_url:
        return {"redirect_count": feed.redirect_count + 1}
    if feed.redirect_count >= ADOPT_AFTER:
        # The adopted address itself moved on: start counting from the listed one again.
        return {"redirect_url": None, "redirect_count": 0}
    return {"redirect_url": permanent_url, "redirect_count": 1}


# -- after a check that failed ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Failed:
    """A check that did not work. `kind`: FetchError's, ParseError's, or one of fetch.diagnose's."""

    now: datetime
    kind: str
    status: int | None = None
    headers: Mapping[str, str] | None = None


def after_failure(feed: StoredFeed, failed: Failed, limits: PollOptions, random: Random) -> dict[str, object]:
    """next_check_at; `enabled` and `disabled_reason` on 410; an adopted redirect is given up."""
    changes: dict[str, object] = {
        "next_check_at": failed.now + backoff(feed.error_count + 1, failed, feed, limits, random)
    }
    if failed.status == 410:
        changes |= {"enabled": False, "disabled_reason": "410: the feed is gone for good"}
    if feed.redirect_url is not None:
        changes |= {"redirect_url": None, "redirect_count": 0}
    return changes


def backoff(count: int, failed: Failed, feed: StoredFeed, limits: PollOptions, random: Random) -> timedelta:
    """Doubling from the interval (from a quarter of an hour for what does not pass by itself), capped, with jitter."""
    base = max(feed.spec.interval or limits.interval, SLOW_START.get(failed.kind, timedelta()))
    doubled = base.total_seconds() * 2.0 ** min(max(count, 1) - 1, 30)
    cap = limits.max_backoff.total_seconds()
    wait = timedelta(seconds=min(min(doubled, cap) * _jitter(random, BACKOFF_JITTER), cap))
    asked = retry_after(failed.headers or {}, failed.now, longest=limits.max_backoff)
    return max(wait, asked or timedelta(), limits.min_interval)


# -- how far ahead a check may lie -----------------------------------------------------------------------------------


def horizon(limits: PollOptions, feeds: Iterable[StoredFeed]) -> timedelta:
    """No check is ever planned further ahead than this: one that is comes from a clock that was wrong."""
    own = [feed.spec.interval for feed in feeds if feed.spec.interval is not None]
    return max(limits.max_interval, limits.max_backoff, LONGEST_SKIP, *own) * 1.3
