"""The watchdog's alert in the queue: claimed and settled like any other, counted nowhere, gone without a trace."""

from __future__ import annotations

from dataclasses import replace

from storage_world import NOW, SECOND, a_delivery, claim, tell

from watchbot.model import AlertKind, DeliveryState, PlannedAlert, Priority, Settlement, plain_note
from watchbot.storage import Storage


def a_probe(chat: int = 9) -> PlannedAlert:
    return PlannedAlert(AlertKind.NOTICE, Priority.LOW, (a_delivery(chat),), notes=(plain_note("test"),))


def test_it_is_claimed_settled_and_taken_away(storage: Storage) -> None:
    assert storage.put_probe(a_probe(), NOW)
    (delivery,) = claim(storage)
    assert (delivery.chat_id, storage.alert_views((delivery,))[0].kind) == (9, AlertKind.NOTICE)
    assert not storage.put_probe(a_probe(), NOW), "one at a time"
    assert storage.take_probe() is None, "its outcome is still to be written"
    storage.settle(Settlement(delivery.id, DeliveryState.SENT, message_id=77), NOW)
    found = storage.take_probe()
    assert found is not None
    assert (found.chat_id, found.state, found.message_id) == (9, DeliveryState.SENT, 77)
    assert storage.probe() is None


def test_it_counts_nowhere_and_takes_no_number(storage: Storage) -> None:
    before = tell(storage, (1,))
    status = storage.status(NOW)
    storage.put_probe(a_probe(), NOW - SECOND)
    assert replace(storage.status(NOW), free_bytes=status.free_bytes) == status, "others write to the disk"
    probe = next(d for d in claim(storage) if d.chat_id == 9)
    storage.settle(Settlement(probe.id, DeliveryState.DEAD, error="x"), NOW)
    assert storage.dead_deliveries() == []
    assert storage.status(NOW).dead == 0
    assert tell(storage, (2,)) == before + 1


def test_a_new_one_replaces_one_that_nobody_sent(storage: Storage) -> None:
    assert storage.put_probe(a_probe(8), NOW)
    assert storage.put_probe(a_probe(9), NOW)
    assert [d.chat_id for d in claim(storage)] == [9]


def test_what_a_killed_process_was_sending_is_taken_over(storage: Storage) -> None:
    storage.put_probe(a_probe(), NOW)
    claim(storage)
    storage.recover(NOW + 3600 * SECOND)
    assert storage.put_probe(a_probe(), NOW)
