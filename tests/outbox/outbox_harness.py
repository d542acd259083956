"""The outbox over a real database and a real Bot API server, for its flow tests and its bench."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from servers.bot_api import BotApiServer, Limits, poll
from servers.bot_api.state import ChatState
from watchbot.model import (
    AlertKind,
    Chat,
    ChatKind,
    ChatSettings,
    Delivery,
    DeliveryKind,
    DeliveryState,
    EntryOutcome,
    FeedSpec,
    FeedUpdate,
    Media,
    ParsedEntry,
    Placement,
    PlacementKind,
    PlannedAlert,
    PlannedDelivery,
    PlannedEntry,
    Priority,
    SendResult,
    UpdatePlan,
)
from watchbot.outbox import OutboxSettings, OutboxWorker, Pacer, Rates, RetryPolicy
from watchbot.outbox.messages import Messenger
from watchbot.outbox.queue import StorageQueue
from watchbot.render import render_alert, render_digest, render_rolling
from watchbot.storage import Storage, StorageThread
from watchbot.telegram import TelegramSender

FAST = RetryPolicy(first=timedelta(seconds=0.05), longest=timedelta(seconds=1))
QUICK = Rates(overall=1000.0, chat_gap=0.0, group_count=1000, group_period=1.0)
"""Pacing out of the way, for tests about something else."""
TOPIC = "csto"
EDITS = timedelta(seconds=0.1)


def now() -> datetime:
    return datetime.now(UTC)


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


@dataclass
class Desk:
    """One database and one Bot API server; `running` starts a worker over them, as often as a test restarts."""

    path: Path
    server: BotApiServer
    storage: Storage
    sent: list[tuple[Delivery, SendResult]] = field(default_factory=list)
    feed_id: int = 0

    # -- filling ------------------------------------------------------------------------------------------------------

    def know(self, chat: ChatState, settings: ChatSettings | None = None) -> int:
        """Store a chat of the server and answer its id."""
        kind = ChatKind(chat.type)
        stored = Chat(chat.id, kind, chat.title or "x", settings=settings or ChatSettings(), access="granted")
        self.storage.upsert_chat(stored)
        return chat.id

    def people(self, count: int) -> list[int]:
        """Chats of `count` people who have started the bot."""
        users = [self.server.user(f"Reader {n}") for n in range(count)]
        for user in users:
            user.start()
        return [self.know(user.chat) for user in users]

    def alert(
        self,
        chats: Iterable[int],
        title: str = "Massimow verhaftet",
        *,
        priority: Priority = Priority.NORMAL,
        thread_id: int | None = None,
        kind: DeliveryKind = DeliveryKind.SEND,
        story: str | None = None,
        state: DeliveryState = DeliveryState.PENDING,
        age: timedelta = timedelta(0),
        repeat: int = 1,
        photo: str | None = None,
        roll: str | None = None,
    ) -> None:
        """Commit `repeat` entries with one alert each for all `chats`, as an update of a feed would."""
        at = now() - age
        if not self.feed_id:
            self.storage.sync_feeds([FeedSpec("https://example.org/feed", "Example")], at)
            self.feed_id = self.storage.feeds()[0].id
        ids = self.storage.next_entry_ids(repeat)
        deliveries = tuple(PlannedDelivery(c, thread_id, (TOPIC,), kind, state, at, roll=roll) for c in chats)
        entries, alerts = [], []
        for n, number in enumerate(ids):
            said = title if repeat == 1 else f"{title} {n}"
            name = story or f"s{number}"
            entries.append(planned_entry(number, self.feed_id, said, at, name, priority, photo))
            new = AlertKind.NEW if kind is DeliveryKind.SEND else AlertKind.UPDATE
            alerts.append(PlannedAlert(new, priority, deliveries, number, name, (TOPIC,)))
        self.storage.apply(UpdatePlan(FeedUpdate(self.feed_id), tuple(entries), alerts=tuple(alerts)), at)

    def refresh(self, story: str, title: str) -> None:
        """Commit another entry of a story, with no alert of its own: what was sent of it is to be edited."""
        at = now()
        (number,) = self.storage.next_entry_ids(1)
        entry = planned_entry(number, self.feed_id, title, at, story, Priority.NORMAL)
        plan = UpdatePlan(FeedUpdate(self.feed_id), (replace(entry, source="Other", owner="Other"),))
        self.storage.apply(replace(plan, refresh_stories=(story,)), at)

    # -- running ------------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def running(
        self,
        *,
        rates: Rates = QUICK,
        policy: RetryPolicy = FAST,
        settings: OutboxSettings | None = None,
        read_timeout: float = 0.4,
        messenger: Messenger | None = None,
        grace: float = 5.0,
        clock: Callable[[], datetime] = now,
    ) -> AsyncIterator[OutboxWorker]:
        """A worker at work until the block ends."""
        thread, storage = StorageThread(), Storage(url_of(self.path), edit_interval=EDITS)
        async with TelegramSender(self.server.token, base_url=self.server.url, read_timeout=read_timeout) as sender:
            worker = OutboxWorker(
                StorageQueue(thread, storage),
                messenger or sender,
                render_alert,
                render_digest,
                render_rolling,
                pacer=Pacer(rates),
                policy=policy,
                clock=clock,
                settings=settings or OutboxSettings(),
                on_sent=lambda d, r: self.sent.append((d, r)),
            )
            task = asyncio.create_task(worker.run())
            try:
                yield worker
            finally:
                await worker.stop(grace)
                await task
                thread.close()
                storage.close()

    # -- looking ------------------------------------------------------------------------------------------------------

    def texts(self, chat_id: int) -> list[str]:
        """What the bot's messages in a chat say, oldest first."""
        chat = self.server.api.chats[chat_id]
        return [m.text for m in chat.messages.values() if m.from_bot and not m.deleted]

    async def until(self, done: Callable[[], object], timeout: float = 10.0) -> None:
        """Wait until `done()` is true."""
        await poll(lambda: True if done() else None, timeout, lambda: f"never: {self.report()}")

    async def settled(self, timeout: float = 10.0) -> None:
        """Wait until nothing is pending, unknown, held or being sent."""
        await self.until(lambda: not self.open(), timeout)

    def open(self) -> dict[str, int]:
        counts = self.states()
        return {s: n for s, n in counts.items() if s not in ("sent", "dead") and n}

    def states(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        return delivery_states(self.path)

    def report(self) -> str:
        calls = [(c.method, c.chat_id, c.error) for c in self.server.calls[-8:]]
        return f"{self.states()}; last calls {calls}"


def delivery_states(path: Path) -> dict[str, int]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return dict(db.execute("select state, count(*) from deliveries group by state").fetchall())


def planned_entry(
    number: int, feed: int, title: str, at: datetime, story: str, priority: Priority, photo: str | None = None
) -> PlannedEntry:
    link = f"https://example.org/{number}"
    return PlannedEntry(
        number,
        feed,
        ParsedEntry(
            f"guid-{number}",
            link,
            title,
            "Zwei Zeilen.",
            lang="de",
            published_at=at,
            media=(Media(photo),) if photo else (),
        ),
        (f"guid:{feed}:guid-{number}",),
        link,
        "Example",
        "Example",
        "de",
        at,
        at,
        EntryOutcome.ALERT,
        rules=(TOPIC,),
        priority=priority,
        placement=Placement(PlacementKind.NEW, story),
    )


@contextlib.asynccontextmanager
async def desk(path: Path, limits: Limits | None = None) -> AsyncIterator[Desk]:
    """A Desk over a new database at `path`."""
    async with BotApiServer(limits=limits) as server:
        storage = Storage(url_of(path), edit_interval=EDITS)
        storage.migrate(now())
        try:
            yield Desk(path, server, storage)
        finally:
            storage.close()


def suspended(desk: Desk, chat_id: int) -> str | None:
    chat = desk.storage.chat(chat_id)
    return chat.suspended if chat else "gone"
