"""The storage from the event loop: cancelled callers, order, the end."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from storage_world import LEASE, NOW, claim, tell

from watchbot.errors import StorageError
from watchbot.model import Delivery, DeliveryState, Settlement
from watchbot.storage import Storage, StorageThread


async def test_calls_run_in_order_in_one_thread() -> None:
    thread, seen = StorageThread(), []

    def note(number: int) -> int:
        seen.append((number, threading.get_ident()))
        return number

    assert await asyncio.gather(*(thread.run(note, n) for n in range(50))) == list(range(50))
    assert [n for n, _ in seen] == list(range(50)) and len({t for _, t in seen}) == 1
    thread.close()


async def test_errors_come_through() -> None:
    thread = StorageThread()

    def fail() -> None:
        raise StorageError("no")

    with pytest.raises(StorageError, match="no"):
        await thread.run(fail)
    thread.close()
    with pytest.raises(StorageError, match="closed"):
        await thread.run(fail)


async def test_a_cancelled_call_that_began_runs_to_its_end_first() -> None:
    thread, began, go, done = StorageThread(), threading.Event(), threading.Event(), []

    def slow() -> str:
        began.set()
        go.wait(10)
        done.append(1)
        return "result"

    undone: list[str] = []
    task = asyncio.create_task(thread.run_or_undo(undone.append, slow))
    await asyncio.to_thread(began.wait, 10)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()  # impatience changes nothing
    await asyncio.sleep(0)
    assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == [1] and undone == ["result"]
    thread.close()


async def test_a_cancelled_call_that_waits_never_begins() -> None:
    thread, go, done = StorageThread(), threading.Event(), []
    first = asyncio.create_task(thread.run(go.wait, 10))
    second = asyncio.create_task(thread.run(done.append, 1))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    go.set()
    await first
    thread.close()
    assert done == []


async def test_a_claim_that_nobody_got_is_given_back(tmp_path: Path) -> None:
    """Cancelled at any moment of a claim, the delivery is claimed by the next one, and not as a doubtful repeat."""
    thread, storage = StorageThread(), Storage(f"sqlite:///{tmp_path / 'w.db'}")
    await thread.run(storage.migrate, NOW)
    await thread.run(tell, storage)

    def give_back(claimed: list[Delivery]) -> None:
        storage.settle_many([Settlement(d.id, DeliveryState.PENDING, next_attempt_at=NOW) for d in claimed], NOW)

    for turns in range(30):
        task = asyncio.create_task(thread.run_or_undo(give_back, storage.claim_deliveries, NOW, 5, LEASE))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        try:
            got = await task
        except asyncio.CancelledError:
            continue
        await thread.run(give_back, got)
    (delivery,) = await thread.run(claim, storage)
    assert (delivery.attempts, delivery.was_unknown) == (1, False)
    await thread.run(storage.close)
    thread.close()
