"""The tables, for SQLite and PostgreSQL alike. `migrations/` creates them; a test compares the two.

Times are integer microseconds since 1970 UTC: exact, sortable, the same on both engines, and aware datetimes outside.
JSON is text: no query looks into it. A missing `message_thread_id` is stored as 0, because NULLs are never equal in a
unique key.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HEAD = "0003"
"""The newest migration. A test compares it with the migrations' own head."""


def to_micros(value: datetime) -> int:
    """Microseconds since 1970 UTC. ValueError on a naive time."""
    if value.tzinfo is None:
        raise ValueError("a time must be timezone-aware")
    return (value - EPOCH) // MICROSECOND


def from_micros(value: int) -> datetime:
    """The aware UTC time of `to_micros`."""
    return EPOCH + timedelta(microseconds=value)


class Time(TypeDecorator[datetime]):
    """An aware UTC time."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(value)


class Json(TypeDecorator[object]):
    """Plain data as compact JSON text, letters of every script as they are."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:
        return None if value is None else json.loads(value)


Id = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both engines: an INTEGER PRIMARY KEY of SQLite is its rowid only when it is called INTEGER."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Last number given out, by name (entry, alert, delivery): numbers rise in the order of commits on both engines."""

flags = Table(
    "flags",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

instance_lock = Table(
    "instance_lock",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("process", Text, nullable=False),
    Column("started_at", Time, nullable=False),
    Column("heartbeat_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("lang", Text),
    Column("tags", Json, nullable=False),
    Column("interval_us", BigInteger),
    Column("format", Text, nullable=False),
    Column("owner", Text),
    Column("country", Text),
    Column("origin", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("disabled_reason", Text),
    Column("next_check_at", Time),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", Text),
    Column("baseline_at", Time),
    Column("last_fetch_at", Time),
    Column("last_success_at", Time),
    Column("last_new_at", Time),
    Column("last_status", Integer),
    Column("error_count", Integer, nullable=False),
    Column("last_error", Text),
    Column("redirect_url", Text),
    Column("redirect_count", Integer, nullable=False),
    Column("key_mode", Text, nullable=False),
    Column("window_keys", Json, nullable=False),
    Column("gap_at", Time),
    Column("rhythm", Text, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_until", Time),
    Column("added_at", Time, nullable=False),
    Column("removed_at", Time),
    Index("ix_feeds_next_check_at", "next_check_at"),
)

seen = Table(
    "seen",
    metadata,
    Column("key", Text, primary_key=True),
    Column("entry_id", BigInteger, nullable=False),
    Column("first_seen_at", Time, nullable=False),
    Column("last_seen_at", Time, nullable=False),
    Index("ix_seen_last_seen_at", "last_seen_at"),
    sqlite_with_rowid=False,
)
"""Full identities of entries, never short hashes; kept as long as a feed can show the entry again."""

raw_hashes = Table(
    "raw_hashes",
    metadata,
    Column("feed_id", BigInteger, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    Column("raw_hash", Text, primary_key=True),
    Column("entry_id", BigInteger, nullable=False),
    Column("last_seen_at", Time, nullable=False),
    Index("ix_raw_hashes_feed_id_last_seen_at", "feed_id", "last_seen_at"),
    sqlite_with_rowid=False,
)
"""SHA-256 of an entry's bytes in its document: the parser cuts out what it has read before."""

entries = Table(
    "entries",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("feed_id", BigInteger, nullable=False),
    Column("guid", Text),
    Column("link", Text),
    Column("canonical_link", Text),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("lang", Text),
    Column("source", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("first_seen_at", Time, nullable=False),
    Column("published_at", Time),
    Column("embargo", Time),
    Column("outcome", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("story", Text),
    Column("placement", Json),
    Column("matches", Json, nullable=False),
    Column("rules", Json, nullable=False),
    Column("details", Json, nullable=False),
    Index("ix_entries_story", "story"),
    Index("ix_entries_at", "at"),
    Index("ix_entries_first_seen_at", "first_seen_at"),
    Index("ix_entries_canonical_link", "canonical_link"),
    Index(
        "ix_entries_embargo",
        "embargo",
        sqlite_where=text("outcome = 'embargoed'"),
        postgresql_where=text("outcome = 'embargoed'"),
    ),
)

entry_rules = Table(
    "entry_rules",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("entry_id", BigInteger, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_entry_rules_entry_id", "entry_id"),
    sqlite_with_rowid=False,
)

mention_counts = Table(
    "mention_counts",
    metadata,
    Column("entity", Text, primary_key=True),
    Column("hour", Time, primary_key=True),
    Column("entries", Integer, nullable=False),
    sqlite_with_rowid=False,
)

stories = Table(
    "stories",
    metadata,
    Column("id", Text, primary_key=True),
    Column("first_at", Time, nullable=False),
    Column("last_at", Time, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("withdrawn_at", Time),
    Index("ix_stories_last_at", "last_at"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("entry_id", BigInteger),
    Column("story", Text),
    Column("rules", Json, nullable=False),
    Column("material", Json, nullable=False),
    Column("notes", Json, nullable=False),
    Column("created_at", Time, nullable=False),
    Index("ix_alerts_entry_id", "entry_id"),
    Index("ix_alerts_story", "story"),
    Index("ix_alerts_created_at", "created_at"),
)
"""The id is the number that readers see."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("alert_id", BigInteger, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("story", Text),
    Column("topics", Json, nullable=False),
    Column("state", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("plain", Boolean, nullable=False),
    Column("stale", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("unknowns", Integer, nullable=False),
    Column("crashes", Integer, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("next_attempt_at", Time, nullable=False),
    Column("lease_owner", Text),
    Column("leased_until", Time),
    Column("settled_at", Time),
    Column("message_id", BigInteger),
    Column("digest_id", BigInteger),
    Column("error", Text, nullable=False),
    Column("roll", Text),
    UniqueConstraint("alert_id", "chat_id", "thread_id", "kind"),
    CheckConstraint("state IN ('pending','sending','sent','unknown','held','dead')", name="state"),
    Index(
        "ix_deliveries_queue",
        "chat_id",
        text("priority DESC"),
        "id",
        sqlite_where=text("state IN ('pending','unknown')"),
        postgresql_where=text("state IN ('pending','unknown')"),
    ),
    Index(
        "uq_deliveries_in_flight",
        "chat_id",
        unique=True,
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index(
        "ix_deliveries_held",
        "next_attempt_at",
        sqlite_where=text("state = 'held'"),
        postgresql_where=text("state = 'held'"),
    ),
    Index(
        "ix_deliveries_edits",
        "next_attempt_at",
        sqlite_where=text("kind = 'edit' AND state IN ('pending','unknown')"),
        postgresql_where=text("kind = 'edit' AND state IN ('pending','unknown')"),
    ),
    Index(
        "ix_deliveries_dead",
        "id",
        sqlite_where=text("state = 'dead'"),
        postgresql_where=text("state = 'dead'"),
    ),
    Index("ix_deliveries_story_chat", "story", "chat_id"),
    Index("ix_deliveries_digest_id", "digest_id"),
)
"""`stale`: what the reader was shown is older than the story; an edit follows the delivery in flight. `digest_id`: the
same for all that one message told. `roll`: the digest that a held delivery waits for, see PlannedDelivery."""

rolling = Table(
    "rolling",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("thread_id", BigInteger, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("message_id", BigInteger, nullable=False),
    Column("digest_id", BigInteger, nullable=False),
    Column("opened_at", Time, nullable=False),
    sqlite_with_rowid=False,
)
"""The message of a topic's burst that is still written on; its deliveries have its `digest_id`."""

story_messages = Table(
    "story_messages",
    metadata,
    Column("story", Text, primary_key=True),
    Column("chat_id", BigInteger, primary_key=True),
    Column("thread_id", BigInteger, primary_key=True),
    Column("alert_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),
    Column("sent_at", Time, nullable=False),
    Column("last_edit_at", Time),
    Column("reposted", Boolean, nullable=False),
    Index("ix_story_messages_chat_id", "chat_id"),
    sqlite_with_rowid=False,
)
"""The message that a chat has of a story. No message_id: unknown, or left behind when its group migrated."""

chats = Table(
    "chats",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("username", Text),
    Column("language", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("settings", Json, nullable=False),
    Column("suspended", Text),
    Column("access", Text, nullable=False),
    Column("quota", Integer),
)

chat_moves = Table(
    "chat_moves",
    metadata,
    Column("old_id", BigInteger, primary_key=True, autoincrement=False),
    Column("new_id", BigInteger, nullable=False),
)
"""Groups that became supergroups: a plan made before the move still reaches the chat."""

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("chat_id", BigInteger, ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("thread_id", BigInteger, primary_key=True),
    Column("settings", Json, nullable=False),
    Column("muted_until", Time),
    Column("created_by", BigInteger),
    Column("created_at", Time, nullable=False),
    Index("ix_subscriptions_topic", "topic"),
)

source_mutes = Table(
    "source_mutes",
    metadata,
    Column("chat_id", BigInteger, ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("until", Time),
)

access_requests = Table(
    "access_requests",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("username", Text),
    Column("requested_at", Time, nullable=False),
    Column("decided_at", Time),
    Column("decided_by", BigInteger),
    Column("granted", Boolean),
)

invites = Table(
    "invites",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("used_by", BigInteger),
    Column("used_at", Time),
)

feedback = Table(
    "feedback",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("user_id", BigInteger, primary_key=True),
    Column("alert_id", BigInteger, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("entry_id", BigInteger),
    Column("verdict", Text, nullable=False),
    Column("created_at", Time, nullable=False),
    Index("ix_feedback_rule", "rule"),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("token", Text, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("payload", Json, nullable=False),
    Column("expires_at", Time, nullable=False),
    Index("ix_callbacks_expires_at", "expires_at"),
)
"""What a button means, when that does not fit into 64 bytes of callback data."""
