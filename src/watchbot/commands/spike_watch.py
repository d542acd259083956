"""Looks at the mention counts now and then, and stores a notice for each spike: one message per chat and spike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from watchbot.commands.services import RuleSetLike
from watchbot.commands.spikes import MIN_COUNT, Spike, find_spikes, spike_note
from watchbot.model import AlertKind, Chat, DeliveryKind, PlannedAlert, PlannedDelivery, Priority, Subscription
from watchbot.plan import Audience
from watchbot.plan.schedule import effective, schedule
from watchbot.render.entities import entity_titles
from watchbot.render.i18n import texts
from watchbot.storage import Storage, StorageThread

log = structlog.get_logger(__name__)
HISTORY = timedelta(days=7)
HOUR = timedelta(hours=1)
Pairs = Sequence[tuple[Subscription, Chat]]


class SpikeWatch:
    """`rules` gives the rule set in force, `audience` who is told of alerts now (called on the storage's thread).
    `check` is meant to be called every few minutes."""

    def __init__(
        self,
        storage: Storage,
        thread: StorageThread,
        rules: Callable[[], RuleSetLike],
        audience: Callable[[datetime], Audience],
    ) -> None:
        self._storage, self._thread, self._rules, self._audience = storage, thread, rules, audience

    async def check(self, now: datetime) -> list[Spike]:
        """Find spikes of the running hour, and store their notices. Answers the spikes told.

        The running hour is compared as if it were over: a spike shows before its hour ends, never because of it.
        """
        start = now.replace(minute=0, second=0, microsecond=0)
        counts = await self._thread.run(self._storage.mention_counts, None, start - HISTORY, start + HOUR)
        first = min((hour for _, hour, _ in counts), default=start)
        current = {entity: n for entity, hour, n in counts if hour == start}
        told = await self._thread.run(self._told, current)
        found = find_spikes(current, histories(counts, first, start), told, now)
        for spike in found:
            await self._thread.run(self._tell, spike, now)
            log.info("spike", entity=spike.entity, count=spike.count, usual=spike.usual)
        return found

    def _told(self, counts: Mapping[str, int]) -> dict[str, Spike]:
        """The last spike told of each entity that may have one now: kept in the database, over restarts."""
        found = {}
        for entity in (e for e, count in counts.items() if count >= MIN_COUNT):
            if kept := self._storage.flag(f"spike:{entity}"):
                at, count, usual = kept.split()
                found[entity] = Spike(entity, int(count), int(usual), datetime.fromisoformat(at))
        return found

    def _tell(self, spike: Spike, now: datetime) -> None:
        """Store the notice, once per language of those who are told; then that it was told."""
        topics = self._audience(now).topics
        known = self._rules().entities
        listening = [pair for rule in rules_about(spike.entity, self._rules()) for pair in topics.get(rule, ())]
        pairs = [(s, c) for s, c in listening if wants_now(s, c, now)]
        # A chat that subscribed by itself and by configuration, perhaps in two languages, is told once.
        languages = {chat.id: chat.language for _, chat in reversed(pairs)}
        for language in sorted(set(languages.values())):
            deliveries = deliver([(s, c) for s, c in pairs if languages[c.id] == language], now)
            note = spike_note(spike, entity_titles(known, texts(language)).get(spike.entity, spike.entity))
            self._storage.add_notice(PlannedAlert(AlertKind.NOTICE, Priority.NORMAL, deliveries, notes=(note,)), now)
        self._storage.set_flag(f"spike:{spike.entity}", f"{spike.at.isoformat()} {spike.count} {spike.usual}")


def histories(counts: Sequence[tuple[str, datetime, int]], first: datetime, start: datetime) -> dict[str, list[int]]:
    """Mentions per hour from `first` up to `start`, silent hours as zero, for every entity of `counts`.

    An hour that is none of this clock's (a restored or moved database) counts where it began.
    """
    hours = -(-(start - first) // HOUR)
    table = {entity: [0] * hours for entity, _, _ in counts}
    for entity, hour, count in counts:
        if hour < start:
            table[entity][(hour - first) // HOUR] += count
    return table


def rules_about(entity: str, rules: RuleSetLike) -> list[str]:
    """Rules whose expression names the entity."""
    name = re.compile(rf"(?<![\w-]){re.escape(entity)}(?![\w-])")
    return [rule.id for rule in rules.rules if name.search(rule.match)]


def wants_now(subscription: Subscription, chat: Chat, now: datetime) -> bool:
    """Not suspended, not muted, and not only for urgent news."""
    muted = subscription.muted_until is not None and subscription.muted_until > now
    lowest = effective(chat, subscription).min_priority
    return not chat.suspended and not muted and (lowest is None or lowest <= Priority.NORMAL)


def deliver(pairs: Pairs, now: datetime) -> tuple[PlannedDelivery, ...]:
    """One delivery per chat and thread, at the time that its settings give."""
    found: dict[tuple[int, int | None], PlannedDelivery] = {}
    for subscription, chat in pairs:
        key = (chat.id, subscription.thread_id)
        if key not in found:
            slot = schedule(chat, effective(chat, subscription), priority=Priority.NORMAL, now=now)
            topics = tuple(dict.fromkeys(s.topic for s, c in pairs if (c.id, s.thread_id) == key))
            kind = DeliveryKind.SEND
            found[key] = PlannedDelivery(*key, topics, kind, slot.state, slot.not_before, slot.silent)
    return tuple(found.values())
