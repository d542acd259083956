"""Names full of markup wherever the bot shows them, and a flood of commands while alerts are to go out."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.app_world import Bot, feed
from commands.commands_world import a_bot
from servers.bot_api import BotApiServer, Shown
from servers.feed_server import FeedServer

NAMES = (
    "<b>Eve</b> & <a href='tg://user?id=1'>Olga</a>",
    "</b></i><code>",
    "&lt;script&gt;",
    "Eve \u202egnihsif\u202c \u2066x",
    "E\u0301" * 300,
    "<" * 60,
)


def no_markup_of(name: str, message: Shown) -> None:
    """What is shown holds no entity that the name brought in, and nothing that hides or turns its text."""
    assert not {"\u202e", "\u2066"} & set(message.text)
    links = [e.get("url", "") for e in message.entities]
    assert not any(url.startswith("tg:") for url in links), f"{name!r} became a link"
    assert "script" not in message.text or "&lt;script&gt;" in message.text


@pytest.mark.fault(41)
@pytest.mark.fault(42)
@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_text_wherever_it_is_shown(tmp_path: Path, name: str) -> None:
    """In the notice to the operator, his list of questions, a group's and a channel's answers. The server of the tests
    refuses markup that Telegram refuses; an answer that fell back to plain text would show it."""
    async with a_bot(tmp_path, mode="approval") as world:
        olga, eve = world.admin(), world.server.user(name)
        olga.send("/start")
        await olga.expect("watchbot")
        eve.send("/start")
        asked = await eve.expect("private")
        eve.press(asked.button("Ask"))
        await eve.expect_edit("asked")
        notice = await olga.expect(f"Somebody asks.*{eve.id}")
        no_markup_of(name, notice)
        olga.send("/admin")
        home = await olga.expect("Running the bot")
        olga.press(home.button("Requests"))
        no_markup_of(name, await olga.expect_edit(str(eve.id)))
        channel = world.server.channel(name, username="news_channel", admins=[olga])
        olga.send("/channel @news_channel")
        no_markup_of(name, await olga.expect("Channel"))
        group = world.server.group(name, admins=[olga])
        seat = olga.in_(group)
        seat.send("/settings")
        no_markup_of(name, await seat.expect("Settings"))
        assert channel.id != group.id
        refused = [call.error for call in world.server.calls if call.error and "chat not found" not in call.error]
        assert refused == [], "everything was valid at the first attempt (but for a menu before the first word)"


@pytest.mark.fault(43)
async def test_alerts_go_out_while_strangers_flood(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        feeds.put("/a.xml", feed(("q", "Quiet day")))
        admin = server.user("Ada")
        admin.start()
        strangers = [server.user(f"Eve {n}") for n in range(5)]
        chats = f"chats: [{{id: {admin.id}, topics: [massimov]}}]\n"
        bot = Bot(tmp_path, {"A": feeds.url("/a.xml")}, settings=chats)
        bot.env = {
            "WATCHBOT_TELEGRAM__TOKEN": server.token,
            "WATCHBOT_TELEGRAM__BASE_URL": server.url,
            "WATCHBOT_TELEGRAM__ADMINS": str(admin.id),
        }
        async with bot.running() as process:
            await process.expect("telegram connected")
            for _ in range(100):
                for stranger in strangers:
                    stranger.send("/start")
            feeds.put("/a.xml", feed(("1", "Massimov detained"), ("q", "Quiet day")))
            await admin.expect_new("Massimov detained", timeout=15)
            admin.send("/id")
            await admin.expect(str(admin.id), timeout=15)
            answered = [len(stranger.messages()) for stranger in strangers]
            assert max(answered) <= 14, f"each is limited by himself: {answered}"
        assert "Traceback" not in process.err
