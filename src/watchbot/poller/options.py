"""How often and how widely feeds may be polled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class PollOptions:
    """The `poll` section of the settings, as the poller needs it."""

    interval: timedelta = timedelta(minutes=2)
    """Of a feed that publishes once an hour, and of one whose rhythm is not known yet."""
    min_interval: timedelta = timedelta(seconds=30)
    max_interval: timedelta = timedelta(hours=1)
    max_backoff: timedelta = timedelta(hours=6)
    """Longest wait after errors, and longest Retry-After that is honoured."""
    concurrency: int = 32
    per_host: int = 2
    tick: timedelta = timedelta(seconds=1)
    lease: timedelta = timedelta(minutes=5)
