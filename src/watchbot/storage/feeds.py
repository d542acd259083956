"""Feeds: what is polled, when, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from watchbot.model import FeedSpec, FeedUpdate, StoredFeed
from watchbot.storage import schema as t
from watchbot.storage.base import Part
from watchbot.storage.codec import feed_of, spec_columns

_COLUMN = {"window": "window_keys"}


def changed_columns(changes: Mapping[str, object]) -> dict[str, Any]:
    """Names of StoredFeed's fields -> columns."""
    return {
        _COLUMN.get(name, name): list(value) if isinstance(value, tuple) else value for name, value in changes.items()
    }


class FeedPart(Part):
    """Rows of `feeds`."""

    def sync_feeds(self, specs: Sequence[FeedSpec], now: datetime) -> None:
        """Make the configured feeds be exactly `specs`. State of those that stay is kept; new ones are due now.

        Feeds that left the configuration are kept, removed, so that coming back does not repeat their entries.
        """
        with self._db.write() as connection:
            known = {row.url: row for row in connection.execute(select(t.feeds))}
            for spec in specs:
                self._sync_one(connection, spec, known.get(spec.url), now)
            urls = {spec.url for spec in specs}
            gone = [
                row.id
                for row in known.values()
                if row.origin == "config" and row.url not in urls and row.removed_at is None
            ]
            for feed_id in gone:
                connection.execute(update(t.feeds).where(t.feeds.c.id == feed_id).values(removed_at=now))

    def _sync_one(self, connection: Connection, spec: FeedSpec, row: Any, now: datetime) -> None:
        if row is None:
            connection.execute(t.feeds.insert().values(**_new_row(spec, "config", now)))
            return
        values: dict[str, Any] = {**spec_columns(spec), "origin": "config"}
        if row.removed_at is not None:
            values |= {"removed_at": None, "next_check_at": now}
        connection.execute(update(t.feeds).where(t.feeds.c.id == row.id).values(**values))

    def add_feed(self, spec: FeedSpec, now: datetime) -> StoredFeed:
        """Add a feed by chat, or bring a removed one back; an existing one is answered as it is."""
        with self._db.write() as connection:
            row = connection.execute(select(t.feeds).where(t.feeds.c.url == spec.url)).first()
            if row is None:
                connection.execute(t.feeds.insert().values(**_new_row(spec, "chat", now)))
            elif row.removed_at is not None:
                connection.execute(
                    update(t.feeds).where(t.feeds.c.id == row.id).values(removed_at=None, next_check_at=now)
                )
            return feed_of(connection.execute(select(t.feeds).where(t.feeds.c.url == spec.url)).one())

    def describe_feed(self, feed_id: int, spec: FeedSpec) -> None:
        """Take over what the configuration says of a feed that is there: its name, language, tags and so on."""
        with self._db.write() as connection:
            connection.execute(update(t.feeds).where(t.feeds.c.id == feed_id).values(**spec_columns(spec)))

    def remove_feed(self, feed_id: int, now: datetime) -> bool:
        """Stop polling a feed and hide it; what it showed stays known. False when there is none."""
        with self._db.write() as connection:
            done = connection.execute(
                update(t.feeds).where(t.feeds.c.id == feed_id, t.feeds.c.removed_at.is_(None)).values(removed_at=now)
            )
            return done.rowcount > 0

    def feeds(self) -> list[StoredFeed]:
        """Every feed that is not removed, by name."""
        with self._db.read() as connection:
            query = select(t.feeds).where(t.feeds.c.removed_at.is_(None)).order_by(t.feeds.c.name, t.feeds.c.id)
            return [feed_of(row) for row in connection.execute(query)]

    def feed(self, feed_id: int) -> StoredFeed | None:
        """One feed, removed ones too."""
        with self._db.read() as connection:
            row = connection.execute(select(t.feeds).where(t.feeds.c.id == feed_id)).first()
            return feed_of(row) if row else None

    def claim_due_feeds(
        self, now: datetime, limit: int, lease: timedelta, owner: str | None = None
    ) -> list[StoredFeed]:
        """Lease the feeds that are due, longest overdue first: until `now + lease` nobody else gets them."""
        due = (
            select(t.feeds.c.id)
            .where(
                t.feeds.c.enabled,
                t.feeds.c.removed_at.is_(None),
                or_(t.feeds.c.next_check_at.is_(None), t.feeds.c.next_check_at <= now),
                or_(t.feeds.c.claimed_until.is_(None), t.feeds.c.claimed_until <= now),
            )
            .order_by(t.feeds.c.next_check_at, t.feeds.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        with self._db.write() as connection:
            rows = connection.execute(
                update(t.feeds)
                .where(t.feeds.c.id.in_(due.scalar_subquery()))
                .values(claimed_by=owner or self._owner, claimed_until=now + lease)
                .returning(t.feeds)
            ).all()
        return sorted(map(feed_of, rows), key=lambda f: (f.next_check_at or now, f.id))

    def release_feed(self, feed_id: int, next_check_at: datetime) -> None:
        """Give a claim back: the feed is due at `next_check_at`."""
        with self._db.write() as connection:
            connection.execute(
                update(t.feeds)
                .where(t.feeds.c.id == feed_id)
                .values(next_check_at=next_check_at, claimed_by=None, claimed_until=None)
            )

    def update_feed(self, change: FeedUpdate) -> None:
        """Write changes of a feed's row and give its claim back."""
        with self._db.write() as connection:
            self.write_feeds(connection, [change])

    def write_feeds(self, connection: Connection, changes: Iterable[FeedUpdate]) -> None:
        """`update_feed` for several, inside a transaction: rows that change in the same columns with one statement."""
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for change in changes:
            columns = changed_columns(change.changes)
            row = {"of": change.feed_id, **{f"new_{name}": value for name, value in columns.items()}}
            alike.setdefault(tuple(columns), []).append(row)
        for names, rows in alike.items():
            values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
            statement = update(t.feeds).where(t.feeds.c.id == bindparam("of"))
            connection.execute(statement.values(**values, claimed_by=None, claimed_until=None), rows)

    def set_feed_enabled(self, feed_id: int, enabled: bool, reason: str | None, now: datetime) -> None:
        """Pause or resume a feed; resumed, it is due now and its errors are forgotten."""
        values: dict[str, Any] = {"enabled": enabled, "disabled_reason": None if enabled else reason}
        if enabled:
            values |= {"next_check_at": now, "error_count": 0, "last_error": None}
        with self._db.write() as connection:
            connection.execute(update(t.feeds).where(t.feeds.c.id == feed_id).values(**values))

    def forget_feed_claims(self, now: datetime) -> None:
        """Give back the claims of processes that are gone: called by the one instance that holds the lock."""
        with self._db.write() as connection:
            connection.execute(
                update(t.feeds)
                .where(and_(t.feeds.c.claimed_by.is_not(None), t.feeds.c.claimed_by != self._owner))
                .values(claimed_by=None, claimed_until=None)
            )


def _new_row(spec: FeedSpec, origin: str, now: datetime) -> dict[str, Any]:
    return {
        **spec_columns(spec),
        "origin": origin,
        "enabled": True,
        "next_check_at": now,
        "error_count": 0,
        "redirect_count": 0,
        "key_mode": "guid",
        "window_keys": [],
        "rhythm": "",
        "added_at": now,
    }


def feed_names(connection: Connection, feed_ids: Iterable[int]) -> dict[int, str]:
    """Names by id."""
    ids = set(feed_ids)
    query = select(t.feeds.c.id, t.feeds.c.name).where(t.feeds.c.id.in_(ids))
    return {row.id: row.name for row in connection.execute(query)} if ids else {}
