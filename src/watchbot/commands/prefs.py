"""/settings, /timezone, /mutes and their buttons: one screen that is edited in place."""

from __future__ import annotations

from dataclasses import replace

from watchbot.commands import preferences
from watchbot.commands.topics import known_topic, title_of, topic_lines
from watchbot.commands.turn import Turn
from watchbot.model import ChatSettings, Subscription
from watchbot.render import dialogues
from watchbot.render.callbacks import topic_key
from watchbot.render.i18n import texts


async def settings(turn: Turn) -> None:
    """/settings, or back to it: the chat's ("*"), or one topic's."""
    scope = turn.args[0] if turn.query and turn.args else "*"
    await show(turn, scope)


async def show(turn: Turn, scope: str) -> None:
    if scope == "*":
        lines = await topic_lines(turn)
        await turn.show(dialogues.settings(turn.chat, turn.chat.settings, "*", "", turn.t, lines))
        return
    own = await subscription(turn, scope)
    if own is not None:
        await turn.show(dialogues.settings(turn.chat, own.settings, scope, title_of(turn, own.topic), turn.t))


async def subscription(turn: Turn, key: str) -> Subscription | None:
    """This chat's (and thread's) subscription of a topic's key, or None and a note."""
    topic = await known_topic(turn, key)
    mine = await turn.services.store.subscriptions(turn.chat.id)
    found = next((s for s in mine if s.topic == topic and s.thread_id == turn.thread_id), None)
    if topic is not None and found is None:
        await turn.note("not-subscribed", alert=True, name=title_of(turn, topic))
    return found


async def pick(turn: Turn) -> None:
    """The values of one setting."""
    scope, key = turn.args
    if key == "topic":
        await turn.show(dialogues.pick_topic(await topic_lines(turn), turn.t))
        return
    own = await own_settings(turn, scope)
    if own is not None:
        await turn.show(dialogues.choice(scope, key, own, turn.chat.timezone, turn.t))


async def own_settings(turn: Turn, scope: str) -> ChatSettings | None:
    if scope == "*":
        return turn.chat.settings
    found = await subscription(turn, scope)
    return found.settings if found else None


async def put(turn: Turn) -> None:
    """Save a value and show the screen again: the list of languages stays open, everything else goes back."""
    scope, key, value = turn.args
    if key == "zone":
        await save_zone(turn, value)
        await show(turn, "*")
        return
    own = await own_settings(turn, scope)
    new = preferences.changed(own, key, value) if own is not None else None
    if new is None:
        return
    await save(turn, scope, new)
    if key == "langs":
        await turn.show(dialogues.choice(scope, key, new, turn.chat.timezone, turn.t))
    else:
        await show(turn, scope)


async def save(turn: Turn, scope: str, new: ChatSettings) -> None:
    if scope == "*":
        await turn.save_chat(replace(turn.chat, settings=new))
        return
    found = await subscription(turn, scope)
    if found is not None:
        await turn.services.store.update_subscription(replace(found, settings=new))


async def timezone(turn: Turn) -> None:
    """/timezone NAME (or a city's name); alone, the usual ones as buttons."""
    if not turn.text:
        await turn.show(dialogues.choice("*", "zone", turn.chat.settings, turn.chat.timezone, turn.t))
        return
    await save_zone(turn, turn.text)


async def save_zone(turn: Turn, value: str) -> None:
    zone = preferences.timezone(value)
    if zone is None:
        await turn.note("zone-unknown", alert=True)
        return
    await turn.save_chat(replace(turn.chat, timezone=zone))
    now = texts(turn.chat.language).time(turn.now, zone, turn.now)
    await turn.note("zone-set", zone=zone, time=now)


async def mutes(turn: Turn) -> None:
    """/mutes: the sources that this chat does not want to hear."""
    found = await turn.services.store.source_mutes(turn.chat.id)
    await turn.show(dialogues.mutes(found, turn.chat, turn.t, turn.now))


async def unmute_source(turn: Turn) -> None:
    found = await turn.services.store.source_mutes(turn.chat.id)
    index = int(turn.args[0])
    if index < len(found):
        await turn.services.store.unmute_source(turn.chat.id, found[index][0])
        await turn.note("source-unmuted", source=found[index][0])
    await mutes(turn)


__all__ = ["mutes", "pick", "put", "settings", "timezone", "topic_key", "unmute_source"]
