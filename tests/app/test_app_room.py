"""A disk that fills up is told before it is full."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from watchbot.app.chores import Chores
from watchbot.app.health import short_of_room, troubles_of
from watchbot.render import said, texts
from watchbot.storage import Storage, StorageThread

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MB = 1_000_000


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    found = Storage(f"sqlite:///{tmp_path}/watchbot.db")
    found.migrate(NOW)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("size", "free", "short"),
    [
        (1 * MB, 199 * MB, True),
        (1 * MB, 200 * MB, False),
        (700 * MB, 1_399 * MB, True),
        (700 * MB, 1_400 * MB, False),
        (700 * MB, 0, True),
        (None, None, False),
    ],
)
def test_room_for_a_backup_and_for_what_is_written_beside_it(
    storage: Storage, size: int | None, free: int | None, short: bool
) -> None:
    status = replace(storage.status(NOW), size_bytes=size, free_bytes=free)
    assert (short_of_room(status) == free) is (short or free is None)
    assert any("the disk is nearly full" in trouble for trouble in troubles_of(status, NOW)) is short


def test_the_free_room_is_that_of_the_databases_disk(storage: Storage, tmp_path: Path) -> None:
    free = storage.status(NOW).free_bytes
    assert free is not None and abs(free - shutil.disk_usage(tmp_path).free) < 1_000 * MB


def test_a_wal_does_not_stay_huge(storage: Storage) -> None:
    with storage._db.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_size_limit").scalar_one() == 64 * MB


async def test_admins_are_told_once_each_time_the_disk_fills(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    free = [10 * MB]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1_000 * MB, 0, free[0]))
    thread = StorageThread()
    parts: Any = SimpleNamespace(
        storage=storage,
        thread=thread,
        clock=lambda: NOW,
        settings=SimpleNamespace(telegram=SimpleNamespace(admins=(7,))),
        sender=object(),
        outbox=SimpleNamespace(wake=lambda: None),
    )
    chores = Chores(parts, lambda: None)
    told = []
    for free[0] in (10 * MB, 5 * MB, 900 * MB, 900 * MB, 20 * MB):
        await chores.room()
        told.append(storage.status(NOW).pending)
    assert told == [1, 1, 1, 1, 2]
    delivery = storage.claim_deliveries(NOW, 1, timedelta(seconds=60))[0]
    (note,) = storage.alert_views((delivery,))[0].notes
    assert (delivery.chat_id, note.key, note.values["free"]) == (7, "notice-room", 10)
    assert "10" in said(note, texts("de"), "UTC", NOW)
    thread.close()
