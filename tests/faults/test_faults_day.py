"""A day of the whole bot on a clock that is moved: what it holds in memory after a day is what it held after a third.

Real feeds over HTTP, parsers, plan, database and outbox; 72 rounds of twenty minutes, with the chores of each.
"""

from __future__ import annotations

import asyncio
import gc
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from servers.feed_server import FeedServer, rfc822, rss
from watchbot.app.app import drain
from watchbot.app.chores import Chores
from watchbot.app.parts import Inputs, build, new_poller
from watchbot.config import FeedList, Settings
from watchbot.model import FeedSpec, Outcome, OutgoingMessage, SendResult
from watchbot.rules import load_rules

RULES = (
    "version: 1\nentities:\n  kazakhstan: {country: KZ}\nrules:\n  - {id: kazakhstan, title: K, match: kazakhstan}\n"
)
FEEDS, NEW, SHOWN = 12, 4, 20
STEP = timedelta(minutes=20)
ROUNDS, WARM = 72, 24
WINDOW = "6h"
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "ji", "ko", "lu", "me", "ni", "po", "ra", "se", "ti", "vo", "wu")
VOCABULARY = 5000
MORE_BLOCKS = 1.02
MORE_MEMORY = 24 * 1024 * 1024


class Clock:
    """The wall clock, moved on."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift


class Reader:
    """A messenger that only counts."""

    def __init__(self) -> None:
        self.messages = 0

    async def send(self, message: OutgoingMessage) -> SendResult:
        self.messages += 1
        return SendResult(Outcome.SENT, message_id=self.messages)

    async def ready(self) -> bool:
        return True


class Newsroom:
    """Feeds whose entries are stories of their own. They draw on one vocabulary, as news do: each word is remembered
    (up to a limit), and what grows with new words would hide what must not grow."""

    def __init__(self, server: FeedServer, clock: Clock) -> None:
        self.server, self.clock = server, clock
        self.chance = random.Random(1)
        self.entries: list[list[dict[str, str]]] = [[] for _ in range(FEEDS)]
        self.published = 0
        self.words = ["".join(self.chance.choices(SYLLABLES, k=4)) for _ in range(VOCABULARY)]

    def publish(self) -> None:
        for number, entries in enumerate(self.entries):
            for _ in range(NEW):
                self.published += 1
                words = self.chance.sample(self.words, 30)
                title = f"{'Kazakhstan' if self.published % 2 else 'Elsewhere'}: {' '.join(words[:6])}"
                at = rfc822(self.clock())
                entry = {"guid": str(self.published), "title": title, "description": " ".join(words), "pubDate": at}
                entries.insert(0, entry)
            del entries[SHOWN:]
            self.server.put(f"/{number}", rss(entries))


def held() -> tuple[int, int]:
    """Memory blocks that Python holds, and the process's resident bytes."""
    gc.collect()
    return sys.getallocatedblocks(), psutil.Process().memory_info().rss


@pytest.mark.timeout(300)
async def test_a_day_holds_no_more_than_its_first_third(tmp_path: Path) -> None:
    clock, reader = Clock(), Reader()
    settings = Settings.model_validate(
        {
            "storage": {"url": f"sqlite:///{tmp_path / 'w.db'}", "backup_at": None},
            "fetch": {"allow_private_networks": True, "parse_workers": 1},
            "stories": {"window": WINDOW},
        }
    )
    async with FeedServer() as server:
        specs = tuple(FeedSpec(server.url(f"/{n}"), f"Feed {n}", lang="en", interval=STEP / 2) for n in range(FEEDS))
        inputs = Inputs(
            settings,
            lambda: load_rules(RULES, "r", lambda path: ""),
            lambda: FeedList(specs),
            console=True,
            messenger=reader,
            clock=clock,
        )
        async with build(inputs, clock) as parts:
            outbox = asyncio.create_task(parts.outbox.run())
            chores, newsroom = Chores(parts, lambda: None), Newsroom(server, clock)
            warm = (0, 0)
            for number in range(ROUNDS):
                clock.shift += STEP
                newsroom.publish()
                server.log.clear()
                await new_poller(parts).run_once()
                await drain(parts, outbox, timedelta(seconds=30))
                for chore in (chores.heartbeat, chores.embargoes, chores.forget, chores.spikes, chores.silence):
                    await chore()
                if number == WARM:
                    warm = held()
            blocks, memory = held()
            status = await parts.thread.run(parts.storage.status, clock())
            await parts.outbox.stop()
            await outbox
    # On a feed's first poll only what is young is told: here all of it is.
    assert status.entries == newsroom.published == FEEDS * NEW * ROUNDS
    assert reader.messages > 0.49 * newsroom.published, "every second entry is an alert, but for a chance likeness"
    print(f"{newsroom.published} entries, {reader.messages} messages; blocks {warm[0]} -> {blocks}, "
          f"memory {warm[1] >> 20} -> {memory >> 20} MiB")  # fmt: skip
    assert blocks < warm[0] * MORE_BLOCKS
    assert memory < warm[1] + MORE_MEMORY
