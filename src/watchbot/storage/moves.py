"""A chat that changes its id: everything that is its own moves with it."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from watchbot.model import DeliveryState
from watchbot.storage import schema as t


def _end_flight(connection: Connection, old: int, new: int) -> None:
    """Both chats have a delivery in flight, and one chat has at most one: the old chat's outcome counts as unknown."""
    d, other = t.deliveries.c, t.deliveries.alias()
    both = select(other.c.id).where(other.c.chat_id == new, other.c.state == DeliveryState.SENDING.value).exists()
    connection.execute(
        update(t.deliveries)
        .where(d.chat_id == old, d.state == DeliveryState.SENDING.value, both)
        .values(state=DeliveryState.UNKNOWN.value, lease_owner=None, leased_until=None)
    )


def move_chat(connection: Connection, old: int, new: int) -> None:
    """A group became a supergroup: its chat, subscriptions, queue and messages in one go, order kept."""
    if old == new:
        return
    chat = connection.execute(select(t.chats).where(t.chats.c.id == old)).first()
    if connection.execute(select(t.chats.c.id).where(t.chats.c.id == new)).first() is None and chat is not None:
        connection.execute(t.chats.insert().values(**{**chat._mapping, "id": new, "kind": "supergroup"}))
    _end_flight(connection, old, new)
    # Message ids of the old group name nothing in the new one: an edit would be sent as a new message.
    connection.execute(t.deliveries.delete().where(t.deliveries.c.chat_id == old, t.deliveries.c.kind == "edit"))
    connection.execute(update(t.story_messages).where(t.story_messages.c.chat_id == old).values(message_id=None))
    for table, keys in (
        (t.subscriptions, ("topic", "thread_id")),
        (t.source_mutes, ("source",)),
        (t.story_messages, ("story", "thread_id")),
        (t.deliveries, ("alert_id", "thread_id", "kind")),
        (t.feedback, ("user_id", "alert_id", "rule")),
    ):
        other = table.alias()
        same = [other.c[key] == table.c[key] for key in keys]
        twin = select(other.c.chat_id).where(other.c.chat_id == new, *same).exists()
        connection.execute(update(table).where(table.c.chat_id == old, ~twin).values(chat_id=new))
        connection.execute(table.delete().where(table.c.chat_id == old))
    connection.execute(t.rolling.delete().where(t.rolling.c.chat_id == old))
    connection.execute(t.chats.delete().where(t.chats.c.id == old))
    connection.execute(update(t.chat_moves).where(t.chat_moves.c.new_id == old).values(new_id=new))
    connection.execute(t.chat_moves.delete().where(t.chat_moves.c.old_id == old))
    connection.execute(t.chat_moves.insert().values(old_id=old, new_id=new))
