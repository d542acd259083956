"""Answers of the storage that no other room has a noun for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbot.model import EntryOutcome, Match, Note, Placement, Priority


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """A stored entry as it is shown in lists and by `why`."""

    id: int
    feed_id: int
    feed: str
    title: str
    summary: str
    body: str
    link: str | None
    lang: str | None
    source: str
    owner: str
    at: datetime
    first_seen_at: datetime
    published_at: datetime | None
    outcome: EntryOutcome
    priority: Priority
    story: str | None
    placement: Placement | None
    matches: tuple[Match, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery as an operator sees it."""

    id: int
    alert_id: int
    chat_id: int
    thread_id: int | None
    kind: str
    state: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    error: str
    title: str
    """Of its entry; "" for a notice."""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """Somebody who asked to use the bot."""

    chat_id: int
    title: str
    username: str | None
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class RuleFeedback:
    """How a rule did: alerts told, and how many of them readers called not relevant."""

    rule: str
    alerts: int
    irrelevant: int


@dataclass(frozen=True, slots=True)
class Why:
    """What became of an entry: the entry, and what was sent of it (alert number, chats told, chats waiting)."""

    entry: EntryRecord
    alerts: tuple[tuple[int, int, int], ...]
    story_entries: int
    original: EntryRecord | None = None
    """The entry that it is a copy of; None when it is none, or that one is forgotten."""


@dataclass(frozen=True, slots=True)
class Status:
    """How the bot is doing."""

    feeds: int
    failing_feeds: int
    disabled_feeds: int
    overdue_feeds: int
    last_fetch_at: datetime | None
    last_entry_at: datetime | None
    entries: int
    stories: int
    chats: int
    suspended_chats: int
    subscriptions: int
    pending: int
    held: int
    dead: int
    sent: int
    oldest_pending_at: datetime | None
    heartbeat_at: datetime | None
    owner: str | None
    schema: str
    size_bytes: int | None
    free_bytes: int | None
    """Room on the disk of a SQLite file for whoever is not root; None for a server."""
    refused: str | None = None
    """Why Telegram takes nothing from this bot any more, as a sentence; None while it does."""
