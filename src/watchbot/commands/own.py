"""/stop, /export, /forget, /id: a person's (or group's) own data."""

from __future__ import annotations

import json
from dataclasses import replace

from telegram.error import TelegramError

from watchbot.commands.turn import Turn
from watchbot.render.dialogues import confirm


async def stop(turn: Turn) -> None:
    """/stop: nothing is sent any more, everything is kept; /start resumes."""
    if turn.query is None:
        await turn.reply(confirm("stop", turn.t))
        return
    if turn.args[0] == "no":
        await turn.say("cancelled")
        return
    if not turn.known:
        await turn.save_chat()
    await turn.services.store.suspend_chat(turn.chat.id, "stopped")
    await turn.say("stopped")


async def export(turn: Turn) -> None:
    """/export: all that is stored about this chat, as a JSON file."""
    data = await turn.services.store.export_chat(turn.chat.id)
    text = json.dumps(data, ensure_ascii=False, indent=1, default=str).encode()
    try:
        await turn.bot.send_document(
            turn.chat.id,
            text,
            filename="watchbot.json",
            caption=turn.t("export-caption"),
            message_thread_id=turn.thread_id,
        )
    except TelegramError:
        await turn.say("try-later")


async def forget(turn: Turn) -> None:
    """/forget: everything about this chat is deleted, and the bot starts from nothing with it."""
    if turn.query is None:
        await turn.reply(confirm("forget", turn.t))
        return
    if turn.args[0] == "no":
        await turn.say("cancelled")
        return
    language = turn.chat.language
    await turn.services.store.forget_chat(turn.chat.id)
    turn.chat = replace(turn.chat, language=language)
    await turn.say("forgotten")


async def identify(turn: Turn) -> None:
    """/id: the numbers that an operator needs for the allowlist."""
    await turn.say("id", user=str(turn.person.id or "–"), chat=str(turn.chat.id), thread=str(turn.thread_id or "–"))
