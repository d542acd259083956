"""When too much happens at once: a topic's burst collapses into a rolling digest, a chat's excess into an hourly one.

What a reader wants of a burst is to know at once that it began and what is really new in it, and not fifty sounds. So

- a *first report* (the alert that opens a story for a chat) is told at once while the chat got fewer of them from this
  topic within `window` than `allowed`: a few, or `ratio` times what is usual for the topic, whichever is more;
- anything else of the topic (updates of told stories) is told at once while first reports and updates together are
  fewer than that: updates never use up the room of first reports;
- the rest waits at most `every` and is told in one message per topic, the rolling digest;
- high priority, and what takes a told report back (withdrawn, corrected), is told at once always;
- a chat gets at most its quota of alerts within an hour of its clock; the rest comes as one digest at the full hour.

What collapses is held, never dropped. Pure: what was told at once is asked of the ledger.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from watchbot.model import Chat, ChatSettings
from watchbot.plan.schedule import local_hour, zone_of

HOUR = timedelta(hours=1)
HISTORY = 48
"""Hours of a topic's own past that say what is usual: two nights and two days."""
SELDOM_LATE = frozenset({"withdrawn", "correction"})
"""Material changes that are told at once in any burst: what was sent must not stand."""


@dataclass(frozen=True, slots=True)
class BurstOptions:
    """`few` first reports of a topic within `window` are no burst, nor are `ratio` times the usual number. What
    collapses waits `every` at most. `per_hour`: alerts an hour for chats that say nothing else, 0 for no limit."""

    few: int = 5
    window: timedelta = timedelta(minutes=10)
    ratio: float = 4.0
    every: timedelta = timedelta(minutes=5)
    per_hour: int = 60


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that a chat got at once. `first`: it opened a story there."""

    at: datetime
    thread_id: int | None
    topics: tuple[str, ...]
    first: bool


def usual(times: Sequence[datetime], now: datetime, window: timedelta) -> float:
    """Alerts of a topic in a usual `window`: the median of its hours before the last one, so that neither a burst nor
    a silent night moves it. `times`: of its alerts, oldest first."""
    end = now - HOUR
    start = end - HISTORY * HOUR
    counts = [0] * HISTORY
    for at in times[bisect_left(times, start) : bisect_left(times, end)]:
        counts[int((at - start) / HOUR)] += 1
    return median(counts) * (window / HOUR)


def allowed(times: Sequence[datetime], now: datetime, settings: BurstOptions) -> int:
    """How many alerts of a topic within `window` are no burst."""
    if len(times) < HISTORY // 2:  # its median hour has none
        return settings.few
    return max(settings.few, ceil(settings.ratio * usual(times, now, settings.window)))


def collapses(
    told: Sequence[Told],
    topic: str,
    thread_id: int | None,
    *,
    first: bool,
    times: Sequence[datetime],
    now: datetime,
    settings: BurstOptions,
) -> bool:
    """Whether another alert of `topic` is too much for a chat's thread now.

    `told`: what the chat got at once lately, oldest first; `times`: the topic's alerts, to any chat, oldest first.
    """
    count = 0
    for one in reversed(told):
        if one.at <= now - settings.window:
            break
        if one.at <= now:  # else the clock was set back since
            count += topic in one.topics and one.thread_id == thread_id and (one.first or not first)
    return count >= settings.few and count >= allowed(times, now, settings)


def quota_of(chat: Chat, per_hour: int) -> int | None:
    """Alerts an hour for the chat: its own wish or the settings' `per_hour`, and never more than its operator allows;
    None for no limit."""
    wish = per_hour if chat.settings.per_hour is None else chat.settings.per_hour
    limits = [limit for limit in (wish or None, chat.quota) if limit is not None]
    return min(limits, default=None)


def over_quota(told: Sequence[Told], chat: Chat, per_hour: int, now: datetime) -> datetime | None:
    """Until when one alert more would wait: the next full hour of the chat's clock; None while this hour has room."""
    limit = quota_of(chat, per_hour)
    if limit is None or len(told) < limit:
        return None
    began = local_hour(zone_of(chat.timezone), now)
    return began + HOUR if sum(began <= one.at <= now for one in told) >= limit else None


def breaks_through(material: Collection[str]) -> bool:
    """Whether an update must be told at once in any burst."""
    return not SELDOM_LATE.isdisjoint(material)


def wants_all(settings: ChatSettings) -> bool:
    """Whether bursts are told one by one, as the chat (or its subscription) chose."""
    return settings.bursts is False
