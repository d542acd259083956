"""The real bot with PostgreSQL as its store: the main job, kills at named points, lost connections, one instance."""

from __future__ import annotations

import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from app.app_world import Bot, feed
from servers.bot_api import BotApiServer, User, poll
from servers.feed_server import FeedServer
from servers.postgres import PrivatePostgres

TITLES = ("Massimov detained", "Massimov in court", "Massimov sentenced")


@dataclass
class World:
    """One bot over one PostgreSQL database. `admin` is subscribed by configuration."""

    feeds: FeedServer
    server: BotApiServer
    bot: Bot
    admin: User
    url: str

    def publish(self, *titles: str) -> None:
        """What the feed shows now, newest first."""
        self.feeds.put("/a.xml", feed(*((title, title) for title in titles), ("0", "Quiet day")))

    def told(self) -> list[str]:
        """The titles that the admin was told, in order."""
        return [t for m in self.admin.messages() for t in TITLES if t in m.text]

    async def expect(self, title: str) -> None:
        await poll(lambda: True if title in self.told() else None, 60, lambda: f"no {title!r} among {self.told()}")

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        dsn = self.url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(dsn, autocommit=True) as connection:
            return connection.execute(statement).fetchall()


@asynccontextmanager
async def world(folder: Path, postgres: PrivatePostgres) -> AsyncIterator[World]:
    async with FeedServer() as feeds, BotApiServer() as server:
        admin = server.user("Ada")
        admin.start()
        chats = f"chats: [{{id: {admin.id}, topics: [massimov]}}]\n"
        bot = Bot(folder, {"A": feeds.url("/a.xml")}, settings=chats)
        url = postgres.database()
        bot.env = {
            "WATCHBOT_TELEGRAM__TOKEN": server.token,
            "WATCHBOT_TELEGRAM__BASE_URL": server.url,
            "WATCHBOT_STORAGE__URL": url,
        }
        made = World(feeds, server, bot, admin, url)
        made.publish()
        yield made


async def test_the_main_job_and_a_restart(tmp_path: Path, postgres: PrivatePostgres) -> None:
    async with world(tmp_path, postgres) as at:
        async with at.bot.running() as process:
            await process.expect("telegram connected")
            at.publish(TITLES[0])
            await at.expect(TITLES[0])
            second = await at.bot.call("run")
            assert second.process.returncode == 1
            assert f"process {process.process.pid}" in second.err and "Traceback" not in second.err
        status = await at.bot.call("status")
        assert status.process.returncode == 0 and "1 sent" in re.sub(r"sent:?\s+(\d+)", r"\1 sent", status.out), (
            status.out
        )
        async with at.bot.running():
            at.publish(TITLES[1], TITLES[0])
            await at.expect(TITLES[1])
            assert at.told() == [TITLES[0], TITLES[1]]
            at.admin.send("/search court")
            await at.admin.expect(TITLES[1])
        assert not (tmp_path / "bot.db").exists()


@pytest.mark.fault(1)
@pytest.mark.fault(2)
@pytest.mark.fault(3)
async def test_kills_at_named_points(tmp_path: Path, postgres: PrivatePostgres) -> None:
    async with world(tmp_path, postgres) as at:
        async with at.bot.running():
            pass  # the first poll
        shown: list[str] = []
        for title, point in zip(TITLES, ("commit.inside", "claim.after", "send.after"), strict=True):
            at.bot.env["WATCHBOT_CRASH_AT"] = point
            shown.insert(0, title)
            at.publish(*shown)
            process = await at.bot.start("run")
            assert await process.wait() == -signal.SIGKILL, process.err
        del at.bot.env["WATCHBOT_CRASH_AT"]
        async with at.bot.running():
            for title in TITLES:
                await at.expect(title)
            await poll(
                lambda: True if at.sql("SELECT count(*) FROM deliveries WHERE state <> 'sent'") == [(0,)] else None,
                30,
                lambda: "not settled",
            )
        repeats = {title: at.told().count(title) - 1 for title in TITLES}
        assert repeats[TITLES[0]] + repeats[TITLES[1]] + repeats[TITLES[2]] == 1, "killed once after an acceptance"
        assert list(dict.fromkeys(at.told())) == list(TITLES), "in order"


@pytest.mark.fault(37)
async def test_lost_connections_are_made_anew(tmp_path: Path, postgres: PrivatePostgres) -> None:
    """The server ends every connection of the bot, twice: nothing is lost, nothing repeated, the bot stays."""
    async with world(tmp_path, postgres) as at:
        async with at.bot.running() as process:
            await process.expect("telegram connected")
            for number, title in enumerate(TITLES):
                ended = at.sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                assert ended
                at.publish(*reversed(TITLES[: number + 1]))
                await at.expect(title)
            assert process.process.returncode is None
        assert at.told() == list(TITLES)
        assert "Traceback" not in process.err


@pytest.mark.fault(38)
async def test_a_newer_schema_is_refused(tmp_path: Path, postgres: PrivatePostgres) -> None:
    async with world(tmp_path, postgres) as at:
        assert (await at.bot.call("run", "--once")).process.returncode == 0
        at.sql("UPDATE alembic_version SET version_num = '9999' RETURNING 1")
        refused = await at.bot.call("run")
        assert refused.process.returncode == 1 and "newer" in refused.err and "Traceback" not in refused.err
