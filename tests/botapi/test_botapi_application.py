"""A whole PTB application polls the server: what the dialogue tests stand on."""

from __future__ import annotations

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ChatMemberHandler, CommandHandler, ContextTypes

from servers.bot_api import BotApiServer

Context = ContextTypes.DEFAULT_TYPE


async def start(update: Update, _: Context) -> None:
    assert update.effective_message and update.effective_user
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
    await update.effective_message.reply_html(f"<b>Hello</b> {update.effective_user.first_name}", reply_markup=keyboard)


async def pressed(update: Update, _: Context) -> None:
    assert update.callback_query
    await update.callback_query.answer("ok")
    await update.callback_query.edit_message_text(f"chosen: {update.callback_query.data}")


async def admins(update: Update, context: Context) -> None:
    assert update.effective_chat and update.effective_user and update.effective_message
    member = await context.bot.get_chat_member(update.effective_chat.id, update.effective_user.id)
    await update.effective_message.reply_text(f"you are {member.status}")


@pytest.mark.parametrize("threaded", [False, True])
async def test_application(threaded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    server = BotApiServer()
    if threaded:
        with server.threaded():
            await dialogue(server)
    else:
        async with server:
            await dialogue(server)


async def dialogue(server: BotApiServer) -> None:
    left: list[str] = []

    async def member(update: Update, _: Context) -> None:
        assert update.my_chat_member
        left.append(update.my_chat_member.new_chat_member.status)

    app = Application.builder().token(server.token).base_url(server.url + "/bot").build()
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CommandHandler("admins", admins))
    app.add_handler(CallbackQueryHandler(pressed))
    app.add_handler(ChatMemberHandler(member))
    async with app:
        await app.start()
        assert app.updater
        await app.updater.start_polling(poll_interval=0, timeout=5)
        alice, bob = server.user("Alice"), server.user("Bob")
        group = server.group("Desk", forum=True, admins=[bob], members=[alice])
        thread = group.topic("News")
        alice.send("/start")
        menu = await alice.expect("Hello Alice")
        query = alice.press(menu.button("Yes"))
        await alice.expect_answer(query, "ok")
        assert (await alice.expect_edit("chosen: yes")).labels == []
        seat = bob.in_(group, thread)
        seat.send("/admins@watchbot_test_bot")
        assert (await seat.expect("you are creator")).thread_id == thread
        general = alice.in_(group)
        general.send("/admins")
        assert (await general.expect("you are member")).thread_id is None
        group.be_anonymous(bob)
        seat.send("/start")
        await seat.expect("Hello Group")
        group.kick_bot(bob)
        general.send("/start")
        await general.expect_nothing(within=0.1)
        assert left == ["kicked"]
        await app.updater.stop()
        await app.stop()
