"""When to ask again whether Telegram is there. Pure.

An outcome that proves nothing (read timeout, 502, broken JSON) or that proves no sending (no connection) stops all new
sends until a call that changes nothing is answered. So an outage costs each chat at most the one delivery that was in
flight, not an attempt, and the one repeat that an unknown outcome allows is not spent on a dead line.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage since `since` (steady seconds), after `failures` probes that failed."""

    since: float
    failures: int = 0
    probe_at: float = 0.0

    @classmethod
    def begin(cls, now: float) -> Outage:
        """The first bad sign: probe at once."""
        return cls(now, 0, now)

    def failed(self, now: float, jitter: float) -> Outage:
        """A probe failed: wait twice as long as before, less up to half of it (`jitter` in [0, 1))."""
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self.failures, 30))
        return Outage(self.since, self.failures + 1, now + wait * (1 - jitter / 2))
