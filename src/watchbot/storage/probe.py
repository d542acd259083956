"""The watchdog's own alert: one row of alerts and one of deliveries, under a number that no other alert has.

It is claimed, sent and settled as all are, and then taken away. It belongs to no entry and no story, so that no list,
search, archive or replay can show it, and its number is negative, so that counts leave it out and no number is spent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from watchbot.model import DeliveryState, PlannedAlert
from watchbot.storage import schema as t
from watchbot.storage.queueing import QueuePart

PROBE = -1
"""The number of its alert and of its delivery."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Where the watchdog's alert is."""

    chat_id: int
    state: DeliveryState
    message_id: int | None
    error: str


class ProbePart(QueuePart):
    """One alert at a time."""

    def put_probe(self, alert: PlannedAlert, now: datetime) -> bool:
        """Queue an alert with its one delivery; False when the one before is still being sent."""
        (planned,) = alert.deliveries
        with self._db.write() as connection:
            if not _take(connection):
                return False
            connection.execute(t.alerts.insert(), [self._alert_row(PROBE, alert, now)])
            row = self._delivery_row({}, PROBE, alert, planned, now)
            connection.execute(t.deliveries.insert(), [{**row, "id": PROBE}])
            return True

    def probe(self) -> Probe | None:
        """Where it is now."""
        with self._db.read() as connection:
            return _probe(connection)

    def take_probe(self) -> Probe | None:
        """Take it away and answer what had become of it; None when there is none, or while it is being sent."""
        with self._db.write() as connection:
            found = _probe(connection)
            return found if _take(connection) else None


def _probe(connection: Connection) -> Probe | None:
    d = t.deliveries.c
    row = connection.execute(select(d.chat_id, d.state, d.message_id, d.error).where(d.id == PROBE)).first()
    return None if row is None else Probe(row.chat_id, DeliveryState(row.state), row.message_id, row.error)


def _take(connection: Connection) -> bool:
    """Delete it; False while it is being sent, for its outcome is still to be written."""
    found = _probe(connection)
    if found is not None and found.state is DeliveryState.SENDING:
        return False
    connection.execute(t.deliveries.delete().where(t.deliveries.c.id == PROBE))
    connection.execute(t.alerts.delete().where(t.alerts.c.id == PROBE))
    return True
