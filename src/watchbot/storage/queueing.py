"""What is to be told to whom: alerts and their deliveries as they are planned, and edits of sent messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from watchbot.model import DeliveryKind, DeliveryState, PlannedAlert, PlannedDelivery, Priority
from watchbot.storage import schema as t
from watchbot.storage.base import Part, chunks
from watchbot.storage.codec import notes_list

QUEUED = (DeliveryState.PENDING.value, DeliveryState.UNKNOWN.value)
_FRESH: Mapping[str, Any] = {
    "plain": False,
    "stale": False,
    "attempts": 0,
    "unknowns": 0,
    "crashes": 0,
    "error": "",
}
"""Columns of a delivery that nobody has tried yet."""


class QueuePart(Part):
    """Makes rows of `alerts` and `deliveries`."""

    _edit_interval: timedelta

    def write_alerts(self, connection: Connection, alerts: Sequence[PlannedAlert], now: datetime) -> tuple[int, ...]:
        """Store alerts with their deliveries; answers their numbers."""
        if not alerts:
            return ()
        first = self._reserve(connection, "alert", len(alerts))
        rows = [self._alert_row(first + i, alert, now) for i, alert in enumerate(alerts)]
        connection.execute(t.alerts.insert(), rows)
        moves = {row.old_id: row.new_id for row in connection.execute(select(t.chat_moves))}
        deliveries = [
            self._delivery_row(moves, first + i, alert, delivery, now)
            for i, alert in enumerate(alerts)
            for delivery in alert.deliveries
        ]
        if deliveries:
            number = self._reserve(connection, "delivery", len(deliveries))
            for offset, row in enumerate(deliveries):
                row["id"] = number + offset
            self._ignore(connection, t.deliveries, deliveries)
        return tuple(row["id"] for row in rows)

    def _alert_row(self, number: int, alert: PlannedAlert, now: datetime) -> dict[str, Any]:
        return {
            "id": number,
            "kind": alert.kind.value,
            "priority": int(alert.priority),
            "entry_id": alert.entry_id,
            "story": alert.story,
            "rules": list(alert.rules),
            "material": list(alert.material),
            "notes": notes_list(alert.notes),
            "created_at": now,
        }

    def _delivery_row(
        self, moves: Mapping[int, int], number: int, alert: PlannedAlert, planned: PlannedDelivery, now: datetime
    ) -> dict[str, Any]:
        return {
            "alert_id": number,
            "chat_id": moves.get(planned.chat_id, planned.chat_id),
            "thread_id": planned.thread_id or 0,
            "kind": planned.kind.value,
            "story": alert.story,
            "topics": list(planned.topics),
            "state": planned.state.value,
            "priority": int(alert.priority),
            "silent": planned.silent,
            "created_at": now,
            "next_attempt_at": planned.not_before,
            "roll": planned.roll,
            **_FRESH,
        }

    def refresh_stories(self, connection: Connection, stories: Iterable[str], now: datetime) -> None:
        """See to it that sent messages of these stories are edited: one pending edit each, not before its time."""
        d, m = t.deliveries.c, t.story_messages.c
        for batch in chunks(stories):
            # What is being sent at this moment may show the story as it was: an edit follows it.
            connection.execute(update(t.deliveries).where(d.story.in_(batch), d.state == "sending").values(stale=True))
            messages = connection.execute(
                select(t.story_messages).where(m.story.in_(batch), m.message_id.is_not(None))
            ).all()
            place = {story: i for i, story in enumerate(batch)}
            for message in sorted(messages, key=lambda row: place[row.story]):
                self._queue_edit(connection, message, now)

    def _queue_edit(self, connection: Connection, message: Row[Any], now: datetime) -> None:
        d = t.deliveries.c
        last = message.last_edit_at or message.sent_at
        at = max(now, last + self._edit_interval)
        same = (
            d.alert_id == message.alert_id,
            d.chat_id == message.chat_id,
            d.thread_id == message.thread_id,
            d.kind == DeliveryKind.EDIT.value,
        )
        existing = connection.execute(select(d.id, d.state).where(*same)).first()
        if existing is not None:
            if existing.state in (DeliveryState.SENT.value, DeliveryState.DEAD.value):
                fresh = {"state": "pending", "next_attempt_at": at, "created_at": now, "attempts": 0, "unknowns": 0}
                connection.execute(update(t.deliveries).where(d.id == existing.id).values(**fresh, crashes=0, error=""))
            return
        original = connection.execute(
            select(t.deliveries).where(d.alert_id == message.alert_id, d.chat_id == message.chat_id).limit(1)
        ).first()
        connection.execute(
            t.deliveries.insert().values(
                id=self._reserve(connection, "delivery", 1),
                alert_id=message.alert_id,
                chat_id=message.chat_id,
                thread_id=message.thread_id,
                kind=DeliveryKind.EDIT.value,
                story=message.story,
                topics=original.topics if original else [],
                state=DeliveryState.PENDING.value,
                priority=int(Priority.LOW),
                silent=True,
                created_at=now,
                next_attempt_at=at,
                **_FRESH,
            )
        )

    def bring_in(self, now: datetime, longest: timedelta) -> int:
        """What waits longer than any retry does: the clock was set back since. It is due now, a lease ends in time.

        Digests and quiet hours go by the clock on the wall, whatever that says; but not a digest that is tried again,
        nor one of a burst or beyond a quota that was begun at a time which is yet to come. Answers how many deliveries
        it was.
        """
        d = t.deliveries.c
        held = (d.state == DeliveryState.HELD.value) & d.lease_owner.is_(None)
        again = held & (d.stale | (d.attempts > 0) | (d.roll.is_not(None) & (d.created_at > now + longest)))
        with self._db.write() as connection:
            connection.execute(
                update(t.deliveries)
                .where(d.lease_owner.is_not(None), d.leased_until > now + longest)
                .values(leased_until=now + longest)
            )
            done = connection.execute(
                update(t.deliveries)
                .where(d.state.in_(QUEUED) | again, d.next_attempt_at > now + longest)
                .values(next_attempt_at=now)
            )
            return done.rowcount

    def hold_stale(self, now: datetime, older_than: datetime, keep: int = 3) -> int:
        """Turn what waited too long into a digest, for each chat and thread with more than `keep` such deliveries."""
        d = t.deliveries.c
        old = (
            d.state == DeliveryState.PENDING.value,
            d.kind != DeliveryKind.EDIT.value,
            d.created_at < older_than,
        )
        with self._db.write() as connection:
            groups = connection.execute(
                select(d.chat_id, d.thread_id).where(*old).group_by(d.chat_id, d.thread_id).having(func.count() > keep)
            ).all()
            count = 0
            for chat_id, thread_id in groups:
                done = connection.execute(
                    update(t.deliveries)
                    .where(*old, d.chat_id == chat_id, d.thread_id == thread_id)
                    .values(state=DeliveryState.HELD.value, next_attempt_at=now, stale=True, roll=None)
                )
                count += done.rowcount
            return count
