"""The bot token is revoked at @BotFather while the bot runs, and a new one is put in place."""

from __future__ import annotations

from pathlib import Path

from app_world import Bot, feed

from servers.bot_api import BotApiServer
from servers.feed_server import FeedServer

NEW_TOKEN = "123456789:BBF-the_token_that_botfather_gives_anew_"


async def test_alerts_wait_for_the_new_token(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        feeds.put("/a.xml", feed(("1", "Quiet day")))
        bot = Bot(tmp_path, {"A": feeds.url("/a.xml")})
        admin = server.user("Ada")
        admin.start()
        with bot.settings.open("a", encoding="utf-8") as settings:
            settings.write(f"chats: [{{id: {admin.id}, topics: [massimov]}}]\n")
        bot.env = {"WATCHBOT_TELEGRAM__TOKEN": server.token, "WATCHBOT_TELEGRAM__BASE_URL": server.url}
        async with bot.running() as process:
            await process.expect("telegram connected")
            server.api.token = NEW_TOKEN
            feeds.put("/a.xml", feed(("2", "Massimov detained"), ("1", "Quiet day")))
            await process.expect("rejects the bot token")
            await process.expect("Invalid token")  # the library's poll ends
            assert "Telegram rejects the bot token" in await troubles(bot), "at once, not when the alert has waited"
        assert "still running" not in process.err
        assert server.token not in process.err
        bot.env["WATCHBOT_TELEGRAM__TOKEN"] = NEW_TOKEN
        async with bot.running() as process:
            await admin.expect_new("detained")
            assert await troubles(bot) == ""


async def troubles(bot: Bot) -> str:
    """What `watchbot status --healthcheck` says, which is what /healthz says."""
    asked = await bot.call("status", "--healthcheck")
    await asked.wait()
    return asked.err
