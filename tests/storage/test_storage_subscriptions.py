"""A state machine of chats, subscriptions and invites on a virtual clock, against a model, on both engines.

Every question goes to another connection than the one that wrote, so that what is answered is what was committed.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from storage_world import NOW, a_delivery, tell

from profiles import MEMORY, machine_settings, on_postgresql
from servers.postgres import PrivatePostgres
from watchbot.model import Chat, ChatKind, ChatSettings, Priority, Subscription
from watchbot.storage import Storage

PEOPLE = (1, 2)
GROUPS = (-1, -2)
SUPERGROUPS = (-1001, -1002)
TOPICS = ("csto", "massimov", "almaty")
SOURCES = ("TASS", "Tengrinews")
TOKENS = ("a" * 64, "b" * 64)
SETTINGS = st.builds(
    ChatSettings,
    mode=st.sampled_from([None, "hourly", "daily"]),
    digest_times=st.sampled_from([None, ("08:00", "18:00")]),
    quiet_from=st.sampled_from([None, "22:00"]),
    min_priority=st.sampled_from([None, Priority.HIGH]),
    languages=st.sampled_from([None, ("kk", "ru")]),
)
HOURS = st.sampled_from([None, -1, 1, 30])
Key = tuple[int, str, int | None]


@dataclass
class Model:
    """`moves`: where a group has become a supergroup. `queue`: alert numbers waiting for a chat."""

    chats: dict[int, Chat] = field(default_factory=dict)
    subscriptions: dict[Key, Subscription] = field(default_factory=dict)
    mutes: dict[int, dict[str, datetime | None]] = field(default_factory=dict)
    moves: dict[int, int] = field(default_factory=dict)
    queue: dict[int, set[int]] = field(default_factory=dict)
    invites: dict[str, datetime] = field(default_factory=dict)
    asked: dict[int, bool] = field(default_factory=dict)


class SubscriptionMachine(RuleBasedStateMachine):
    """One connection that writes, one that is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.model = Model()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        url = self.new_database()
        self.storage, self.seen = Storage(url), Storage(url)
        self.storage.migrate(NOW)

    def new_database(self) -> str:
        return f"sqlite:///{Path(self.folder.name) / 'w.db'}"

    def teardown(self) -> None:
        for storage in (self.storage, self.seen):
            storage.close()
        self.folder.cleanup()

    def any_chat(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.model.chats)), "chat")

    def soon(self, hours: int | None) -> datetime | None:
        return None if hours is None else self.now + timedelta(hours=hours)

    # -- what happens

    @rule(hours=st.sampled_from([1, 25]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(chat_id=st.sampled_from([*PEOPLE, *GROUPS, *SUPERGROUPS]), settings=SETTINGS)
    def a_chat_appears_or_changes(self, chat_id: int, settings: ChatSettings) -> None:
        if chat_id in self.model.moves:
            return  # Telegram never speaks of the old group again
        kind = ChatKind.PRIVATE if chat_id > 0 else ChatKind.GROUP if chat_id > -1000 else ChatKind.SUPERGROUP
        chat = Chat(chat_id, kind, f"chat {chat_id}", settings=settings, access="granted")
        self.storage.upsert_chat(chat, was=self.model.chats.get(chat_id))
        self.model.chats[chat_id] = chat

    @precondition(lambda self: self.model.chats)
    @rule(data=st.data(), topic=st.sampled_from(TOPICS), thread=st.sampled_from([None, 7]), settings=SETTINGS)
    def subscribe(self, data: st.DataObject, topic: str, thread: int | None, settings: ChatSettings) -> None:
        wanted = Subscription(self.any_chat(data), topic, thread, settings, created_by=9)
        key = (wanted.chat_id, topic, thread)
        assert self.storage.subscribe(wanted, self.now) == (key not in self.model.subscriptions)
        self.model.subscriptions.setdefault(key, wanted)

    @precondition(lambda self: self.model.chats)
    @rule(data=st.data(), topic=st.sampled_from([None, *TOPICS]), thread=st.sampled_from([None, 7]))
    def unsubscribe(self, data: st.DataObject, topic: str | None, thread: int | None) -> None:
        chat_id = self.any_chat(data)
        gone = [k for k in self.model.subscriptions if k[0] == chat_id and k[2] == thread and topic in (None, k[1])]
        assert self.storage.unsubscribe(chat_id, topic, thread) == bool(gone)
        for key in gone:
            del self.model.subscriptions[key]

    @precondition(lambda self: self.model.chats)
    @rule(data=st.data(), topic=st.sampled_from(TOPICS), settings=SETTINGS, hours=HOURS)
    def pause_or_set(self, data: st.DataObject, topic: str, settings: ChatSettings, hours: int | None) -> None:
        key = (self.any_chat(data), topic, None)
        known = self.model.subscriptions.get(key, Subscription(key[0], topic))
        changed = replace(known, settings=settings, muted_until=self.soon(hours))
        assert self.storage.update_subscription(changed) == (key in self.model.subscriptions)
        if key in self.model.subscriptions:
            self.model.subscriptions[key] = changed

    @precondition(lambda self: self.model.chats)
    @rule(data=st.data(), source=st.sampled_from(SOURCES), hours=HOURS, on=st.booleans())
    def mute_a_source(self, data: st.DataObject, source: str, hours: int | None, on: bool) -> None:
        chat_id = self.any_chat(data)
        muted = self.model.mutes.setdefault(chat_id, {})
        if on:
            self.storage.mute_source(chat_id, source, self.soon(hours))
            muted[source] = self.soon(hours)
        else:
            assert self.storage.unmute_source(chat_id, source) == (source in muted)
            muted.pop(source, None)

    @precondition(lambda self: self.model.chats)
    @rule(data=st.data(), reason=st.sampled_from([None, "blocked", "kicked"]))
    def suspend_or_resume(self, data: st.DataObject, reason: str | None) -> None:
        chat_id = self.any_chat(data)
        chat = self.model.chats[chat_id]
        if reason is None:
            assert self.storage.resume_chat(chat_id) == (chat.suspended is not None)
        else:
            self.storage.suspend_chat(chat_id, reason)
        self.model.chats[chat_id] = replace(chat, suspended=reason)

    @precondition(lambda self: self.model.chats)
    @rule(data=st.data())
    def an_alert(self, data: st.DataObject) -> None:
        chat_id = self.any_chat(data)
        number = tell(self.storage, [a_delivery(chat_id, not_before=self.now)], now=self.now)
        self.model.queue.setdefault(chat_id, set()).add(number)

    @rule(old=st.sampled_from(GROUPS), new=st.sampled_from(SUPERGROUPS))
    def migrate(self, old: int, new: int) -> None:
        """A group becomes a supergroup, which the bot may know already; what both have is kept once."""
        if old in self.model.moves or new in self.model.moves.values():
            return
        self.storage.migrate_chat(old, new)
        model = self.model
        model.moves[old] = new
        chat = model.chats.pop(old, None)
        if chat is not None and new not in model.chats:
            model.chats[new] = replace(chat, id=new, kind=ChatKind.SUPERGROUP)
        for key in [k for k in model.subscriptions if k[0] == old]:
            moved = replace(model.subscriptions.pop(key), chat_id=new)
            model.subscriptions.setdefault((new, *key[1:]), moved)
        model.mutes[new] = model.mutes.pop(old, {}) | model.mutes.get(new, {})
        model.queue[new] = model.queue.pop(old, set()) | model.queue.get(new, set())

    @precondition(lambda self: self.model.chats)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        chat_id = self.any_chat(data)
        assert self.storage.forget_chat(chat_id)
        assert not self.storage.forget_chat(chat_id)
        model = self.model
        del model.chats[chat_id]
        model.subscriptions = {k: s for k, s in model.subscriptions.items() if k[0] != chat_id}
        model.mutes.pop(chat_id, None)
        model.queue.pop(chat_id, None)
        model.asked.pop(chat_id, None)

    # -- access

    @rule(token=st.sampled_from(TOKENS), hours=st.sampled_from([1, 30]))
    def invite(self, token: str, hours: int) -> None:
        if token not in self.model.invites:
            self.storage.create_invite(token, 9, self.now + timedelta(hours=hours), self.now)
            self.model.invites[token] = self.now + timedelta(hours=hours)

    @rule(token=st.sampled_from(TOKENS), who=st.sampled_from(PEOPLE))
    def use_an_invite(self, token: str, who: int) -> None:
        """Once, in time; a replay is refused, whoever tries."""
        valid = self.model.invites.get(token, NOW) > self.now
        assert self.storage.use_invite(token, who, self.now) == valid
        assert not self.seen.use_invite(token, who, self.now)
        if valid:
            self.model.invites[token] = NOW

    @rule(who=st.sampled_from(PEOPLE))
    def ask_for_access(self, who: int) -> None:
        assert self.storage.request_access(who, "x", None, self.now) == (who not in self.model.asked)
        self.model.asked.setdefault(who, True)

    @rule(who=st.sampled_from(PEOPLE), granted=st.booleans())
    def decide(self, who: int, granted: bool) -> None:
        assert self.storage.decide_access(who, granted, 9, self.now) == self.model.asked.get(who, False)
        if who in self.model.asked:
            self.model.asked[who] = False

    # -- what always holds

    @invariant()
    def chats_agree(self) -> None:
        assert {chat.id: chat for chat in self.seen.chats()} == self.model.chats
        for old, new in self.model.moves.items():
            assert self.seen.chat(old) == self.model.chats.get(new), "asked by its old id, a chat is where it went"

    @invariant()
    def subscriptions_agree(self) -> None:
        expected = self.model.subscriptions
        found = self.seen.subscriptions()
        assert {(s.chat_id, s.topic, s.thread_id): s for s, _ in found} == expected and len(found) == len(expected)
        assert all(chat == self.model.chats[s.chat_id] for s, chat in found)
        for topic in TOPICS:
            keys = [(s.chat_id, s.topic, s.thread_id) for s, _ in self.seen.subscriptions([topic])]
            assert sorted(keys, key=str) == sorted((k for k in expected if k[1] == topic), key=str)

    @invariant()
    def mutes_agree(self) -> None:
        now = {
            chat_id: frozenset(s.casefold() for s, until in muted.items() if until is None or until > self.now)
            for chat_id, muted in self.model.mutes.items()
        }
        assert self.seen.all_source_mutes(self.now) == {chat_id: sources for chat_id, sources in now.items() if sources}

    @invariant()
    def what_is_queued_follows_its_chat(self) -> None:
        """Through moves, suspension and unsubscribing; only a chat that is forgotten loses it."""
        status = self.seen.status(self.now)
        assert status.pending == sum(map(len, self.model.queue.values()))
        assert status.subscriptions == len(self.model.subscriptions)
        assert status.suspended_chats == sum(c.suspended is not None for c in self.model.chats.values())

    @invariant()
    def an_export_is_all_and_only_of_its_chat(self) -> None:
        for chat_id in self.model.chats:
            kept = self.seen.export_chat(chat_id)
            assert {row["topic"] for row in kept["subscriptions"]} == {
                topic for owner, topic, _ in self.model.subscriptions if owner == chat_id
            }
            assert {row["source"] for row in kept["source_mutes"]} == set(self.model.mutes.get(chat_id, {}))

    @invariant()
    def open_questions_agree(self) -> None:
        assert {r.chat_id for r in self.seen.access_requests()} == {w for w, open_ in self.model.asked.items() if open_}


@pytest.mark.fault(9)
@pytest.mark.fault(10)
@pytest.mark.fault(42)
def test_subscriptions_on_sqlite() -> None:
    run_state_machine_as_test(SubscriptionMachine, settings=machine_settings(20, 30))


def test_subscriptions_on_postgresql(postgres: PrivatePostgres) -> None:
    run_state_machine_as_test(on_postgresql(SubscriptionMachine, postgres), settings=machine_settings(8, 25))
