"""`watchbot run` as a process, to the console."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from app_world import Bot, feed

from servers.feed_server import FeedServer, answer


async def test_a_new_entry_alerts_within_a_poll_and_not_again_after_a_restart(tmp_path: Path) -> None:
    async with FeedServer() as server:
        server.put("/a.xml", feed(("1", "Quiet day")))
        bot = Bot(tmp_path, {"A": server.url("/a.xml")})
        async with bot.running() as process:
            await process.expect("no bot token")
            server.put("/a.xml", feed(("2", "Ex-spy chief Massimov detained"), ("1", "Quiet day")))
            await process.expect("Massimov detained", where="out")
            assert "Karim Massimov" in process.out
            assert "https://news.example/2" in process.out
            assert "Quiet day" not in process.out
        async with bot.running() as process:
            seen = len(server.requests("/a.xml"))
            server.put("/a.xml", feed(("3", "Shots heard in Almaty"), ("2", "Ex-spy chief Massimov detained")))
            await process.expect("Shots heard in Almaty", where="out")
            assert len(server.requests("/a.xml")) > seen
            assert "Massimov detained" not in process.out


async def test_once_polls_delivers_and_ends(tmp_path: Path) -> None:
    async with FeedServer() as server:
        server.put("/a.xml", feed(("1", "Massimov detained")))
        bot = Bot(tmp_path, {"A": server.url("/a.xml")})
        process = await bot.call("run", "--once")
        assert process.process.returncode == 0, process.err
        assert "Massimov detained" in process.out


@pytest.mark.fault(34)
async def test_what_a_new_feed_already_holds_alerts_only_when_young(tmp_path: Path) -> None:
    async with FeedServer() as server:
        old = feed(*((str(i), f"Massimov report {i}") for i in range(500)), age=timedelta(days=3))
        server.put("/old.xml", old)
        server.put("/new.xml", feed(("x", "Almaty airport reopens")))
        bot = Bot(tmp_path, {"Old": server.url("/old.xml"), "New": server.url("/new.xml")})
        process = await bot.call("run", "--once")
        assert "Almaty airport reopens" in process.out
        assert "Massimov report" not in process.out


async def test_a_failing_feed_does_not_stop_the_others_and_is_shown(tmp_path: Path) -> None:
    async with FeedServer() as server:
        server.put("/good.xml", feed(("1", "Massimov detained")))
        server.behave("/bad.xml", answer(503, "down"))
        server.put("/page.xml", "<!doctype html><html><body>Welcome</body></html>", content_type="text/html")
        feeds = {"Good": server.url("/good.xml"), "Bad": server.url("/bad.xml"), "Page": server.url("/page.xml")}
        bot = Bot(tmp_path, feeds)
        process = await bot.call("run", "--once")
        assert process.process.returncode == 0
        assert "Massimov detained" in process.out
        listed = await bot.call("feeds", "list")
        assert "503" in listed.out
        status = await bot.call("status")
        assert "2 failing" in status.out


async def test_rules_reload_while_running(tmp_path: Path) -> None:
    async with FeedServer() as server:
        server.put("/a.xml", feed(("1", "Quiet day")))
        bot = Bot(tmp_path, {"A": server.url("/a.xml")})
        async with bot.running() as process:
            good = bot.rules.read_text("utf-8")
            bot.rules.write_text(good.replace("match: almaty", "match: almatty"), encoding="utf-8")
            await process.expect('rules.yaml has mistakes.*"reload refused".*"warning"')
            assert "did you mean 'almaty'" in process.err
            server.put("/a.xml", feed(("2", "Almaty under curfew"), ("1", "Quiet day")))
            await process.expect("Almaty under curfew", where="out")
            more = good.replace("rules:\n", "rules:\n  - {id: curfew, title: Curfew, match: '\"curfew\"'}\n")
            bot.rules.write_text(more, encoding="utf-8")
            await process.expect("3 rules in force")
            server.put("/a.xml", feed(("3", "Minister announces curfew"), ("2", "Almaty under curfew")))
            await process.expect("Minister announces curfew", where="out")


async def test_feeds_reload_while_running(tmp_path: Path) -> None:
    async with FeedServer() as server:
        server.put("/a.xml", feed(("1", "Quiet day")))
        server.put("/b.xml", feed(("9", "Massimov in court")))
        bot = Bot(tmp_path, {"A": server.url("/a.xml")})
        async with bot.running() as process:
            bot.write_feeds({"A": server.url("/a.xml"), "B": server.url("/b.xml")})
            await process.expect("Massimov in court", where="out")


@pytest.mark.fault(16)
async def test_a_second_instance_says_who_is_running(tmp_path: Path) -> None:
    bot = Bot(tmp_path, {})
    async with bot.running() as first:
        second = await bot.call("run")
        assert second.process.returncode == 1
        assert f"process {first.process.pid}" in second.err
        assert "Traceback" not in second.err


async def test_every_mistake_at_once(tmp_path: Path) -> None:
    bot = Bot(tmp_path, {"A": "ftp://nowhere/"}, settings="web: {listn: x}\n", rules="version: 1\nrules:\n - {id: x}\n")
    checked = await bot.call("check")
    assert checked.process.returncode == 1
    for part in (
        "watchbot.yaml:5:7: error: unknown key 'listn'",
        "feeds.yaml:2:",
        "rules.yaml:3:4: error:",
        "3 errors",
    ):
        assert part in checked.err
    started = await bot.call("run")
    assert started.process.returncode == 1
    for part in ("watchbot.yaml:5:7", "feeds.yaml:2:", "rules.yaml:3:4: error:"):
        assert part in started.err
    assert "Traceback" not in started.err


async def test_an_unknown_command_is_answered_with_usage(tmp_path: Path) -> None:
    wrong = await Bot(tmp_path, {}).call("rnu")
    assert wrong.process.returncode == 2
    assert "Usage: watchbot" in wrong.err


async def test_health(tmp_path: Path) -> None:
    bot = Bot(tmp_path, {})
    assert (await bot.call("status", "--healthcheck")).process.returncode == 1
    async with bot.running():
        await asyncio.sleep(0)
        healthy = await bot.call("status", "--healthcheck")
        assert healthy.process.returncode == 0, healthy.err
    gone = await bot.call("status", "--healthcheck")
    assert gone.process.returncode == 1
