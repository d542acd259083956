"""Who sends what, and when: deliveries and digests are leased, and taken over from a process that died."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Row,
    bindparam,
    case,
    func,
    literal,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from watchbot.model import OVER_QUOTA, Delivery, DeliveryKind, DeliveryState, Priority
from watchbot.storage import schema as t
from watchbot.storage.base import chunks
from watchbot.storage.queueing import QUEUED
from watchbot.storage.rolling import Rolling, RollingPart

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
    SELECT d.chat_id, d.next_attempt_at FROM deliveries d
     WHERE d.state = 'held' AND d.lease_owner IS NULL
       AND (d.next_attempt_at > :now OR (d.chat_id, d.thread_id) NOT IN (
           SELECT e.chat_id, e.thread_id FROM deliveries e
            WHERE e.state = 'held' AND e.crashes > 0 AND e.next_attempt_at > :now))
) waiting
 WHERE NOT EXISTS (SELECT 1 FROM chats c WHERE c.id = waiting.chat_id AND c.suspended IS NOT NULL)
   AND NOT EXISTS (SELECT 1 FROM deliveries s WHERE s.chat_id = waiting.chat_id AND s.state = 'sending')
"""
CRASHES = 20
"""A delivery that was in flight at more kills than this is given up: no chance explains that, it is what kills."""
AT_ONCE = 3
"""So many kills are nobody's fault; after more the delivery waits, so that all others go out between two of them."""
SUSPECT_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)
CLAIM_TRIES = 3


def _chats(name: str, chat_ids: Collection[int]) -> BindParameter[Any]:
    """A list of chats. Its type is named: PostgreSQL's would be that of the first, and a supergroup's id is bigger."""
    return bindparam(name, list(chat_ids), BigInteger, expanding=True)


@dataclass(frozen=True, slots=True)
class DigestGroup:
    """Held deliveries of one chat and thread that are due together, claimed as one."""

    chat_id: int
    thread_id: int | None
    deliveries: tuple[Delivery, ...]
    stale: bool = False
    roll: str | None = None
    """The burst's topic, OVER_QUOTA, or None for the chat's own digest."""
    rolling: Rolling | None = None
    """The burst's message so far."""


class ClaimPart(RollingPart):
    """Leases on rows of `deliveries`: at most one in flight for a chat."""

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
            statement = statement.bindparams(_chats("busy", busy_chats))
        if only is not None:
            statement = statement.bindparams(_chats("only", only or [0]))
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
            was_unknown=row.unknowns > row.crashes,  # a kill is no doubt of Telegram's: it has a repeat of its own
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
            statement = statement.bindparams(_chats("busy", busy_chats))
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

    def claim_digests(
        self,
        now: datetime,
        limit: int,
        lease: timedelta,
        busy_chats: Collection[int] = (),
        only: Collection[int] | None = None,
    ) -> list[DigestGroup]:
        """Lease held deliveries that are due, grouped by chat, thread and digest; at most one group per chat.

        A digest that waits because its processes died holds up what came after it.
        """
        d = t.deliveries.c
        sending, e = t.deliveries.alias(), t.deliveries.alias().c
        waiting = select(e.chat_id, e.thread_id).where(
            e.state == DeliveryState.HELD.value, e.crashes > 0, e.next_attempt_at > now
        )
        query = (
            select(d.chat_id, d.thread_id, d.roll)
            .select_from(t.deliveries.outerjoin(t.chats, t.chats.c.id == d.chat_id))
            .where(
                d.state == DeliveryState.HELD.value,
                d.lease_owner.is_(None),
                d.next_attempt_at <= now,
                tuple_(d.chat_id, d.thread_id).not_in(waiting),
                t.chats.c.suspended.is_(None),
                ~select(sending.c.id)
                .where(sending.c.chat_id == d.chat_id, sending.c.state == DeliveryState.SENDING.value)
                .exists(),
            )
            .group_by(d.chat_id, d.thread_id, d.roll)
            .order_by(func.max(d.priority).desc(), func.min(d.id))
        )
        if busy_chats:
            query = query.where(d.chat_id.not_in(list(busy_chats)))
        if only is not None:
            query = query.where(d.chat_id.in_(list(only)))
        groups: list[DigestGroup] = []
        taken: set[int] = set()
        with self._db.write() as connection:
            for chat_id, thread_id, roll in connection.execute(query).all():
                if len(groups) >= limit:
                    break
                if chat_id not in taken:
                    taken.add(chat_id)
                    groups.append(self._claim_group(connection, chat_id, thread_id, roll, now, lease))
        return groups

    def _claim_group(
        self, connection: Connection, chat_id: int, thread_id: int, roll: str | None, now: datetime, lease: timedelta
    ) -> DigestGroup:
        """Lease a group. All but its first are parked behind it, since one delivery per chat is in flight.

        A rolling digest takes along what could wait longer: it goes out anyway.
        """
        burst = roll is not None and roll != OVER_QUOTA
        d = t.deliveries.c
        query = (
            select(t.deliveries)
            .where(
                d.chat_id == chat_id,
                d.thread_id == thread_id,
                d.state == DeliveryState.HELD.value,
                d.lease_owner.is_(None),
                d.roll.is_(None) if roll is None else d.roll == roll,
                true() if burst else d.next_attempt_at <= now,
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
        rolling = self._rolling(connection, chat_id, thread_id, roll) if burst and roll is not None else None
        return DigestGroup(chat_id, thread_id or None, deliveries, stale, roll, rolling)

    def recover(self, now: datetime, *, alive: Collection[int] = (), all_others: bool = False) -> int:
        """Deliveries whose lease ran out may or may not have been sent: unknown, so that each is sent once more.

        A kill before the call lost nothing, and nobody can tell it from one after: at most one repeat per kill. After
        `AT_ONCE` of them the delivery waits, ever longer; after `CRASHES` it is dead, visibly. A digest comes back
        whole. `alive`: ids that the caller is sending, however late its clock says it is. `all_others`: take over those
        of every other owner too, whatever their lease (at start, by the only instance). Answers how many it took over.
        """
        d = t.deliveries.c
        late = d.lease_owner != self._owner if all_others else d.leased_until < now
        gone = (d.lease_owner.is_not(None), late, d.id.not_in(list(alive)))
        free: dict[str, Any] = {"lease_owner": None, "leased_until": None}
        waits = {kills: literal(now + wait_after(kills + 1), d.next_attempt_at.type) for kills in range(CRASHES)}
        again = {
            **free,
            "next_attempt_at": case(waits, value=d.crashes),
            "crashes": d.crashes + 1,
        }
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
                .values(
                    **again,
                    state=case((d.kind == "edit", "pending"), else_="unknown"),
                    unknowns=d.unknowns + case((d.kind == "edit", 1), else_=0),
                )
            )
            return digests.rowcount + dead.rowcount + unknown.rowcount


def wait_after(kills: int) -> timedelta:
    """How long a delivery waits that was in flight when its process died for the `kills`-th time."""
    return min(LONGEST_WAIT, SUSPECT_WAIT * 2 ** (kills - AT_ONCE - 1)) if kills > AT_ONCE else timedelta()
