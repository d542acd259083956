"""A limit per person, so that one person's flood of commands costs nobody else anything. Pure but for its own table."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

BURST = 12.0
"""Presses in a row: paging through all topics and back must not feel limited."""
PER_SECOND = 0.5
"""Sustained. A group gets 20 messages a minute from Telegram at most, so more could not be answered anyway."""
MAX_KNOWN = 10_000
"""People remembered; the one not seen for longest is forgotten first (and starts with a full burst again)."""


class Verdict(Enum):
    """What to do with an update."""

    PASS = auto()
    WARN = auto()
    """Refused, and told so: the first refusal after a pass."""
    DROP = auto()
    """Refused in silence: answering a flood would be a flood."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime
    warned: bool = False


class FloodGuard:
    """A token bucket per key (a user's id, or a chat's for anonymous administrators)."""

    def __init__(self, burst: float = BURST, per_second: float = PER_SECOND, max_known: int = MAX_KNOWN) -> None:
        self._burst, self._rate, self._max = burst, per_second, max_known
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def check(self, key: int, now: datetime) -> Verdict:
        """Take a token of `key` at `now`."""
        bucket = self._buckets.setdefault(key, _Bucket(self._burst, now))
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._max:
            self._buckets.popitem(last=False)
        elapsed = max(0.0, (now - bucket.at).total_seconds())
        bucket.tokens = min(self._burst, bucket.tokens + elapsed * self._rate)
        bucket.at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            bucket.warned = False
            return Verdict.PASS
        if bucket.warned:
            return Verdict.DROP
        bucket.warned = True
        return Verdict.WARN
