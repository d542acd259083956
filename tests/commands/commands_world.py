"""The real Application with the real storage against the Bot API server of the tests: a bot to talk to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from servers.bot_api import BotApiServer, Shown, User
from watchbot.commands import (
    ALLOWED_UPDATES,
    AccessPolicy,
    Operations,
    Services,
    Store,
    build_application,
    register_menu,
)
from watchbot.model import (
    AlertKind,
    Chat,
    DeliveryKind,
    DeliveryState,
    EntityKind,
    EntitySpec,
    EntryOutcome,
    FeedSpec,
    FeedUpdate,
    Match,
    OutgoingMessage,
    ParsedEntry,
    Placement,
    PlacementKind,
    PlannedAlert,
    PlannedDelivery,
    PlannedEntry,
    Priority,
    Subscription,
    UpdatePlan,
)
from watchbot.render import render_alert
from watchbot.storage import Storage, StorageThread
from watchbot.telegram import TelegramSender

START = datetime(2022, 1, 8, 5, 14, tzinfo=UTC)
ADMIN = 9001


@dataclass(frozen=True)
class Topic:
    """A rule, as far as the chat shows it."""

    id: str
    title: str
    match: str = "massimov"
    priority: Priority = Priority.NORMAL
    description: str = ""


@dataclass(frozen=True)
class Rules:
    """A rule set, as far as the chat shows it."""

    rules: tuple[Topic, ...]
    entities: tuple[EntitySpec, ...]


TOPICS = (
    Topic("massimov", "Karim Massimov", priority=Priority.HIGH),
    Topic("csto-kazakhstan", "CSTO in Kazakhstan"),
    Topic("a-topic-with-a-very-long-id-that-does-not-fit-into-a-button", "The long <story> & more"),
    *(Topic(f"topic-{i}", f"Topic number {i}") for i in range(8)),
)
ENTITIES = tuple(EntitySpec(e, EntityKind.PERSON, e) for e in ("massimov", "almaty", "csto"))


@dataclass
class World:
    """`clock` is what the bot takes for now."""

    server: BotApiServer
    storage: Storage
    store: Store
    thread: StorageThread
    sender: TelegramSender
    clock: list[datetime]
    rules: Rules = field(default_factory=lambda: Rules(TOPICS, ENTITIES))

    def pass_time(self, by: timedelta = timedelta(minutes=1)) -> None:
        self.clock[0] += by

    def admin(self) -> User:
        return self.server.user("Olga", id=ADMIN)

    async def chat(self, chat_id: int) -> Chat | None:
        return await self.store.chat(chat_id)

    async def topics_of(self, chat_id: int) -> list[tuple[str, int | None]]:
        return [(s.topic, s.thread_id) for s in await self.store.subscriptions(chat_id)]

    async def subscription(self, chat_id: int, topic: str) -> Subscription:
        return next(s for s in await self.store.subscriptions(chat_id) if s.topic == topic)

    async def tell(
        self, chat_id: int, title: str = "Massimow verhaftet", *, source: str = "DW", thread_id: int | None = None,
        topics: tuple[str, ...] = ("massimov",), at: datetime | None = None, send: bool = True,
    ) -> int:  # fmt: skip
        """An entry with its alert, as the pipeline stores it; and sent, as the outbox does. The alert's number."""
        number = await self.thread.run(
            self._store_entry, chat_id, title, source, thread_id, topics, at or self.clock[0]
        )
        if send:
            view = await self.store.alert(number, chat_id, {t.id: t.title for t in TOPICS})
            chat = await self.chat(chat_id)
            assert view and chat
            message = render_alert(view, chat, now=self.clock[0])
            result = await self.sender.send(
                OutgoingMessage(chat_id, message.html, message.plain, thread_id=thread_id, buttons=message.buttons)
            )
            assert result.message_id, result.error
        return number

    def _store_entry(
        self, chat_id: int, title: str, source: str, thread_id: int | None, topics: tuple[str, ...], at: datetime
    ) -> int:
        feed = self.storage.add_feed(FeedSpec("https://dw.example/rss", "DW"), at)
        (entry_id,) = self.storage.next_entry_ids(1)
        link = f"https://dw.example/{entry_id}"
        entry = PlannedEntry(
            entry_id, feed.id, ParsedEntry(f"g{entry_id}", link, title, "Hochverrat in Almaty", published_at=at),
            (f"guid:{feed.id}:g{entry_id}",), link, source, source, "de", at, at, EntryOutcome.ALERT,
            (Match("massimov", "title", 0, 8, title[:8], "Massimow"),), topics,
            placement=Placement(PlacementKind.NEW, f"s{entry_id}", because="first of its story"),
        )  # fmt: skip
        delivery = PlannedDelivery(chat_id, thread_id, topics, DeliveryKind.SEND, DeliveryState.PENDING, at)
        alert = PlannedAlert(AlertKind.NEW, Priority.HIGH, (delivery,), entry_id, f"s{entry_id}", topics)
        return self.storage.apply(UpdatePlan(FeedUpdate(feed.id), (entry,), alerts=(alert,)), at)[0]


@asynccontextmanager
async def a_bot(
    folder: Path,
    *,
    mode: str = "open",
    allow: tuple[int, ...] = (),
    operations: Operations | None = None,
    quota: int = 200,
) -> AsyncIterator[World]:
    """A running bot with a fresh database."""
    storage, thread, clock = Storage(f"sqlite:///{folder}/bot.db"), StorageThread(), [START]
    await thread.run(storage.migrate, START)
    store = Store(storage, thread)
    async with BotApiServer() as server, TelegramSender(server.token, base_url=server.url) as sender:
        world = World(server, storage, store, thread, sender, clock)
        services = Services(
            store=store,
            rules=lambda: world.rules,
            messenger=sender,
            clock=lambda: clock[0],
            access=AccessPolicy(mode, (ADMIN,), allow),
            operations=operations or Operations(),
            quota=quota,
        )
        app = build_application(server.token, services, base_url=server.url)
        async with app:
            await register_menu(app, services)
            await app.start()
            assert app.updater
            await app.updater.start_polling(poll_interval=0, timeout=1, allowed_updates=ALLOWED_UPDATES)
            try:
                yield world
            finally:
                await app.updater.stop()
                await app.stop()
    await thread.run(storage.close)
    thread.close()


def last(messages: list[Shown]) -> Shown:
    return messages[-1]
