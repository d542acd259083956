"""A state machine of subscriptions and the outbox on a virtual clock, against both engines.

The model is a few dictionaries; whatever hypothesis does to the storage, through its interface only, must agree with
them: one delivery in flight per chat, order by priority and number, nothing lost, nothing twice, unknowns repeated
once a kill or doubt, suspended chats silent, leases exclusive.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from storage_world import LEASE, NOW, a_delivery, claim, tell

from profiles import MEMORY, machine_settings, on_postgresql
from servers.postgres import PrivatePostgres
from watchbot.model import Chat, ChatKind, Delivery, DeliveryState, Priority, Settlement, Subscription
from watchbot.storage import Storage
from watchbot.storage.claims import CRASHES, wait_after

CHATS = (1, 2, 3)
TOPICS = ("csto", "massimov")


@dataclass
class Waiting:
    """What the model knows of a delivery that is neither sent nor dead."""

    alert: int
    chat: int
    priority: Priority
    at: object
    doubt: bool = False


@dataclass
class Model:
    queue: dict[tuple[int, int], Waiting] = field(default_factory=dict)
    flying: dict[int, tuple[Delivery, str, object]] = field(default_factory=dict)
    sent: list[tuple[int, int]] = field(default_factory=list)
    dead: set[tuple[int, int]] = field(default_factory=set)
    suspended: set[int] = field(default_factory=set)
    subscribed: set[tuple[int, str]] = field(default_factory=set)
    doubts: dict[tuple[int, int], int] = field(default_factory=dict)


class OutboxMachine(RuleBasedStateMachine):
    """Two processes over one database."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.model = Model()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        url = self.new_database()
        self.processes = {name: Storage(url, owner=name) for name in ("a", "b")}
        self.processes["a"].migrate(NOW)

    def new_database(self) -> str:
        return f"sqlite:///{Path(self.folder.name) / 'w.db'}"

    def teardown(self) -> None:
        for storage in self.processes.values():
            storage.close()
        self.folder.cleanup()

    @initialize()
    def chats_exist(self) -> None:
        for chat in CHATS:
            self.processes["a"].upsert_chat(Chat(chat, ChatKind.PRIVATE, "x"))

    # -- what happens

    @rule(seconds=st.sampled_from([1, 20, 130]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(chat=st.sampled_from(CHATS), topic=st.sampled_from(TOPICS), on=st.booleans())
    def subscribe(self, chat: int, topic: str, on: bool) -> None:
        storage, key = self.processes["a"], (chat, topic)
        if on:
            assert storage.subscribe(Subscription(chat, topic), self.now) == (key not in self.model.subscribed)
            self.model.subscribed.add(key)
        else:
            assert storage.unsubscribe(chat, topic) == (key in self.model.subscribed)
            self.model.subscribed.discard(key)

    @rule(priority=st.sampled_from(Priority), chats=st.sets(st.sampled_from(CHATS), min_size=1))
    def an_alert(self, priority: Priority, chats: set[int]) -> None:
        number = tell(
            self.processes["a"],
            [a_delivery(c, not_before=self.now) for c in sorted(chats)],
            now=self.now,
            priority=priority,
        )
        for chat in chats:
            self.model.queue[number, chat] = Waiting(number, chat, priority, self.now)

    @rule(name=st.sampled_from("ab"), limit=st.integers(1, 3), busy=st.sets(st.sampled_from(CHATS), max_size=1))
    def a_claim(self, name: str, limit: int, busy: set[int]) -> None:
        expected = self.claimable(busy)[:limit]
        claimed = claim(self.processes[name], self.now, limit, busy_chats=busy)
        assert [(d.alert_id, d.chat_id) for d in claimed] == [(w.alert, w.chat) for w in expected]
        for delivery, waiting in zip(claimed, expected, strict=True):
            assert delivery.was_unknown == waiting.doubt
            del self.model.queue[waiting.alert, waiting.chat]
            self.model.flying[waiting.chat] = (delivery, name, self.now + LEASE)

    def claimable(self, busy: set[int]) -> list[Waiting]:
        heads = []
        for chat in CHATS:
            if chat in busy or chat in self.model.suspended or chat in self.model.flying:
                continue
            waiting = [w for w in self.model.queue.values() if w.chat == chat]
            if waiting:
                head = min(waiting, key=lambda w: (-w.priority, w.alert))
                if head.at <= self.now:
                    heads.append(head)
        return sorted(heads, key=lambda w: (-w.priority, w.alert, w.chat))

    @precondition(lambda self: self.model.flying)
    @rule(data=st.data(), outcome=st.sampled_from(["sent", "retry", "unknown", "dead", "suspend", "back"]))
    def an_outcome(self, data: st.DataObject, outcome: str) -> None:
        chat = data.draw(st.sampled_from(sorted(self.model.flying)))
        delivery, name, _ = self.model.flying.pop(chat)
        key, storage, later = (delivery.alert_id, chat), self.processes[name], self.now + timedelta(seconds=20)
        pending = DeliveryState.UNKNOWN if delivery.was_unknown else DeliveryState.PENDING
        requeued = Waiting(delivery.alert_id, chat, delivery.priority, later, delivery.was_unknown)
        settlement = Settlement(delivery.id, pending, next_attempt_at=later, error="x")
        if outcome == "sent":
            settlement = Settlement(delivery.id, DeliveryState.SENT, message_id=7)
            self.model.sent.append(key)
        elif outcome == "dead" or (outcome == "unknown" and delivery.was_unknown):
            settlement = Settlement(delivery.id, DeliveryState.DEAD, error="x")
            self.model.dead.add(key)
        else:
            self.model.queue[key] = requeued
            if outcome == "unknown":
                settlement = Settlement(delivery.id, DeliveryState.UNKNOWN, next_attempt_at=later, error="timeout")
                requeued.doubt = True
            elif outcome == "suspend":
                settlement = Settlement(
                    delivery.id, pending, next_attempt_at=later, error="403", suspend_chat="blocked"
                )
                self.model.suspended.add(chat)
            elif outcome == "back":
                settlement = Settlement(delivery.id, pending, next_attempt_at=later)
        storage.settle(settlement, self.now)
        storage.settle(settlement, self.now)  # once more changes nothing

    @rule(chat=st.sampled_from(CHATS))
    def a_resume(self, chat: int) -> None:
        assert self.processes["b"].resume_chat(chat) == (chat in self.model.suspended)
        self.model.suspended.discard(chat)

    @rule(name=st.sampled_from("ab"))
    def a_recovery(self, name: str) -> None:
        """Leases that ran out, whoever held them: that process is gone, or so slow that it counts as gone."""
        gone = [c for c, (_, _, until) in self.model.flying.items() if until < self.now]
        assert self.processes[name].recover(self.now) == len(gone)
        for chat in gone:
            delivery, _, _ = self.model.flying.pop(chat)
            key = (delivery.alert_id, chat)
            self.model.doubts[key] = self.model.doubts.get(key, 0) + 1
            if self.model.doubts[key] > CRASHES:
                self.model.dead.add(key)
            else:
                later = self.now + wait_after(self.model.doubts[key])
                self.model.queue[key] = Waiting(delivery.alert_id, chat, delivery.priority, later, delivery.was_unknown)

    # -- what always holds

    @invariant()
    def nothing_is_lost_and_nothing_sent_twice(self) -> None:
        status = self.processes["b"].status(self.now)
        assert status.sent == len(self.model.sent) == len(set(self.model.sent))
        assert status.dead == len(self.model.dead)
        assert status.pending == len(self.model.queue) + len(self.model.flying)
        assert status.suspended_chats == len(self.model.suspended)

    @invariant()
    def the_next_attempt_is_when_a_claim_succeeds(self) -> None:
        due = self.processes["b"].next_attempt(self.now)
        assert (due is not None and due <= self.now) == bool(self.claimable(set()))
        assert bool(self.processes["b"].waiting_now(self.now)) >= bool(self.claimable(set()))

    @invariant()
    def subscriptions_agree(self) -> None:
        found = {(s.chat_id, s.topic) for s, _ in self.processes["b"].subscriptions(TOPICS)}
        assert found == self.model.subscribed


def test_outbox_on_sqlite() -> None:
    run_state_machine_as_test(OutboxMachine, settings=machine_settings(20, 30))


def test_outbox_on_postgresql(postgres: PrivatePostgres) -> None:
    run_state_machine_as_test(on_postgresql(OutboxMachine, postgres), settings=machine_settings(6, 30))
