"""Silence as news: a feed that is strangely quiet, and many feeds of one country or tag gone dark at once.

In January 2022 the silence of .kz sites was the news. Pure detectors; the caller remembers what it has told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbot.model import SPOOL, StoredFeed
from watchbot.poller import rhythm as rhythms

QUIET_EXPECTED = 12.0
"""Entries that should have come by now. By chance alone, none would come once in e^12 (160,000) such spans; feeds are
burstier than chance, hence also the next two."""
QUIET_PAUSES = 2.0
"""Times the longest pause the feed is known for."""
QUIET_LEAST = timedelta(hours=3)
KNOWN_DAYS = 3.0
"""A feed watched for less has no habits yet."""
DARK_ERRORS = 3
"""Failures in a row that make a feed dark."""
DARK_LEAST = 3
"""Outlets (owners, not feeds) that must be dark together."""
DARK_SHARE = 0.5
DARK_RECENT = timedelta(hours=48)
"""Feeds that worked within this time count; those long dead say nothing about today."""
OURS_SHARE = 0.8
"""When this share of all feeds fails, it is our own connection."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A feed that answers and shows nothing new, against its habit."""

    feed_id: int
    name: str
    since: datetime
    expected: float


@dataclass(frozen=True, slots=True)
class Dark:
    """A group of outlets that went silent together. `kind`: country, tag, or "all" (then it is our own connection)."""

    kind: str
    name: str
    dark: tuple[str, ...]
    of: int

    @property
    def key(self) -> str:
        """Names the group, for remembering that it was told."""
        return f"{self.kind}:{self.name}"


def quiet(feed: StoredFeed, now: datetime) -> Quiet | None:
    """Whether an enabled feed that answers, or a spool directory, is strangely quiet."""
    state = rhythms.load(feed.rhythm)
    since = max((at for at in (feed.last_new_at, state.newest) if at is not None), default=None)
    listened = feed.enabled or feed.spec.url.startswith(SPOOL)  # a spool's row is disabled for polling only
    if since is None or not listened or feed.error_count or state.days < KNOWN_DAYS:
        return None
    pause = now - since
    if pause < QUIET_LEAST or pause < timedelta(hours=QUIET_PAUSES * state.longest):
        return None
    count = rhythms.expected(state, since, now)
    return Quiet(feed.id, feed.spec.name, since, count) if count >= QUIET_EXPECTED else None


def quiet_feeds(feeds: Iterable[StoredFeed], now: datetime) -> list[Quiet]:
    """All feeds that are strangely quiet."""
    return [found for feed in feeds if (found := quiet(feed, now)) is not None]


def dark_groups(feeds: Sequence[StoredFeed], now: datetime) -> list[Dark]:
    """Countries and tags whose outlets went dark (failing, or quiet) at once; or "all" when nearly all did."""
    alive = [feed for feed in feeds if feed.enabled and _worked_lately(feed, now)]
    dark = {feed.id for feed in alive if _is_dark(feed, now)}
    failing = sum(1 for feed in alive if feed.error_count >= DARK_ERRORS)
    if len(alive) >= 2 * DARK_LEAST and failing >= OURS_SHARE * len(alive):
        return [Dark("all", "", _owners(feed for feed in alive if feed.id in dark), len(_owners(alive)))]
    groups: dict[tuple[str, str], list[StoredFeed]] = defaultdict(list)
    for feed in alive:
        if feed.spec.country:
            groups["country", feed.spec.country].append(feed)
        for tag in feed.spec.tags:
            groups["tag", tag].append(feed)
    found = []
    for (kind, name), members in sorted(groups.items()):
        # An outlet is dark when all its feeds are.
        lit = set(_owners(feed for feed in members if feed.id not in dark))
        out = tuple(owner for owner in _owners(members) if owner not in lit)
        total = len(_owners(members))
        if len(out) >= DARK_LEAST and len(out) >= DARK_SHARE * total:
            found.append(Dark(kind, name, out, total))
    return found


def _worked_lately(feed: StoredFeed, now: datetime) -> bool:
    return feed.last_success_at is not None and now - feed.last_success_at <= DARK_RECENT


def _is_dark(feed: StoredFeed, now: datetime) -> bool:
    return feed.error_count >= DARK_ERRORS or quiet(feed, now) is not None


def _owners(feeds: Iterable[StoredFeed]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(feed.spec.owner or feed.spec.name for feed in feeds))
