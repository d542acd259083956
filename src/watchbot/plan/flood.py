"""A feed that shows nothing but unknown entries: relaunched, or polled too slowly?

A relaunched site gives every entry a new guid (often a new link and date too); telling them all would flood every
chat. A feed that moves faster than it is polled also shows only unknown entries, and those are news. What tells the
two apart is whether the entries are new: known titles, or dates before the last poll, say that they are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbot.model import ParsedFeed, StoredFeed
from watchbot.plan.keys import EntryKeys

MIN_ENTRIES = 5
"""Fewer new entries at once are no flood, whatever they are."""
OLD_SHARE = 0.5
"""Share of entries that look old (known title, or dated before the last poll) from which the feed is quarantined."""
SLACK = timedelta(hours=6)
"""Publishers stamp an entry before it appears in the feed, some by hours (batches, morning editions): that much earlier
than the last poll is still new. A relaunched page reaches further back, or its titles are known."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """`keys`: the primary keys that are quarantined. `reason`: ids | old | date, see the texts "notice-renewed-..."."""

    keys: frozenset[str]
    reason: str


def renewal(
    feed: StoredFeed, parsed: ParsedFeed, keys: Sequence[EntryKeys], known: Mapping[str, int], now: datetime
) -> Renewal | None:
    """The quarantine for this document, or None when its new entries are to be judged one by one."""
    if feed.baseline_at is None or not feed.window:
        return None
    fresh = [
        (key, entry)
        for key, entry in zip(keys, parsed.entries, strict=True)
        if key.primary not in known and not any(g in known for g in key.global_)
    ]
    if len(fresh) < MIN_ENTRIES or len(fresh) < 0.8 * (len(keys) + len(parsed.seen)):
        return None
    before = (feed.last_success_at or feed.baseline_at) - SLACK
    old_titles = sum(key.title in known for key, _ in fresh)
    dates = [at for _, entry in fresh if (at := entry.published_at or entry.updated_at)]
    old = sum(
        key.title in known or ((at := entry.published_at or entry.updated_at) is not None and at < before)
        for key, entry in fresh
    )
    if old >= OLD_SHARE * len(fresh):
        reason = "ids" if old_titles else "old"
    elif len(dates) == len(fresh) and max(dates) - min(dates) <= timedelta(minutes=1):
        reason = "date"
    else:
        return None
    return Renewal(frozenset(key.primary for key, _ in fresh), reason)


def gap_possible(feed: StoredFeed, keys: Sequence[EntryKeys], known: Mapping[str, int]) -> bool:
    """True when the document shares nothing with the last one: entries in between may have been missed."""
    if feed.baseline_at is None or not feed.window or not keys:
        return False
    window = set(feed.window)
    return not any(
        key.primary in window or key.primary in known or any(g in known for g in key.global_) for key in keys
    )
