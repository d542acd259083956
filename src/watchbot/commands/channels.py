"""/channel, in the private chat: subscribe a channel that the person and the bot both administer.

A channel cannot talk to the bot, so its administrator does it for the channel. Both memberships are asked afresh, at
every press.
"""

from __future__ import annotations

import re
from dataclasses import replace

from telegram import ChatFullInfo
from telegram.error import TelegramError

from watchbot.commands.topics import known_topic, title_of, topic_lines
from watchbot.commands.turn import ADMINS, Turn
from watchbot.model import Button, Chat, ChatKind, Subscription
from watchbot.render import callbacks
from watchbot.render.alert import Rendered
from watchbot.render.dialogues import PAGE, TopicLine, label, paged, pager, say
from watchbot.render.i18n import Texts
from watchbot.render.rich import clean


async def channel(turn: Turn) -> None:
    """/channel @name, or the channel's numeric id."""
    if not turn.private:
        await turn.say("channel-private")
        return
    wanted = turn.args[0] if turn.args else ""
    if not re.fullmatch(r"@\w{4,32}|-100\d{6,16}", wanted, re.ASCII):
        await turn.say("channel-usage")
        return
    target = await reach(turn, wanted if wanted.startswith("@") else int(wanted))
    if target is not None:
        await turn.reply(await screen(turn, target, 0))


async def press_page(turn: Turn) -> None:
    target = await reach(turn, int(turn.args[0]))
    if target is not None:
        await turn.show(await screen(turn, target, int(turn.args[1])))


async def press_topic(turn: Turn) -> None:
    """Subscribe the channel, or end its subscription."""
    target = await reach(turn, int(turn.args[0]))
    topic = await known_topic(turn, turn.args[1]) if target else None
    if target is None or topic is None:
        return
    store = turn.services.store
    title = title_of(turn, topic)
    mine = await store.subscriptions(target.id)
    if any(s.topic == topic for s in mine):
        await store.unsubscribe(target.id, topic, None)
        await turn.note("unsubscribed", title=title)
    elif len(mine) >= turn.services.quota:
        await turn.note("quota", alert=True, count=turn.services.quota)
    else:
        await store.save_chat(target)
        await store.subscribe(Subscription(target.id, topic, created_by=turn.person.id), turn.now)
        await turn.note("subscribed", title=title)
    await turn.show(await screen(turn, target, int(turn.args[2])))


async def reach(turn: Turn, wanted: int | str) -> Chat | None:
    """The channel, when this person and the bot administer it right now; else None, and the reason is told."""
    if turn.person.id is None:
        return None
    try:
        found = await turn.bot.get_chat(wanted)
        mine = await turn.bot.get_chat_member(found.id, turn.person.id)
        bot = await turn.bot.get_chat_member(found.id, turn.bot.id)
    except TelegramError:
        await turn.note("channel-unreachable", alert=True)
        return None
    if found.type != ChatKind.CHANNEL or mine.status not in ADMINS or bot.status not in ADMINS:
        await turn.note("channel-not-admin", alert=True)
        return None
    return await as_chat(turn, found)


async def as_chat(turn: Turn, found: ChatFullInfo) -> Chat:
    """The channel as stored, or new: it speaks the language and lives in the time zone of who adds it."""
    stored = await turn.services.store.chat(found.id)
    title = found.title or ""
    if stored is not None:
        return replace(stored, title=title, username=found.username)
    own = turn.chat
    return Chat(found.id, ChatKind.CHANNEL, title, found.username, language=own.language, timezone=own.timezone)


async def screen(turn: Turn, target: Chat, page: int) -> Rendered:
    lines = await topic_lines(turn, target)
    title = clean(target.title).strip()[:60]
    return say(turn.t, "channel-topics", buttons(lines, target.id, page, turn.t), title=title)


def buttons(lines: list[TopicLine], chat_id: int, page: int, t: Texts) -> list[tuple[Button, ...]]:
    page, pages = paged(len(lines), page, PAGE)
    rows: list[tuple[Button, ...]] = []
    for line in lines[page * PAGE : (page + 1) * PAGE]:
        mark = "✅ " if line.subscribed else ""
        text = label(f"{mark}{line.title} · {t('topic-rate', count=line.per_day)}")
        rows.append((Button(text, callbacks.encode("chsub", chat_id, callbacks.topic_key(line.id), page)),))
    return [*rows, pager("chan", page, pages, str(chat_id))]
