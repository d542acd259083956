"""The storage from the event loop: every call runs in one thread, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class StorageThread:
    """`await thread.run(storage.method, ...)`. A transaction that began is never cut short."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="storage")

    async def run(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The method's result. When the caller is cancelled the call still runs to its end, before the cancellation."""
        call = asyncio.get_running_loop().run_in_executor(self._executor, lambda: method(*args, **kwargs))
        try:
            return await asyncio.shield(call)
        except asyncio.CancelledError:
            await asyncio.wait([call])
            raise

    def close(self) -> None:
        """Wait for the calls that are queued."""
        self._executor.shutdown(wait=True)
