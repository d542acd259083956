"""Replay: each recorded item as a document of its own, planned at its own moment.

Nothing here decides anything: identity, matching, grouping and policy are `watchbot.plan`'s. What the running bot asks
its database (which keys are known) is answered from memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbot.model import (
    AlertKind,
    Chat,
    ChatKind,
    ChatSettings,
    EntryOutcome,
    FeedSpec,
    ParsedFeed,
    PlannedEntry,
    Priority,
    StoredFeed,
    Subscription,
    UpdatePlan,
)
from watchbot.plan import Audience, Ledger, PlanSettings, plan_update
from watchbot.replay.items import EPOCH, ReplayItem
from watchbot.rules import RuleSet
from watchbot.stories import StoryIndex, StoryOptions

EVERYONE = 1
"""The chat that subscribes to every rule: its deliveries are what would have been sent."""
DEFAULT_PLAN = PlanSettings()
DEFAULT_STORIES = StoryOptions()
TIDY_EVERY = timedelta(hours=1)
"""How often, on the items' clock, what left the window is forgotten."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What would have become of an item. `outcome`: alert | update | duplicate | no-match."""

    id: str
    outcome: str
    story: str | None
    rules: tuple[str, ...]
    title: str
    source: str
    at: datetime
    priority: Priority = Priority.NORMAL
    because: str = ""
    replied: tuple[str, ...] = ()
    """What a reply to the story's message would have said."""


class Replayer:
    """The state of one replay: the story window, the ledger and the seen-set."""

    def __init__(self, rules: RuleSet, settings: PlanSettings, stories: StoryOptions) -> None:
        self._rules, self._settings, self._window = rules, settings, stories.window
        self._index, self._ledger = StoryIndex(stories), Ledger()
        self._known: dict[str, int] = {}
        self._ids = itertools.count(1)
        self._feeds: dict[str, StoredFeed] = {}
        self._stories: dict[int, tuple[str, tuple[str, ...]]] = {}
        self._names: dict[str, str] = {}
        self._taken: dict[str, int] = {}
        self._tidied: datetime | None = None
        self.last: UpdatePlan | None = None
        """The plan of the last item: what the running bot would have committed."""
        # One that gets everything and at once: what collapses for a chat is still what would have been sent.
        everyone = Chat(EVERYONE, ChatKind.PRIVATE, "replay", settings=ChatSettings(bursts=False, per_hour=0))
        self._audience = Audience([(Subscription(EVERYONE, rule.id), everyone) for rule in rules.rules])

    def play(self, item: ReplayItem, now: datetime) -> Answer:
        """Plan one item at `now`. Call in order of time."""
        self._tidy(now)
        feed = self._feed(item.source)
        parsed = ParsedFeed("", None, None, "replay", (item.entry,))
        plan = plan_update(
            feed,
            parsed,
            known=self._known,
            ids=self._ids,
            rules=self._rules,
            index=self._index,
            ledger=self._ledger,
            audience=self._audience,
            settings=self._settings,
            now=now,
        )
        self.last = plan
        if plan.entries:
            return self._new(item, plan, plan.entries[0], now)
        return self._seen(item, plan.seen_again, now)

    def _new(self, item: ReplayItem, plan: UpdatePlan, entry: PlannedEntry, now: datetime) -> Answer:
        for key in entry.keys:
            self._known.setdefault(key, entry.id)
        story = entry.placement.story if entry.placement else None
        if story is not None:
            story = self._name(story, item.id)
            self._stories[entry.id] = (story, entry.rules)
        replied = tuple(m for a in plan.alerts if a.kind is AlertKind.UPDATE for m in a.material)
        outcome = str(entry.outcome)
        if entry.outcome not in (EntryOutcome.ALERT, EntryOutcome.UPDATE, EntryOutcome.DUPLICATE):
            outcome = "no-match"
        because = entry.placement.because if entry.placement else ""
        return Answer(
            item.id, outcome, story, entry.rules, item.entry.title, item.source, now, entry.priority, because, replied
        )

    def _name(self, story: str, item_id: str) -> str:
        """Stories are named in the answers by the item that opened them; a second item of that id gets a suffix."""
        if story not in self._names:
            taken = self._taken.get(item_id, 0) + 1
            self._taken[item_id] = taken
            self._names[story] = item_id if taken == 1 else f"{item_id}#{taken}"
        return self._names[story]

    def _seen(self, item: ReplayItem, keys: tuple[str, ...], now: datetime) -> Answer:
        story, rules = next((found for key in keys if (found := self._stories.get(self._known[key]))), (None, ()))
        outcome = "duplicate" if story is not None else "no-match"
        return Answer(
            item.id, outcome, story, rules, item.entry.title, item.source, now, because="the same entry again"
        )

    def _feed(self, source: str) -> StoredFeed:
        feed = self._feeds.get(source)
        if feed is None:
            number = len(self._feeds) + 1
            spec = FeedSpec(f"replay:{number}", source or "?")
            # Recorded items are news by being in the file: no first poll, and ids are labels, not guids.
            feed = self._feeds[source] = StoredFeed(number, spec, baseline_at=EPOCH)
        return feed

    def _tidy(self, now: datetime) -> None:
        if self._tidied is None:
            self._tidied = now
        elif now - self._tidied >= TIDY_EVERY:
            self._index.expire(now)
            self._ledger.expire(now - self._window)
            self._ledger.expire_told(now)
            self._tidied = now


def replay(
    timed: Iterable[tuple[datetime, ReplayItem]],
    rules: RuleSet,
    *,
    settings: PlanSettings = DEFAULT_PLAN,
    stories: StoryOptions = DEFAULT_STORIES,
) -> Iterator[Answer]:
    """Answers for items at their moments, which rise (see `on_their_clock`); one item is read at a time."""
    replayer = Replayer(rules, settings, stories)
    for now, item in timed:
        yield replayer.play(item, now)
