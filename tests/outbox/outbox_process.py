"""The outbox as a process of its own, for tests that kill it.

    python outbox_process.py DB URL TOKEN [--die before-send|after-send|after-settle] [--lease SECONDS] [--rate N]

It delivers until SIGTERM, then stops within its grace period, or kills itself with SIGKILL at the named point of its
first delivery. Prints "ready" when it runs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta

from watchbot.model import OutgoingMessage, SendResult
from watchbot.outbox import OutboxSettings, OutboxWorker, Pacer, Rates
from watchbot.outbox.queue import StorageQueue
from watchbot.render import render_alert, render_digest, render_rolling
from watchbot.storage import Storage, StorageThread
from watchbot.telegram import TelegramSender


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal:
    """A messenger that dies around its first call."""

    def __init__(self, sender: TelegramSender, point: str | None) -> None:
        self.sender = sender
        self.point = point

    async def ready(self) -> bool:
        return await self.sender.ready()

    async def send(self, message: OutgoingMessage) -> SendResult:
        if self.point == "before-send":
            die()
        result = await self.sender.send(message)
        if self.point == "after-send":
            die()
        return result


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("db")
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--die", choices=["before-send", "after-send", "after-settle"])
    parser.add_argument("--lease", type=float, default=120.0)
    parser.add_argument("--rate", type=float, default=1000.0)
    options = parser.parse_args()
    thread, storage = StorageThread(), Storage(options.db)
    # As the bot does once it holds the lock: what a killed process had claimed waits for no lease.
    storage.recover(datetime.now(UTC), all_others=True)
    async with TelegramSender(options.token, base_url=options.url) as sender:
        worker = OutboxWorker(
            StorageQueue(thread, storage),
            Mortal(sender, options.die),
            render_alert,
            render_digest,
            render_rolling,
            pacer=Pacer(Rates(options.rate, 0.0, 10**6, 1.0)),
            settings=OutboxSettings(lease=timedelta(seconds=options.lease)),
            on_sent=lambda *_: die() if options.die == "after-settle" else None,
        )
        stopped = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        task = asyncio.create_task(worker.run())
        print("ready", flush=True)
        await stopped.wait()
        await worker.stop(grace=5.0)
        await task
        thread.close()
        storage.close()


if __name__ == "__main__":
    asyncio.run(main())
