"""The test server itself, driven by a real python-telegram-bot client."""

from __future__ import annotations

import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter

from servers.bot_api import BotApiServer, Limits


@pytest.fixture(autouse=True)
def timedelta_opt_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


def bot_for(server: BotApiServer, token: str | None = None) -> Bot:
    return Bot(token or server.token, base_url=server.url + "/bot")


async def test_a_dialogue() -> None:
    async with BotApiServer() as server, bot_for(server) as bot:
        alice = server.user("Alice", language="de")
        alice.send("/start now")
        (update,) = await bot.get_updates(timeout=5)
        assert update.message and update.message.parse_entities() and update.effective_user
        assert update.effective_user.language_code == "de"
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("CSTO", callback_data="s:csto")]])
        await bot.send_message(alice.id, "<b>Hi</b> 😀 <i>x</i> &amp; y", parse_mode="HTML", reply_markup=keyboard)
        menu = await alice.expect("^Hi")
        assert menu.spans("bold") == ["Hi"] and menu.spans("italic") == ["x"] and menu.text == "Hi 😀 x & y"
        query = alice.press(menu.button("CSTO"))
        (pressed,) = await bot.get_updates(offset=update.update_id + 1, timeout=5)
        assert pressed.callback_query
        await pressed.callback_query.answer("done")
        await alice.expect_answer(query, "done")
        with pytest.raises(BadRequest, match="Query is too old"):
            await pressed.callback_query.answer("again")
        await pressed.callback_query.edit_message_text("Bye")
        assert (await alice.expect_edit("Bye")).edits == 1
        with pytest.raises(BadRequest, match="Message is not modified"):
            await pressed.callback_query.edit_message_text("Bye")
        await alice.expect_nothing(within=0.05)


async def test_long_poll_wakes_and_conflicts() -> None:
    async with BotApiServer() as server, bot_for(server) as bot, bot_for(server) as other:
        alice = server.user("Alice")
        waiting = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.sleep(0.05)
        alice.send("hello")
        assert len(await waiting) == 1
        waiting = asyncio.create_task(bot.get_updates(offset=10**6, timeout=30))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(other.get_updates(offset=10**6, timeout=0))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await waiting
        assert await second == ()


async def test_rights_and_migration() -> None:
    async with BotApiServer() as server, bot_for(server) as bot:
        alice, bob = server.user("Alice"), server.user("Bob")
        with pytest.raises(Forbidden, match="initiate"):
            await bot.send_message(alice.id, "x")
        alice.start()
        await bot.send_message(alice.id, "x")
        alice.block()
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(alice.id, "x")
        group = server.group("Desk", kind="group", admins=[bob])
        new = group.migrate()
        with pytest.raises(ChatMigrated) as caught:
            await bot.send_message(group.id, "x")
        assert caught.value.new_chat_id == new.id
        await bot.send_message(new.id, "x")
        new.kick_bot(bob)
        with pytest.raises(Forbidden, match="kicked from the supergroup"):
            await bot.send_message(new.id, "x")
        kinds = [u.my_chat_member.new_chat_member.status for u in await bot.get_updates() if u.my_chat_member]
        assert kinds == ["kicked", "kicked"]


async def test_forum_topics() -> None:
    async with BotApiServer() as server, bot_for(server) as bot:
        forum = server.group("Forum", forum=True)
        thread = forum.topic("Kazakhstan")
        message = await bot.send_message(forum.id, "x", message_thread_id=thread)
        assert message.message_thread_id == thread
        for wrong in (1, 999):
            with pytest.raises(BadRequest, match="Message thread not found"):
                await bot.send_message(forum.id, "x", message_thread_id=wrong)
        forum.close_topic(thread)
        with pytest.raises(BadRequest, match="Topic_closed"):
            await bot.send_message(forum.id, "x", message_thread_id=thread)


async def test_members_and_commands() -> None:
    async with BotApiServer() as server, bot_for(server) as bot:
        bob, alice = server.user("Bob"), server.user("Alice")
        group = server.group("Desk", admins=[bob], members=[alice])
        assert (await bot.get_chat_member(group.id, bob.id)).status == "creator"
        assert (await bot.get_chat_member(group.id, alice.id)).status == "member"
        assert len(await bot.get_chat_administrators(group.id)) == 1
        await bot.get_chat(group.id)
        await bot.set_my_commands([("start", "Start")], language_code="de")
        assert server.commands["default", "de"] == [{"command": "start", "description": "Start"}]


async def test_wrong_token_and_limits() -> None:
    async with BotApiServer(limits=Limits(chat_burst=1)) as server, bot_for(server) as bot:
        with pytest.raises(InvalidToken):
            await bot_for(server, "123:abc").get_me()
        alice = server.user("Alice")
        alice.start()
        await bot.send_message(alice.id, "x", link_preview_options=LinkPreviewOptions(is_disabled=True))
        with pytest.raises(RetryAfter):
            await bot.send_message(alice.id, "x")


async def test_photos_by_url_and_upload() -> None:
    async with BotApiServer() as server, bot_for(server) as bot:
        alice = server.user("Alice")
        alice.start()
        await bot.send_photo(alice.id, "https://example.org/a.jpg", caption="<b>A</b>", parse_mode="HTML")
        await bot.send_photo(alice.id, b"\x89PNG", caption="B", filename="plot.png")
        first, second = alice.messages()
        assert first.photo == "https://example.org/a.jpg" and first.spans("bold") == ["A"]
        assert second.photo == "plot.png" and second.data == b"\x89PNG"


async def test_privacy_mode() -> None:
    """In a group the bot sees commands (not another bot's), mentions and replies to it."""
    async with BotApiServer() as server, bot_for(server) as bot:
        alice, bob = server.user("Alice"), server.user("Bob")
        group = server.group("Desk", admins=[bob], members=[alice])
        seat = alice.in_(group)
        await bot.send_message(group.id, "question")
        question = await seat.expect("question")
        for text in ("chat", "/go", "/go@other_bot", "/go@watchbot_test_bot", "hi @watchbot_test_bot"):
            seat.send(text)
        seat.send("answer", reply_to=question)
        texts = [u.message.text for u in await bot.get_updates() if u.message]
        assert texts == ["/go", "/go@watchbot_test_bot", "hi @watchbot_test_bot", "answer"]
        group.kick_bot(bob)
        seat.send("/gone")
        assert [u.message for u in await bot.get_updates(offset=10**6)] == []
