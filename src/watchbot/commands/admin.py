"""/admin and what it leads to, for the people who run the bot; in their private chat only."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from watchbot.commands.feedback import propose_edit
from watchbot.commands.services import INVITE_LIFE, Declined, Notes
from watchbot.commands.topics import DAY, invite_hash, known_topic, title_of
from watchbot.commands.turn import Turn
from watchbot.errors import WatchbotError
from watchbot.model import Chat, ChatKind
from watchbot.render import operations, rich
from watchbot.render.alert import rendered
from watchbot.render.dialogues import say
from watchbot.render.i18n import texts
from watchbot.render.notes import said, said_all

MAX_DEAD = 100


async def home(turn: Turn) -> None:
    store = turn.services.store
    feeds = await store.feeds()
    counts = {
        "requests": len(await store.access_requests()),
        "feeds": sum(bool(f.error_count) or not f.enabled for f in feeds),
        "dead": len(await store.dead_deliveries(MAX_DEAD)),
    }
    await turn.show(operations.home(counts, turn.t))


async def section(turn: Turn) -> None:
    """A button of /admin: each section is a screen in place."""
    name, page = turn.args[0], int(turn.args[1])
    match name:
        case "home":
            await home(turn)
        case "requests":
            await requests(turn)
        case "feeds":
            await feeds(turn, page)
        case "dead":
            await dead(turn, page)
        case "chats":
            await chats(turn, page)
        case "invite":
            await invite(turn)
        case "feedback":
            await feedback(turn)
        case "reload":
            await reload(turn)
        case _:
            await backup(turn)


# -- access -----------------------------------------------------------------------------------------------------------


async def requests(turn: Turn) -> None:
    waiting = await turn.services.store.access_requests()
    await turn.show(operations.requests(waiting, turn.t, turn.now, turn.chat.timezone))


async def grant(turn: Turn) -> None:
    await decide(turn, granted=True)


async def deny(turn: Turn) -> None:
    await decide(turn, granted=False)


async def decide(turn: Turn, *, granted: bool) -> None:
    """Let somebody in or not, and tell him; what was decided before stays decided."""
    store, chat_id = turn.services.store, int(turn.args[0])
    request = next((r for r in await store.access_requests() if r.chat_id == chat_id), None)
    if request is None:
        await turn.note("request-gone", alert=True)
        await requests(turn)
        return
    await store.decide_access(chat_id, granted, turn.person.id or 0, turn.now)
    chat = await store.chat(chat_id) or Chat(chat_id, ChatKind.PRIVATE, request.title, request.username)
    await store.save_chat(replace(chat, access="granted" if granted else "denied"), chat)
    await turn.note("request-granted" if granted else "request-denied", name=rich.clean(request.title)[:40])
    key = "access-granted" if granted else "access-denied"
    await turn.reply(say(texts(chat.language), key), chat_id=chat_id)
    await requests(turn)


async def invite(turn: Turn) -> None:
    """A link that lets one person in, once, for a week. Only its hash is stored."""
    token = secrets.token_urlsafe(16)
    until = turn.now + INVITE_LIFE
    await turn.services.store.create_invite(invite_hash(token), turn.person.id or 0, until, turn.now)
    username = turn.services.bot_username or turn.bot.username
    link = f"https://t.me/{username}?start=__{token}"
    await turn.show(operations.invite(link, until, turn.t, turn.now, turn.chat.timezone))


# -- feeds ------------------------------------------------------------------------------------------------------------


async def feeds(turn: Turn, page: int) -> None:
    stored = await turn.services.store.feeds()
    await turn.show(operations.feeds(stored, page, turn.t, turn.now, turn.chat.timezone))


async def feed(turn: Turn) -> None:
    """One feed: shown, paused, resumed, or tried at once."""
    store, number, action, page = turn.services.store, int(turn.args[0]), turn.args[1], int(turn.args[2])
    if action in ("pause", "resume"):
        reason = turn.t("feed-paused-by", name=rich.clean(turn.person.name)[:40]) if action == "pause" else None
        await store.set_feed_enabled(number, action == "resume", reason, turn.now)
    if action in ("retry", "resume"):
        await store.try_feed_now(number, turn.now)
        await turn.note("feed-retried")
    stored = next((f for f in await store.feeds() if f.id == number), None)
    if stored is None:
        await turn.note("feed-gone", alert=True)
        return
    await turn.show(operations.feed(stored, page, turn.t, turn.now, turn.chat.timezone))


async def addfeed(turn: Turn) -> None:
    """/addfeed URL."""
    add = turn.services.operations.add_feed
    url = turn.text.strip()
    if not url:
        await turn.say("addfeed-usage")
        return
    await operate(turn, (lambda: add(url)) if add else None)


async def reload(turn: Turn) -> None:
    await operate(turn, turn.services.operations.reload)


async def backup(turn: Turn) -> None:
    await operate(turn, turn.services.operations.backup)


async def operate(turn: Turn, run: Callable[[], Awaitable[Notes]] | None) -> None:
    """Set something off and show what it says, be it a success or an error for a person."""
    if run is None:
        await turn.note("operation-none", alert=True)
        return
    await turn.answer()
    try:
        text = "✅ " + said_all(await run(), turn.t, turn.chat.timezone, turn.now)
    except Declined as error:
        text = "⚠️ " + said(error.note, turn.t, turn.chat.timezone, turn.now)
    except WatchbotError as error:
        text = f"⚠️ {error}"
    await turn.reply(rendered(rich.text(text, lines=True)))


# -- deliveries and chats ---------------------------------------------------------------------------------------------


async def dead(turn: Turn, page: int) -> None:
    deliveries = await turn.services.store.dead_deliveries(MAX_DEAD)
    await turn.show(operations.dead(deliveries, page, turn.t))


async def dead_action(turn: Turn) -> None:
    store, number = turn.services.store, int(turn.args[0])
    if turn.args[1] == "retry":
        await store.retry_delivery(number, turn.now)
    else:
        await store.drop_delivery(number)
    await turn.note("dead-retried" if turn.args[1] == "retry" else "dead-dropped")
    await dead(turn, int(turn.args[2]))


async def chats(turn: Turn, page: int) -> None:
    await turn.show(operations.chats(await turn.services.store.chat_lines(), page, turn.t))


async def chat(turn: Turn) -> None:
    """One subscriber: shown, its access revoked or given back."""
    store, chat_id, action, page = turn.services.store, int(turn.args[0]), turn.args[1], int(turn.args[2])
    operator = chat_id in turn.services.access.admins
    found = await store.chat(chat_id)
    if found is not None and action == "revoke" and not operator and found.access != "revoked":
        await store.revoke_access(chat_id)
        await tell_of_access(turn, found, "access-revoked", "chat-revoked")
    elif found is not None and action == "restore" and found.access == "revoked":
        await store.save_chat(replace(found, access="granted"), found)
        await tell_of_access(turn, found, "access-granted", "chat-restored")
    await show_chat(turn, chat_id, page)


async def tell_of_access(turn: Turn, chat: Chat, key: str, noted: str) -> None:
    """Tell the chat in its own language, and the operator that it is done."""
    await turn.note(noted, name=rich.clean(chat.title)[:40])
    await turn.reply(say(texts(chat.language), key), chat_id=chat.id)


async def quota(turn: Turn) -> None:
    """How many alerts an hour a chat may get at most."""
    store, chat_id, page = turn.services.store, int(turn.args[0]), int(turn.args[2])
    found = await store.chat(chat_id)
    if found is not None:
        limit = None if turn.args[1] == "none" else int(turn.args[1])
        await store.save_chat(replace(found, quota=limit), found)
    await show_chat(turn, chat_id, page)


async def show_chat(turn: Turn, chat_id: int, page: int) -> None:
    line = await turn.services.store.chat_line(chat_id, turn.now - DAY)
    if line is None:
        await turn.note("chat-gone", alert=True)
        await chats(turn, page)
        return
    operator = chat_id in turn.services.access.admins
    await turn.show(operations.chat(line, page, turn.t, operator=operator))


# -- feedback ---------------------------------------------------------------------------------------------------------


async def feedback(turn: Turn) -> None:
    """/feedback: how often each rule's alerts were called irrelevant."""
    counts = await turn.services.store.feedback_by_rule(turn.now)
    scores = [operations.RuleScore(rule, title_of(turn, rule), a, i) for rule, a, i in counts]
    await turn.show(operations.scores(scores, turn.t))


async def propose(turn: Turn) -> None:
    """An edit for one rule, tested on recorded entries."""
    topic = await known_topic(turn, turn.args[0])
    replay = turn.services.operations.replay
    if topic is None:
        return
    rule = next(r for r in turn.services.rules().rules if r.id == topic)
    if replay is None:
        await turn.note("operation-none", alert=True)
        return
    await turn.answer(turn.t("proposal-wait"))
    irrelevant, others = await turn.services.store.judged_entries(topic)
    found = await asyncio.to_thread(propose_edit, topic, rule.match, irrelevant, others, replay)
    await turn.show(operations.proposal(title_of(turn, topic), found, turn.t))
