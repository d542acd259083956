"""Telegram's flood limits: about 30 messages a second overall, one a second per chat, 20 a minute per group.

Telegram documents "about" these figures (core.telegram.org/bots/faq) and lets short bursts pass, so the two limits by
the second are token buckets with a small burst; the group's is a sliding window. Times are seconds of any clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """What the server allows. Rates are per second; `speed` multiplies them all (a bench in less time)."""

    overall: float = 30.0
    overall_burst: float = 30.0
    per_chat: float = 1.0
    chat_burst: float = 2.0
    group_count: int = 20
    group_period: float = 60.0
    speed: float = 1.0


NO_LIMITS = Limits(overall=1e9, overall_burst=1e9, per_chat=1e9, chat_burst=1e9, group_count=10**9)


@dataclass
class Bucket:
    """A token bucket: `wait` is 0 when a token was there (and taken), else the seconds until one is."""

    rate: float
    burst: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.rate

    def take(self) -> None:
        self.level -= 1


@dataclass
class Limiter:
    """Counts messages. `admit` answers 0.0, or the seconds to wait as Telegram's retry_after would say."""

    limits: Limits
    refused: int = 0
    overall: Bucket = field(init=False)
    chats: dict[int, Bucket] = field(default_factory=dict)
    groups: dict[int, deque[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rate = self.limits.overall * self.limits.speed
        self.overall = Bucket(rate, self.limits.overall_burst, self.limits.overall_burst, 0.0)

    def admit(self, chat_id: int, is_group: bool, now: float) -> float:
        limits = self.limits
        fresh = Bucket(limits.per_chat * limits.speed, limits.chat_burst, limits.chat_burst, now)
        chat = self.chats.setdefault(chat_id, fresh)
        wait = max(self.overall.wait(now), chat.wait(now), self.group_wait(chat_id, now) if is_group else 0.0)
        if wait > 0:
            self.refused += 1
            return wait
        self.overall.take()
        chat.take()
        if is_group:
            self.groups[chat_id].append(now)
        return 0.0

    def group_wait(self, chat_id: int, now: float) -> float:
        window = self.groups.setdefault(chat_id, deque())
        period = self.limits.group_period / self.limits.speed
        while window and window[0] <= now - period:
            window.popleft()
        return window[0] + period - now if len(window) >= self.limits.group_count else 0.0
