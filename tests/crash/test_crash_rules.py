"""rules.yaml is spoilt while the bot runs: the last valid rules stay in force, and the operator is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.app_world import RULES, Bot, feed
from servers.bot_api import BotApiServer
from servers.feed_server import FeedServer

SPOILT = {
    "invalid": "version: 1\nrules:\n  - {id: almaty, title: Almaty, match: nowhere}\n",
    "half-written": RULES[: len(RULES) // 2],
    "empty": "",
    "deleted": None,
}


@pytest.mark.fault(39)
@pytest.mark.parametrize("text", SPOILT.values(), ids=SPOILT.keys())
async def test_the_last_valid_rules_stay(tmp_path: Path, text: str | None) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        feeds.put("/a.xml", feed(("1", "Quiet day")))
        admin = server.user("Ada")
        admin.start()
        subscribed = f"chats: [{{id: {admin.id}, topics: [massimov]}}]\n"
        bot = Bot(tmp_path, {"A": feeds.url("/a.xml")}, settings=subscribed)
        bot.env = {
            "WATCHBOT_TELEGRAM__TOKEN": server.token,
            "WATCHBOT_TELEGRAM__BASE_URL": server.url,
            "WATCHBOT_TELEGRAM__ADMINS": str(admin.id),
        }
        async with bot.running() as process:
            await process.expect("telegram connected")
            if text is None:
                bot.rules.unlink()
            else:
                bot.rules.write_text(text, encoding="utf-8")
            told = await admin.expect_new("rules.yaml has mistakes\nThe last valid rules stay in force:", timeout=30)
            assert "rules.yaml" in told.text.split("force:")[1]
            feeds.put("/a.xml", feed(("2", "Massimov detained"), ("1", "Quiet day")))
            await admin.expect_new("Massimov detained", timeout=30)
