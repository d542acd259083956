"""A country's outlets go dark while the bot runs: those who want to know are told, once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from app_world import Bot, feed

from servers.bot_api import BotApiServer
from servers.feed_server import FeedServer, answer

OUTLETS = ("Tengrinews", "Vlast", "Informburo", "Zakon")


async def failures(process: object, count: int) -> None:
    deadline = asyncio.get_running_loop().time() + 40
    while str(getattr(process, "err", "")).count('"event": "feed failed"') < count:
        assert asyncio.get_running_loop().time() < deadline, getattr(process, "err", "")[-2_000:]
        await asyncio.sleep(0.05)


@pytest.mark.fault(23)
async def test_a_country_gone_dark_is_told_to_who_subscribed_to_silence(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        for name in OUTLETS:
            feeds.put(f"/{name}", feed((name, f"Quiet day at {name}")))
        feeds.put("/berlin", feed(("b", "Quiet day in Berlin")))
        bot = Bot(tmp_path, {})
        rows = [f"  - {{url: '{feeds.url(f'/{name}')}', name: {name}, country: KZ}}" for name in OUTLETS]
        rows.append(f"  - {{url: '{feeds.url('/berlin')}', name: Berlin, country: DE}}")
        (bot.settings.parent / "feeds.yaml").write_text("feeds:\n" + "\n".join(rows) + "\n", encoding="utf-8")
        desk, other, admin = server.user("Desk"), server.user("Other"), server.user("Ada")
        for person in (desk, other, admin):
            person.start()
        chats = f"chats: [{{id: {desk.id}, topics: [silence]}}, {{id: {other.id}, topics: [almaty]}}]\n"
        bot.settings.write_text(bot.settings.read_text("utf-8") + chats, encoding="utf-8")
        bot.env = {
            "WATCHBOT_TELEGRAM__TOKEN": server.token,
            "WATCHBOT_TELEGRAM__BASE_URL": server.url,
            "WATCHBOT_TELEGRAM__ADMINS": str(admin.id),
        }
        async with bot.running() as process:
            await process.expect("telegram connected")
            await asyncio.sleep(3)
            for name in OUTLETS[:3]:
                feeds.behave(f"/{name}", answer(503))
            await failures(process, 12)
        async with bot.running():  # looks at once when it starts, then every ten minutes
            told = await desk.expect_new("Kazakhstan: 3 of 4 outlets went dark together", timeout=40)
            assert all(name in told.text for name in OUTLETS[:3])
            await admin.expect_new("Kazakhstan: 3 of 4", timeout=40)
        async with bot.running() as process:  # a restart tells nothing again
            await process.expect("telegram connected")
            await asyncio.sleep(2)
        assert sum("went dark" in message.text for message in desk.messages()) == 1
        assert not any("went dark" in message.text for message in other.messages())


async def test_silence_is_a_topic_of_the_chat(tmp_path: Path) -> None:
    async with BotApiServer() as server:
        bot = Bot(tmp_path, {})
        ada = server.user("Ada")
        bot.env = {
            "WATCHBOT_TELEGRAM__TOKEN": server.token,
            "WATCHBOT_TELEGRAM__BASE_URL": server.url,
            "WATCHBOT_TELEGRAM__ADMINS": str(ada.id),
        }
        async with bot.running() as process:
            await process.expect("telegram connected")
            ada.send("/topics")
            screen = await ada.expect("Topics")
            ada.press(screen.button("Feeds that fall silent"))
            mine = await ada.expect("Topics", timeout=20)
            assert mine.button("Feeds that fall silent").data.startswith("unsub:silence")
