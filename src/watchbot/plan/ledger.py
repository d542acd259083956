"""What was told already: per story its rules, priority, time and recipients; per rule its alerts; per chat its hour.

In memory, as the story index is: rebuilt from storage at start, extended by each plan, taken back when a
transaction fails.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watchbot.model import Priority
from watchbot.plan.burst import Told

Recipient = tuple[int, int | None]
"""(chat id, message thread id)"""
KEPT = timedelta(hours=1)
"""How long it is remembered what a chat was told at once: as long as its quota counts."""


@dataclass(frozen=True, slots=True)
class StoryAlert:
    """One alert as the ledger remembers it."""

    entry_id: int
    story: str
    rules: tuple[str, ...]
    priority: Priority
    at: datetime
    recipients: tuple[Recipient, ...]
    at_once: tuple[tuple[int, Told], ...] = ()
    """(chat, what it was told) for those of the recipients who did not have to wait for a digest."""


@dataclass(slots=True)
class _Story:
    alerts: list[StoryAlert] = field(default_factory=list)


class Ledger:
    """Alerts of recent stories."""

    def __init__(self, alerts: Iterable[StoryAlert] = ()) -> None:
        self._stories: dict[str, _Story] = {}
        """In the order of their last alerts."""
        self._by_entry: dict[int, list[StoryAlert]] = {}
        self._rules: dict[str, list[datetime]] = {}
        self._chats: dict[int, list[Told]] = {}
        for alert in alerts:
            self.record(alert)

    def record(self, alert: StoryAlert) -> None:
        """Remember an alert that is being committed."""
        story = self._stories.pop(alert.story, None) or _Story()
        story.alerts.append(alert)
        self._stories[alert.story] = story
        self._by_entry.setdefault(alert.entry_id, []).append(alert)
        for rule in alert.rules:
            self._rules.setdefault(rule, []).append(alert.at)
        for chat_id, told in alert.at_once:
            self._chats.setdefault(chat_id, []).append(told)

    def forget(self, entry_ids: Iterable[int]) -> None:
        """Take back the alerts of entries whose transaction was rolled back."""
        for entry_id in entry_ids:
            for alert in self._by_entry.pop(entry_id, ()):
                story = self._stories[alert.story]
                story.alerts.remove(alert)
                if not story.alerts:
                    del self._stories[alert.story]
                for rule in alert.rules:
                    self._rules[rule].remove(alert.at)
                for chat_id, told in alert.at_once:
                    if told in (kept := self._chats.get(chat_id, [])):
                        kept.remove(told)

    def expire(self, before: datetime) -> None:
        """Forget stories whose last alert is older than `before`."""
        old = itertools.takewhile(lambda story: story.alerts[-1].at < before, self._stories.values())
        self.forget([alert.entry_id for story in old for alert in story.alerts])

    def expire_told(self, now: datetime) -> None:
        """Forget what chats were told more than an hour ago."""
        recent = {chat: [told for told in kept if told.at > now - KEPT] for chat, kept in self._chats.items()}
        self._chats = {chat: kept for chat, kept in recent.items() if kept}

    def told_at_once(self, chat_id: int) -> Sequence[Told]:
        """What a chat got at once in the last hour (and perhaps before), oldest first."""
        return self._chats.get(chat_id, ())

    def times_of_rule(self, rule: str) -> Sequence[datetime]:
        """When `rule` alerted, oldest first."""
        return self._rules.get(rule, ())

    def alerted(self, story: str) -> bool:
        """True when any alert of the story went out, with or without recipients."""
        return story in self._stories

    def told(self, story: str) -> frozenset[Recipient]:
        """Chats and threads that have a message of the story."""
        return frozenset(r for alert in self._alerts(story) for r in alert.recipients)

    def priority(self, story: str) -> Priority:
        """The highest priority told of the story."""
        return max((alert.priority for alert in self._alerts(story)), default=Priority.LOW)

    def last(self, story: str, rule: str) -> datetime | None:
        """When the story was last alerted under `rule`."""
        return max((alert.at for alert in self._alerts(story) if rule in alert.rules), default=None)

    def last_of_rule(self, rule: str) -> datetime | None:
        """When `rule` last alerted at all."""
        times = self._rules.get(rule)
        return max(times[-50:]) if times else None

    def _alerts(self, story: str) -> list[StoryAlert]:
        found = self._stories.get(story)
        return found.alerts if found else []
