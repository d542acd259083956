"""`watchbot run` as a process, against a Bot API server."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

import pytest
from app_world import Bot, feed

from servers.bot_api import BotApiServer, User, poll
from servers.feed_server import FeedServer

GRACE = 10.0
"""Seconds: telegram.grace's default."""


def telegram(bot: Bot, server: BotApiServer, *admins: int) -> None:
    """Let the bot talk to this server."""
    bot.env = {
        "WATCHBOT_TELEGRAM__TOKEN": server.token,
        "WATCHBOT_TELEGRAM__BASE_URL": server.url,
        "WATCHBOT_TELEGRAM__ADMINS": ",".join(map(str, admins)) or "[]",
    }


async def test_from_start_to_alert(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        feeds.put("/a.xml", feed(("1", "Quiet day")))
        bot = Bot(tmp_path, {"A": feeds.url("/a.xml")})
        admin, stranger = server.user("Ada"), server.user("Sam")
        telegram(bot, server, admin.id)
        async with bot.running() as process:
            await process.expect("telegram connected")
            stranger.send("/start")
            await stranger.expect(str(stranger.id))
            admin.send("/subscribe massimov")
            await admin.expect("Karim Massimov")
            feeds.put("/a.xml", feed(("2", "Massimov <b>detained</b> & charged"), ("1", "Quiet day")))
            alert = await admin.expect_new("detained")
            assert "🔴" in alert.text
            assert not alert.preview
            assert [m for m in stranger.messages() if "detained" in m.text] == []
        assert server.token not in process.err + process.out
        before = len(admin.messages())
        async with bot.running() as process:
            await process.expect("telegram connected")
            feeds.put("/a.xml", feed(("3", "Massimov in court"), ("2", "Massimov <b>detained</b> & charged")))
            await admin.expect_new("in court")
        assert sum("detained" in m.text and "court" not in m.text for m in admin.messages()) == 1
        assert len(admin.messages()) >= before + 1


@pytest.mark.fault(17)
async def test_a_wrong_token_ends_with_a_clear_error_that_does_not_show_it(tmp_path: Path) -> None:
    async with BotApiServer() as server:
        bot = Bot(tmp_path, {})
        telegram(bot, server, 1)
        wrong = "987654321:" + "x" * 35
        bot.env["WATCHBOT_TELEGRAM__TOKEN"] = wrong
        process = await bot.call("run")
        assert process.process.returncode == 1
        assert "token" in process.err
        assert wrong not in process.err + process.out
        assert "x" * 35 not in process.err + process.out


@pytest.mark.fault(18)
async def test_telegram_down_at_start_queues_and_then_delivers(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        feeds.put("/a.xml", feed(("1", "Quiet day")))
        admin = server.user("Ada")
        admin.start()
        bot = Bot(tmp_path, {"A": feeds.url("/a.xml")})
        bot.settings.write_text(
            bot.settings.read_text("utf-8") + f"chats: [{{id: {admin.id}, topics: [massimov]}}]\n", encoding="utf-8"
        )
        telegram(bot, server, admin.id)
        await server.stop()
        async with bot.running() as process:
            await process.expect("telegram does not answer")
            feeds.put("/a.xml", feed(("2", "Massimov detained"), ("1", "Quiet day")))
            await process.expect('"alerts": 1, "event": "feed updated"')
            await server.start()
            await admin.expect_new("Massimov detained", timeout=60)


@pytest.mark.fault(44)
async def test_sigterm_under_load_stops_within_the_grace_period(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        feeds.put("/a.xml", feed(("0", "Quiet day"), age=timedelta(hours=3)))
        admin = server.user("Ada")
        admin.start()
        bot = Bot(tmp_path, {"A": feeds.url("/a.xml")})
        bot.settings.write_text(
            bot.settings.read_text("utf-8") + f"chats: [{{id: {admin.id}, topics: [almaty]}}]\nbursts: {{few: 50}}\n",
            encoding="utf-8",
        )
        telegram(bot, server, admin.id)
        titles = [
            "Almaty airport closes after storming", "Almaty mayor resigns over budget", "Concert hall opens in Almaty",
            "Almaty metro extends to the west", "Snow blocks roads around Almaty", "Almaty hosts chess olympiad",
            "Bank robbery foiled in Almaty", "Almaty bans cars from old town",
        ]  # fmt: skip
        process = await bot.start("run")
        await process.expect("telegram connected")
        feeds.put("/a.xml", feed(*((str(i), title) for i, title in enumerate(titles, 1)), ("0", "Quiet day")))
        await admin.expect_new("Almaty")
        began = time.monotonic()
        assert await process.stop(signal.SIGTERM) == 0
        assert time.monotonic() - began < GRACE + 5, "the grace period, and what a slow machine needs to end"
        states = queued(tmp_path / "bot.db")
        assert set(states) == {"sent", "pending"}, f"in time for the rest, and nothing in doubt: {states}"
        assert sum(states.values()) == len(titles)
        async with bot.running():
            for title in titles:
                await _shown(admin, title)
        for title in titles:
            assert sum(title in message.text for message in admin.messages()) == 1, "a stop is no kill: nothing twice"


@pytest.mark.fault(16)
async def test_a_second_bot_on_one_token_ends_and_says_why(tmp_path: Path) -> None:
    """Each with a database of its own, so that only Telegram can tell."""
    async with BotApiServer() as server:
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        first, second = Bot(tmp_path / "a", {}), Bot(tmp_path / "b", {})
        telegram(first, server)
        telegram(second, server)
        ada = server.user("Ada")
        async with first.running() as process:
            await process.expect("telegram connected")
            refused = await second.call("run")
            assert refused.process.returncode == 1
            assert "another process polls Telegram with this bot token" in refused.err
            assert "Traceback" not in refused.err
            ada.send("/id")
            await ada.expect(str(ada.id), timeout=20)


def queued(database: Path) -> dict[str, int]:
    """How many deliveries are in each state."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())


async def _shown(user: User, title: str) -> None:
    found = await poll(lambda: next((m for m in user.messages() if title in m.text), None), 60, lambda: f"no {title!r}")
    assert found
