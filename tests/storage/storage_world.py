"""Values for storage tests: a small world of feeds, entries, alerts and chats, on a fixed clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from watchbot.model import (
    AlertKind,
    Chat,
    ChatKind,
    DeliveryKind,
    DeliveryState,
    EntryOutcome,
    FeedSpec,
    FeedUpdate,
    Match,
    ParsedEntry,
    Placement,
    PlacementKind,
    PlannedAlert,
    PlannedDelivery,
    PlannedEntry,
    Priority,
    Settlement,
    Subscription,
    UpdatePlan,
)
from watchbot.storage import Storage

NOW = datetime(2022, 1, 8, 9, 30, tzinfo=UTC)
LEASE = timedelta(minutes=2)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
URL = "https://example.org/feed"


def a_feed(storage: Storage, url: str = URL, now: datetime = NOW) -> int:
    """The id of a feed that is stored."""
    return storage.add_feed(FeedSpec(url, "Example"), now).id


def a_chat(storage: Storage, chat_id: int = 1, kind: ChatKind = ChatKind.PRIVATE, topics: Iterable[str] = ()) -> int:
    """A stored chat that may use the bot, subscribed to `topics`."""
    storage.upsert_chat(Chat(chat_id, kind, f"chat {chat_id}", access="granted"))
    for topic in topics:
        storage.subscribe(Subscription(chat_id, topic), NOW)
    return chat_id


def an_entry(
    number: int,
    feed_id: int,
    *,
    story: str | None = None,
    title: str = "Karim Massimow verhaftet",
    at: datetime = NOW,
    kind: PlacementKind = PlacementKind.NEW,
    outcome: EntryOutcome = EntryOutcome.ALERT,
    rules: tuple[str, ...] = ("massimov",),
    keys: tuple[str, ...] | None = None,
    source: str = "DW",
    origin: str | None = None,
    **entry: object,
) -> PlannedEntry:
    """A planned entry; its text matches the rule `massimov`."""
    link = f"https://example.org/{number}"
    parsed = ParsedEntry(f"guid-{number}", link, title, published_at=at, raw_hash=f"{number:064x}", **entry)  # type: ignore[arg-type]
    placement = Placement(kind, story, origin=origin) if story else None
    return PlannedEntry(
        id=number,
        feed_id=feed_id,
        entry=parsed,
        keys=(f"guid:{feed_id}:guid-{number}", f"url:{link}") if keys is None else keys,
        canonical_link=link,
        source=source,
        owner=source,
        lang="de",
        at=at,
        first_seen_at=at,
        outcome=outcome,
        matches=(Match("massimov", "title", 6, 14, "Massimow", "Massimov"),) if rules else (),
        rules=rules,
        placement=placement,
    )


def a_delivery(
    chat_id: int = 1,
    *,
    thread_id: int | None = None,
    kind: DeliveryKind = DeliveryKind.SEND,
    state: DeliveryState = DeliveryState.PENDING,
    not_before: datetime = NOW,
) -> PlannedDelivery:
    """A planned delivery of the topic `massimov`."""
    return PlannedDelivery(chat_id, thread_id, ("massimov",), kind, state, not_before)


def tell(
    storage: Storage,
    chats: Iterable[int | PlannedDelivery] = (1,),
    *,
    now: datetime = NOW,
    story: str | None = None,
    priority: Priority = Priority.NORMAL,
    alert: AlertKind = AlertKind.NEW,
    refresh: tuple[str, ...] = (),
    **entry: object,
) -> int:
    """Commit one entry with one alert for `chats`; answers the alert's number."""
    feed_id = a_feed(storage)
    (number,) = storage.next_entry_ids(1)
    name = story or f"story-{number}"
    planned = an_entry(number, feed_id, story=name, at=now, **entry)  # type: ignore[arg-type]
    deliveries = tuple(a_delivery(c, not_before=now) if isinstance(c, int) else c for c in chats)
    alerts = (PlannedAlert(alert, priority, deliveries, number, name, ("massimov",)),)
    plan = UpdatePlan(FeedUpdate(feed_id), (planned,), alerts=alerts, refresh_stories=refresh)
    return storage.apply(plan, now)[0]


def refresh(storage: Storage, story: str, now: datetime = NOW, **entry: object) -> int:
    """Commit one more entry of a story, which only edits what was sent; answers the entry's id."""
    feed_id = a_feed(storage)
    (number,) = storage.next_entry_ids(1)
    planned = an_entry(
        number,
        feed_id,
        story=story,
        at=now,
        kind=PlacementKind.DUPLICATE,
        outcome=EntryOutcome.DUPLICATE,
        **entry,  # type: ignore[arg-type]
    )
    storage.apply(UpdatePlan(FeedUpdate(feed_id), (planned,), refresh_stories=(story,)), now)
    return number


def claim(storage: Storage, now: datetime = NOW, limit: int = 100, **options: object) -> list:  # type: ignore[type-arg]
    """`claim_deliveries` with the lease of these tests."""
    return storage.claim_deliveries(now, limit, LEASE, **options)  # type: ignore[arg-type]


def send_all(storage: Storage, now: datetime = NOW, first_message: int = 1000) -> list[tuple[int, int, int]]:
    """Claim and settle as sent until nothing is due: (chat, alert number, message id), in the order of sending."""
    sent: list[tuple[int, int, int]] = []
    while claimed := claim(storage, now):
        for delivery in claimed:
            message = first_message + len(sent)
            storage.settle(Settlement(delivery.id, DeliveryState.SENT, message_id=message), now)
            sent.append((delivery.chat_id, delivery.alert_id, message))
    return sent
