"""The message of a topic's burst: as long as it is fresh, what collapses next is written into it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from watchbot.storage import schema as t
from watchbot.storage.base import Part, chunks


@dataclass(frozen=True, slots=True)
class Rolling:
    """An open rolling digest: its message, since when it is open, and (delivery, alert) of each that it shows."""

    message_id: int
    opened_at: datetime
    shown: tuple[tuple[int, int], ...]


class RollingPart(Part):
    """Rows of `rolling`."""

    def _rolling(self, connection: Connection, chat_id: int, thread_id: int, topic: str) -> Rolling | None:
        r, d = t.rolling.c, t.deliveries.c
        row = connection.execute(
            select(t.rolling).where(r.chat_id == chat_id, r.thread_id == thread_id, r.topic == topic)
        ).first()
        if row is None:
            return None
        query = select(d.id, d.alert_id).where(d.digest_id == row.digest_id, d.chat_id == chat_id, d.state == "sent")
        shown = tuple((int(one), int(alert)) for one, alert in connection.execute(query.order_by(d.id)))
        return Rolling(row.message_id, row.opened_at, shown)

    def keep_rolling(
        self, chat_id: int, thread_id: int | None, topic: str, message_id: int, told: Collection[int], now: datetime
    ) -> None:
        """Remember the message that shows the deliveries `told` (of those in it, the ones told before need not be
        named): a new message opens at `now`, the present one stays as old as it is."""
        r, d = t.rolling.c, t.deliveries.c
        where = (r.chat_id == chat_id, r.thread_id == (thread_id or 0), r.topic == topic)
        with self._db.write() as connection:
            open_one = connection.execute(select(t.rolling).where(*where)).first()
            if open_one is not None and open_one.message_id == message_id:
                digest_id = open_one.digest_id
            else:
                digest_id = min(told)
                values = {
                    "chat_id": chat_id,
                    "thread_id": thread_id or 0,
                    "topic": topic,
                    "message_id": message_id,
                    "digest_id": digest_id,
                    "opened_at": now,
                }
                connection.execute(self._upsert(t.rolling, values, ("chat_id", "thread_id", "topic")))
            for batch in chunks(told):
                connection.execute(update(t.deliveries).where(d.id.in_(batch)).values(digest_id=digest_id))
