"""What came of an attempt, and what follows from it for the chat, the story's message and the queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from watchbot import crash
from watchbot.model import DeliveryKind, DeliveryState, Settlement
from watchbot.storage import schema as t
from watchbot.storage.moves import move_chat
from watchbot.storage.queueing import QUEUED, QueuePart


class SettlePart(QueuePart):
    """Outcomes in rows of `deliveries` and `story_messages`."""

    def settle(self, settlement: Settlement, now: datetime) -> None:
        """Write the outcome of an attempt; nothing when this process no longer holds the delivery."""
        self.settle_many((settlement,), now)

    def settle_many(self, settlements: Sequence[Settlement], now: datetime) -> None:
        """Write several outcomes in one transaction."""
        with self._db.write() as connection:
            for settlement in settlements:
                self._settle(connection, settlement, now)
            crash.point("settle.inside")

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
        if not again:
            connection.execute(
                update(t.deliveries)
                .where(
                    d.alert_id == edit.alert_id,
                    d.chat_id == edit.chat_id,
                    d.thread_id == edit.thread_id,
                    d.kind == DeliveryKind.SEND.value,
                )
                .values(state="pending", next_attempt_at=now, attempts=0, unknowns=0, crashes=0, error="")
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
        """The story's message is gone, and with it what was to be edited in it."""
        m, d = t.story_messages.c, t.deliveries.c
        connection.execute(
            update(t.story_messages)
            .where(m.story == row.story, m.chat_id == row.chat_id, m.thread_id == row.thread_id)
            .values(message_id=None, reposted=True)
        )
        here = (d.story == row.story, d.chat_id == row.chat_id, d.thread_id == row.thread_id)
        connection.execute(t.deliveries.delete().where(*here, d.kind == DeliveryKind.EDIT.value))

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
        r = t.rolling.c
        connection.execute(t.rolling.delete().where(r.chat_id == chat_id, r.thread_id == thread_id))
        s = t.subscriptions
        rows = connection.execute(select(s).where(s.c.chat_id == chat_id, s.c.thread_id == thread_id)).all()
        moved = [{**row._mapping, "thread_id": 0} for row in rows]
        self._ignore(connection, s, moved)
        connection.execute(s.delete().where(s.c.chat_id == chat_id, s.c.thread_id == thread_id))


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
