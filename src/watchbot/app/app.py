"""Runs the bot: starts the tasks, waits for a stop, and ends them in the order in which nothing is lost.

start   storage, lock -> memory -> outbox -> poller -> chat -> web, spools -> chores, watchdog, reload
stop    poller (no new work) -> chat, web, spools -> outbox (what is being sent is settled) -> connections -> lock,
        storage
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from watchbot.app.chores import Chores, repeat
from watchbot.app.parts import Inputs, Parts, build, cancel, new_poller
from watchbot.app.reload import Reloader
from watchbot.app.spools import ingest_spools, watch_spools
from watchbot.app.talk import talk
from watchbot.app.watchdog import Watchdog
from watchbot.app.web import Web
from watchbot.console import CONSOLE_CHAT_ID
from watchbot.errors import StorageError, WatchbotError

log = structlog.stdlib.get_logger(__name__)
KEEP_HUBS = timedelta(minutes=1)
HINT = "no bot token: alerts are shown here. For Telegram get one from @BotFather and set WATCHBOT_TELEGRAM__TOKEN"


def utc_now() -> datetime:
    """The clock of a running bot."""
    return datetime.now(UTC)


async def run(inputs: Inputs) -> None:
    """Run until SIGTERM or SIGINT. Raises WatchbotError when the start fails."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with build(inputs, inputs.clock or utc_now) as parts:
            await _run_parts(parts, stop)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
    log.info("stopped")


async def _run_parts(parts: Parts, stop: asyncio.Event) -> None:
    if parts.sender is None and parts.settings.telegram.token is None:
        log.info(HINT)
    grace = parts.settings.telegram.grace.total_seconds()
    poller = new_poller(parts)
    reloader = Reloader(parts)
    watchdog = Watchdog(parts)
    web = Web(parts, poller, watchdog)
    failed: list[BaseException] = []
    tasks = _Tasks(stop, failed)
    outbox = tasks.start(parts.outbox.run(), "outbox")
    tasks.start(poller.run(), "poller")
    if parts.sender is not None:
        tasks.start(talk(parts, parts.sender, reloader, stop), "chat")
    tasks.start(reloader.watch(stop), "reload")
    tasks.start(web.run(stop), "web")
    tasks.start(watch_spools(parts, stop), "spools")
    for chore in Chores(parts, stop.set).all(stop):
        tasks.start(chore, "chore")
    tasks.start(watchdog.run(stop), "watchdog")
    tasks.start(repeat(stop, KEEP_HUBS, web.keep_hubs), "hubs")
    try:
        await stop.wait()
        log.info("stopping", in_flight=parts.outbox.in_flight)
    finally:
        await poller.stop(parts.settings.telegram.grace)
        await tasks.finish(except_for=outbox)
        await parts.outbox.stop(grace)
        await cancel(outbox)
    if failed:
        raise failed[0]


class _Tasks:
    """Background tasks. The first that fails stops the bot: a half-running one would be worse than none."""

    def __init__(self, stop: asyncio.Event, failed: list[BaseException]) -> None:
        self._stop, self._failed = stop, failed
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._failed.append(error)
            if not isinstance(error, WatchbotError):
                log.error("task failed", task=task.get_name(), exc_info=error)
            self._stop.set()

    async def finish(self, *, except_for: asyncio.Task[None]) -> None:
        """Wait a little for tasks that end by themselves, then end them."""
        waiting = {task for task in self._tasks if task is not except_for}
        if waiting:
            await asyncio.wait(waiting, timeout=5)
        await cancel(*(task for task in waiting if not task.done()))


async def run_once(inputs: Inputs) -> None:
    """Check every feed that is due and every spool directory once, deliver what is to be told now, and return."""
    async with build(inputs, inputs.clock or utc_now) as parts:
        outbox = asyncio.create_task(parts.outbox.run())
        try:
            await asyncio.gather(new_poller(parts).run_once(), ingest_spools(parts))
            await drain(parts, outbox)
        finally:
            await parts.outbox.stop(parts.settings.telegram.grace.total_seconds())
            await cancel(outbox)


async def drain(parts: Parts, outbox: asyncio.Task[None], patience: timedelta = timedelta(minutes=5)) -> None:
    """Wait until nothing is left that can be sent now."""
    chats = None if parts.sender is not None else (CONSOLE_CHAT_ID,)
    deadline = asyncio.get_running_loop().time() + patience.total_seconds()
    while asyncio.get_running_loop().time() < deadline and not outbox.done():
        parts.outbox.wake()
        try:
            waiting = await parts.thread.run(parts.storage.waiting_now, parts.clock(), chats)
        except StorageError as error:
            log.warning("cannot look into the queue", error=str(error))
            return
        if not waiting and not parts.outbox.in_flight:
            return
        await asyncio.sleep(0.05)
