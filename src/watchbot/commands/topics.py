"""/start, /help, /topics, /subscribe, /unsubscribe, /language, and the buttons of those screens."""

from __future__ import annotations

import difflib
import hashlib
import re
from dataclasses import replace
from datetime import timedelta

from watchbot.commands.access import Standing
from watchbot.commands.membership import tell_stranger
from watchbot.commands.menu import register_operator, shown_commands
from watchbot.commands.turn import Turn
from watchbot.model import SILENCE_TOPIC, Chat, Subscription
from watchbot.render import dialogues
from watchbot.render.callbacks import find_topic, topic_key
from watchbot.render.dialogues import TopicLine
from watchbot.render.rich import clean

DAY = timedelta(days=1)
INVITE = re.compile(r"__([A-Za-z0-9_-]{22})")
"""A deep link's payload that is an invite, never a topic's key: those have one underscore in front at most."""


def titles(turn: Turn) -> dict[str, str]:
    """Every topic's title by its id: the rules, and the silence of feeds."""
    found = {rule.id: clean(rule.title).strip() for rule in turn.services.rules().rules}
    return found | {SILENCE_TOPIC: found.get(SILENCE_TOPIC, turn.t("topic-silence"))}


async def topic_lines(turn: Turn, chat: Chat | None = None, *, thread_id: int | None = None) -> list[TopicLine]:
    """All topics, as this chat (and forum topic) sees them, those with the most alerts first."""
    where = chat or turn.chat
    thread = turn.thread_id if chat is None else thread_id
    counts = await turn.services.store.alert_counts(turn.now - DAY)
    mine = {s.topic: s for s in await turn.services.store.subscriptions(where.id) if s.thread_id == thread}
    about = {rule.id: rule.description for rule in turn.services.rules().rules}
    lines = []
    for topic, title in titles(turn).items():
        own = mine.get(topic)
        muted = own.muted_until if own and own.muted_until and own.muted_until > turn.now else None
        lines.append(TopicLine(topic, title, counts.get(topic, 0), own is not None, muted, about.get(topic, "")))
    return sorted(lines, key=lambda line: -line.per_day)


async def start(turn: Turn) -> None:
    """Greet; or follow a deep link: subscribe a topic, or redeem an invite."""
    payload = turn.args[0] if turn.args else ""
    if invite := INVITE.fullmatch(payload):
        await redeem(turn, invite[1])
    if turn.standing is Standing.STRANGER:
        await tell_stranger(turn)
        return
    if turn.private or (turn.chat.suspended and await turn.may_edit()):
        await turn.save_chat(replace(turn.chat, suspended=None))
    if turn.private and turn.operator and turn.person.id is not None:
        await register_operator(turn.bot, turn.person.id)
    topic = find_topic(payload, titles(turn))
    if topic is not None:
        if await turn.may_edit():
            await add(turn, topic)
        else:
            await turn.note("group-admins-only")
        return
    await turn.reply(dialogues.start(await topic_lines(turn), turn.t, turn.person.name))


async def redeem(turn: Turn, token: str) -> None:
    """Use an invite up: whoever is first with the token is let in."""
    if turn.standing is not Standing.STRANGER or turn.person.id is None or not turn.private:
        return
    if turn.chat.access == "revoked":
        await turn.say("access-denied")
        return
    used = await turn.services.store.use_invite(invite_hash(token), turn.person.id, turn.now)
    if not used:
        await turn.say("invite-bad")
        return
    await turn.save_chat(replace(turn.chat, access="granted"))
    if turn.chat.access != "granted":  # an operator was faster
        await turn.say("access-denied")
        return
    turn.standing = Standing.READER
    await turn.say("access-granted")


def invite_hash(token: str) -> str:
    """What is stored of an invite. 128 random bits need neither salt nor a slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


async def help_(turn: Turn) -> None:
    names = shown_commands(private=turn.private, operator=False)
    await turn.reply(dialogues.help_text(turn.t, names, operator=turn.operator and turn.private))


async def topics(turn: Turn) -> None:
    page = int(turn.args[0]) if turn.query and turn.args else 0
    await turn.show(dialogues.topics(await topic_lines(turn), page, turn.t))


async def subscribe(turn: Turn) -> None:
    """/subscribe TOPIC, by id or title; several may be separated by commas."""
    if not turn.text:
        await topics(turn)
        return
    lines = await topic_lines(turn)
    for wanted in filter(None, (part.strip() for part in turn.text.split(",")[:20])):
        line = named(lines, wanted)
        if line is None:
            await turn.reply(dialogues.suggestions(nearest(lines, wanted), wanted, turn.t))
        else:
            await add(turn, line.id)


async def unsubscribe(turn: Turn) -> None:
    """/unsubscribe TOPIC; alone, the topics to choose from."""
    lines = await topic_lines(turn)
    if not turn.text:
        await turn.show(dialogues.topics([line for line in lines if line.subscribed] or lines, 0, turn.t))
        return
    line = named(lines, turn.text)
    if line is None or not line.subscribed:
        await turn.say("not-subscribed", name=clean(turn.text)[:60])
        return
    await turn.services.store.unsubscribe(turn.chat.id, line.id, turn.thread_id)
    await turn.say("unsubscribed", title=line.title)


async def add(turn: Turn, topic: str) -> bool:
    """Subscribe this chat (and forum topic), within the quota, and say so. Whether it is subscribed now."""
    store = turn.services.store
    mine = await store.subscriptions(turn.chat.id)
    fresh = not any(s.topic == topic and s.thread_id == turn.thread_id for s in mine)
    if fresh and len(mine) >= turn.services.quota:
        await turn.note("quota", alert=True, count=turn.services.quota)
        return False
    if fresh:
        await admit(turn)
        await store.subscribe(Subscription(turn.chat.id, topic, turn.thread_id, created_by=turn.person.id), turn.now)
    await turn.note("subscribed", title=title_of(turn, topic))
    return True


async def admit(turn: Turn) -> None:
    """Store the chat. A group that somebody with access sets up may use the bot as a whole from then on."""
    if not turn.private and turn.chat.access == "none" and turn.services.access.mode != "open":
        await turn.save_chat(replace(turn.chat, access="granted"))
    elif not turn.known:
        await turn.save_chat()


def title_of(turn: Turn, topic: str) -> str:
    """A topic's title, or its id when it is gone from the rules."""
    return titles(turn).get(topic, topic)


def named(lines: list[TopicLine], wanted: str) -> TopicLine | None:
    """The topic of an id or a title, in any case."""
    key = clean(wanted).strip().casefold()
    return next((x for x in lines if key in (x.id.casefold(), x.title.casefold(), topic_key(x.id))), None)


def nearest(lines: list[TopicLine], wanted: str) -> list[TopicLine]:
    """Up to five topics whose id or title looks like what was asked for."""
    key = clean(wanted).strip().casefold()
    by_name = {name.casefold(): x for x in lines for name in (x.id, x.title)}
    close = difflib.get_close_matches(key, by_name, 5, 0.5)
    inside = [name for name in by_name if key and key in name]
    found = {by_name[name].id: by_name[name] for name in (*inside, *close)}
    return list(found.values())[:5]


async def press_subscribe(turn: Turn) -> None:
    topic = await known_topic(turn, turn.args[0])
    if topic and await add(turn, topic):
        await refresh(turn, int(turn.args[1]))


async def press_unsubscribe(turn: Turn) -> None:
    topic = await known_topic(turn, turn.args[0])
    if topic:
        await turn.services.store.unsubscribe(turn.chat.id, topic, turn.thread_id)
        await turn.note("unsubscribed", title=title_of(turn, topic))
        await refresh(turn, int(turn.args[1]))


async def press_unmute(turn: Turn) -> None:
    topic = await known_topic(turn, turn.args[0])
    for own in await turn.services.store.subscriptions(turn.chat.id):
        if own.topic == topic and own.thread_id == turn.thread_id:
            await turn.services.store.update_subscription(replace(own, muted_until=None))
    await refresh(turn, int(turn.args[1]))


async def refresh(turn: Turn, page: int) -> None:
    """Show the topics as they are now, under the text that the message has."""
    await turn.keyboard(dialogues.topic_buttons(await topic_lines(turn), page, turn.t))


async def known_topic(turn: Turn, key: str) -> str | None:
    """The id of a button's topic, or None (and a note) when the rules no longer have it."""
    topic = find_topic(key, titles(turn))
    if topic is None:
        await turn.note("topic-gone", alert=True)
    return topic


async def language(turn: Turn) -> None:
    """/language: choose; the button saves."""
    if turn.query is None:
        await turn.reply(dialogues.language_choice(turn.t))
        return
    await turn.save_chat(replace(turn.chat, language=turn.args[0]))
    await turn.show(dialogues.language_choice(turn.t))
    await turn.note("language-set")
