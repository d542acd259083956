"""Chats on both engines: subscriptions, access, feedback, a person's own data."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from storage_world import DAY, HOUR, LEASE, NOW, SECOND, a_chat, a_delivery, claim, send_all, tell

from watchbot.model import Chat, ChatKind, ChatSettings, DeliveryState, Priority, Settlement, Subscription
from watchbot.storage import RuleFeedback, Storage

SETTINGS = ChatSettings(
    mode="daily",
    digest_times=("08:00", "18:00"),
    quiet_from="22:00",
    quiet_to="07:00",
    high_breaks_quiet=False,
    min_priority=Priority.LOW,
    languages=("kk", "ru"),
    silent=True,
    summary=False,
    photo=True,
    bursts=False,
    per_hour=0,
)


def test_a_chat_comes_back_as_it_was(storage: Storage) -> None:
    chat = Chat(-(10**14), ChatKind.CHANNEL, "Қ <b>", "u", "kk", "Asia/Almaty", SETTINGS, "kicked", "admin", 20)
    storage.upsert_chat(chat)
    assert storage.chat(chat.id) == chat
    changed = replace(chat, title="x", settings=ChatSettings(), suspended=None)
    assert storage.upsert_chat(changed, was=chat) == changed
    assert storage.upsert_chat(chat) == changed, "one that only makes sure that the chat is there changes nothing"
    assert storage.chats() == [changed]
    assert storage.chat(5) is None


@pytest.mark.parametrize(
    ("meanwhile", "wish", "stored"),
    [
        ({"quota": 5}, {"language": "de"}, {"quota": 5, "language": "de"}),
        ({"suspended": "blocked"}, {"timezone": "Asia/Almaty"}, {"suspended": "blocked", "timezone": "Asia/Almaty"}),
        ({"language": "de"}, {"language": "ru"}, {"language": "ru"}),
        ({"access": "revoked"}, {"language": "de"}, {"access": "revoked", "language": "de"}),
        ({"access": "revoked"}, {"access": "granted"}, {"access": "revoked"}),
        ({"access": "granted"}, {"access": "requested"}, {"access": "granted"}),
        ({"access": "requested"}, {"access": "granted"}, {"access": "granted"}),
        (
            {"settings": ChatSettings(silent=True)},
            {"settings": ChatSettings(photo=True), "suspended": None},
            {"settings": ChatSettings(silent=True, photo=True)},
        ),
    ],
)
def test_what_was_written_since_a_chat_was_read_is_kept(
    storage: Storage, meanwhile: dict[str, Any], wish: dict[str, Any], stored: dict[str, Any]
) -> None:
    read = Chat(1, ChatKind.PRIVATE, "x")
    storage.upsert_chat(read)
    storage.upsert_chat(replace(read, **meanwhile), was=read)
    assert storage.upsert_chat(replace(read, **wish), was=read) == replace(read, **stored)
    assert storage.chat(1) == replace(read, **stored)


def test_a_chat_that_moved_since_it_was_read_is_changed_where_it_is_now(storage: Storage) -> None:
    read = Chat(-1, ChatKind.GROUP, "x")
    storage.upsert_chat(read)
    storage.migrate_chat(-1, -1001)
    now = storage.upsert_chat(replace(read, language="de"), was=read)
    assert storage.chats() == [now] == [replace(read, id=-1001, kind=ChatKind.SUPERGROUP, language="de")]


def test_subscriptions(storage: Storage) -> None:
    a_chat(storage, 1)
    a_chat(storage, 2)
    own = Subscription(1, "csto", 7, SETTINGS, NOW + HOUR, created_by=9)
    assert storage.subscribe(own, NOW)
    assert not storage.subscribe(replace(own, settings=ChatSettings()), NOW), "it stays as it is"
    assert storage.subscribe(Subscription(1, "csto"), NOW), "another forum topic is another subscription"
    assert storage.subscribe(Subscription(2, "massimov"), NOW)
    assert storage.chat_subscriptions(1) == [Subscription(1, "csto"), own]
    found = storage.subscriptions(["massimov", "other"])
    assert [(s.topic, c.id) for s, c in found] == [("massimov", 2)]
    assert len(storage.subscriptions()) == 3
    assert storage.subscriptions([]) == []
    assert storage.update_subscription(replace(own, muted_until=None))
    assert not storage.update_subscription(Subscription(1, "nothing"))
    assert storage.chat_subscriptions(1)[1].muted_until is None
    assert storage.unsubscribe(1, "csto", 7) and not storage.unsubscribe(1, "csto", 7)
    assert storage.unsubscribe(1, None) and storage.chat_subscriptions(1) == []


def test_what_a_digest_holds_follows_its_topic(storage: Storage) -> None:
    a_chat(storage, 1)
    own = Subscription(1, "massimov")
    storage.subscribe(own, NOW)
    held = a_delivery(1, state=DeliveryState.HELD)
    both = replace(held, topics=("almaty", "massimov"))
    number, other = tell(storage, (held,)), tell(storage, (both,))
    storage.update_subscription(replace(own, muted_until=NOW + HOUR))
    (group,) = storage.claim_digests(NOW, 10, LEASE)
    assert [d.alert_id for d in group.deliveries] == [other], "what is of another topic too is told"
    storage.settle_many([Settlement(d.id, DeliveryState.SENT, message_id=1) for d in group.deliveries], NOW)
    assert storage.next_attempt(NOW) == NOW + HOUR
    storage.unsubscribe(1, "almaty")
    (group,) = storage.claim_digests(NOW + HOUR, 10, LEASE)
    assert [d.alert_id for d in group.deliveries] == [number]
    storage.settle(Settlement(group.deliveries[0].id, DeliveryState.HELD, next_attempt_at=NOW + HOUR), NOW)
    storage.unsubscribe(1, "massimov")
    assert storage.claim_digests(NOW + HOUR, 10, LEASE) == []


def test_muted_sources(storage: Storage) -> None:
    a_chat(storage, 1)
    storage.mute_source(1, "TASS", None)
    storage.mute_source(1, "Дождь", NOW + HOUR)
    assert storage.source_mutes(1) == {"TASS": None, "Дождь": NOW + HOUR}
    assert storage.all_source_mutes(NOW) == {1: frozenset({"tass", "дождь"})}
    assert storage.all_source_mutes(NOW + HOUR) == {1: frozenset({"tass"})}
    assert storage.unmute_source(1, "TASS") and not storage.unmute_source(1, "TASS")


def test_access_requests(storage: Storage) -> None:
    assert storage.request_access(5, "Eve", "eve", NOW)
    assert not storage.request_access(5, "Eve", "eve", NOW), "asking again disturbs nobody"
    assert storage.request_access(4, "Bob", None, NOW - SECOND)
    assert [r.chat_id for r in storage.access_requests()] == [4, 5]
    assert storage.decide_access(5, True, 1, NOW) and not storage.decide_access(5, False, 1, NOW)
    assert [r.chat_id for r in storage.access_requests()] == [4]


def test_an_invite_works_once_and_in_time(storage: Storage) -> None:
    for token in ("a", "b"):
        storage.create_invite(token, 1, NOW + HOUR, NOW)
    assert not storage.use_invite("nothing", 5, NOW)
    assert storage.use_invite("a", 5, NOW)
    assert not storage.use_invite("a", 5, NOW), "replayed"
    assert not storage.use_invite("a", 6, NOW), "by another"
    assert not storage.use_invite("b", 5, NOW + HOUR), "too late"


def test_feedback_counts_per_rule(storage: Storage) -> None:
    first, second = tell(storage, (1, 2)), tell(storage, (1,))
    assert storage.add_feedback(first, 1, 11, "irrelevant", NOW)
    assert storage.add_feedback(first, 1, 11, "irrelevant", NOW), "the same click again"
    assert storage.add_feedback(first, 2, 22, "irrelevant", NOW)
    assert storage.add_feedback(second, 1, 11, "relevant", NOW)
    assert not storage.add_feedback(second, 2, 22, "irrelevant", NOW), "never told to this chat: forged"
    assert not storage.add_feedback(99, 1, 11, "irrelevant", NOW)
    assert storage.feedback_by_rule(NOW) == [RuleFeedback("massimov", 2, 1)]
    assert storage.irrelevant_entries("massimov") == [1]
    storage.add_feedback(first, 1, 11, "relevant", NOW + SECOND)
    storage.add_feedback(first, 2, 22, "relevant", NOW + SECOND)
    assert storage.irrelevant_entries("massimov") == []


def test_button_tokens(storage: Storage) -> None:
    token = storage.put_token({"do": "mute", "source": "Қазақ"}, NOW)
    assert len(token) <= 22
    assert storage.get_token(token, NOW) == {"do": "mute", "source": "Қазақ"}
    assert storage.get_token(token, NOW + 365 * DAY) is None
    assert storage.get_token("forged") is None


def test_a_person_takes_their_data_and_is_forgotten(storage: Storage) -> None:
    a_chat(storage, 1, topics=["massimov"])
    a_chat(storage, 2, topics=["massimov"])
    storage.mute_source(1, "TASS", NOW)
    storage.request_access(1, "Ann", "ann", NOW)
    number = tell(storage, (1, 2), story="s")
    send_all(storage)
    tell(storage, (1, 2))
    storage.add_feedback(number, 1, 1, "irrelevant", NOW)
    exported = json.loads(json.dumps(storage.export_chat(1)))
    assert exported["subscriptions"][0]["topic"] == "massimov"
    assert exported["source_mutes"][0]["until"] == NOW.isoformat()
    assert (len(exported["feedback"]), len(exported["access_requests"]), exported["messages_sent"]) == (1, 1, 1)
    assert storage.forget_chat(1) and not storage.forget_chat(1)
    empty = storage.export_chat(1)
    assert not any(empty.values())
    assert [d.chat_id for d in claim(storage)] == [2]
    assert len(storage.subscriptions()) == 1


def test_revoked_access_drops_what_waits_and_keeps_the_rest(storage: Storage) -> None:
    a_chat(storage, 1)
    a_chat(storage, 2)
    storage.subscribe(Subscription(1, "kz"), NOW)
    tell(storage, [1, 2])
    storage.revoke_access(1)
    chat = storage.chat(1)
    assert chat and chat.access == "revoked"
    assert [s.topic for s in storage.chat_subscriptions(1)] == ["kz"]
    assert [d.chat_id for d in storage.claim_deliveries(NOW, 10, HOUR)] == [2]


def test_messages_since_counts_a_digest_once(storage: Storage) -> None:
    a_chat(storage, 1)
    assert storage.messages_since(1, NOW - HOUR) == 0
    tell(storage, [1])
    send_all(storage)
    assert storage.messages_since(1, NOW - HOUR) == 1
    assert storage.messages_since(1, NOW + HOUR) == 0
