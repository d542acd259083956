"""The outbox's queue over the storage: one thread, one database, awaited."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from watchbot.model import AlertView, Chat, Delivery, Settlement, unstored_chat
from watchbot.outbox.worker import Digest, Rolling
from watchbot.storage import DigestGroup, Storage, StorageThread


class StorageQueue:
    """What `OutboxWorker` asks of the storage.

    `titles` gives the present rule titles by id. `only`: serve these chats and no others (a console run beside chats of
    Telegram, whose alerts wait).
    """

    def __init__(
        self,
        thread: StorageThread,
        storage: Storage,
        *,
        titles: Callable[[], Mapping[str, str]] = dict,
        only: Collection[int] | None = None,
    ) -> None:
        self._thread = thread
        self._storage = storage
        self._titles = titles
        self._only = only

    async def claim(self, now: datetime, limit: int, lease: timedelta, busy: set[int]) -> list[Delivery]:
        outbox = self._storage.claim_deliveries
        return await self._thread.run(outbox, now, limit, lease, busy, self._only)

    async def claim_digests(self, now: datetime, limit: int, lease: timedelta, busy: set[int]) -> list[Digest]:
        groups = await self._thread.run(self._storage.claim_digests, now, limit, lease, busy, self._only)
        return [Digest(g.chat_id, g.thread_id, g.deliveries, g.stale, g.roll, rolling_of(g)) for g in groups]

    async def views(self, deliveries: Sequence[Delivery]) -> list[AlertView]:
        return await self._thread.run(self._storage.alert_views, deliveries, self._titles())

    async def views_of(self, told: Sequence[tuple[int, int]]) -> list[AlertView]:
        return await self._thread.run(self._storage.views_of, told, self._titles())

    async def keep_rolling(self, digest: Digest, message_id: int, told: Collection[int], now: datetime) -> None:
        topic = digest.roll or ""
        keep = self._storage.keep_rolling
        await self._thread.run(keep, digest.chat_id, digest.thread_id, topic, message_id, told, now)

    async def chat(self, chat_id: int) -> Chat:
        """The chat, or one with every default where nobody stored it (a chat of the configuration)."""
        found = await self._thread.run(self._storage.chat, chat_id)
        return found or unstored_chat(chat_id)

    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> None:
        await self._thread.run(self._storage.settle_many, settlements, now)

    async def next_due(self, now: datetime, busy: set[int]) -> datetime | None:
        return await self._thread.run(self._storage.next_attempt, now, busy)

    async def hold_stale(self, now: datetime, older_than: datetime) -> int:
        return await self._thread.run(self._storage.hold_stale, now, older_than)

    async def recover(self, now: datetime, alive: Collection[int]) -> int:
        return await self._thread.run(self._storage.recover, now, alive=alive)

    async def bring_in(self, now: datetime, longest: timedelta) -> int:
        return await self._thread.run(self._storage.bring_in, now, longest)

    async def flag(self, name: str) -> str | None:
        return await self._thread.run(self._storage.flag, name)

    async def set_flag(self, name: str, value: str | None) -> None:
        await self._thread.run(self._storage.set_flag, name, value)


def rolling_of(group: DigestGroup) -> Rolling | None:
    """The burst's message so far, as the outbox knows it."""
    found = group.rolling
    return Rolling(found.message_id, found.opened_at, found.shown) if found else None
