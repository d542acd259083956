"""When the next call to Telegram may start. Pure: times are seconds of any steady clock, and `now` is passed in.

Telegram's limits (core.telegram.org/bots/faq, "My bot is hitting limits"): about 30 messages a second overall, one a
second in a chat, 20 a minute in a group. Edits count like messages.

- Overall: at most `overall` starts in any one second, a sliding window that no lateness can overfill, with a smallest
  gap between two starts so that they do not leave in one burst.
- Per chat and per group the time counts from the end of the last call, not from its start: Telegram counts when it
  accepts, and that is never later than its answer. So jitter on the way cannot bring two messages too close.
- A 429 does not say whether it means the chat or the bot. It blocks its chat, and everything else waits for one probe
  in another chat: accepted, it was the chat; refused too, it was the bot. Then all wait for the longest retry_after,
  and the overall rate shrinks and grows back slowly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf, nextafter

SHRINK = 0.7
"""What is left of the overall rate after a 429 for the whole bot (multiplicative decrease, additive increase)."""
SPACING = 0.8
"""Smallest gap between two starts, as a part of the even gap: room to make up for a late start, without a burst."""
GROW_EVERY = 20.0
"""Seconds without a 429 after which the overall rate grows by one message a second."""
CHAT_SLOWDOWN = 2.0
"""How much longer a chat's gap gets by a 429 of its own."""
CHAT_RECOVERY = 0.8
"""What is left of that lengthening after each message that the chat accepts."""
MAX_GAP = 60.0


@dataclass(frozen=True, slots=True)
class Rates:
    """What Telegram allows, in messages: a second overall, seconds between two in a chat, per minute in a group."""

    overall: float = 30.0
    chat_gap: float = 1.0
    group_count: int = 20
    group_period: float = 60.0
    window: float = 1.0
    """Seconds of the sliding window in which `overall` is counted."""


UNLIMITED = Rates(overall=1e6, chat_gap=0.0, group_count=10**9, group_period=1.0)
"""For the console."""


@dataclass(slots=True)
class _Chat:
    gap: float
    ready: float = 0.0
    blocked_until: float = 0.0
    in_flight: bool = False
    sent: deque[float] = field(default_factory=deque)


class Pacer:
    """Keeps what was sent and answers when the next may be. `reserve`, then `done` or `cancel`, once per call."""

    def __init__(self, rates: Rates | None = None) -> None:
        self.rates = rates or Rates()
        self.rate = self.rates.overall
        self.paused_until = 0.0
        self._starts: deque[float] = deque()
        self._begun: deque[float] = deque()
        self._chats: dict[int, _Chat] = {}
        self._limited_at = -inf
        self._probing = False
        self._probe: int | None = None
        self._grown_at = -inf

    # -- asking -------------------------------------------------------------------------------------------------------

    def ready_at(self, chat_id: int, now: float) -> float:
        """The earliest start of a call to this chat: `now` or later; inf while that depends on a call in flight."""
        chat = self._chats.get(chat_id)
        if (chat and chat.in_flight) or (self._probing and self._probe is not None):
            return inf
        return max(now, self.paused_until, self._overall_at(now), self._chat_at(chat_id, chat, now))

    def blocked(self, chat_id: int, now: float) -> float:
        """Until when a 429 forbids this chat: `now` when it does not. Unlike `ready_at`, without the rates."""
        chat = self._chats.get(chat_id)
        return max(now, self.paused_until, chat.blocked_until if chat else 0.0)

    def busy_chats(self, now: float, horizon: float) -> set[int]:
        """Chats to which no call may start before `now + horizon`."""
        self._forget(now)
        return {c for c, s in self._chats.items() if s.in_flight or self._chat_at(c, s, now) > now + horizon}

    def room(self, now: float, horizon: float) -> int:
        """How many calls may start before `now + horizon`, by the overall limit alone."""
        if self._probing:
            return 0 if self._probe is not None else int(self.paused_until <= now + horizon)
        if self.paused_until > now + horizon:
            return 0
        count, period = self._window(now)
        recent = sum(1 for start in self._starts if start > now + horizon - period)
        spaced = (now + horizon - self._overall_at(now)) / (period / count * SPACING)
        return max(0, min(count - recent, int(spaced) + 1 if spaced >= 0 else 0))

    def next_room(self, now: float) -> float:
        """When the overall limit allows the next call; inf while a probe is in flight."""
        if self._probing and self._probe is not None:
            return inf
        return max(now, self.paused_until, self._overall_at(now))

    def next_ready_chat(self, now: float) -> float:
        """When the first of the chats that now must wait may get a call; inf when none waits."""
        waiting = (self._chat_at(c, s, now) for c, s in self._chats.items() if not s.in_flight)
        return min((at for at in waiting if at > now), default=inf)

    # -- telling ------------------------------------------------------------------------------------------------------

    def reserve(self, chat_id: int, now: float) -> float:
        """Take the earliest slot of this chat and answer its start. ValueError when `ready_at` is inf."""
        start = self.ready_at(chat_id, now)
        if start == inf:
            raise ValueError(f"chat {chat_id} waits for a call in flight")
        self._starts.append(start)
        self._chat(chat_id).in_flight = True
        if self._probing:
            self._probe = chat_id
        return start

    def admit(self, chat_id: int, now: float) -> float:
        """When a reserved call may really start. `now`: it starts now, and is counted.

        Later: calls whose start was late (a busy process) have filled the second. inf: a 429 came in between, and this
        is not the probe.
        """
        if self.blocked(chat_id, now) > now:
            return inf
        if self._probing:
            if self._probe not in (None, chat_id):
                return inf
            self._probe = chat_id
        count, period = self._window(now)
        while self._begun and self._begun[0] <= now - period:
            self._begun.popleft()
        if len(self._begun) >= count:
            return max(self._begun[-count] + period, nextafter(now, inf))
        self._begun.append(now)
        return now

    def cancel(self, chat_id: int) -> None:
        """The reserved call was not made."""
        self._chat(chat_id).in_flight = False
        self._end_probe(chat_id)

    def done(self, chat_id: int, started: float, now: float) -> None:
        """A call ended, whatever its outcome but a 429."""
        chat = self._chat(chat_id)
        chat.in_flight = False
        base = self.rates.chat_gap
        chat.gap = base + (chat.gap - base) * CHAT_RECOVERY
        chat.ready = now + chat.gap
        if is_group(chat_id):
            chat.sent.append(now)
        if self._probing and started >= self._limited_at:
            self._probing = False
        self._end_probe(chat_id)

    def limited(self, chat_id: int, retry_after: float, now: float) -> bool:
        """A call was answered 429. True when it is now clear that the whole bot is limited."""
        chat = self._chat(chat_id)
        chat.in_flight = False
        chat.blocked_until = max(chat.blocked_until, now + retry_after)
        chat.gap = min(MAX_GAP, max(chat.gap, self.rates.chat_gap, 0.1) * CHAT_SLOWDOWN)
        others = [s.blocked_until for c, s in self._chats.items() if c != chat_id and s.blocked_until > now]
        whole = self._probing and bool(others)
        if whole:
            self._probing = False
            self.paused_until = max(self.paused_until, chat.blocked_until, *others)
            self.rate = max(1.0, self.rate * SHRINK)
        elif self.paused_until <= now:
            self._probing = True
        self._limited_at = self._grown_at = now
        self._end_probe(chat_id)
        return whole

    # -- surviving a restart ------------------------------------------------------------------------------------------

    def pauses(self, now: float) -> tuple[float, dict[int, float]]:
        """Seconds from `now` for which the bot, and each chat, must stay silent because of a 429."""
        chats = {c: s.blocked_until - now for c, s in self._chats.items() if s.blocked_until > now}
        return max(0.0, self.paused_until - now), chats

    def restore(self, whole: float, chats: Mapping[int, float], now: float) -> None:
        """Take over what `pauses` gave before the restart."""
        if whole > 0:
            self.paused_until = now + whole
        for chat_id, seconds in chats.items():
            self._chat(chat_id).blocked_until = now + seconds
        self._probing = bool(chats) and whole <= 0

    # -- inside -------------------------------------------------------------------------------------------------------

    def _chat(self, chat_id: int) -> _Chat:
        return self._chats.setdefault(chat_id, _Chat(self.rates.chat_gap))

    def _end_probe(self, chat_id: int) -> None:
        if self._probe == chat_id:
            self._probe = None

    def _chat_at(self, chat_id: int, chat: _Chat | None, now: float) -> float:
        if chat is None:
            return now
        at = max(chat.ready, chat.blocked_until)
        if is_group(chat_id) and len(chat.sent) >= self.rates.group_count:
            at = max(at, chat.sent[-self.rates.group_count] + self.rates.group_period)
        return at

    def _window(self, now: float) -> tuple[int, float]:
        """The sliding window: how many starts in how many seconds."""
        if self.rate < self.rates.overall and now - self._grown_at >= GROW_EVERY:
            steps = int((now - self._grown_at) / GROW_EVERY)
            self.rate = min(self.rates.overall, self.rate + steps)
            self._grown_at += steps * GROW_EVERY
        count = max(1, int(self.rate * self.rates.window + 1e-9))
        return count, count / self.rate

    def _overall_at(self, now: float) -> float:
        count, period = self._window(now)
        while self._starts and self._starts[0] <= now - period:
            self._starts.popleft()
        if not self._starts:
            return now
        at = self._starts[-1] + period / count * SPACING
        if len(self._starts) >= count:
            at = max(at, self._starts[-count] + period)
        return max(now, at)

    def _forget(self, now: float) -> None:
        """Drop chats that no limit concerns any more, so that memory follows the last minutes only."""
        period = self.rates.group_period
        for chat_id in list(self._chats):
            chat = self._chats[chat_id]
            while chat.sent and chat.sent[0] <= now - period:
                chat.sent.popleft()
            calm = chat.gap <= self.rates.chat_gap * 1.01
            if calm and not chat.in_flight and not chat.sent and max(chat.ready, chat.blocked_until) <= now:
                del self._chats[chat_id]


def is_group(chat_id: int) -> bool:
    """Groups, supergroups and channels have negative ids (core.telegram.org/api/bots/ids)."""
    return chat_id < 0
