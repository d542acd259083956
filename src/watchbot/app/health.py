"""Whether the bot is well, from its database's state: `watchbot status`, /healthz and the watchdog say the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from watchbot.storage import Status

LOCK_TTL = timedelta(seconds=60)
"""How long a crashed instance on another host keeps the lock; on the same host it is seen at once that it is gone."""
HEARTBEAT = LOCK_TTL / 4
WATCHED = "watchdog.last"
"""The flag in which the watchdog writes down its last check, as JSON."""
WATCH_PATIENCE = timedelta(seconds=60)
"""How long a check of the watchdog takes at most."""
STUCK = timedelta(minutes=15)
"""A delivery that could go out and waits this long is a sign that nothing goes out."""

LEAST_FREE = 200_000_000
"""Bytes: with less than this, or than twice the database, room is short: a backup is as big, and the bot writes on."""


def troubles_of(status: Status, now: datetime) -> list[str]:
    """What makes the bot unhealthy, as sentences."""
    found = []
    if status.heartbeat_at is None:
        found.append("the bot is not running")
    elif now - status.heartbeat_at > LOCK_TTL:
        found.append(f"no heartbeat for {ago(now - status.heartbeat_at)}")
    if status.refused is not None:
        found.append(status.refused)
    polled = status.feeds - status.disabled_feeds
    if polled and status.overdue_feeds == polled:
        found.append("every feed is overdue: nothing is being polled")
    if status.oldest_pending_at is not None and now - status.oldest_pending_at > STUCK:
        found.append(f"an alert has been waiting for {ago(now - status.oldest_pending_at)}")
    if (room := short_of_room(status)) is not None:
        found.append(
            f"the disk is nearly full: {megabytes(room)} MB free beside a database of "
            f"{megabytes(status.size_bytes or 0)} MB"
        )
    return found


def short_of_room(status: Status) -> int | None:
    """The free bytes of the database's disk when they are too few; None when they are enough or not known."""
    enough = max(LEAST_FREE, 2 * (status.size_bytes or 0))
    return status.free_bytes if status.free_bytes is not None and status.free_bytes < enough else None


def megabytes(count: int) -> int:
    """Bytes for people."""
    return count // 1_000_000


def overdue(at: datetime | None, every: timedelta, patience: timedelta, now: datetime) -> list[str]:
    """What is to be said of a watchdog whose last check began `at`: nothing, until it has missed two."""
    if at is not None and now - at > 2 * every + patience:
        return [f"the watchdog has not reported for {ago(now - at)}"]
    return []


def ago(span: timedelta) -> str:
    """A span for people: "3 min"."""
    seconds = max(0, round(span.total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
