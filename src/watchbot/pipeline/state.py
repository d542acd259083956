"""What planning knows beside the database: the rules in force, the stories in the window, what was told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from watchbot.config.settings import ChatConfig
from watchbot.model import Chat, FeedSpec, Subscription, unstored_chat
from watchbot.plan import Audience, Ledger
from watchbot.rules import RuleSet
from watchbot.storage import Storage
from watchbot.stories import StoryIndex


class State:
    """Rules, story index and ledger. Replaced rules are seen by the next plan as a whole.

    `everything`: chats that are told of every rule (the console); `configured`: chats subscribed by configuration;
    `admitted`: whether a chat that subscribed once may still be told. `headers`: what is sent to a feed, by its URL; it
    may hold credentials and is therefore not in the database.
    """

    def __init__(
        self,
        rules: RuleSet,
        index: StoryIndex,
        *,
        admins: Sequence[int] = (),
        configured: Sequence[ChatConfig] = (),
        everything: Sequence[Chat] = (),
        admitted: Callable[[Chat], bool] = lambda _: True,
    ) -> None:
        self.rules = rules
        self.index = index
        self.ledger = Ledger()
        self.headers: Mapping[str, Mapping[str, str]] = {}
        self._admins, self._configured, self._everything = admins, configured, everything
        self._admitted = admitted

    def take_feeds(self, feeds: Iterable[FeedSpec]) -> bool:
        """Remember what is sent to `feeds`. Answers whether that changes."""
        old, self.headers = self.headers, {feed.url: feed.headers for feed in feeds if feed.headers}
        return old != self.headers

    def rebuild(self, storage: Storage, now: datetime, window: timedelta) -> int:
        """Fill index and ledger with the window's stories from the database. Answers how many entries."""
        items = storage.recent_story_items(now - window)
        for item, placement in items:
            self.index.add(item, placement)
        for alert in storage.recent_story_alerts(now - window):
            self.ledger.record(alert)
        return len(items)

    def expire(self, now: datetime, window: timedelta) -> None:
        """Forget what has left the window."""
        self.index.expire(now)
        self.ledger.expire(now - window)
        self.ledger.expire_told(now)

    def audience(self, storage: Storage, now: datetime) -> Audience:
        """Who listens now."""
        stored = [pair for pair in storage.subscriptions() if self._admitted(pair[1])]
        known = {chat.id: chat for _, chat in stored}
        pairs = [*stored, *self._by_configuration(storage, known)]
        pairs += [(Subscription(chat.id, rule.id), chat) for chat in self._everything for rule in self.rules.rules]
        admins = [known.get(i) or unstored_chat(i) for i in self._admins] or list(self._everything)
        return Audience(pairs, storage.all_source_mutes(now), admins)

    def _by_configuration(self, storage: Storage, known: dict[int, Chat]) -> list[tuple[Subscription, Chat]]:
        pairs = []
        for config in self._configured:
            chat = known.get(config.id) or storage.chat(config.id) or unstored_chat(config.id)
            if not self._admitted(chat):
                continue
            chat = replace(chat, language=config.language, timezone=config.timezone)
            pairs += [(Subscription(chat.id, topic, config.thread_id), chat) for topic in config.topics]
        return pairs
