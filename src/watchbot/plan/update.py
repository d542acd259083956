"""One feed update, planned: entries -> keys -> matches -> story -> alerts -> deliveries.

    ParsedFeed -- keys known? --yes--> seen again
                      |no
             first poll and old? renewed feed? under embargo?  -> stored, not told
                      |no
             rules match? -> story -> first: NEW alert | material: UPDATE alert | else: edit in place

Pure in what it decides; it extends the story index and the ledger as it goes, so that two entries of one document
find each other. When the transaction fails, `undo` takes that back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from watchbot.match import match_entry
from watchbot.model import (
    OVER_QUOTA,
    AlertKind,
    AlertPolicy,
    Chat,
    ChatSettings,
    DeliveryKind,
    DeliveryState,
    EntryOutcome,
    EntryStatus,
    FeedUpdate,
    MatchInput,
    MatchResult,
    Note,
    ParsedEntry,
    ParsedFeed,
    Placement,
    PlacementKind,
    PlannedAlert,
    PlannedDelivery,
    PlannedEntry,
    Priority,
    StoredFeed,
    StoryItem,
    Subscription,
    UpdatePlan,
)
from watchbot.plan.burst import BurstOptions, Told, breaks_through, collapses, over_quota, wants_all
from watchbot.plan.flood import Renewal, gap_possible, renewal
from watchbot.plan.keys import RENEWED, EntryKeys, entry_keys, key_mode
from watchbot.plan.ledger import Ledger, Recipient, StoryAlert
from watchbot.plan.schedule import Slot, effective, quiet_until, schedule, wants
from watchbot.rules import Rule, RuleSet
from watchbot.stories import StoryIndex
from watchbot.text.fingerprint import Mark, strip_title

MAX_WINDOW = 1000
"""Keys of the last document kept in the feed's row; feeds longer than this are rare and their tail is old."""
MAX_BACK = timedelta(days=7)
"""A publication time further back is clamped: it orders nothing any more."""


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """`alert_within`: age up to which entries of a feed's first poll alert. `host_aliases`: host -> canonical host.
    `bursts`: from which rate on alerts collapse into digests."""

    alert_within: timedelta = timedelta(hours=24)
    host_aliases: Mapping[str, str] = field(default_factory=dict)
    bursts: BurstOptions = field(default_factory=BurstOptions)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who listens. `mutes`: chat id -> outlets (case-folded) it does not want. `admins` get notices."""

    subscriptions: Sequence[tuple[Subscription, Chat]] = ()
    mutes: Mapping[int, frozenset[str]] = field(default_factory=dict)
    admins: Sequence[Chat] = ()
    topics: Mapping[str, Sequence[tuple[Subscription, Chat]]] = field(init=False, repr=False, compare=False)
    """Active subscriptions per topic, sorted once: one audience serves many plans."""

    def __post_init__(self) -> None:
        topics: dict[str, list[tuple[Subscription, Chat]]] = {}
        for subscription, chat in self.subscriptions:
            if chat.suspended is None:
                topics.setdefault(subscription.topic, []).append((subscription, chat))
        object.__setattr__(self, "topics", topics)


def plan_update(
    feed: StoredFeed,
    parsed: ParsedFeed,
    *,
    known: Mapping[str, int],
    ids: Iterable[int],
    rules: RuleSet,
    index: StoryIndex,
    ledger: Ledger,
    audience: Audience,
    settings: PlanSettings,
    now: datetime,
    changes: Mapping[str, object] | None = None,
    keys: Sequence[EntryKeys] | None = None,
) -> UpdatePlan:
    """Plan what a fetched and parsed document writes.

    `known` answers the keys of `entry_keys` (key -> entry id); `ids` are reserved entry ids, one per new entry (as many
    as the document has entries always suffice); `changes` are the fetch's own changes of the feed's row (etag ...);
    `keys` are the document's `entry_keys`, where they were made already.
    """
    planner = _Planner(feed, rules, index, ledger, audience, settings, now, iter(ids))
    try:
        return planner.update(parsed, known, dict(changes or {}), keys)
    except BaseException:
        planner.undo()
        raise


def notice(admins: Sequence[Chat], note: Note, now: datetime) -> PlannedAlert:
    """A word to the admins that can be told."""
    deliveries = tuple(
        PlannedDelivery(chat.id, None, (), DeliveryKind.SEND, DeliveryState.PENDING, now)
        for chat in admins
        if chat.suspended is None
    )
    return PlannedAlert(AlertKind.NOTICE, Priority.NORMAL, deliveries, notes=(note,))


def plan_embargoes(
    due: Sequence[PlannedEntry],
    *,
    feeds: Mapping[int, StoredFeed],
    rules: RuleSet,
    index: StoryIndex,
    ledger: Ledger,
    audience: Audience,
    settings: PlanSettings,
    now: datetime,
) -> tuple[UpdatePlan, ...]:
    """Plans for entries whose embargo has passed: same ids and keys, matched by the rules of today."""
    plans = []
    for held in due:
        feed = feeds[held.feed_id]
        planner = _Planner(feed, rules, index, ledger, audience, settings, now, iter(()))
        planner.release(held)
        plans.append(planner.plan(FeedUpdate(feed.id)))
    return tuple(plans)


def undo(plan: UpdatePlan, index: StoryIndex, ledger: Ledger) -> None:
    """Take back what planning added to the index and the ledger, after `plan` failed to commit."""
    ids = [entry.id for entry in plan.entries]
    index.remove(ids)
    ledger.forget(ids)


class _Planner:
    """One run over one document. Short-lived; collects what the plan will hold."""

    def __init__(
        self,
        feed: StoredFeed,
        rules: RuleSet,
        index: StoryIndex,
        ledger: Ledger,
        audience: Audience,
        settings: PlanSettings,
        now: datetime,
        ids: Iterator[int],
    ) -> None:
        self._feed, self._rules, self._index, self._ledger = feed, rules, index, ledger
        self._audience, self._settings, self._now, self._ids = audience, settings, now, ids
        self._topics = audience.topics
        self._entries: list[PlannedEntry] = []
        self._seen: dict[str, None] = {}
        self._alerts: list[PlannedAlert] = []
        self._refresh: dict[str, None] = {}
        self._withdrawn: dict[str, None] = {}
        self._added: list[int] = []
        self._cut: tuple[str, ...] = ()

    def undo(self) -> None:
        """Take back what was added to the index and the ledger so far."""
        self._index.remove(self._added)
        self._ledger.forget(self._added)

    # -- the document

    def update(
        self,
        parsed: ParsedFeed,
        known: Mapping[str, int],
        changes: dict[str, object],
        keys: Sequence[EntryKeys] | None,
    ) -> UpdatePlan:
        self._cut = parsed.seen
        if keys is None:
            keys = entry_keys(self._feed, parsed, self._settings.host_aliases)
        mode = key_mode(self._feed, parsed)
        if mode == "guid" and not parsed.seen and self._guids_renewed(keys, known):
            # The guids change on every poll while links and texts stay: from now on they count for nothing.
            mode = "link"
            keys = entry_keys(replace(self._feed, key_mode=mode), parsed, self._settings.host_aliases)
        if mode != self._feed.key_mode:
            known = dict(known) | {k.primary: known[g] for k in keys for g in reversed(k.global_) if g in known}
        flood = renewal(self._feed, parsed, keys, known, self._now)
        batch: dict[str, int] = {}
        for entry, entry_key in self._oldest_first(parsed, keys):
            self._one(entry, entry_key, known, batch, flood, parsed.lang)
        if flood is not None and (flooded := [e for e in self._entries if e.outcome is EntryOutcome.QUARANTINED]):
            self._notice(flood, flooded)
        changes |= self._feed_changes(parsed, keys, mode, known)
        return self.plan(FeedUpdate(self._feed.id, changes))

    def plan(self, feed: FeedUpdate) -> UpdatePlan:
        return UpdatePlan(
            feed=feed,
            entries=tuple(self._entries),
            seen_again=tuple(self._seen),
            cut=self._cut,
            alerts=tuple(self._alerts),
            refresh_stories=tuple(self._refresh),
            withdrawn_stories=tuple(self._withdrawn),
        )

    def _oldest_first(self, parsed: ParsedFeed, keys: Sequence[EntryKeys]) -> Iterator[tuple[ParsedEntry, EntryKeys]]:
        """Entries in the order they happened; undated ones keep the document's order, newest first as feeds are."""
        pairs = list(zip(parsed.entries, keys, strict=True))
        pairs.reverse()
        pairs.sort(key=lambda pair: self._at(pair[0]))
        return iter(pairs)

    def _guids_renewed(self, keys: Sequence[EntryKeys], known: Mapping[str, int]) -> bool:
        """Most entries come under a new guid with the link and the text of a known entry of this feed's last window."""
        if len(keys) < 3 or not self._feed.window or not set(self._feed.window).isdisjoint(k.primary for k in keys):
            return False
        renewed = sum(k.primary not in known and any(g in known for g in k.global_) and k.title in known for k in keys)
        return renewed >= RENEWED * len(keys)

    def _feed_changes(
        self, parsed: ParsedFeed, keys: Sequence[EntryKeys], mode: str, known: Mapping[str, int]
    ) -> dict[str, object]:
        # Entries that were cut out before parsing are in the document still: they keep their place in the window.
        older = self._feed.window if parsed.seen else ()
        size = min(len(keys) + len(parsed.seen), MAX_WINDOW)
        window = tuple(dict.fromkeys((*(k.primary for k in keys), *older)))[:size]
        changes: dict[str, object] = {"window": window}
        if mode != self._feed.key_mode:
            changes["key_mode"] = mode
        if self._feed.baseline_at is None:
            changes["baseline_at"] = self._now
        if any(e.outcome is not EntryOutcome.BASELINE for e in self._entries):
            changes["last_new_at"] = self._now
        if mode == self._feed.key_mode and not parsed.seen and gap_possible(self._feed, keys, known):
            changes["gap_at"] = self._now
        return changes

    # -- one entry

    def _one(
        self,
        entry: ParsedEntry,
        keys: EntryKeys,
        known: Mapping[str, int],
        batch: dict[str, int],
        flood: Renewal | None,
        lang: str | None,
    ) -> None:
        def find(key: str) -> int | None:
            return known.get(key) or batch.get(key)

        same = find(keys.primary)
        others = [found for key in (*keys.global_, keys.title) if (found := find(key)) is not None]
        revised = same is not None and keys.revision is not None and find(keys.revision) is None
        if same is not None and not revised:
            if others:
                self._seen.update((key, None) for key in keys.all if key in known)
                return
            same = None  # a guid given again to an entry of which nothing else is known: a feed that reuses guids
        elsewhere = next((found for key in keys.global_ if (found := find(key)) is not None), None)
        planned = self._planned(entry, keys, lang)
        batch.update((key, planned.id) for key in keys.all)
        quarantined = flood is not None and keys.primary in flood.keys
        self._judge(planned, of=same, copy_of=elsewhere if not revised else None, quarantined=quarantined)

    def release(self, held: PlannedEntry) -> None:
        self._judge(replace(held, at=self._at(held.entry)), of=None, copy_of=None, quarantined=False)

    def _planned(self, entry: ParsedEntry, keys: EntryKeys, lang: str | None) -> PlannedEntry:
        spec = self._feed.spec
        link = next((key.removeprefix("url:") for key in keys.global_ if key.startswith("url:")), None)
        return PlannedEntry(
            id=next(self._ids),
            feed_id=self._feed.id,
            entry=entry,
            keys=keys.all,
            canonical_link=link,
            source=entry.source or spec.name,
            owner=entry.source or spec.owner or spec.name,
            lang=entry.lang or spec.lang or lang,
            at=self._at(entry),
            first_seen_at=self._now,
            outcome=EntryOutcome.NO_MATCH,
        )

    def _judge(self, planned: PlannedEntry, *, of: int | None, copy_of: int | None, quarantined: bool) -> None:
        """Match, place, alert. `of`: the entry this is another version of; `copy_of`: the same entry elsewhere."""
        entry = planned.entry
        held = (entry.embargo is not None and entry.embargo > self._now) or entry.status is EntryStatus.WITHHELD
        if held and of is None:
            self._entries.append(replace(planned, outcome=EntryOutcome.EMBARGOED))
            return
        result = match_entry(self._match_input(planned), self._rules)
        rules = tuple(match.rule for match in result.rules)
        before = self._index.item_rules(of) if of is not None else None
        # A withdrawal often says no more than "withdrawn": it concerns whoever was told the first version.
        rules = rules or before or ()
        if not rules:
            self._entries.append(replace(planned, matches=result.matches))
            return
        planned = replace(planned, matches=result.matches, rules=rules, priority=self._priority(rules))
        if copy_of is not None and self._index.story_of(copy_of) is None:
            # Seen before under another identity, and not in the window: old, or of no interest then.
            self._entries.append(replace(planned, outcome=EntryOutcome.DUPLICATE))
            return
        item = self._story_item(planned, result)
        placement = self._place(item, of if before is not None else None, copy_of)
        self._index.add(item, placement)
        self._added.append(planned.id)
        outcome = self._tell(planned, placement, quarantined, seen=copy_of is not None)
        self._entries.append(replace(planned, placement=placement, outcome=outcome))

    def _place(self, item: StoryItem, of: int | None, copy_of: int | None) -> Placement:
        """Where the index puts it, unless its identity says it: another version, or the same entry elsewhere."""
        same = of if of is not None else copy_of
        story = self._index.story_of(same) if same is not None else None
        if story is None:
            return self._index.place(item)
        if of is None:
            return Placement(PlacementKind.DUPLICATE, story, 1.0, "the same entry in another feed", (), copy_of)
        marks = strip_title(item.title).marks
        material: tuple[str, ...] = ()
        if item.status in (EntryStatus.CANCELED, EntryStatus.WITHHELD) or Mark.KILL in marks:
            material = ("withdrawn",)
        elif item.status is EntryStatus.CORRECTED or Mark.CORRECTION in marks:
            material = ("correction",)
        return Placement(PlacementKind.UPDATE, story, 1.0, "another version of the same entry", material, of)

    def _match_input(self, planned: PlannedEntry) -> MatchInput:
        entry = planned.entry
        tags = (*entry.tags, *self._feed.spec.tags)
        return MatchInput(entry.title, entry.summary, entry.body, planned.lang, planned.source, tags)

    def _story_item(self, planned: PlannedEntry, result: MatchResult) -> StoryItem:
        entry = planned.entry
        return StoryItem(
            id=planned.id,
            at=planned.at,
            lang=planned.lang,
            source=planned.source,
            owner=planned.owner,
            title=entry.title,
            summary=entry.summary,
            body=entry.body,
            link=planned.canonical_link,
            entities=result.entities,
            rules=planned.rules,
            priority=planned.priority,
            version=entry.version,
            status=entry.status,
            headline=result.headline,
        )

    def _at(self, entry: ParsedEntry) -> datetime:
        """Publication time in [now - 7 d, now]; `now` when there is none."""
        at = entry.published_at or entry.updated_at or self._now
        return min(max(at, self._now - MAX_BACK), self._now)

    def _too_old(self, entry: ParsedEntry) -> bool:
        """On a feed's first poll: not younger than `alert_within`; no date, or one in the future, proves no youth."""
        at = entry.published_at or entry.updated_at
        # A clock an hour or a zone off is common; a date further ahead says nothing about age.
        return at is None or at <= self._now - self._settings.alert_within or at > self._now + timedelta(hours=14)

    # -- what is told

    def _tell(self, planned: PlannedEntry, placement: Placement, quarantined: bool, *, seen: bool) -> EntryOutcome:
        """Plan the alerts of a placed entry. `seen`: it is another showing of an entry that was judged before."""
        story = placement.story
        if quarantined:
            return EntryOutcome.QUARANTINED
        if self._feed.baseline_at is None and self._too_old(planned.entry):
            return EntryOutcome.BASELINE
        withdrawn = "withdrawn" in placement.material or planned.entry.status is EntryStatus.CANCELED
        if withdrawn:
            if not self._ledger.alerted(story):
                return EntryOutcome.DUPLICATE  # withdrawn before anything of it was told: nothing to take back
            self._withdrawn[story] = None
        outcome = EntryOutcome.DUPLICATE if placement.kind is PlacementKind.DUPLICATE else EntryOutcome.UPDATE
        if not self._ledger.alerted(story):
            if seen:
                return outcome
            open_rules = [r for r in planned.rules if not self._cooling(r)]
            if not open_rules:
                return EntryOutcome.UPDATE
            self._alert(planned, story, AlertKind.NEW, tuple(open_rules), (), lambda _: True)
            return EntryOutcome.ALERT
        self._refresh[story] = None
        told = self._ledger.told(story)
        material = self._material(planned, placement, story)
        rules = tuple(r for r in planned.rules if self._may_update(r, story, placement, material, withdrawn))
        if rules:
            self._alert(planned, story, AlertKind.UPDATE, rules, material, lambda who: who in told)
        if not withdrawn and (fresh := self._untold(planned, told)):
            self._alert(planned, story, AlertKind.NEW, fresh, (), lambda who: who not in told)
        return outcome

    def _material(self, planned: PlannedEntry, placement: Placement, story: str) -> tuple[str, ...]:
        if planned.priority > self._ledger.priority(story):
            return (*placement.material, f"now {planned.priority.name.lower()} priority")
        return placement.material

    def _may_update(
        self, rule_id: str, story: str, placement: Placement, material: tuple[str, ...], withdrawn: bool
    ) -> bool:
        rule = self._rule(rule_id)
        if rule is None:
            return False
        if withdrawn:
            return True  # what was sent must not stand: this is no matter of taste
        last = self._ledger.last(story, rule_id)
        if rule.window is not None and last is not None and self._now - last >= rule.window:
            return True  # the rule's own window: an old story is told again
        if self._cooling(rule_id) or rule.alerts is AlertPolicy.FIRST:
            return False
        return bool(material) or (rule.alerts is AlertPolicy.ALL and placement.kind is not PlacementKind.DUPLICATE)

    def _cooling(self, rule_id: str) -> bool:
        rule, last = self._rule(rule_id), self._ledger.last_of_rule(rule_id)
        return bool(rule and rule.cooldown and last is not None and self._now - last < rule.cooldown)

    def _untold(self, planned: PlannedEntry, told: frozenset[Recipient]) -> tuple[str, ...]:
        """Rules of this entry with a subscriber who has no message of the story yet."""
        return tuple(
            rule
            for rule in planned.rules
            if not self._cooling(rule)
            and any((s.chat_id, s.thread_id) not in told for s, _ in self._topics.get(rule, ()))
        )

    def _rule(self, rule_id: str) -> Rule | None:
        return self._rules.rule(rule_id)

    def _priority(self, rules: Iterable[str]) -> Priority:
        found = [rule.priority for rule_id in rules if (rule := self._rule(rule_id))]
        return max(found, default=Priority.NORMAL)

    def _alert(
        self,
        planned: PlannedEntry,
        story: str,
        kind: AlertKind,
        rules: tuple[str, ...],
        material: tuple[str, ...],
        who: Callable[[Recipient], bool],
    ) -> None:
        deliveries = self._deliveries(planned, kind, rules, material, who)
        first = not self._ledger.alerted(story)
        if not deliveries and not first:
            return  # an alert nobody gets is only worth a number when it opens the story
        priority = self._priority(rules)
        self._alerts.append(PlannedAlert(kind, priority, deliveries, planned.id, story, rules, material))
        recipients = tuple((d.chat_id, d.thread_id) for d in deliveries)
        at_once = tuple(
            (d.chat_id, Told(self._now, d.thread_id, d.topics, kind is AlertKind.NEW))
            for d in deliveries
            if d.state is DeliveryState.PENDING
        )
        self._ledger.record(StoryAlert(planned.id, story, rules, priority, self._now, recipients, at_once))

    def _deliveries(
        self,
        planned: PlannedEntry,
        kind: AlertKind,
        rules: tuple[str, ...],
        material: tuple[str, ...],
        who: Callable[[Recipient], bool],
    ) -> tuple[PlannedDelivery, ...]:
        """One delivery per chat and thread, however many of its topics matched; the most urgent topic decides when."""
        topics: dict[Recipient, list[tuple[str, Subscription, Chat]]] = {}
        for rule in rules:
            for subscription, chat in self._topics.get(rule, ()):
                if who((chat.id, subscription.thread_id)) and self._wanted(planned, rule, subscription, chat):
                    topics.setdefault((chat.id, subscription.thread_id), []).append((rule, subscription, chat))
        send = DeliveryKind.SEND if kind is AlertKind.NEW else DeliveryKind.REPLY
        deliveries = []
        urgent = breaks_through(material)
        for (chat_id, thread_id), found in topics.items():
            slots = [self._slot(rule, sub, chat, kind, urgent=urgent) for rule, sub, chat in found]
            slot, roll = min(slots, key=lambda s: (s[0].not_before, s[0].silent))
            high = any(self._priority((rule,)) is Priority.HIGH for rule, _, _ in found)
            if slot.state is DeliveryState.PENDING and not (urgent or high):
                told, chat = self._ledger.told_at_once(chat_id), found[0][2]
                if later := over_quota(told, chat, self._settings.bursts.per_hour, self._now):
                    slot, roll = _held(chat, effective(chat, found[0][1]), later, slot.silent, OVER_QUOTA)
            named = tuple(rule for rule, _, _ in found)
            deliveries.append(
                PlannedDelivery(chat_id, thread_id, named, send, slot.state, slot.not_before, slot.silent, roll)
            )
        return tuple(deliveries)

    def _slot(
        self, rule: str, subscription: Subscription, chat: Chat, kind: AlertKind, *, urgent: bool
    ) -> tuple[Slot, str | None]:
        """When this topic tells this chat, and in which rolling digest, if it must wait for one."""
        own, priority = effective(chat, subscription), self._priority((rule,))
        slot = schedule(chat, own, priority=priority, now=self._now)
        if slot.state is not DeliveryState.PENDING or urgent or priority is Priority.HIGH or wants_all(own):
            return slot, None
        bursts = self._settings.bursts
        too_much = collapses(
            self._ledger.told_at_once(chat.id),
            rule,
            subscription.thread_id,
            first=kind is AlertKind.NEW,
            times=self._ledger.times_of_rule(rule),
            now=self._now,
            settings=bursts,
        )
        return _held(chat, own, self._now + bursts.every, slot.silent, rule) if too_much else (slot, None)

    def _wanted(self, planned: PlannedEntry, rule: str, subscription: Subscription, chat: Chat) -> bool:
        if subscription.muted_until is not None and subscription.muted_until > self._now:
            return False
        muted = self._audience.mutes.get(chat.id)
        if muted and (planned.source.casefold() in muted or planned.owner.casefold() in muted):
            return False
        return wants(effective(chat, subscription), priority=self._priority((rule,)), lang=planned.lang)

    def _notice(self, flood: Renewal, entries: Sequence[PlannedEntry]) -> None:
        """One message to the admins in place of a flood."""
        note = Note(f"notice-renewed-{flood.reason}", {"feed": self._feed.spec.name, "count": len(entries)})
        self._alerts.append(notice(self._audience.admins, note, self._now))


def _held(chat: Chat, own: ChatSettings, until: datetime, silent: bool, roll: str) -> tuple[Slot, str | None]:
    """Held for the digest `roll` at `until`; what would come in quiet hours waits for the digest at their end."""
    quiet = quiet_until(chat, own, until)
    if quiet is not None:
        return Slot(DeliveryState.HELD, quiet, silent), None
    return Slot(DeliveryState.HELD, until, silent), roll
