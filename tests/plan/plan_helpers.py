"""A newsroom in memory: feeds, chats, rules and the seen-set that storage would keep."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from watchbot.model import (
    Chat,
    ChatKind,
    ChatSettings,
    FeedSpec,
    ParsedEntry,
    ParsedFeed,
    StoredFeed,
    Subscription,
    UpdatePlan,
)
from watchbot.plan import Audience, Ledger, PlanSettings, entry_keys, plan_update
from watchbot.rules import load_rules
from watchbot.stories import StoryIndex

NOW = datetime(2022, 1, 8, 12, tzinfo=UTC)
RULES = """
version: 1
entities:
  kazakhstan: {country: KZ}
  massimov: {person: Karim Massimov}
  almaty: {place: Almaty}
rules:
  - {id: kazakhstan, title: Kazakhstan, match: kazakhstan}
  - {id: massimov, title: Karim Massimov, match: massimov, priority: high}
  - {id: first-only, title: Almaty, match: almaty, alerts: first}
  - {id: everything, title: All, match: kazakhstan and "curfew", alerts: all}
  - {id: calm, title: Calm, match: '"tenge"', cooldown: 6h}
"""


def load(text: str = RULES):
    def read(name: str) -> str:
        raise FileNotFoundError(name)

    return load_rules(text, "rules.yaml", read)


def entry(title: str, **changes: object) -> ParsedEntry:
    """An entry with a guid and a link made from its title, published five minutes ago."""
    slug = "-".join(title.lower().split())[:80]
    given = {"guid": slug, "link": f"https://example.com/{slug}", "published_at": NOW - timedelta(minutes=5)}
    return ParsedEntry(title=title, **(given | changes))  # type: ignore[arg-type]


def document(*entries: ParsedEntry, lang: str = "en") -> ParsedFeed:
    return ParsedFeed("Feed", "https://example.com/", lang, "rss20", tuple(entries))


def feed(number: int = 1, *, polled: bool = True, **changes: object) -> StoredFeed:
    """A feed; `polled`: its baseline is recorded."""
    spec = FeedSpec(f"https://example.com/{number}.rss", f"Outlet {number}")
    baseline = NOW - timedelta(days=30) if polled else None
    success = NOW - timedelta(minutes=2) if polled else None
    stored = StoredFeed(number, spec, baseline_at=baseline, last_success_at=success)
    return replace(stored, **changes)  # type: ignore[arg-type]


def chat(number: int, **changes: object) -> Chat:
    return replace(Chat(number, ChatKind.PRIVATE, f"Chat {number}"), **changes)  # type: ignore[arg-type]


def subscribed(
    who: Chat, *topics: str, thread: int | None = None, **settings: object
) -> list[tuple[Subscription, Chat]]:
    wanted = ChatSettings(**settings)  # type: ignore[arg-type]
    return [(Subscription(who.id, topic, thread, wanted), who) for topic in topics]


@dataclass
class Newsroom:
    """Keeps between updates what storage keeps, by applying each plan."""

    subscriptions: list[tuple[Subscription, Chat]] = field(default_factory=list)
    mutes: Mapping[int, frozenset[str]] = field(default_factory=dict)
    admins: Sequence[Chat] = ()
    rules_text: str = RULES
    settings: PlanSettings = field(default_factory=PlanSettings)

    def __post_init__(self) -> None:
        self.rules = load(self.rules_text)
        self.index, self.ledger = StoryIndex(), Ledger()
        self.known: dict[str, int] = {}
        self.feeds: dict[int, StoredFeed] = {}
        self.ids = itertools.count(1)

    def update(self, source: StoredFeed, parsed: ParsedFeed, now: datetime = NOW) -> UpdatePlan:
        stored = self.feeds.get(source.id, source)
        asked = {key for keys in entry_keys(stored, parsed, self.settings.host_aliases) for key in keys.all}
        plan = plan_update(
            stored,
            parsed,
            known={key: self.known[key] for key in asked if key in self.known},
            ids=self.ids,
            rules=self.rules,
            index=self.index,
            ledger=self.ledger,
            audience=Audience(self.subscriptions, self.mutes, self.admins),
            settings=self.settings,
            now=now,
        )
        for planned in plan.entries:
            for key in planned.keys:
                self.known.setdefault(key, planned.id)
        self.feeds[source.id] = replace(stored, last_success_at=now, **plan.feed.changes)  # type: ignore[arg-type]
        return plan


def outcomes(plan: UpdatePlan) -> list[str]:
    return [str(planned.outcome) for planned in plan.entries]
