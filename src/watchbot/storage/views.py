"""Alerts and deliveries to read: as a message shows them, and as an operator looks at those that were given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from watchbot.model import (
    AlertKind,
    AlertSource,
    AlertView,
    Delivery,
    DeliveryState,
    EntryOutcome,
    PlacementKind,
    Priority,
)
from watchbot.storage import schema as t
from watchbot.storage.base import Part
from watchbot.storage.codec import matches_of, notes_of, placement_of
from watchbot.storage.records import DeliveryRecord

MAX_ALSO = 200
"""Entries of a story that an alert can list; the biggest stories have more, and nobody reads them."""


class ViewPart(Part):
    """Reads `alerts` with their entries and stories."""

    def alert_views(self, deliveries: Sequence[Delivery], titles: Mapping[str, str] | None = None) -> list[AlertView]:
        """What each of the deliveries shows, as the story is now. `titles`: rule id -> title."""
        return self.views_of([(delivery.id, delivery.alert_id) for delivery in deliveries], titles)

    def views_of(self, told: Sequence[tuple[int, int]], titles: Mapping[str, str] | None = None) -> list[AlertView]:
        """`alert_views` by (delivery, alert): of deliveries that are no longer in anybody's hands too."""
        titles = titles or {}
        with self._db.read() as connection:
            views = []
            for delivery_id, alert_id in told:
                topics = connection.execute(
                    select(t.deliveries.c.topics).where(t.deliveries.c.id == delivery_id)
                ).scalar_one()
                named = tuple((topic, titles.get(topic, topic)) for topic in topics)
                views.append(self._view(connection, alert_id, named))
            return views

    def alert_by_number(self, number: int, chat_id: int, titles: Mapping[str, str] | None = None) -> AlertView | None:
        """The alert as this chat was told it; None when it never was: a forged number shows nothing."""
        titles = titles or {}
        d = t.deliveries.c
        with self._db.read() as connection:
            row = connection.execute(
                select(d.topics).where(d.alert_id == number, d.chat_id == chat_id, d.kind != "edit").limit(1)
            ).first()
            if row is None:
                return None
            return self._view(connection, number, tuple((topic, titles.get(topic, topic)) for topic in row.topics))

    def _view(self, connection: Connection, number: int, topics: tuple[tuple[str, str], ...]) -> AlertView:
        alert = connection.execute(select(t.alerts).where(t.alerts.c.id == number)).one()
        kind, priority = AlertKind(alert.kind), Priority(alert.priority)
        entry = None
        if alert.entry_id is not None:
            entry = connection.execute(select(t.entries).where(t.entries.c.id == alert.entry_id)).first()
        if entry is None:
            return AlertView(
                number=number,
                kind=kind,
                priority=priority,
                topics=topics,
                story=alert.story,
                title="",
                summary="",
                link=None,
                source="",
                lang=None,
                published_at=None,
                first_seen_at=alert.created_at,
                material=tuple(alert.material),
                notes=notes_of(alert.notes),
            )
        media = entry.details.get("media") or ()
        photo = next((m["url"] for m in media if (m.get("type") or "image/").startswith("image/")), None)
        return AlertView(
            number=number,
            kind=kind,
            priority=priority,
            topics=topics,
            story=alert.story,
            title=entry.title,
            summary=entry.summary or entry.body[:1000],
            link=entry.link,
            source=entry.source,
            lang=entry.lang,
            published_at=entry.published_at,
            first_seen_at=entry.first_seen_at,
            matches=matches_of(entry.matches),
            also=self._also(connection, alert.story, entry.id),
            material=tuple(alert.material),
            withdrawn=self._withdrawn(connection, alert.story),
            photo_url=photo,
        )

    def _also(self, connection: Connection, story: str | None, entry_id: int) -> tuple[AlertSource, ...]:
        if story is None:
            return ()
        e = t.entries.c
        rows = connection.execute(
            select(e.id, e.source, e.owner, e.lang, e.title, e.link, e.at, e.published_at, e.placement)
            .where(e.story == story, e.id != entry_id, e.outcome != EntryOutcome.QUARANTINED.value)
            .order_by(e.at, e.id)
            .limit(MAX_ALSO)
        ).all()
        return tuple(self._source(row) for row in rows)

    def _source(self, row: Any) -> AlertSource:
        placement = placement_of(row.placement)
        return AlertSource(
            entry_id=row.id,
            source=row.source,
            owner=row.owner,
            lang=row.lang,
            title=row.title,
            link=row.link,
            # `at` orders stories and is never more than a week back: readers are told an older entry's own date.
            at=min(row.at, row.published_at or row.at),
            origin=placement.origin if placement else None,
            is_copy=placement is not None and placement.kind is PlacementKind.DUPLICATE,
        )

    def _withdrawn(self, connection: Connection, story: str | None) -> bool:
        query = select(t.stories.c.withdrawn_at).where(t.stories.c.id == story)
        return story is not None and connection.execute(query).scalar() is not None

    # -- for operators

    def dead_deliveries(self, limit: int = 20) -> list[DeliveryRecord]:
        """Given up, newest first."""
        d = t.deliveries.c
        query = (
            select(t.deliveries, t.entries.c.title, t.alerts.c.notes)
            .join(t.alerts, t.alerts.c.id == d.alert_id)
            .outerjoin(t.entries, t.entries.c.id == t.alerts.c.entry_id)
            .where(d.state == DeliveryState.DEAD.value, d.id > 0)
            .order_by(d.id.desc())
            .limit(limit)
        )
        with self._db.read() as connection:
            return [
                DeliveryRecord(
                    id=row.id,
                    alert_id=row.alert_id,
                    chat_id=row.chat_id,
                    thread_id=row.thread_id or None,
                    kind=row.kind,
                    state=row.state,
                    attempts=row.attempts,
                    created_at=row.created_at,
                    next_attempt_at=row.next_attempt_at,
                    error=row.error,
                    title=row.title or "",
                    notes=notes_of(row.notes),
                )
                for row in connection.execute(query)
            ]

    def retry_delivery(self, delivery_id: int, now: datetime) -> bool:
        """Queue a dead delivery again, as a message of its own; False when it is not dead."""
        again = {"state": "pending", "attempts": 0, "unknowns": 0, "crashes": 0, "error": ""}
        again |= {"settled_at": None, "digest_id": None, "roll": None}
        d = t.deliveries.c
        with self._db.write() as connection:
            done = connection.execute(
                update(t.deliveries)
                .where(d.id == delivery_id, d.state == DeliveryState.DEAD.value)
                .values(**again, next_attempt_at=now)
            )
            return done.rowcount > 0

    def drop_delivery(self, delivery_id: int) -> bool:
        """Delete a dead delivery; False when it is not dead."""
        d = t.deliveries.c
        with self._db.write() as connection:
            done = connection.execute(
                t.deliveries.delete().where(d.id == delivery_id, d.state == DeliveryState.DEAD.value)
            )
            return done.rowcount > 0
