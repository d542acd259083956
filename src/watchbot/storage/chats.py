"""Chats: who is told what, who may ask, and what people said of alerts."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from watchbot.model import Chat, ChatSettings, DeliveryState, Subscription
from watchbot.storage import schema as t
from watchbot.storage.base import Part, chunks
from watchbot.storage.codec import chat_columns, chat_of, iso, settings_dict, subscription_of
from watchbot.storage.moves import move_chat
from watchbot.storage.records import AccessRequest, RuleFeedback

CALLBACK_LIFE = timedelta(days=30)
UNDECIDED = ("none", "requested")
"""Access of a chat on which no operator has decided."""


_SUBSCRIPTIONS = select(t.subscriptions).order_by(
    t.subscriptions.c.chat_id, t.subscriptions.c.thread_id, t.subscriptions.c.topic
)
_SUBSCRIBED = select(t.chats).where(t.chats.c.id.in_(select(t.subscriptions.c.chat_id)))


def merged(stored: Chat, was: Chat, wanted: Chat) -> Chat:
    """`stored` with what `wanted` changes of `was`, setting by setting. What an operator decided since on the access
    stands."""
    changes = changed(was, wanted)
    changes["settings"] = replace(stored.settings, **changed(was.settings, wanted.settings))
    if stored.access not in (was.access, *UNDECIDED):
        changes.pop("access", None)
    return replace(stored, **changes)


def changed(was: Chat | ChatSettings, wanted: Chat | ChatSettings) -> dict[str, Any]:
    """The fields that `wanted` has otherwise than `was`, but never the id."""
    names = [field.name for field in fields(wanted) if field.name != "id"]
    return {name: getattr(wanted, name) for name in names if getattr(wanted, name) != getattr(was, name)}


class ChatPart(Part):
    """Rows of `chats`, `subscriptions` and what belongs to people."""

    # -- chats

    def chat(self, chat_id: int) -> Chat | None:
        """The chat, where it is now; None when it is unknown."""
        with self._db.read() as connection:
            now_at = self._moved(connection, chat_id)
            row = connection.execute(select(t.chats).where(t.chats.c.id == now_at)).first()
            return chat_of(row) if row else None

    def chats(self) -> list[Chat]:
        """Every chat, by title."""
        with self._db.read() as connection:
            return [chat_of(row) for row in connection.execute(select(t.chats).order_by(t.chats.c.title, t.chats.c.id))]

    def upsert_chat(self, chat: Chat, was: Chat | None = None) -> Chat:
        """Store the chat; answers it as it is stored now, under the id that it has now.

        `was`: the chat as the caller had read it. Of a known chat only what `chat` changes of that is written (nothing
        without `was`): what another turn, an operator or the outbox wrote since is kept.
        """
        with self._db.write() as connection:
            now_at = self._moved(connection, chat.id)
            row = connection.execute(select(t.chats).where(t.chats.c.id == now_at).with_for_update()).first()
            stored = chat_of(row) if row else None
            new = replace(chat, id=now_at) if stored is None else merged(stored, was or chat, chat)
            if new != stored:
                connection.execute(self._upsert(t.chats, chat_columns(new), ("id",)))
            return new

    def suspend_chat(self, chat_id: int, reason: str) -> None:
        """Send nothing to the chat; everything of it is kept."""
        with self._db.write() as connection:
            connection.execute(update(t.chats).where(t.chats.c.id == chat_id).values(suspended=reason))

    def resume_chat(self, chat_id: int) -> bool:
        """Send again; False when the chat was not suspended."""
        with self._db.write() as connection:
            done = connection.execute(
                update(t.chats).where(t.chats.c.id == chat_id, t.chats.c.suspended.is_not(None)).values(suspended=None)
            )
            return done.rowcount > 0

    def revoke_access(self, chat_id: int) -> None:
        """Take the chat's access away, and drop what waits to be sent to it; its subscriptions are kept."""
        d = t.deliveries.c
        with self._db.write() as connection:
            connection.execute(update(t.chats).where(t.chats.c.id == chat_id).values(access="revoked"))
            waiting = (d.chat_id == chat_id, d.state.in_(("pending", "unknown", "held")), d.lease_owner.is_(None))
            connection.execute(t.deliveries.delete().where(*waiting))

    def messages_since(self, chat_id: int, since: datetime) -> int:
        """How many messages the chat got since; a digest is one, and edits are none."""
        d = t.deliveries.c
        message = func.coalesce(d.digest_id, d.id)
        query = select(func.count(func.distinct(message))).where(
            d.chat_id == chat_id, d.state == "sent", d.kind != "edit", d.settled_at >= since
        )
        with self._db.read() as connection:
            return int(connection.execute(query).scalar_one())

    def migrate_chat(self, old: int, new: int) -> None:
        """A group became a supergroup."""
        with self._db.write() as connection:
            move_chat(connection, old, new)

    def forget_chat(self, chat_id: int) -> bool:
        """Delete everything of the chat; False when it is unknown."""
        with self._db.write() as connection:
            own = (t.deliveries, t.story_messages, t.rolling, t.source_mutes, t.feedback, t.callbacks, t.subscriptions)
            for table in own:
                connection.execute(table.delete().where(table.c.chat_id == chat_id))
            connection.execute(t.access_requests.delete().where(t.access_requests.c.chat_id == chat_id))
            return connection.execute(t.chats.delete().where(t.chats.c.id == chat_id)).rowcount > 0

    def export_chat(self, chat_id: int) -> dict[str, Any]:
        """Everything that is kept of the chat, as plain JSON data."""
        with self._db.read() as connection:
            found: dict[str, Any] = {}
            for table in (t.chats, t.subscriptions, t.source_mutes, t.feedback, t.access_requests):
                column = table.c.id if table is t.chats else table.c.chat_id
                found[table.name] = [
                    {key: iso(value) if isinstance(value, datetime) else value for key, value in row._mapping.items()}
                    for row in connection.execute(select(table).where(column == chat_id))
                ]
            query = select(func.count()).where(t.deliveries.c.chat_id == chat_id, t.deliveries.c.state == "sent")
            found["messages_sent"] = connection.execute(query).scalar_one()
        return found

    # -- subscriptions

    def subscriptions(self, topics: Iterable[str] | None = None) -> list[tuple[Subscription, Chat]]:
        """Subscriptions (of some topics, or all) with their chats, suspended chats too."""
        query = _SUBSCRIPTIONS if topics is None else _SUBSCRIPTIONS.where(t.subscriptions.c.topic.in_(list(topics)))
        with self._db.read() as connection:
            rows = connection.execute(query).all()
            found = connection.execute(_SUBSCRIBED).all() if rows else []
        ids = {row.chat_id for row in rows}
        chats = {row.id: chat_of(row) for row in found if row.id in ids}
        return [(subscription_of(row), chats[row.chat_id]) for row in rows]

    def chat_subscriptions(self, chat_id: int) -> list[Subscription]:
        """Subscriptions of a chat, in every forum topic."""
        query = select(t.subscriptions).where(t.subscriptions.c.chat_id == chat_id)
        with self._db.read() as connection:
            rows = connection.execute(query.order_by(t.subscriptions.c.thread_id, t.subscriptions.c.topic))
            return [subscription_of(row) for row in rows]

    def subscribe(self, subscription: Subscription, now: datetime) -> bool:
        """Add a subscription; False when there is one already (it stays as it is)."""
        with self._db.write() as connection:
            row = {
                "chat_id": subscription.chat_id,
                "topic": subscription.topic,
                "thread_id": subscription.thread_id or 0,
                "settings": settings_dict(subscription.settings),
                "muted_until": subscription.muted_until,
                "created_by": subscription.created_by,
                "created_at": now,
            }
            return self._added(connection, t.subscriptions, row)

    def unsubscribe(self, chat_id: int, topic: str | None, thread_id: int | None = None) -> bool:
        """Remove a subscription (topic None: all of the chat's thread); False when there was none.

        What a digest holds of it is dropped: nobody wants to be told of what they have just left.
        """
        s, d = t.subscriptions.c, t.deliveries.c
        with self._db.write() as connection:
            for batch in chunks(_held(connection, chat_id, topic, thread_id)):
                connection.execute(t.deliveries.delete().where(d.id.in_(batch)))
            query = t.subscriptions.delete().where(s.chat_id == chat_id, s.thread_id == (thread_id or 0))
            if topic is not None:
                query = query.where(s.topic == topic)
            return connection.execute(query).rowcount > 0

    def update_subscription(self, subscription: Subscription) -> bool:
        """Store settings and mute of an existing subscription; False when there is none.

        What a digest holds of a muted topic waits for the end of the mute.
        """
        s, d = t.subscriptions.c, t.deliveries.c
        until = subscription.muted_until
        with self._db.write() as connection:
            held = _held(connection, subscription.chat_id, subscription.topic, subscription.thread_id) if until else []
            for batch in chunks(held):
                later = update(t.deliveries).where(d.id.in_(batch), d.next_attempt_at < until)
                connection.execute(later.values(next_attempt_at=until))
            done = connection.execute(
                update(t.subscriptions)
                .where(
                    s.chat_id == subscription.chat_id,
                    s.topic == subscription.topic,
                    s.thread_id == (subscription.thread_id or 0),
                )
                .values(settings=settings_dict(subscription.settings), muted_until=subscription.muted_until)
            )
            return done.rowcount > 0

    # -- muted sources

    def mute_source(self, chat_id: int, source: str, until: datetime | None) -> None:
        """Tell the chat nothing of an outlet, until a time or for good."""
        with self._db.write() as connection:
            values = {"chat_id": chat_id, "source": source, "until": until}
            connection.execute(self._upsert(t.source_mutes, values, ("chat_id", "source")))

    def unmute_source(self, chat_id: int, source: str) -> bool:
        """Take a mute back; False when there was none."""
        m = t.source_mutes.c
        with self._db.write() as connection:
            done = connection.execute(t.source_mutes.delete().where(m.chat_id == chat_id, m.source == source))
            return done.rowcount > 0

    def source_mutes(self, chat_id: int) -> dict[str, datetime | None]:
        """Muted outlets of a chat, and until when."""
        with self._db.read() as connection:
            rows = connection.execute(select(t.source_mutes).where(t.source_mutes.c.chat_id == chat_id))
            return {row.source: row.until for row in rows}

    def all_source_mutes(self, now: datetime) -> dict[int, frozenset[str]]:
        """Per chat, the outlets muted now, case-folded: what a plan needs."""
        m = t.source_mutes.c
        found: dict[int, set[str]] = {}
        with self._db.read() as connection:
            for row in connection.execute(select(t.source_mutes).where(or_(m.until.is_(None), m.until > now))):
                found.setdefault(row.chat_id, set()).add(row.source.casefold())
        return {chat_id: frozenset(sources) for chat_id, sources in found.items()}

    # -- access

    def request_access(self, chat_id: int, title: str, username: str | None, now: datetime) -> bool:
        """Note that somebody asks to use the bot; False when the question is already open or decided."""
        row = {"chat_id": chat_id, "title": title, "username": username, "requested_at": now}
        with self._db.write() as connection:
            return self._added(connection, t.access_requests, row)

    def access_requests(self) -> list[AccessRequest]:
        """Questions that nobody has decided, oldest first."""
        r = t.access_requests.c
        with self._db.read() as connection:
            query = select(t.access_requests).where(r.decided_at.is_(None)).order_by(r.requested_at)
            return [
                AccessRequest(row.chat_id, row.title, row.username, row.requested_at)
                for row in connection.execute(query)
            ]

    def decide_access(self, chat_id: int, granted: bool, by: int, now: datetime) -> bool:
        """Decide an open question; False when it is no longer open."""
        r = t.access_requests.c
        with self._db.write() as connection:
            done = connection.execute(
                update(t.access_requests)
                .where(r.chat_id == chat_id, r.decided_at.is_(None))
                .values(decided_at=now, decided_by=by, granted=granted)
            )
            return done.rowcount > 0

    def create_invite(self, token_hash: str, by: int, expires_at: datetime, now: datetime) -> None:
        """Store an invite; only its hash is known here."""
        with self._db.write() as connection:
            connection.execute(
                t.invites.insert().values(token_hash=token_hash, created_by=by, created_at=now, expires_at=expires_at)
            )

    def use_invite(self, token_hash: str, used_by: int, now: datetime) -> bool:
        """Use an invite up: one statement, so that of two who try only one succeeds."""
        i = t.invites.c
        with self._db.write() as connection:
            done = connection.execute(
                update(t.invites)
                .where(and_(i.token_hash == token_hash, i.used_at.is_(None), i.expires_at > now))
                .values(used_by=used_by, used_at=now)
            )
            return done.rowcount > 0

    # -- feedback

    def add_feedback(self, alert_id: int, chat_id: int, user_id: int, verdict: str, now: datetime) -> bool:
        """Note what a person says of an alert, for each of its rules; False when the chat was never told it."""
        with self._db.write() as connection:
            told = select(t.deliveries.c.id).where(
                t.deliveries.c.alert_id == alert_id, t.deliveries.c.chat_id == chat_id
            )
            alert = connection.execute(select(t.alerts).where(t.alerts.c.id == alert_id, told.exists())).first()
            if alert is None:
                return False
            for rule in alert.rules:
                values = {
                    "chat_id": chat_id,
                    "user_id": user_id,
                    "alert_id": alert_id,
                    "rule": rule,
                    "entry_id": alert.entry_id,
                    "verdict": verdict,
                    "created_at": now,
                }
                connection.execute(self._upsert(t.feedback, values, ("chat_id", "user_id", "alert_id", "rule")))
            return True

    def feedback_by_rule(self, since: datetime) -> list[RuleFeedback]:
        """Rules that alerted since, with how many of their alerts were called not relevant."""
        a, f = t.alerts.c, t.feedback.c
        alerts: dict[str, int] = {}
        with self._db.read() as connection:
            for row in connection.execute(select(a.rules).where(a.created_at >= since, a.kind == "new")):
                for rule in row.rules:
                    alerts[rule] = alerts.get(rule, 0) + 1
            query = (
                select(f.rule, func.count(func.distinct(f.alert_id)))
                .where(f.created_at >= since, f.verdict == "irrelevant")
                .group_by(f.rule)
            )
            irrelevant = {row[0]: row[1] for row in connection.execute(query)}
        return [
            RuleFeedback(rule, alerts.get(rule, 0), irrelevant.get(rule, 0))
            for rule in sorted(alerts.keys() | irrelevant.keys())
        ]

    def irrelevant_entries(self, rule: str, limit: int = 100) -> list[int]:
        """Ids of entries that readers called not relevant for a rule, newest first."""
        f = t.feedback.c
        query = (
            select(f.entry_id)
            .where(f.rule == rule, f.verdict == "irrelevant", f.entry_id.is_not(None))
            .group_by(f.entry_id)
            .order_by(func.max(f.created_at).desc())
            .limit(limit)
        )
        with self._db.read() as connection:
            return list(connection.execute(query).scalars())

    # -- callbacks

    def put_token(self, payload: dict[str, Any], now: datetime, chat_id: int = 0) -> str:
        """Keep what a button means; answers a token of 16 characters for its callback data."""
        token = secrets.token_urlsafe(12)
        with self._db.write() as connection:
            connection.execute(
                t.callbacks.insert().values(
                    token=token, chat_id=chat_id, payload=payload, expires_at=now + CALLBACK_LIFE
                )
            )
        return token

    def get_token(self, token: str, now: datetime | None = None) -> dict[str, Any] | None:
        """What the button meant; None when unknown or expired."""
        with self._db.read() as connection:
            row = connection.execute(select(t.callbacks).where(t.callbacks.c.token == token)).first()
        if row is None or (now is not None and row.expires_at <= now):
            return None
        return dict(row.payload)


def _held(connection: Connection, chat_id: int, topic: str | None, thread_id: int | None) -> list[int]:
    """Ids of what is held for a digest of a chat's thread, of a topic and no other (topic None: of any)."""
    d = t.deliveries.c
    waiting = (d.state == DeliveryState.HELD.value, d.lease_owner.is_(None))
    query = select(d.id, d.topics).where(d.chat_id == chat_id, d.thread_id == (thread_id or 0), *waiting)
    return [row.id for row in connection.execute(query) if topic is None or set(row.topics) == {topic}]
