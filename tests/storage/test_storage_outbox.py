"""The outbox on both engines: claims, order, outcomes, edits, digests, recovery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from storage_world import (
    DAY,
    HOUR,
    LEASE,
    NOW,
    SECOND,
    a_chat,
    a_delivery,
    a_feed,
    an_entry,
    claim,
    refresh,
    send_all,
    tell,
)

from watchbot.model import (
    OVER_QUOTA,
    AlertKind,
    ChatKind,
    DeliveryKind,
    DeliveryState,
    FeedUpdate,
    PlacementKind,
    PlannedDelivery,
    Priority,
    Settlement,
    Subscription,
    UpdatePlan,
)
from watchbot.plan import Told
from watchbot.storage import DigestGroup, Storage
from watchbot.storage.claims import AT_ONCE, CRASHES

MINUTE = timedelta(minutes=1)


def settle(storage: Storage, delivery_id: int, state: DeliveryState, now=NOW, **more: object) -> None:
    storage.settle(Settlement(delivery_id, state, **more), now)  # type: ignore[arg-type]


# -- claims


def test_one_in_flight_per_chat_in_order(storage: Storage) -> None:
    first, second = tell(storage, (1, 2)), tell(storage, (1, 2))
    claimed = claim(storage)
    assert [(d.chat_id, d.alert_id) for d in claimed] == [(1, first), (2, first)]
    assert claim(storage) == []
    settle(storage, claimed[0].id, DeliveryState.SENT, message_id=1)
    assert [(d.chat_id, d.alert_id) for d in claim(storage)] == [(1, second)]


def test_high_priority_goes_first(storage: Storage) -> None:
    tell(storage, (1, 2))
    urgent = tell(storage, (2,), priority=Priority.HIGH)
    tell(storage, (3,), priority=Priority.LOW)
    assert [(d.chat_id, d.alert_id) for d in claim(storage)] == [(2, urgent), (1, 1), (3, 3)]


def test_the_limit_takes_the_most_urgent(storage: Storage) -> None:
    for chat in range(1, 6):
        tell(storage, (chat,))
    urgent = tell(storage, (9,), priority=Priority.HIGH)
    claimed = claim(storage, limit=2)
    assert [d.chat_id for d in claimed] == [9, 1]
    assert claimed[0].alert_id == urgent
    assert claim(storage, limit=0) == []


def test_busy_suspended_and_other_chats_are_left_out(storage: Storage) -> None:
    for chat in (1, 2, 3):
        a_chat(storage, chat)
    tell(storage, (1, 2, 3))
    storage.suspend_chat(2, "blocked")
    assert [d.chat_id for d in claim(storage, busy_chats={1})] == [3]
    assert [d.chat_id for d in claim(storage, only=[2, 3])] == []
    assert [d.chat_id for d in claim(storage, only=[1])] == [1]
    storage.resume_chat(2)
    assert [d.chat_id for d in claim(storage)] == [2]


def test_a_retry_keeps_its_chats_order_and_nobody_elses(storage: Storage) -> None:
    first = tell(storage, (1, 2))
    tell(storage, (1,))
    one, two = claim(storage)
    settle(storage, one.id, DeliveryState.PENDING, next_attempt_at=NOW + MINUTE, error="502")
    settle(storage, two.id, DeliveryState.SENT, message_id=5)
    assert claim(storage) == [], "the later alert of chat 1 must not overtake"
    urgent = tell(storage, (1,), priority=Priority.HIGH)
    (jumped,) = claim(storage)
    assert jumped.alert_id == urgent
    settle(storage, jumped.id, DeliveryState.SENT, message_id=6)
    (again,) = claim(storage, NOW + MINUTE)
    assert (again.alert_id, again.attempts) == (first, 2)


def test_a_lease_is_exclusive_until_settled(storage: Storage, connect: Callable[..., Storage]) -> None:
    other = connect()
    tell(storage, (1,))
    (mine,) = claim(storage)
    assert claim(other) == []
    settle(other, mine.id, DeliveryState.DEAD, error="not yours")
    settle(storage, mine.id, DeliveryState.SENT, message_id=7)
    settle(storage, mine.id, DeliveryState.DEAD, error="too late")
    assert storage.status(NOW).sent == 1
    assert storage.dead_deliveries() == []


def test_a_claim_given_back_was_no_attempt(storage: Storage) -> None:
    tell(storage, (1,))
    (delivery,) = claim(storage)
    assert delivery.attempts == 1
    settle(storage, delivery.id, DeliveryState.PENDING, next_attempt_at=NOW)
    (again,) = claim(storage)
    assert again.attempts == 1


def test_the_same_alert_reaches_a_chat_and_thread_once(storage: Storage) -> None:
    tell(storage, (a_delivery(1), a_delivery(1), a_delivery(1, thread_id=7)))
    assert len(send_all(storage)) == 2


def test_numbers_rise_without_gaps(storage: Storage) -> None:
    assert [tell(storage) for _ in range(5)] == [1, 2, 3, 4, 5]


# -- when the next one is due


def test_next_attempt(storage: Storage) -> None:
    assert storage.next_attempt(NOW) is None
    tell(storage, (a_delivery(1, state=DeliveryState.HELD, not_before=NOW + HOUR),))
    assert storage.next_attempt(NOW) == NOW + HOUR
    tell(storage, (2,))
    due = storage.next_attempt(NOW)
    assert due is not None and due <= NOW
    assert storage.next_attempt(NOW, {2}) == NOW + HOUR


def test_next_attempt_does_not_spin_on_what_cannot_be_claimed(storage: Storage) -> None:
    """A chat whose head waits for a retry, or is in flight, has nothing due, whatever is queued behind."""
    tell(storage, (1,))
    tell(storage, (1,))
    (delivery,) = claim(storage)
    assert storage.next_attempt(NOW) is None, "in flight: its settling wakes the worker"
    settle(storage, delivery.id, DeliveryState.PENDING, next_attempt_at=NOW + MINUTE, error="502")
    assert storage.next_attempt(NOW) == NOW + MINUTE
    a_chat(storage, 1)
    storage.suspend_chat(1, "blocked")
    assert storage.next_attempt(NOW) is None


# -- outcomes


def test_unknown_is_repeated_once_with_the_same_number(storage: Storage) -> None:
    number = tell(storage, (1,))
    (first,) = claim(storage)
    assert not first.was_unknown
    settle(storage, first.id, DeliveryState.UNKNOWN, next_attempt_at=NOW + SECOND, error="read timeout")
    assert claim(storage) == []
    (second,) = claim(storage, NOW + SECOND)
    assert (second.alert_id, second.was_unknown) == (number, True)


@pytest.mark.fault(9)
def test_a_refusal_suspends_the_chat_and_keeps_everything(storage: Storage) -> None:
    a_chat(storage, 1, topics=["massimov"])
    first, second = tell(storage, (1,)), tell(storage, (1,))
    (delivery,) = claim(storage)
    settle(storage, delivery.id, DeliveryState.PENDING, suspend_chat="blocked", error="403")
    chat = storage.chat(1)
    assert chat is not None and chat.suspended == "blocked"
    assert claim(storage, NOW + DAY) == []
    assert len(storage.chat_subscriptions(1)) == 1
    assert storage.resume_chat(1) and not storage.resume_chat(1)
    assert [alert for _, alert, _ in send_all(storage, NOW + DAY)] == [first, second]


@pytest.mark.fault(10)
def test_a_group_becomes_a_supergroup_in_its_queue(storage: Storage) -> None:
    a_chat(storage, -1, ChatKind.GROUP, topics=["massimov", "csto"])
    storage.mute_source(-1, "TASS", None)
    told = tell(storage, (-1,), story="sent-before")
    send_all(storage)
    queued = [tell(storage, (-1,)) for _ in range(3)]
    (delivery,) = claim(storage)
    settle(storage, delivery.id, DeliveryState.PENDING, next_attempt_at=NOW, migrate_chat_to=-100, error="migrated")
    moved = storage.chat(-100)
    assert moved is not None and moved.kind is ChatKind.SUPERGROUP and moved.access == "granted"
    assert storage.chat(-1) == moved, "asked by its old id, the chat is where it went"
    assert [s.topic for s in storage.chat_subscriptions(-100)] == ["csto", "massimov"]
    assert storage.source_mutes(-100) == {"TASS": None}
    late = tell(storage, (-1,))  # planned before the move, committed after it
    assert [(c, a) for c, a, _ in send_all(storage)] == [(-100, n) for n in [*queued, late]]
    refresh(storage, "sent-before", NOW + HOUR)
    assert claim(storage, NOW + HOUR) == [], "the old group's message can no longer be edited"
    assert told


def test_a_move_into_a_chat_that_is_known_already(storage: Storage) -> None:
    a_chat(storage, -1, ChatKind.GROUP, topics=["massimov", "csto"])
    a_chat(storage, -100, ChatKind.SUPERGROUP, topics=["massimov"])
    tell(storage, (-1, -100))
    storage.migrate_chat(-1, -100)
    assert [s.topic for s in storage.chat_subscriptions(-100)] == ["csto", "massimov"]
    assert len(send_all(storage)) == 1, "one alert, one chat, one message"


def test_a_move_while_both_chats_have_a_message_in_flight(storage: Storage) -> None:
    a_chat(storage, -1, ChatKind.GROUP)
    tell(storage, (-1,))
    tell(storage, (-100,))
    assert len(claim(storage)) == 2
    storage.migrate_chat(-1, -100)
    storage.recover(NOW + DAY)
    assert len(send_all(storage, NOW + DAY)) == 2


@pytest.mark.fault(11)
def test_a_deleted_forum_topic_falls_back_to_the_chat(storage: Storage) -> None:
    a_chat(storage, -100, ChatKind.SUPERGROUP)
    for thread in (None, 7):
        storage.subscribe(Subscription(-100, "massimov", thread), NOW)
    storage.subscribe(Subscription(-100, "csto", 7), NOW)
    for _ in range(2):
        tell(storage, (a_delivery(-100, thread_id=7),))
    both = tell(storage, (a_delivery(-100), a_delivery(-100, thread_id=7)))
    (delivery,) = claim(storage)
    assert delivery.thread_id == 7
    settle(storage, delivery.id, DeliveryState.PENDING, next_attempt_at=NOW, drop_thread=True, error="no thread")
    assert [(s.topic, s.thread_id) for s in storage.chat_subscriptions(-100)] == [("csto", None), ("massimov", None)]
    sent = []
    while claimed := claim(storage):
        assert claimed[0].thread_id is None
        sent.append(claimed[0].alert_id)
        settle(storage, claimed[0].id, DeliveryState.SENT, message_id=len(sent))
    assert sent == [1, 2, both]


def test_a_dropped_thread_whose_alert_the_chat_has_already(storage: Storage) -> None:
    a_chat(storage, -100, ChatKind.SUPERGROUP)
    tell(storage, (a_delivery(-100), a_delivery(-100, thread_id=7)))
    (plain,) = claim(storage)
    settle(storage, plain.id, DeliveryState.SENT, message_id=1)
    (threaded,) = claim(storage)
    settle(storage, threaded.id, DeliveryState.PENDING, next_attempt_at=NOW, drop_thread=True, error="no thread")
    assert claim(storage) == []


def test_html_refused_is_remembered_as_plain(storage: Storage) -> None:
    tell(storage, (1,))
    (delivery,) = claim(storage)
    settle(storage, delivery.id, DeliveryState.PENDING, next_attempt_at=NOW, plain=True, error="bad html")
    (again,) = claim(storage)
    assert again.plain


def test_dead_deliveries_are_shown_retried_or_dropped(storage: Storage) -> None:
    tell(storage, (1, 2))
    for delivery in claim(storage):
        settle(storage, delivery.id, DeliveryState.DEAD, error="no rights")
    shown = storage.dead_deliveries()
    assert [(d.chat_id, d.error, d.title) for d in shown] == [
        (2, "no rights", "Karim Massimow verhaftet"),
        (1, "no rights", "Karim Massimow verhaftet"),
    ]
    assert storage.drop_delivery(shown[0].id) and not storage.drop_delivery(shown[0].id)
    assert storage.retry_delivery(shown[1].id, NOW) and not storage.retry_delivery(shown[1].id, NOW)
    (again,) = claim(storage)
    assert (again.chat_id, again.attempts) == (1, 1)


# -- edits


def test_edits_coalesce_and_wait_their_time(storage: Storage) -> None:
    number = tell(storage, (1, 2), story="s")
    messages = {chat: message for chat, _, message in send_all(storage)}
    for second in range(5):
        refresh(storage, "s", NOW + second * SECOND)
    assert claim(storage, NOW + 29 * SECOND) == []
    edits = claim(storage, NOW + 30 * SECOND)
    assert {(d.chat_id, d.alert_id, d.kind, d.message_id) for d in edits} == {
        (chat, number, DeliveryKind.EDIT, message) for chat, message in messages.items()
    }
    for edit in edits:
        settle(storage, edit.id, DeliveryState.SENT, NOW + 31 * SECOND, message_id=edit.message_id)
    assert claim(storage, NOW + HOUR) == []
    refresh(storage, "s", NOW + 32 * SECOND)
    assert claim(storage, NOW + 60 * SECOND) == []
    assert len(claim(storage, NOW + 61 * SECOND)) == 2


def test_a_waiting_edit_holds_up_nothing(storage: Storage) -> None:
    tell(storage, (1,), story="s")
    send_all(storage)
    refresh(storage, "s", NOW)
    second = tell(storage, (1,), priority=Priority.LOW)
    (delivery,) = claim(storage)
    assert (delivery.alert_id, delivery.kind) == (second, DeliveryKind.SEND)


def test_new_alerts_leave_before_edits(storage: Storage) -> None:
    tell(storage, (1,), story="s")
    send_all(storage)
    refresh(storage, "s", NOW)
    later = NOW + HOUR
    second = tell(storage, (1,), now=later)
    assert [d.alert_id for d in claim(storage, later)] == [second]


def test_nothing_is_edited_before_it_is_sent(storage: Storage) -> None:
    tell(storage, (1,), story="s")
    refresh(storage, "s", NOW)
    assert len(send_all(storage)) == 1
    assert claim(storage, NOW + HOUR) == []


def test_a_change_during_the_send_is_edited_after_it(storage: Storage) -> None:
    tell(storage, (1,), story="s")
    (delivery,) = claim(storage)
    assert storage.alert_views((delivery,))[0].also == ()
    refresh(storage, "s", NOW)
    settle(storage, delivery.id, DeliveryState.SENT, message_id=77)
    (edit,) = claim(storage, NOW + 30 * SECOND)
    assert (edit.kind, edit.message_id) == (DeliveryKind.EDIT, 77)
    refresh(storage, "s", NOW + 31 * SECOND)  # and the same again, during the edit
    settle(storage, edit.id, DeliveryState.SENT, NOW + 32 * SECOND)
    (again,) = claim(storage, NOW + 62 * SECOND)
    assert (again.kind, again.message_id) == (DeliveryKind.EDIT, 77)


def test_a_message_that_is_gone_is_sent_anew_once(storage: Storage) -> None:
    tell(storage, (1,), story="s")
    send_all(storage)
    refresh(storage, "s", NOW)
    at = NOW + HOUR
    (edit,) = claim(storage, at)
    settle(storage, edit.id, DeliveryState.PENDING, at, next_attempt_at=at, repost=True, error="message gone")
    (anew,) = claim(storage, at)
    assert (anew.kind, anew.message_id) == (DeliveryKind.SEND, None)
    settle(storage, anew.id, DeliveryState.SENT, at, message_id=2000)
    refresh(storage, "s", at)
    (edit,) = claim(storage, at + HOUR)
    assert (edit.kind, edit.message_id) == (DeliveryKind.EDIT, 2000)


def test_a_reply_answers_the_storys_message(storage: Storage) -> None:
    tell(storage, (1,), story="s")
    reply = tell(
        storage,
        (a_delivery(1, kind=DeliveryKind.REPLY),),
        story="s",
        alert=AlertKind.UPDATE,
        priority=Priority.HIGH,
    )
    (first,) = claim(storage)
    assert first.kind is DeliveryKind.SEND, "the reply waits for the message that it answers, urgent or not"
    settle(storage, first.id, DeliveryState.SENT, message_id=55)
    (second,) = claim(storage)
    assert (second.alert_id, second.kind, second.message_id) == (reply, DeliveryKind.REPLY, 55)
    settle(storage, second.id, DeliveryState.SENT, message_id=56)
    refresh(storage, "s", NOW)
    (edit,) = claim(storage, NOW + HOUR)
    assert edit.message_id == 55, "the story's message stays the first one"


def test_a_reply_to_a_message_that_never_came(storage: Storage) -> None:
    tell(storage, (1,), story="s")
    (first,) = claim(storage)
    settle(storage, first.id, DeliveryState.DEAD, error="x")
    tell(storage, (a_delivery(1, kind=DeliveryKind.REPLY),), story="s", alert=AlertKind.UPDATE)
    (second,) = claim(storage)
    assert (second.kind, second.message_id) == (DeliveryKind.REPLY, None)


# -- recovery


@pytest.mark.fault(2)
def test_what_was_committed_is_delivered_after_a_restart(storage: Storage, connect: Callable[..., Storage]) -> None:
    number = tell(storage, (1,))
    assert [alert for _, alert, _ in send_all(connect())] == [number]


@pytest.mark.fault(3)
def test_an_expired_lease_is_an_unknown_outcome(storage: Storage, connect: Callable[..., Storage]) -> None:
    number = tell(storage, (1,))
    tell(storage, (1,))
    claim(storage)
    heir = connect()
    assert heir.recover(NOW + SECOND) == 0, "the lease still holds"
    assert heir.recover(NOW + LEASE + SECOND) == 1
    (again,) = claim(heir, NOW + LEASE + SECOND)
    assert again.alert_id == number
    assert not again.was_unknown, "a kill takes nothing of the repeat that an unknown outcome allows"


def test_the_only_instance_need_not_wait_for_leases(storage: Storage, connect: Callable[..., Storage]) -> None:
    tell(storage, (1,))
    claim(storage)
    assert connect().recover(NOW + SECOND, all_others=True) == 1


def test_no_number_of_kills_before_sending_loses_an_alert(storage: Storage, connect: Callable[..., Storage]) -> None:
    """Killed twice between claim and send: nobody was told, so the alert must still come."""
    number = tell(storage, (1,))
    claim(storage)
    second = connect()
    second.recover(NOW, all_others=True)
    claim(second)
    third = connect()
    third.recover(NOW, all_others=True)
    assert [alert for _, alert, _ in send_all(third)] == [number]


def test_a_delivery_in_flight_at_many_kills_waits_and_is_given_up_in_the_end(
    connect: Callable[..., Storage], storage: Storage
) -> None:
    tell(storage, (1,))
    claim(storage)
    now, waits = NOW, []
    for _ in range(CRASHES):
        heir = connect()
        heir.recover(now, all_others=True)
        due = heir.next_attempt(now)
        assert due is not None
        waits.append((due - now).total_seconds())
        assert waits[-1] == 0 or claim(heir, now) == [], "others go out meanwhile"
        (again,) = claim(heir, now := due)
        assert not again.was_unknown
    assert waits[:6] == [0, 0, 0, 5, 10, 20]
    assert max(waits) == 600
    heir = connect()
    heir.recover(now, all_others=True)
    (dead,) = heir.dead_deliveries()
    assert "interrupted" in dead.error


def test_a_kill_takes_nothing_of_the_repeat_that_an_unknown_outcome_allows(
    connect: Callable[..., Storage], storage: Storage
) -> None:
    tell(storage, (1,))
    claim(storage)
    heir = connect()
    heir.recover(NOW, all_others=True)
    (again,) = claim(heir)
    settle(heir, again.id, DeliveryState.UNKNOWN, next_attempt_at=NOW, error="timeout")
    (last,) = claim(heir)
    assert (again.was_unknown, last.was_unknown) == (False, True)
    later = connect()
    later.recover(NOW, all_others=True)
    assert claim(later)[0].was_unknown, "of the two outcomes one is still unknown"


# -- digests


def held(chat: int, at=NOW + HOUR, thread: int | None = None):  # type: ignore[no-untyped-def]
    return a_delivery(chat, state=DeliveryState.HELD, not_before=at, thread_id=thread)


def test_digests_group_by_chat_and_thread(storage: Storage) -> None:
    first = tell(storage, (held(1), held(2)))
    second = tell(storage, (held(1), held(1, thread=7)), priority=Priority.HIGH)
    tell(storage, (held(1, NOW + DAY),))
    assert claim(storage, NOW + HOUR) == []
    assert storage.claim_digests(NOW, 10, LEASE) == []
    groups = storage.claim_digests(NOW + HOUR, 10, LEASE)
    assert [(g.chat_id, g.thread_id, [d.alert_id for d in g.deliveries]) for g in groups] in (
        [(1, None, [second, first]), (2, None, [first])],
        [(1, 7, [second]), (2, None, [first])],
    )
    assert storage.claim_digests(NOW + HOUR, 10, LEASE) == [], "one group per chat is in flight"
    for group in groups:
        storage.settle_many([Settlement(d.id, DeliveryState.SENT, message_id=9) for d in group.deliveries], NOW + HOUR)
    (rest,) = storage.claim_digests(NOW + HOUR, 10, LEASE)
    assert rest.chat_id == 1 and {g.thread_id for g in groups if g.chat_id == 1} | {rest.thread_id} == {None, 7}


def test_an_interrupted_digest_comes_again_whole(storage: Storage, connect: Callable[..., Storage]) -> None:
    numbers = [tell(storage, (held(1),)) for _ in range(3)]
    storage.claim_digests(NOW + HOUR, 10, LEASE)
    heir = connect()
    heir.recover(NOW + HOUR, all_others=True)
    found = [alert for _, alert, _ in send_all(heir, NOW + HOUR)]
    for group in heir.claim_digests(NOW + HOUR, 10, LEASE):
        found += [d.alert_id for d in group.deliveries]
    assert sorted(found) == numbers


def test_a_digest_that_waits_after_kills_holds_up_what_came_after_it(
    storage: Storage, connect: Callable[..., Storage]
) -> None:
    now = NOW + HOUR
    first = tell(storage, (held(1),))
    storage.claim_digests(now, 10, LEASE)
    for _ in range(AT_ONCE):
        heir = connect()
        heir.recover(now, all_others=True)
        assert heir.claim_digests(now, 10, LEASE)
    heir = connect()
    heir.recover(now, all_others=True)
    second, other = tell(heir, (held(1),)), tell(heir, (held(2),))
    due = heir.next_attempt(now)
    assert due == now, "another chat's digest is due"
    (group,) = heir.claim_digests(now, 10, LEASE)
    assert [d.alert_id for d in group.deliveries] == [other]
    due = heir.next_attempt(now)
    assert due is not None and due > now, "nothing to claim until then: no busy loop"
    (group,) = heir.claim_digests(due, 10, LEASE)
    assert sorted(d.alert_id for d in group.deliveries) == [first, second]


@pytest.mark.fault(19)
def test_what_went_stale_becomes_a_digest_but_not_what_is_urgent_or_few(storage: Storage) -> None:
    for _ in range(5):
        tell(storage, (1,))
    tell(storage, (2,))
    later = NOW + 6 * HOUR
    fresh = tell(storage, (1,), now=later)
    assert storage.hold_stale(later, NOW + HOUR) == 5
    (group,) = storage.claim_digests(later, 10, LEASE)
    assert group.stale and group.chat_id == 1 and len(group.deliveries) == 5
    assert [d.chat_id for d in claim(storage, later)] == [2]
    storage.settle_many([Settlement(d.id, DeliveryState.SENT, message_id=1) for d in group.deliveries], later)
    assert [d.alert_id for d in claim(storage, later)] == [fresh]


# -- views


def test_a_view_shows_the_story_as_it_is_now(storage: Storage) -> None:
    number = tell(storage, (1,), story="s", title="Massimow verhaftet", source="DW")
    (delivery,) = claim(storage)
    refresh(storage, "s", NOW + SECOND, title="Ex-spy chief held", source="TASS", origin="Reuters")
    (view,) = storage.alert_views((delivery,), {"massimov": "Karim Massimov"})
    assert (view.number, view.title, view.source, view.topics) == (
        number,
        "Massimow verhaftet",
        "DW",
        (("massimov", "Karim Massimov"),),
    )
    assert [(s.source, s.origin, s.is_copy, s.title) for s in view.also] == [
        ("TASS", "Reuters", True, "Ex-spy chief held")
    ]
    assert view.matches[0].text == "Massimow"
    assert not view.withdrawn


def test_an_old_report_is_shown_with_its_own_date(storage: Storage) -> None:
    tell(storage, (1,), story="s")
    (delivery,) = claim(storage)
    planned = an_entry(900, a_feed(storage), story="s", kind=PlacementKind.UPDATE, at=NOW - 7 * DAY)
    old = replace(planned, entry=replace(planned.entry, published_at=NOW - 300 * DAY))
    storage.apply(UpdatePlan(FeedUpdate(old.feed_id), (old,)), NOW)
    assert [source.at for source in storage.alert_views((delivery,))[0].also] == [NOW - 300 * DAY]


def test_an_alert_shows_itself_only_to_who_was_told(storage: Storage) -> None:
    number = tell(storage, (1,))
    view = storage.alert_by_number(number, 1)
    assert view is not None and view.number == number
    assert storage.alert_by_number(number, 2) is None
    assert storage.alert_by_number(number + 1, 1) is None


def test_an_edit_that_waits_is_not_sent_anew_when_its_group_moves(storage: Storage) -> None:
    """Found by the worker's state machine: the edit's message is in the old group, so it would come again as new."""
    a_chat(storage, -1, ChatKind.GROUP)
    tell(storage, (-1,), story="s")
    send_all(storage)
    refresh(storage, "s", NOW)
    storage.migrate_chat(-1, -100)
    assert claim(storage, NOW + HOUR) == []


def test_a_move_leaves_the_new_chats_own_messages_editable(storage: Storage) -> None:
    a_chat(storage, -1, ChatKind.GROUP)
    a_chat(storage, -100, ChatKind.SUPERGROUP)
    tell(storage, (-100,), story="s")
    ((_, _, message),) = send_all(storage)
    storage.migrate_chat(-1, -100)
    refresh(storage, "s", NOW)
    (edit,) = claim(storage, NOW + HOUR)
    assert (edit.kind, edit.message_id) == (DeliveryKind.EDIT, message)


def test_a_clock_set_back_holds_up_no_retry_and_no_lease(storage: Storage, connect: Callable[..., Storage]) -> None:
    longest = 15 * MINUTE
    for chat in (1, 2):
        tell(storage, (chat,))
    kept = a_delivery(3, state=DeliveryState.HELD, not_before=NOW + DAY)
    tell(storage, (kept,))
    first, second = claim(storage)
    settle(storage, first.id, DeliveryState.PENDING, next_attempt_at=NOW + MINUTE, error="502")
    before = NOW - DAY
    assert storage.bring_in(NOW, longest) == 0
    assert storage.bring_in(before, longest) == 1
    assert [d.chat_id for d in claim(storage, before)] == [1]
    heir = connect()
    assert heir.recover(before + longest + SECOND) == 2, "leases end in time, too: the old one and the new one"
    assert second.chat_id == 2
    assert storage.next_attempt(before, {1, 2}) == NOW + DAY, "a digest goes by the clock on the wall"


def rolling(chat_id: int, roll: str, not_before: datetime = NOW, thread_id: int | None = None) -> PlannedDelivery:
    """A delivery that waits for a burst's digest, or for the one beyond a quota."""
    return replace(a_delivery(chat_id, thread_id=thread_id, state=DeliveryState.HELD, not_before=not_before), roll=roll)


def sent_digest(storage: Storage, now: datetime = NOW, message: int = 500) -> DigestGroup:
    """Claim the digest that is due and settle it as sent."""
    (group,) = storage.claim_digests(now, 10, LEASE)
    storage.settle_many([Settlement(d.id, DeliveryState.SENT, message_id=message) for d in group.deliveries], now)
    return group


def test_digests_are_apart_by_what_they_are(storage: Storage) -> None:
    a_chat(storage)
    tell(storage, (rolling(1, "unrest"), rolling(1, "unrest", thread_id=7)))
    tell(storage, (rolling(1, OVER_QUOTA),))
    tell(storage, (a_delivery(state=DeliveryState.HELD),))
    found = [sent_digest(storage) for _ in range(4)]
    assert sorted((g.roll or "", g.thread_id or 0, len(g.deliveries)) for g in found) == [
        ("", 0, 1), ("*", 0, 1), ("unrest", 0, 1), ("unrest", 7, 1),
    ]  # fmt: skip
    assert storage.claim_digests(NOW, 10, LEASE) == []


def test_a_rolling_digest_knows_its_message_and_takes_all_along(storage: Storage) -> None:
    a_chat(storage)
    first = tell(storage, (rolling(1, "unrest"),))
    group = sent_digest(storage)
    assert group.rolling is None
    storage.keep_rolling(1, None, "unrest", 500, [d.id for d in group.deliveries], NOW)
    second = tell(storage, (rolling(1, "unrest"),))
    third = tell(storage, (rolling(1, "unrest", NOW + HOUR),))
    tell(storage, (rolling(1, OVER_QUOTA, NOW + HOUR),))
    group = sent_digest(storage)
    assert [d.alert_id for d in group.deliveries] == [second, third]
    assert group.rolling and (group.rolling.message_id, group.rolling.opened_at) == (500, NOW)
    assert [alert for _, alert in group.rolling.shown] == [first]
    storage.keep_rolling(1, None, "unrest", 500, [d.id for d in group.deliveries], NOW + MINUTE)
    fourth = tell(storage, (rolling(1, "unrest"),))
    (group,) = storage.claim_digests(NOW, 10, LEASE)
    assert group.rolling and [alert for _, alert in group.rolling.shown] == [first, second, third]
    assert group.rolling.opened_at == NOW, "an edit makes it no younger"
    storage.recover(NOW + 30 * MINUTE)  # a kill: the digest comes back whole, and still knows its message
    (again,) = storage.claim_digests(NOW + 30 * MINUTE, 10, LEASE)
    assert [d.alert_id for d in again.deliveries] == [fourth]
    assert again.rolling and len(again.rolling.shown) == 3
    shown = storage.views_of(again.rolling.shown)
    assert [view.number for view in shown] == [first, second, third]


def test_a_new_rolling_message_replaces_the_old_one(storage: Storage) -> None:
    a_chat(storage)
    for message in (500, 501):
        number = tell(storage, (rolling(1, "unrest"),))
        group = sent_digest(storage, message=message)
        storage.keep_rolling(1, None, "unrest", message, [d.id for d in group.deliveries], NOW)
    tell(storage, (rolling(1, "unrest"),))
    (group,) = storage.claim_digests(NOW, 10, LEASE)
    assert group.rolling and group.rolling.message_id == 501
    assert [alert for _, alert in group.rolling.shown] == [number]


def test_what_was_told_at_once_is_remembered_over_a_restart(storage: Storage) -> None:
    a_chat(storage)
    tell(storage, (1,))
    send_all(storage)
    tell(storage, (rolling(1, "unrest"),))
    sent_digest(storage)
    tell(storage, (rolling(1, "unrest"),))
    told = [one for alert in storage.recent_story_alerts(NOW - HOUR) for one in alert.at_once]
    assert told == [(1, Told(NOW, None, ("massimov",), True))]


def test_a_clock_set_back_holds_up_no_rolling_digest(storage: Storage) -> None:
    a_chat(storage)
    tell(storage, (rolling(1, "unrest", NOW + 5 * MINUTE),))
    assert storage.bring_in(NOW, 15 * MINUTE) == 0
    assert storage.bring_in(NOW - DAY, 15 * MINUTE) == 1
    assert len(storage.claim_digests(NOW - DAY, 10, LEASE)) == 1


def test_a_dead_delivery_of_a_digest_is_tried_again_as_a_message(storage: Storage) -> None:
    a_chat(storage)
    tell(storage, (rolling(1, "unrest"),))
    (group,) = storage.claim_digests(NOW, 10, LEASE)
    settle(storage, group.deliveries[0].id, DeliveryState.DEAD, error="no")
    assert storage.retry_delivery(group.deliveries[0].id, NOW)
    (delivery,) = claim(storage)
    settle(storage, delivery.id, DeliveryState.SENT, message_id=600)
    refresh(storage, "story-1", NOW + MINUTE)
    (edit,) = claim(storage, NOW + HOUR)
    assert (edit.kind, edit.message_id) == (DeliveryKind.EDIT, 600)


def test_a_clock_set_forward_takes_nothing_from_whoever_is_sending_it(storage: Storage) -> None:
    for chat in (1, 2):
        tell(storage, (chat,))
    first, second = claim(storage)
    assert storage.recover(NOW + DAY, alive=(first.id, second.id)) == 0
    assert storage.recover(NOW + DAY, alive=(first.id,)) == 1
    settle(storage, first.id, DeliveryState.SENT, message_id=1)
    assert storage.status(NOW).sent == 1


def test_a_supergroup_among_the_chats_that_wait(storage: Storage) -> None:
    """Found by the worker's state machine: PostgreSQL took the list's type from its first, small number."""
    for chat in (1, -1_001_234_567_890, 2):
        a_chat(storage, chat)
        tell(storage, (chat,))
    busy = [1, -1_001_234_567_890]
    assert storage.next_attempt(NOW, busy) is not None
    assert [d.chat_id for d in claim(storage, busy_chats=busy, only=[1, 2, -1_001_234_567_890])] == [2]
    assert storage.claim_digests(NOW, 5, LEASE, busy, busy) == []
    assert storage.waiting_now(NOW, busy) == 2
