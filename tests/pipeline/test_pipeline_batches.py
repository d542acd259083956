"""Many callers, one call at a time: order, size, errors, and callers that leave."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from watchbot.pipeline.batches import Batches


class Work:
    """Doubles numbers, when it may; remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = asyncio.Event()

    async def __call__(self, items: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(items))
        await self.go.wait()
        if -1 in items:
            raise ValueError("all of it")
        return [LookupError(str(item)) if item == 7 else item * 2 for item in items]


async def test_what_comes_while_one_runs_goes_with_the_next() -> None:
    work = Work()
    batches = Batches(work, most=3)
    first = asyncio.create_task(batches.put(0))
    while not work.batches:
        await asyncio.sleep(0)
    rest = [asyncio.create_task(batches.put(i)) for i in range(1, 6)]
    await asyncio.sleep(0)
    work.go.set()
    assert await asyncio.gather(first, *rest) == [0, 2, 4, 6, 8, 10]
    assert work.batches == [[0], [1, 2, 3], [4, 5]]
    assert await batches.put(6) == 12


async def test_errors_of_one_and_of_all() -> None:
    work = Work()
    work.go.set()
    batches = Batches(work, most=10)
    results = await asyncio.gather(batches.put(1), batches.put(7), batches.put(2), return_exceptions=True)
    assert results[::2] == [2, 4] and isinstance(results[1], LookupError)
    results = await asyncio.gather(batches.put(1), batches.put(-1), return_exceptions=True)
    assert [type(result) for result in results] == [ValueError, ValueError]
    assert await batches.put(3) == 6


async def test_a_caller_that_leaves_takes_nothing_from_the_others() -> None:
    work = Work()
    batches = Batches(work, most=10)
    leaving, staying = asyncio.create_task(batches.put(1)), asyncio.create_task(batches.put(2))
    while not work.batches:
        await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    work.go.set()
    assert await staying == 4 and work.batches == [[1, 2]]
