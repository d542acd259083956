"""The storage from the event loop: every call runs in one thread, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from watchbot.errors import StorageError

P = ParamSpec("P")
T = TypeVar("T")


class StorageThread:
    """`await thread.run(storage.method, ...)`. A transaction that began is never cut short."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="storage")

    async def run(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The method's result.

        When the caller is cancelled, a call that has not begun never does; one that has runs to its end before the
        cancellation goes on, so nothing is half done. Its result is lost.
        """
        return await self._finish(self._submit(lambda: method(*args, **kwargs)))

    def _submit(self, call: Callable[[], T]) -> Future[T]:
        try:
            return self._executor.submit(call)
        except RuntimeError as error:
            raise StorageError("the database is closed") from error

    async def _finish(self, call: Future[T]) -> T:
        waiter = asyncio.wrap_future(call)
        try:
            return await asyncio.shield(waiter)
        except asyncio.CancelledError:
            if not call.cancel():
                await _to_the_end(waiter)
            raise

    def close(self) -> None:
        """Wait for the calls that are queued; later ones raise StorageError."""
        self._executor.shutdown(wait=True)


async def _to_the_end(waiter: asyncio.Future[T]) -> None:
    """Wait whatever happens; a second cancellation does not shorten it. An error is not raised here."""
    while not waiter.done():
        try:
            await asyncio.wait((waiter,))
        except asyncio.CancelledError:
            continue
    if not waiter.cancelled():
        waiter.exception()
