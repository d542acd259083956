"""The watchdog of the real process: its alert goes the whole way, leaves nothing behind, and finds what is stuck."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import psutil
import pytest
from app_world import Bot, Process, feed

from servers.bot_api import BotApiServer
from servers.feed_server import FeedServer
from watchbot.app.health import overdue

AT = datetime(2022, 1, 8, tzinfo=UTC)
STAGES = ["parse", "plan", "commit", "claim", "send", "settle"]


class World:
    """A bot with a ping and /healthz, on a Bot API server."""

    def __init__(self, folder: Path, feeds: FeedServer, api: BotApiServer, web: str = "") -> None:
        self.feeds, self.api = feeds, api
        self.admin = api.user("Ada", id=7001)
        self.admin.start()
        feeds.put("/a.xml", feed(("1", "Quiet day")))
        feeds.put("/ping", "OK", content_type="text/plain")
        url = feeds.url("/ping?ms={latency_ms}")
        settings = (
            f"web: {{listen: '127.0.0.1:0', ping_url: '{url}', watchdog_every: 1s{web}}}\nlog: {{format: console}}\n"
        )
        settings += "chats: [{id: 7001, topics: [massimov, almaty]}]\n"
        self.bot = Bot(folder, {"A": feeds.url("/a.xml")}, settings=settings)
        text = self.bot.settings.read_text("utf-8").replace("parse_workers: 1", "parse_workers: 1, parse_deadline: 1s")
        self.bot.settings.write_text(text, encoding="utf-8")
        self.bot.env = {"WATCHBOT_TELEGRAM__TOKEN": api.token, "WATCHBOT_TELEGRAM__BASE_URL": api.url}

    @property
    def pings(self) -> int:
        return len(self.feeds.requests("/ping"))

    async def health(self, process: Process) -> httpx.Response:
        await process.expect(r"listening.*port=\d+")
        found = re.search(r"listening.*port=(\d+)", process.err)
        assert found is not None
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            return await client.get(f"http://127.0.0.1:{found[1]}/healthz")

    async def until(self, process: Process, holds: Callable[[httpx.Response], bool]) -> httpx.Response:
        """The first answer of /healthz for which that holds."""
        async with asyncio.timeout(60):
            while not holds(answer := await self.health(process)):
                await asyncio.sleep(0.3)
            return answer

    async def is_well(self, process: Process) -> None:
        """It is well, and pings again."""
        await self.until(process, lambda answer: answer.status_code == 200 and answer.json()["watchdog"]["ok"])
        before = self.pings
        async with asyncio.timeout(30):
            while self.pings == before:
                await asyncio.sleep(0.05)

    async def is_stuck(self, process: Process, *stages: str) -> None:
        """The alert is seen to be stuck in one of these stages, /healthz is 503, and no ping goes out."""

        def stuck(answer: httpx.Response) -> bool:
            found = (answer.json()["watchdog"] or {}).get("stuck") or [""]
            return answer.status_code == 503 and any(f"got stuck: {stage}:" in found[0] for stage in stages)

        await self.until(process, stuck)
        before = self.pings
        await asyncio.sleep(2.5)  # two rounds
        assert self.pings == before


@asynccontextmanager
async def world(folder: Path, web: str = "") -> AsyncIterator[tuple[World, Process]]:
    async with FeedServer() as feeds, BotApiServer() as api:
        made = World(folder, feeds, api, web)
        async with made.bot.running() as process:
            await process.expect("telegram connected")
            await made.is_well(process)
            yield made, process


async def test_each_stage_is_timed_and_nothing_is_left_behind(tmp_path: Path) -> None:
    async with world(tmp_path) as (made, process):
        watched = (await made.health(process)).json()["watchdog"]
        assert list(watched["stages_ms"]) == STAGES
        assert 0 < watched["latency_ms"] < 20_000
        assert abs(sum(watched["stages_ms"].values()) - watched["latency_ms"]) <= 2 * len(STAGES)
        told = parse_qs(made.feeds.requests("/ping")[-1].query)
        assert 0 < int(told["ms"][0]) < 20_000
        made.feeds.put("/a.xml", feed(("2", "Massimov detained"), ("1", "Quiet day")))
        first = await made.admin.expect_new("Massimov detained")
        pings = made.pings
        async with asyncio.timeout(30):
            while made.pings < pings + 2:
                await asyncio.sleep(0.05)
        made.feeds.put("/a.xml", feed(("3", "Almaty airport open"), ("2", "Massimov detained"), ("1", "Quiet day")))
        second = await made.admin.expect_new("airport open")
        assert ("#1" in first.text, "#2" in second.text) == (True, True), "the watchdog takes no numbers"
        assert [call.method for call in made.api.sent()] == ["sendMessage"] * len(made.admin.messages())
        shown = json.loads((await made.bot.call("status", "--json")).out)
        assert list(shown["watchdog"]["stages_ms"]) == STAGES
        assert (shown["entries"], shown["sent"], shown["pending"]) == (3, 2, 0)
        assert "watchdog" in (await made.bot.call("status")).out
    with closing(sqlite3.connect(tmp_path / "bot.db")) as database:
        for table, column in (("entries", "title"), ("entry_words", "words")):
            assert database.execute(f"SELECT * FROM {table} WHERE {column} LIKE '%watchdog%'").fetchall() == []
        assert database.execute("SELECT count(*), min(id) FROM alerts").fetchone() == (2, 1)
        assert database.execute("SELECT count(*) FROM stories").fetchone() == (2,)


async def test_to_a_chat_it_is_silent_and_deleted(tmp_path: Path) -> None:
    async with world(tmp_path, ", watchdog_chat: 7001") as (made, _):
        tests = [call for call in made.api.sent(7001) if "watchbot watchdog" in str(call.params["text"])]
        assert tests
        assert all(call.params.get("disable_notification") in (True, "true") for call in tests)
        pings = made.pings
        async with asyncio.timeout(30):
            while made.pings == pings:
                await asyncio.sleep(0.05)
    left = [message.text for message in made.admin.messages() if "watchdog" in message.text]
    assert len(left) <= 1, "all but the one in hand at the stop are deleted"


async def test_a_stuck_parser_is_found_and_its_successor_too(tmp_path: Path) -> None:
    async with world(tmp_path) as (made, process):
        halting = asyncio.create_task(halt_parsers(process))
        await made.is_stuck(process, "parse")
        halting.cancel()
        await made.is_well(process)


async def halt_parsers(process: Process) -> None:
    """Stop every parser process that comes up."""
    while True:
        for child in psutil.Process(process.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if any("parse_worker" in part for part in child.cmdline()):
                    child.send_signal(signal.SIGSTOP)
        await asyncio.sleep(0.05)


async def test_a_stuck_database_is_found(tmp_path: Path) -> None:
    async with world(tmp_path) as (made, process):
        with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")  # a writer that does not end: readers are served, and see all is well
            await made.is_stuck(process, "commit", "settle", "claim", "send")
            other.execute("ROLLBACK")
        await made.is_well(process)


async def test_telegram_that_is_away_is_found(tmp_path: Path) -> None:
    async with world(tmp_path) as (made, process):
        await made.api.stop()
        await made.is_stuck(process, "claim", "send")
        await made.api.start()
        await made.is_well(process)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (None, []),
        (AT - timedelta(minutes=10), []),
        (AT - timedelta(minutes=11), []),
        (AT - timedelta(minutes=12), ["the watchdog has not reported for 12 min"]),
    ],
)
def test_a_watchdog_that_hangs_is_overdue(at: datetime | None, said: list[str]) -> None:
    assert overdue(at, timedelta(minutes=5), timedelta(minutes=1), AT) == said
