"""The storage from the event loop: cancelled callers, order, the end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from watchbot.errors import StorageError
from watchbot.storage import StorageThread


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

    task = asyncio.create_task(thread.run(slow))
    await asyncio.to_thread(began.wait, 10)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()  # impatience changes nothing
    await asyncio.sleep(0)
    assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == [1]
    thread.close()


async def test_a_cancelled_call_that_waits_never_begins() -> None:
    thread, go = StorageThread(), threading.Event()
    done: list[int] = []
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
