"""What becomes of a delivery, as a table and as properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbot.model import (
    Delivery,
    DeliveryKind,
    DeliveryState,
    Outcome,
    OutgoingMessage,
    Priority,
    Refusal,
    SendResult,
    Settlement,
)
from watchbot.outbox.settle import RetryPolicy, fallback, release, settle

NOW = datetime(2022, 1, 8, 12, 0, tzinfo=UTC)
SEND, EDIT, REPLY = DeliveryKind.SEND, DeliveryKind.EDIT, DeliveryKind.REPLY
PENDING, SENT, UNKNOWN, DEAD = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.DEAD


def delivery(kind: DeliveryKind = SEND, attempts: int = 1, **fields: object) -> Delivery:
    message = None if kind is SEND else 77
    base: dict[str, object] = {"thread_id": None, "message_id": message, "state": DeliveryState.SENDING}
    return Delivery(
        id=1,
        alert_id=2,
        chat_id=3,
        kind=kind,
        priority=Priority.NORMAL,
        attempts=attempts,
        created_at=NOW,
        **(base | fields),  # type: ignore[arg-type]
    )


def refused(refusal: Refusal, **fields: object) -> SendResult:
    return SendResult(Outcome.REFUSED, refusal=refusal, error="said Telegram", **fields)  # type: ignore[arg-type]


def after(**fields: object) -> dict[str, object]:
    return fields


TABLE: list[tuple[str, Delivery, SendResult, dict[str, object]]] = [
    ("sent", delivery(), SendResult(Outcome.SENT, message_id=9), after(state=SENT, message_id=9)),
    ("not sent", delivery(), SendResult(Outcome.NOT_SENT), after(state=PENDING, wait=2)),
    ("never dead while not sent", delivery(attempts=500), SendResult(Outcome.NOT_SENT), after(state=PENDING, wait=600)),
    (
        "limited",
        delivery(),
        SendResult(Outcome.LIMITED, retry_after=timedelta(seconds=40)),
        after(state=PENDING, wait=40),
    ),
    ("unknown once", delivery(), SendResult(Outcome.UNKNOWN), after(state=UNKNOWN, wait=2)),
    ("unknown twice", delivery(was_unknown=True), SendResult(Outcome.UNKNOWN), after(state=DEAD)),
    ("unknown, then not sent", delivery(was_unknown=True), SendResult(Outcome.NOT_SENT), after(state=UNKNOWN, wait=2)),
    ("unknown edit", delivery(EDIT), SendResult(Outcome.UNKNOWN), after(state=PENDING, wait=2)),
    ("unknown edit for ever", delivery(EDIT, attempts=10), SendResult(Outcome.UNKNOWN), after(state=DEAD)),
    ("blocked", delivery(), refused(Refusal.BLOCKED), after(state=PENDING, suspend_chat="blocked")),
    ("kicked", delivery(), refused(Refusal.KICKED), after(state=PENDING, suspend_chat="kicked")),
    ("deactivated", delivery(), refused(Refusal.DEACTIVATED), after(state=PENDING, suspend_chat="deactivated")),
    ("no chat", delivery(), refused(Refusal.CHAT_NOT_FOUND), after(state=PENDING, suspend_chat="chat-not-found")),
    ("no rights", delivery(), refused(Refusal.NO_RIGHTS), after(state=PENDING, suspend_chat="no-rights")),
    ("migrated", delivery(), refused(Refusal.MIGRATED, migrated_to=-5), after(state=PENDING, migrate_chat_to=-5)),
    ("bad html", delivery(), refused(Refusal.BAD_HTML), after(state=PENDING, plain=True, wait=0)),
    ("bad html, already plain", delivery(plain=True), refused(Refusal.BAD_HTML), after(state=DEAD)),
    ("too long", delivery(), refused(Refusal.TOO_LONG), after(state=PENDING, plain=True, wait=0)),
    ("thread gone", delivery(thread_id=4), refused(Refusal.THREAD_NOT_FOUND), after(state=PENDING, drop_thread=True)),
    ("General closed", delivery(), refused(Refusal.THREAD_NOT_FOUND), after(state=PENDING, suspend_chat="no-rights")),
    ("edit gone", delivery(EDIT), refused(Refusal.MESSAGE_NOT_FOUND), after(state=PENDING, repost=True, wait=0)),
    ("reply gone", delivery(REPLY), refused(Refusal.MESSAGE_NOT_FOUND), after(state=PENDING, repost=True)),
    ("not modified", delivery(EDIT), refused(Refusal.NOT_MODIFIED), after(state=SENT, message_id=77)),
    ("odd refusal", delivery(), refused(Refusal.OTHER), after(state=PENDING, wait=2)),
    ("odd refusal, third time", delivery(attempts=3), refused(Refusal.OTHER), after(state=DEAD)),
    ("bad picture without one", delivery(attempts=3), refused(Refusal.BAD_MEDIA), after(state=DEAD)),
]


@pytest.mark.parametrize(("name", "before", "result", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_table(name: str, before: Delivery, result: SendResult, expected: dict[str, object]) -> None:
    found = settle(before, result, NOW, jitter=0.0)
    wait = expected.pop("wait", None)
    for field, value in expected.items():
        assert getattr(found, field) == value, field
    if wait is not None:
        assert found.next_attempt_at == NOW + timedelta(seconds=wait)  # type: ignore[arg-type]
    untouched = {"suspend_chat": None, "migrate_chat_to": None, "drop_thread": False, "plain": False, "repost": False}
    for field, value in untouched.items():
        assert field in expected or getattr(found, field) == value
    assert (found.state in (PENDING, UNKNOWN)) == (found.next_attempt_at is not None)


RESULTS = st.builds(
    SendResult,
    st.sampled_from([o for o in Outcome if o is not Outcome.SENT]),
    refusal=st.sampled_from(Refusal),
    retry_after=st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=1))),
    migrated_to=st.one_of(st.none(), st.integers(-(10**13), -1)),
)


@given(results=st.lists(RESULTS, max_size=60), kind=st.sampled_from(DeliveryKind), jitter=st.floats(0, 0.999))
def test_at_most_one_unknown_call_is_repeated(results: list[SendResult], kind: DeliveryKind, jitter: float) -> None:
    """However Telegram answers: a new message whose outcome is unknown is called at most once more."""
    now, unknown_calls = NOW, 0
    current = delivery(kind, attempts=0)
    for result in results:
        attempts = current.attempts + 1
        current = delivery(
            current.kind, attempts, was_unknown=current.was_unknown, plain=current.plain, thread_id=current.thread_id
        )
        unknown_calls += result.outcome is Outcome.UNKNOWN and current.kind is not EDIT
        found = settle(current, result, now, jitter)
        if found.state in (SENT, DEAD):
            break
        assert found.next_attempt_at is not None and found.next_attempt_at >= now
        now = found.next_attempt_at
        current = delivery(
            SEND if found.repost else current.kind,
            attempts,
            was_unknown=current.was_unknown or found.state is UNKNOWN,
            plain=current.plain or found.plain,
            thread_id=None if found.drop_thread else current.thread_id,
        )
    assert unknown_calls <= 2


@given(attempts=st.integers(0, 10**6), jitter=st.floats(0, 0.999999))
def test_wait_grows_to_its_cap(attempts: int, jitter: float) -> None:
    policy = RetryPolicy()
    wait = policy.wait(attempts, jitter)
    assert policy.first / 2 <= wait <= policy.longest
    assert policy.wait(attempts + 1, 0.0) >= policy.wait(attempts, 0.0)


@given(seconds=st.integers(0, 10**5), jitter=st.floats(0, 0.999))
def test_never_before_retry_after(seconds: int, jitter: float) -> None:
    wait = timedelta(seconds=seconds)
    found = settle(delivery(), SendResult(Outcome.LIMITED, retry_after=wait), NOW, jitter)
    assert found.next_attempt_at is not None
    if wait:
        assert found.next_attempt_at >= NOW + wait


def test_release_keeps_what_is_known() -> None:
    assert release(delivery(), NOW) == Settlement(1, PENDING, next_attempt_at=NOW)
    assert release(delivery(was_unknown=True), NOW).state is UNKNOWN


def test_a_picture_is_given_up() -> None:
    message = OutgoingMessage(1, "x", "x", photo_url="https://example.org/p.jpg")
    lesser = fallback(message, refused(Refusal.BAD_MEDIA))
    assert lesser is not None and lesser.photo_url is None and fallback(lesser, refused(Refusal.BAD_MEDIA)) is None
    assert fallback(message, refused(Refusal.OTHER)) is None
