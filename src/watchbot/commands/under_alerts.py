"""The buttons under an alert: mute its topic or source, call it not relevant, show more."""

from __future__ import annotations

from dataclasses import replace

from watchbot.commands.preferences import mute_until
from watchbot.commands.topics import known_topic, title_of
from watchbot.commands.turn import Turn
from watchbot.model import AlertView, ChatKind
from watchbot.render import alert, dialogues


async def view_of(turn: Turn) -> AlertView | None:
    """The alert of a button's number, only when this very chat was sent it; else None, and a note."""
    titles = {rule.id: rule.title for rule in turn.services.rules().rules}
    found = await turn.services.store.alert(int(turn.args[0]), turn.chat.id, titles)
    if found is None:
        await turn.note("alert-unknown", alert=True)
    return found


async def mute(turn: Turn) -> None:
    """Ask for how long, in place of the alert's buttons."""
    view = await view_of(turn)
    if view is not None:
        await turn.keyboard(dialogues.mute_choice(view, turn.t))


async def mute_for(turn: Turn) -> None:
    """Mute one of the alert's topics; its own buttons come back."""
    view = await view_of(turn)
    topic = await known_topic(turn, turn.args[1]) if view else None
    if view is None or topic is None:
        return
    await silence(turn, topic, turn.args[2])
    await turn.keyboard(alert.buttons(view, turn.t))


async def mute_topic(turn: Turn) -> None:
    """Under a burst's rolling digest: mute its topic."""
    topic = await known_topic(turn, turn.args[0])
    if topic is not None:
        await silence(turn, topic, turn.args[1])


async def silence(turn: Turn, topic: str, span: str) -> None:
    """Mute this chat's subscription for an hour or the local day, or end it; and say so."""
    until = mute_until(span, turn.chat.timezone, turn.now)
    store = turn.services.store
    mine = [s for s in await store.subscriptions(turn.chat.id) if s.topic == topic and s.thread_id == turn.thread_id]
    for own in mine:
        if until is None:
            await store.unsubscribe(turn.chat.id, topic, turn.thread_id)
        else:
            await store.update_subscription(replace(own, muted_until=until))
    title = title_of(turn, topic)
    if until is None:
        await turn.note("muted-ever", title=title)
    else:
        await turn.note("muted-until", title=title, at=turn.t.time(until, turn.chat.timezone, turn.now))


async def mute_source(turn: Turn) -> None:
    view = await view_of(turn)
    if view is not None:
        await turn.services.store.mute_source(turn.chat.id, view.source)
        await turn.note("source-muted", source=view.source, alert=True)


async def not_relevant(turn: Turn) -> None:
    """Kept per rule and person; /feedback shows what it says about the rules."""
    view = await view_of(turn)
    if view is None or turn.person.id is None:
        return
    await turn.services.store.add_feedback(view.number, turn.chat.id, turn.person.id, turn.now)
    await turn.note("thanks-irrelevant")


async def more(turn: Turn) -> None:
    """The other outlets and why it matched, as an answer to the alert; in a channel as a box for who pressed only."""
    view = await view_of(turn)
    if view is None:
        return
    if turn.chat.kind is ChatKind.CHANNEL:  # its subscribers press, and must not make the bot post there
        shown = dialogues.more_in_short(view, turn.chat, turn.t, turn.now, turn.entity_titles())
        await turn.answer(shown, alert=True)
        return
    await turn.answer()
    screen = dialogues.more(view, turn.chat, turn.t, turn.now, turn.entity_titles())
    await turn.reply(screen, reply_to=turn.message_id)
