"""Alerts and deliveries: what is to be told to whom, claimed, sent and settled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, select, text, update
from sqlalchemy.exc import IntegrityError

from watchbot.model import (
    AlertKind,
    AlertSource,
    AlertView,
    Delivery,
    DeliveryKind,
    DeliveryState,
    EntryOutcome,
    PlacementKind,
    PlannedAlert,
    PlannedDelivery,
    Priority,
    Settlement,
)
from watchbot.storage import schema as t
from watchbot.storage.base import Part, chunks
from watchbot.storage.codec import matches_of, placement_of
from watchbot.storage.records import DeliveryRecord

# The head of each chat's queue: a chat is skipped over by its index, so that a claim costs one look per chat and not
# one per queued delivery. An edit that must still wait holds nothing up; a reply, however urgent, waits for the message
# that it answers; anything else keeps its chat in order.
_HEADS = """
WITH RECURSIVE queue_chats(chat_id) AS (
    SELECT min(chat_id) FROM deliveries WHERE state IN ('pending','unknown')
    UNION ALL
    SELECT (SELECT min(d.chat_id) FROM deliveries d
             WHERE d.state IN ('pending','unknown') AND d.chat_id > queue_chats.chat_id)
      FROM queue_chats WHERE queue_chats.chat_id IS NOT NULL
), heads AS (
    SELECT queue_chats.chat_id AS chat_id,
           (SELECT d.id FROM deliveries d
             WHERE d.chat_id = queue_chats.chat_id AND d.state IN ('pending','unknown')
               AND (d.kind <> 'edit' OR d.next_attempt_at <= :now)
               AND NOT (d.kind = 'reply' AND EXISTS (
                   SELECT 1 FROM deliveries f
                    WHERE f.story = d.story AND f.chat_id = d.chat_id AND f.thread_id = d.thread_id
                      AND f.kind = 'send' AND f.id < d.id AND f.state IN ('pending','unknown')))
             ORDER BY d.priority DESC, d.id LIMIT 1) AS id
      FROM queue_chats
      LEFT JOIN chats ON chats.id = queue_chats.chat_id
     WHERE queue_chats.chat_id IS NOT NULL AND chats.suspended IS NULL
       AND NOT EXISTS (SELECT 1 FROM deliveries s WHERE s.chat_id = queue_chats.chat_id AND s.state = 'sending')
)
"""
_NEXT = """
SELECT min(at) FROM (
    SELECT d.chat_id AS chat_id, d.next_attempt_at AS at FROM heads JOIN deliveries d ON d.id = heads.id
    UNION ALL
    SELECT d.chat_id, d.next_attempt_at FROM deliveries d
     WHERE d.kind = 'edit' AND d.state IN ('pending','unknown') AND d.next_attempt_at > :now
    UNION ALL
    SELECT d.chat_id, d.next_attempt_at FROM deliveries d WHERE d.state = 'held' AND d.lease_owner IS NULL
) waiting
 WHERE NOT EXISTS (SELECT 1 FROM chats c WHERE c.id = waiting.chat_id AND c.suspended IS NOT NULL)
   AND NOT EXISTS (SELECT 1 FROM deliveries s WHERE s.chat_id = waiting.chat_id AND s.state = 'sending')
"""
CRASHES = 5
"""So often a delivery may be in flight when its process dies; then it is given up, for it may be what kills it."""
CLAIM_TRIES = 3
QUEUED = (DeliveryState.PENDING.value, DeliveryState.UNKNOWN.value)
MAX_ALSO = 200
"""Entries of a story that an alert can list; the biggest stories have more, and nobody reads them."""


@dataclass(frozen=True, slots=True)
class DigestGroup:
    """Held deliveries of one chat and thread that are due together, claimed as one."""

    chat_id: int
    thread_id: int | None
    deliveries: tuple[Delivery, ...]
    stale: bool = False


class OutboxPart(Part):
    """Rows of `alerts`, `deliveries` and `story_messages`."""

    _edit_interval: timedelta

    # -- inside the transaction of an update

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
            "text": alert.text,
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
                connection.execute(update(t.deliveries).where(d.id == existing.id).values(**fresh, error=""))
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

    # -- claiming

    def claim_deliveries(
        self,
        now: datetime,
        limit: int,
        lease: timedelta,
        busy_chats: Collection[int] = (),
        only: Collection[int] | None = None,
    ) -> list[Delivery]:
        """Lease at most `limit` deliveries, at most one per chat, by priority and then in order of their making.

        Chats that are busy, suspended, or have a delivery in flight are left out; `only` narrows to some chats.
        """
        if limit <= 0:
            return []
        query = _HEADS + (  # noqa: S608 - constant pieces; every value is bound
            "SELECT d.id FROM heads JOIN deliveries d ON d.id = heads.id WHERE d.next_attempt_at <= :now"
            + (" AND d.chat_id NOT IN :busy" if busy_chats else "")
            + (" AND d.chat_id IN :only" if only is not None else "")
            + " ORDER BY d.priority DESC, d.id LIMIT :limit"
            + ("" if self._db.is_sqlite else " FOR UPDATE OF d SKIP LOCKED")
        )
        statement = text(query).bindparams(bindparam("now", t.to_micros(now)), bindparam("limit", limit))
        if busy_chats:
            statement = statement.bindparams(bindparam("busy", list(busy_chats), expanding=True))
        if only is not None:
            statement = statement.bindparams(bindparam("only", list(only) or [0], expanding=True))
        for _ in range(CLAIM_TRIES):
            try:
                with self._db.write() as connection:
                    ids = list(connection.execute(statement).scalars())
                    rows = self._lease(connection, ids, now + lease)
                    return [self._delivery(connection, row) for row in rows]
            except IntegrityError:  # another replica has just claimed for one of these chats: look again
                continue
        return []

    def _lease(self, connection: Connection, ids: Sequence[int], until: datetime) -> list[Row[Any]]:
        if not ids:
            return []
        d = t.deliveries.c
        rows = connection.execute(
            update(t.deliveries)
            .where(d.id.in_(ids), d.state.in_(QUEUED))
            .values(
                # Remembered here until the outcome is known: a repeat of an unknown outcome stays one.
                unknowns=d.unknowns + case((d.state == DeliveryState.UNKNOWN.value, 1), else_=0),
                state=DeliveryState.SENDING.value,
                lease_owner=self._owner,
                leased_until=until,
                attempts=d.attempts + 1,
                stale=False,
            )
            .returning(t.deliveries)
        ).all()
        order = {delivery_id: i for i, delivery_id in enumerate(ids)}
        return sorted(rows, key=lambda row: order[row.id])

    def _delivery(self, connection: Connection, row: Row[Any]) -> Delivery:
        kind, message_id = DeliveryKind(row.kind), None
        if kind is not DeliveryKind.SEND and row.story is not None:
            message_id = self._message_of(connection, row)
            if message_id is None and kind is DeliveryKind.EDIT:
                kind = DeliveryKind.SEND
        return Delivery(
            id=row.id,
            alert_id=row.alert_id,
            chat_id=row.chat_id,
            thread_id=row.thread_id or None,
            kind=kind,
            priority=Priority(row.priority),
            attempts=row.attempts,
            created_at=row.created_at,
            state=DeliveryState(row.state),
            was_unknown=row.unknowns > 0,
            silent=row.silent,
            message_id=message_id,
            plain=row.plain,
        )

    def _message_of(self, connection: Connection, row: Row[Any]) -> int | None:
        m = t.story_messages.c
        found = connection.execute(
            select(m.message_id).where(m.story == row.story, m.chat_id == row.chat_id, m.thread_id == row.thread_id)
        ).scalar()
        return None if found is None else int(found)

    def next_attempt(self, now: datetime, busy_chats: Collection[int] = ()) -> datetime | None:
        """When a claim can next succeed (of a delivery or a digest); a time in the past means now, None never.

        Chats that are busy, suspended or have a delivery in flight do not count: what ends that wakes the worker.
        """
        query = _HEADS + _NEXT + (" AND waiting.chat_id NOT IN :busy" if busy_chats else "")
        statement = text(query).bindparams(bindparam("now", t.to_micros(now)))
        if busy_chats:
            statement = statement.bindparams(bindparam("busy", list(busy_chats), expanding=True))
        with self._db.read() as connection:
            found = connection.execute(statement).scalar()
        return None if found is None else t.from_micros(int(found))

    def waiting_now(self, now: datetime, only: Collection[int] | None = None) -> int:
        """How many deliveries could go out at this moment, those in flight included."""
        d = t.deliveries.c
        query = (
            select(func.count())
            .select_from(t.deliveries.outerjoin(t.chats, t.chats.c.id == d.chat_id))
            .where(
                d.state.in_((*QUEUED, DeliveryState.SENDING.value, DeliveryState.HELD.value)),
                d.next_attempt_at <= now,
                t.chats.c.suspended.is_(None),
            )
        )
        if only is not None:
            query = query.where(d.chat_id.in_(list(only)))
        with self._db.read() as connection:
            return int(connection.execute(query).scalar_one())

    # -- settling

    def settle(self, settlement: Settlement, now: datetime) -> None:
        """Write the outcome of an attempt; nothing when this process no longer holds the delivery."""
        self.settle_many((settlement,), now)

    def settle_many(self, settlements: Sequence[Settlement], now: datetime) -> None:
        """Write several outcomes in one transaction."""
        with self._db.write() as connection:
            for settlement in settlements:
                self._settle(connection, settlement, now)

    def _settle(self, connection: Connection, s: Settlement, now: datetime) -> None:
        d = t.deliveries.c
        row = connection.execute(
            select(t.deliveries).where(
                d.id == s.delivery_id,
                d.lease_owner == self._owner,
                d.state.in_((DeliveryState.SENDING.value, DeliveryState.HELD.value)),
            )
        ).first()
        if row is None:
            return
        if s.repost and row.kind == DeliveryKind.EDIT.value:
            self._repost(connection, row, now)
            return
        if s.drop_thread and self._has_twin(connection, row):
            connection.execute(t.deliveries.delete().where(d.id == row.id))  # the chat itself is told already
        else:
            connection.execute(update(t.deliveries).where(d.id == row.id).values(**_settled(row, s, now)))
        if s.repost:
            self._forget_message(connection, row)
        self._consequences(connection, row, s, now)

    def _has_twin(self, connection: Connection, row: Row[Any]) -> bool:
        """Whether the same alert also goes to the chat itself, outside any forum topic."""
        d = t.deliveries.c
        twin = (d.alert_id == row.alert_id, d.chat_id == row.chat_id, d.thread_id == 0, d.kind == row.kind)
        return connection.execute(select(d.id).where(*twin, d.id != row.id)).first() is not None

    def _repost(self, connection: Connection, edit: Row[Any], now: datetime) -> None:
        """The message to edit is gone: send it anew, once; the second time it is left alone."""
        m, d = t.story_messages.c, t.deliveries.c
        where = (m.story == edit.story, m.chat_id == edit.chat_id, m.thread_id == edit.thread_id)
        again = connection.execute(select(m.reposted).where(*where)).scalar()
        self._forget_message(connection, edit)
        connection.execute(t.deliveries.delete().where(d.id == edit.id))
        if not again:
            connection.execute(
                update(t.deliveries)
                .where(
                    d.alert_id == edit.alert_id,
                    d.chat_id == edit.chat_id,
                    d.thread_id == edit.thread_id,
                    d.kind == DeliveryKind.SEND.value,
                )
                .values(state="pending", next_attempt_at=now, attempts=0, unknowns=0, error="")
            )

    def _consequences(self, connection: Connection, row: Row[Any], s: Settlement, now: datetime) -> None:
        if s.suspend_chat is not None:
            connection.execute(update(t.chats).where(t.chats.c.id == row.chat_id).values(suspended=s.suspend_chat))
        if s.drop_thread and row.thread_id:
            self._drop_thread(connection, row.chat_id, row.thread_id)
        if s.migrate_chat_to is not None:
            move_chat(connection, row.chat_id, s.migrate_chat_to)
        if s.state is DeliveryState.SENT and row.story is not None:
            self._remember_message(connection, row, s, now)

    def _remember_message(self, connection: Connection, row: Row[Any], s: Settlement, now: datetime) -> None:
        m = t.story_messages.c
        where = (m.story == row.story, m.chat_id == row.chat_id, m.thread_id == row.thread_id)
        if row.kind == DeliveryKind.EDIT.value:
            connection.execute(update(t.story_messages).where(*where).values(last_edit_at=now))
        elif row.kind == DeliveryKind.SEND.value and s.message_id is not None and row.digest_id is None:
            # A digest tells of many stories: it is never edited for one of them.
            reposted = connection.execute(select(m.reposted).where(*where)).scalar()
            values = {
                "story": row.story,
                "chat_id": row.chat_id,
                "thread_id": row.thread_id,
                "alert_id": row.alert_id,
                "message_id": s.message_id,
                "sent_at": now,
                "last_edit_at": None,
                "reposted": bool(reposted),
            }
            connection.execute(self._upsert(t.story_messages, values, ("story", "chat_id", "thread_id")))
        fresh = connection.execute(select(t.deliveries.c.stale).where(t.deliveries.c.id == row.id)).scalar()
        if fresh:
            message = connection.execute(select(t.story_messages).where(*where)).first()
            if message is not None and message.message_id is not None:
                self._queue_edit(connection, message, now)

    def _forget_message(self, connection: Connection, row: Row[Any]) -> None:
        m = t.story_messages.c
        connection.execute(
            update(t.story_messages)
            .where(m.story == row.story, m.chat_id == row.chat_id, m.thread_id == row.thread_id)
            .values(message_id=None, reposted=True)
        )

    def _drop_thread(self, connection: Connection, chat_id: int, thread_id: int) -> None:
        """A forum topic is gone: its queue and its subscriptions fall back to the chat."""
        d = t.deliveries.c
        twins = t.deliveries.alias()
        taken = select(twins.c.id).where(
            twins.c.alert_id == d.alert_id,
            twins.c.chat_id == chat_id,
            twins.c.thread_id == 0,
            twins.c.kind == d.kind,
        )
        waiting = (d.chat_id == chat_id, d.thread_id == thread_id, d.state.in_((*QUEUED, "held")))
        connection.execute(update(t.deliveries).where(*waiting, ~taken.exists()).values(thread_id=0))
        connection.execute(t.deliveries.delete().where(*waiting))
        m, other = t.story_messages.c, t.story_messages.alias()
        twin = select(other.c.chat_id).where(
            other.c.story == m.story, other.c.chat_id == chat_id, other.c.thread_id == 0
        )
        connection.execute(
            update(t.story_messages)
            .where(m.chat_id == chat_id, m.thread_id == thread_id, ~twin.exists())
            .values(thread_id=0)
        )
        s = t.subscriptions
        rows = connection.execute(select(s).where(s.c.chat_id == chat_id, s.c.thread_id == thread_id)).all()
        moved = [{**row._mapping, "thread_id": 0} for row in rows]
        self._ignore(connection, s, moved)
        connection.execute(s.delete().where(s.c.chat_id == chat_id, s.c.thread_id == thread_id))

    def recover(self, now: datetime, *, all_others: bool = False) -> int:
        """Deliveries whose lease ran out may or may not have been sent: unknown, so that each is sent once more.

        A kill before the call lost nothing, and nobody can tell it from one after: at most one repeat per kill. After
        `CRASHES` of them the delivery is dead, visibly. A digest comes back whole. `all_others`: take over those of
        every other owner too, whatever their lease (at start, by the only instance). Answers how many it took over.
        """
        d = t.deliveries.c
        gone = (d.lease_owner.is_not(None), d.lease_owner != self._owner if all_others else d.leased_until < now)
        free: dict[str, Any] = {"lease_owner": None, "leased_until": None}
        again = {**free, "next_attempt_at": now, "crashes": d.crashes + 1}
        with self._db.write() as connection:
            members = select(d.digest_id).where(*gone, d.digest_id.is_not(None))
            digests = connection.execute(
                update(t.deliveries)
                .where(*gone, d.digest_id.in_(members), d.state.in_(("sending", "held")), d.crashes < CRASHES)
                .values(**again, state=DeliveryState.HELD.value, unknowns=d.unknowns + 1, digest_id=None)
            )
            dead = connection.execute(
                update(t.deliveries)
                .where(*gone, d.state.in_(("sending", "held")), d.crashes >= CRASHES)
                .values(
                    **free,
                    state=DeliveryState.DEAD.value,
                    error=f"interrupted {CRASHES + 1} times while it was sent",
                    settled_at=now,
                )
            )
            unknown = connection.execute(
                update(t.deliveries)
                .where(*gone, d.state == DeliveryState.SENDING.value)
                # An edit is idempotent: its outcome need not be known.
                .values(**again, state=case((d.kind == "edit", "pending"), else_="unknown"))
            )
            return digests.rowcount + dead.rowcount + unknown.rowcount

    # -- digests

    def claim_digests(
        self,
        now: datetime,
        limit: int,
        lease: timedelta,
        busy_chats: Collection[int] = (),
        only: Collection[int] | None = None,
    ) -> list[DigestGroup]:
        """Lease held deliveries that are due, grouped by chat and thread; at most one group per chat."""
        d = t.deliveries.c
        sending = t.deliveries.alias()
        query = (
            select(d.chat_id, d.thread_id, func.max(d.priority), func.min(d.id))
            .select_from(t.deliveries.outerjoin(t.chats, t.chats.c.id == d.chat_id))
            .where(
                d.state == DeliveryState.HELD.value,
                d.lease_owner.is_(None),
                d.next_attempt_at <= now,
                t.chats.c.suspended.is_(None),
                ~select(sending.c.id)
                .where(sending.c.chat_id == d.chat_id, sending.c.state == DeliveryState.SENDING.value)
                .exists(),
            )
            .group_by(d.chat_id, d.thread_id)
            .order_by(func.max(d.priority).desc(), func.min(d.id))
        )
        if busy_chats:
            query = query.where(d.chat_id.not_in(list(busy_chats)))
        if only is not None:
            query = query.where(d.chat_id.in_(list(only)))
        groups: list[DigestGroup] = []
        taken: set[int] = set()
        with self._db.write() as connection:
            for chat_id, thread_id, _, _ in connection.execute(query).all():
                if len(groups) >= limit:
                    break
                if chat_id not in taken:
                    taken.add(chat_id)
                    groups.append(self._claim_group(connection, chat_id, thread_id, now, lease))
        return groups

    def _claim_group(
        self, connection: Connection, chat_id: int, thread_id: int, now: datetime, lease: timedelta
    ) -> DigestGroup:
        """Lease a group. All but its first are parked behind it, since one delivery per chat is in flight."""
        d = t.deliveries.c
        query = (
            select(t.deliveries)
            .where(
                d.chat_id == chat_id,
                d.thread_id == thread_id,
                d.state == DeliveryState.HELD.value,
                d.lease_owner.is_(None),
                d.next_attempt_at <= now,
            )
            .order_by(d.priority.desc(), d.id)
        )
        rows = connection.execute(query).all()
        first = rows[0].id
        for batch in chunks(row.id for row in rows):
            connection.execute(
                update(t.deliveries)
                .where(d.id.in_(batch))
                .values(attempts=d.attempts + 1, lease_owner=self._owner, leased_until=now + lease, digest_id=first)
            )
        connection.execute(update(t.deliveries).where(d.id == first).values(state=DeliveryState.SENDING.value))
        stale = any(row.stale for row in rows)
        deliveries = tuple(replace(self._delivery(connection, row), attempts=row.attempts + 1) for row in rows)
        return DigestGroup(chat_id, thread_id or None, deliveries, stale)

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
                    .values(state=DeliveryState.HELD.value, next_attempt_at=now, stale=True)
                )
                count += done.rowcount
            return count

    # -- views

    def alert_view(self, delivery: Delivery, titles: Mapping[str, str] | None = None) -> AlertView:
        """What a delivery shows, as the story is now. `titles`: rule id -> title."""
        return self.alert_views((delivery,), titles)[0]

    def alert_views(self, deliveries: Sequence[Delivery], titles: Mapping[str, str] | None = None) -> list[AlertView]:
        """`alert_view` of several."""
        titles = titles or {}
        with self._db.read() as connection:
            views = []
            for delivery in deliveries:
                topics = connection.execute(
                    select(t.deliveries.c.topics).where(t.deliveries.c.id == delivery.id)
                ).scalar_one()
                named = tuple((topic, titles.get(topic, topic)) for topic in topics)
                views.append(self._view(connection, delivery.alert_id, named))
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
                text=alert.text,
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
            text=alert.text,
        )

    def _also(self, connection: Connection, story: str | None, entry_id: int) -> tuple[AlertSource, ...]:
        if story is None:
            return ()
        e = t.entries.c
        rows = connection.execute(
            select(e.id, e.source, e.owner, e.lang, e.title, e.link, e.at, e.placement)
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
            at=row.at,
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
            select(t.deliveries, t.entries.c.title, t.alerts.c.text.label("notice"))
            .join(t.alerts, t.alerts.c.id == d.alert_id)
            .outerjoin(t.entries, t.entries.c.id == t.alerts.c.entry_id)
            .where(d.state == DeliveryState.DEAD.value)
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
                    title=row.title or row.notice,
                )
                for row in connection.execute(query)
            ]

    def retry_delivery(self, delivery_id: int, now: datetime) -> bool:
        """Queue a dead delivery again; False when it is not dead."""
        d = t.deliveries.c
        with self._db.write() as connection:
            done = connection.execute(
                update(t.deliveries)
                .where(d.id == delivery_id, d.state == DeliveryState.DEAD.value)
                .values(state="pending", next_attempt_at=now, attempts=0, unknowns=0, error="", settled_at=None)
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


_FRESH: Mapping[str, Any] = {
    "plain": False,
    "stale": False,
    "attempts": 0,
    "unknowns": 0,
    "crashes": 0,
    "error": "",
}
"""Columns of a delivery that nobody has tried yet."""


def _settled(row: Row[Any], s: Settlement, now: datetime) -> dict[str, Any]:
    """The columns that an outcome changes."""
    queued = s.state.value in QUEUED
    in_digest = row.digest_id is not None
    values: dict[str, Any] = {
        "state": DeliveryState.HELD.value if in_digest and queued else s.state.value,
        "error": s.error[:500],
        "lease_owner": None,
        "leased_until": None,
    }
    if s.next_attempt_at is not None:
        values["next_attempt_at"] = s.next_attempt_at
    if s.state in (DeliveryState.SENT, DeliveryState.DEAD):
        values["settled_at"] = now
    if queued and not s.error:
        values["attempts"] = max(row.attempts - 1, 0)  # a claim given back was no attempt
    if s.state is DeliveryState.UNKNOWN:
        # Outside a digest the next claim counts it. Given back without an attempt, it is not counted twice.
        values["unknowns"] = row.unknowns + 1 if in_digest and s.error else max(row.unknowns - (not s.error), 0)
    if s.message_id is not None:
        values["message_id"] = s.message_id
    if s.plain:
        values["plain"] = True
    if s.drop_thread:
        values["thread_id"] = 0
    return values


def _end_flight(connection: Connection, old: int, new: int) -> None:
    """Both chats have a delivery in flight, and one chat has at most one: the old chat's outcome counts as unknown."""
    d, other = t.deliveries.c, t.deliveries.alias()
    both = select(other.c.id).where(other.c.chat_id == new, other.c.state == DeliveryState.SENDING.value).exists()
    connection.execute(
        update(t.deliveries)
        .where(d.chat_id == old, d.state == DeliveryState.SENDING.value, both)
        .values(state=DeliveryState.UNKNOWN.value, lease_owner=None, leased_until=None)
    )


def move_chat(connection: Connection, old: int, new: int) -> None:
    """A group became a supergroup: its chat, subscriptions, queue and messages in one go, order kept."""
    if old == new:
        return
    chat = connection.execute(select(t.chats).where(t.chats.c.id == old)).first()
    if connection.execute(select(t.chats.c.id).where(t.chats.c.id == new)).first() is None and chat is not None:
        connection.execute(t.chats.insert().values(**{**chat._mapping, "id": new, "kind": "supergroup"}))
    _end_flight(connection, old, new)
    for table, keys in (
        (t.subscriptions, ("topic", "thread_id")),
        (t.source_mutes, ("source",)),
        (t.story_messages, ("story", "thread_id")),
        (t.deliveries, ("alert_id", "thread_id", "kind")),
        (t.feedback, ("user_id", "alert_id", "rule")),
    ):
        other = table.alias()
        same = [other.c[key] == table.c[key] for key in keys]
        twin = select(other.c.chat_id).where(other.c.chat_id == new, *same).exists()
        connection.execute(update(table).where(table.c.chat_id == old, ~twin).values(chat_id=new))
        connection.execute(table.delete().where(table.c.chat_id == old))
    # Message ids of the old group name nothing in the new one.
    m = t.story_messages.c
    connection.execute(update(t.story_messages).where(m.chat_id == new).values(message_id=None))
    connection.execute(t.chats.delete().where(t.chats.c.id == old))
    connection.execute(update(t.chat_moves).where(t.chat_moves.c.new_id == old).values(new_id=new))
    connection.execute(t.chat_moves.delete().where(t.chat_moves.c.old_id == old))
    connection.execute(t.chat_moves.insert().values(old_id=old, new_id=new))
