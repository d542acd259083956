"""The storage as the chat handlers see it: asynchronous, and in the nouns of the screens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from watchbot.commands.feedback import Judged
from watchbot.model import AlertView, Chat, StoredFeed, Subscription
from watchbot.render.dialogues import FoundEntry
from watchbot.render.operations import AccessRequest, ChatLine, DeadDelivery
from watchbot.storage import EntryRecord, Storage, StorageThread, Why

FEEDBACK_WINDOW = timedelta(days=30)
"""What /feedback looks back on: rules change, and old verdicts judge old rules."""
JUDGED = 300
IRRELEVANT = "irrelevant"


class Store:
    """Every call runs on the storage's own thread. Raises StorageError as the storage does."""

    def __init__(self, storage: Storage, thread: StorageThread) -> None:
        self._storage = storage
        self._run = thread.run

    # -- chats --------------------------------------------------------------------------------------------------------

    async def chat(self, chat_id: int) -> Chat | None:
        return await self._run(self._storage.chat, chat_id)

    async def save_chat(self, chat: Chat, was: Chat | None = None) -> Chat:
        return await self._run(self._storage.upsert_chat, chat, was)

    async def suspend_chat(self, chat_id: int, reason: str) -> None:
        await self._run(self._storage.suspend_chat, chat_id, reason)

    async def resume_chat(self, chat_id: int) -> None:
        await self._run(self._storage.resume_chat, chat_id)

    async def migrate_chat(self, old: int, new: int) -> None:
        await self._run(self._storage.migrate_chat, old, new)

    async def forget_chat(self, chat_id: int) -> None:
        await self._run(self._storage.forget_chat, chat_id)

    async def export_chat(self, chat_id: int) -> dict[str, Any]:
        return await self._run(self._storage.export_chat, chat_id)

    async def chat_lines(self) -> list[ChatLine]:
        """Every chat with the number of its subscriptions, most first."""
        chats = await self._run(self._storage.chats)
        pairs = await self._run(self._storage.subscriptions)
        counts = Counter(subscription.chat_id for subscription, _ in pairs)
        return sorted((ChatLine(c, counts[c.id]) for c in chats), key=lambda line: -line.topics)

    async def chat_line(self, chat_id: int, since: datetime) -> ChatLine | None:
        """One chat, with its subscriptions and the messages it got since."""
        chat = await self._run(self._storage.chat, chat_id)
        if chat is None:
            return None
        topics = len(await self._run(self._storage.chat_subscriptions, chat_id))
        return ChatLine(chat, topics, await self._run(self._storage.messages_since, chat_id, since))

    async def revoke_access(self, chat_id: int) -> None:
        await self._run(self._storage.revoke_access, chat_id)

    # -- subscriptions ------------------------------------------------------------------------------------------------

    async def subscriptions(self, chat_id: int) -> list[Subscription]:
        return await self._run(self._storage.chat_subscriptions, chat_id)

    async def subscribe(self, subscription: Subscription, now: datetime) -> None:
        await self._run(self._storage.subscribe, subscription, now)

    async def unsubscribe(self, chat_id: int, topic: str, thread_id: int | None) -> None:
        await self._run(self._storage.unsubscribe, chat_id, topic, thread_id)

    async def update_subscription(self, subscription: Subscription) -> None:
        await self._run(self._storage.update_subscription, subscription)

    async def source_mutes(self, chat_id: int) -> list[tuple[str, datetime | None]]:
        """Muted sources in alphabetical order: buttons name them by their place."""
        return sorted((await self._run(self._storage.source_mutes, chat_id)).items())

    async def mute_source(self, chat_id: int, source: str) -> None:
        await self._run(self._storage.mute_source, chat_id, source, None)

    async def unmute_source(self, chat_id: int, source: str) -> None:
        await self._run(self._storage.unmute_source, chat_id, source)

    # -- access -------------------------------------------------------------------------------------------------------

    async def request_access(self, chat_id: int, title: str, username: str | None, now: datetime) -> bool:
        return await self._run(self._storage.request_access, chat_id, title, username, now)

    async def access_requests(self) -> list[AccessRequest]:
        found = await self._run(self._storage.access_requests)
        return [AccessRequest(r.chat_id, r.title, r.username, r.requested_at) for r in found]

    async def decide_access(self, chat_id: int, granted: bool, by: int, now: datetime) -> bool:
        return await self._run(self._storage.decide_access, chat_id, granted, by, now)

    async def create_invite(self, token_hash: str, by: int, until: datetime, now: datetime) -> None:
        await self._run(self._storage.create_invite, token_hash, by, until, now)

    async def use_invite(self, token_hash: str, user_id: int, now: datetime) -> bool:
        return await self._run(self._storage.use_invite, token_hash, user_id, now)

    # -- alerts -------------------------------------------------------------------------------------------------------

    async def alert(self, number: int, chat_id: int, titles: Mapping[str, str]) -> AlertView | None:
        """The alert, only when this chat was sent it."""
        return await self._run(self._storage.alert_by_number, number, chat_id, titles)

    async def alert_counts(self, since: datetime) -> Mapping[str, int]:
        return await self._run(self._storage.alert_counts, since)

    async def add_feedback(self, number: int, chat_id: int, user_id: int, now: datetime) -> bool:
        """Note "not relevant" for each rule of the alert; False when this chat was never told it."""
        return await self._run(self._storage.add_feedback, number, chat_id, user_id, IRRELEVANT, now)

    async def feedback_by_rule(self, now: datetime) -> list[tuple[str, int, int]]:
        """(rule, alerts, of which called irrelevant) in the last FEEDBACK_WINDOW."""
        found = await self._run(self._storage.feedback_by_rule, now - FEEDBACK_WINDOW)
        return [(r.rule, r.alerts, r.irrelevant) for r in found]

    async def judged_entries(self, rule: str) -> tuple[list[Judged], list[Judged]]:
        """A rule's entries that were called irrelevant, and its others."""
        ids = await self._run(self._storage.irrelevant_entries, rule)
        bad = [r for r in [await self._run(self._storage.entry, i) for i in ids] if r is not None]
        others = [r for r in await self._run(self._storage.latest, rule, JUDGED) if r.id not in set(ids)]
        return judged(bad), judged(others)

    # -- reading ------------------------------------------------------------------------------------------------------

    async def latest(self, topic: str | None, limit: int, offset: int) -> list[FoundEntry]:
        return found(await self._run(self._storage.latest, topic, limit, offset))

    async def search(self, words: str, offset: int, limit: int) -> list[FoundEntry]:
        return found(await self._run(self._storage.search, words, offset, limit))

    async def why(self, query: str) -> list[Why]:
        return await self._run(self._storage.why, query, 3)

    async def mention_counts(self, since: datetime, until: datetime) -> list[tuple[str, datetime, int]]:
        return await self._run(self._storage.mention_counts, None, since, until)

    async def keep_text(self, text: str, chat_id: int, now: datetime) -> str:
        """Keep a text for the buttons of a chat; answers the token that they carry."""
        return await self._run(self._storage.put_token, {"text": text, "chat": chat_id}, now, chat_id)

    async def kept_text(self, token: str, chat_id: int, now: datetime) -> str | None:
        """The text of a token, for the chat that it was made for."""
        payload = await self._run(self._storage.get_token, token, now)
        return str(payload["text"]) if payload and payload.get("chat") == chat_id else None

    # -- running the bot ----------------------------------------------------------------------------------------------

    async def feeds(self) -> list[StoredFeed]:
        return await self._run(self._storage.feeds)

    async def set_feed_enabled(self, feed_id: int, enabled: bool, reason: str | None, now: datetime) -> None:
        await self._run(self._storage.set_feed_enabled, feed_id, enabled, reason, now)

    async def try_feed_now(self, feed_id: int, now: datetime) -> None:
        await self._run(self._storage.release_feed, feed_id, now)

    async def dead_deliveries(self, limit: int) -> list[DeadDelivery]:
        found = await self._run(self._storage.dead_deliveries, limit)
        return [DeadDelivery(d.id, d.alert_id, d.chat_id, d.error, d.title) for d in found]

    async def retry_delivery(self, delivery_id: int, now: datetime) -> bool:
        return await self._run(self._storage.retry_delivery, delivery_id, now)

    async def drop_delivery(self, delivery_id: int) -> bool:
        return await self._run(self._storage.drop_delivery, delivery_id)


def found(records: Iterable[EntryRecord]) -> list[FoundEntry]:
    return [FoundEntry(r.title, r.link, r.source, r.lang, r.at) for r in records]


def judged(records: Iterable[EntryRecord]) -> list[Judged]:
    return [Judged(r.id, r.title, r.summary, r.body, r.lang, r.source) for r in records]
