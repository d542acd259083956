"""What becomes of a delivery after an attempt. Pure: outcome in, Settlement out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watchbot.model import (
    Delivery,
    DeliveryKind,
    DeliveryState,
    Outcome,
    OutgoingMessage,
    Refusal,
    SendResult,
    Settlement,
)

SUSPENDING = {
    Refusal.BLOCKED: "blocked",
    Refusal.KICKED: "kicked",
    Refusal.DEACTIVATED: "deactivated",
    Refusal.CHAT_NOT_FOUND: "chat-not-found",
    Refusal.NO_RIGHTS: "no-rights",
}
"""Refusals that mean the whole chat. Its deliveries wait until it comes back (/start, an unblock, new rights)."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long and how often. The wait doubles from `first` to `longest`; jitter takes up to half of it away."""

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=10)
    refused_attempts: int = 3
    """After so many attempts a refusal that we do not understand is final."""
    edit_attempts: int = 10
    """An edit is idempotent, so an unknown outcome may be repeated; but not for ever."""

    def wait(self, attempts: int, jitter: float) -> timedelta:
        """The wait after attempt number `attempts` (from 1). `jitter` is in [0, 1)."""
        whole = min(self.longest, self.first * (1 << min(max(attempts - 1, 0), 20)))
        return whole * (1 - jitter / 2)


DEFAULT_POLICY = RetryPolicy()


def settle(
    delivery: Delivery, result: SendResult, now: datetime, jitter: float, policy: RetryPolicy = DEFAULT_POLICY
) -> Settlement:
    """Decide what to write for `delivery` after an attempt that ended with `result` at `now`."""
    retry = _pending(delivery, now + policy.wait(delivery.attempts, jitter), result.error)
    match result.outcome:
        case Outcome.SENT:
            return _sent(delivery, result.message_id)
        case Outcome.NOT_SENT:
            return retry
        case Outcome.LIMITED:
            wait = result.retry_after or policy.first
            return _pending(delivery, now + wait + timedelta(seconds=jitter), result.error)
        case Outcome.UNKNOWN:
            return _unknown(delivery, result, retry, policy)
        case Outcome.REFUSED:
            return _refused(delivery, result, now, retry, policy)


def release(delivery: Delivery, now: datetime) -> Settlement:
    """A claim given back without an attempt: in its old state, to be claimed again at once."""
    state = DeliveryState.UNKNOWN if delivery.was_unknown else DeliveryState.PENDING
    return Settlement(delivery.id, state, next_attempt_at=now)


def fallback(message: OutgoingMessage, result: SendResult) -> OutgoingMessage | None:
    """A lesser message to send at once in place of one that was refused, or None: a picture is never worth an alert."""
    if result.refusal is Refusal.BAD_MEDIA and message.photo_url is not None:
        return replace(message, photo_url=None)
    return None


def _unknown(delivery: Delivery, result: SendResult, retry: Settlement, policy: RetryPolicy) -> Settlement:
    if delivery.kind is DeliveryKind.EDIT:
        if delivery.attempts < policy.edit_attempts:
            return retry
        return _dead(delivery, result.error)
    if delivery.was_unknown:
        return _dead(delivery, f"unknown twice, it may have been shown: {result.error}")
    return replace(retry, state=DeliveryState.UNKNOWN)


def _refused(
    delivery: Delivery, result: SendResult, now: datetime, retry: Settlement, policy: RetryPolicy
) -> Settlement:
    refusal, again = result.refusal, _pending(delivery, now, result.error)
    if refusal is Refusal.NOT_MODIFIED:
        return _sent(delivery, delivery.message_id)
    if refusal in SUSPENDING:
        return replace(again, suspend_chat=SUSPENDING[refusal])
    if refusal is Refusal.MIGRATED and result.migrated_to is not None:
        return replace(again, migrate_chat_to=result.migrated_to)
    if refusal in (Refusal.BAD_HTML, Refusal.TOO_LONG) and not delivery.plain:
        return replace(again, plain=True)
    if refusal is Refusal.THREAD_NOT_FOUND:
        gone = delivery.thread_id is not None
        return replace(again, drop_thread=True) if gone else replace(again, suspend_chat="no-rights")
    if refusal is Refusal.MESSAGE_NOT_FOUND and delivery.kind is not DeliveryKind.SEND:
        return replace(again, repost=True)
    final = refusal in (Refusal.BAD_HTML, Refusal.TOO_LONG) or delivery.attempts >= policy.refused_attempts
    return _dead(delivery, result.error) if final else retry


def _pending(delivery: Delivery, at: datetime, error: str) -> Settlement:
    """Another attempt at `at`. A repeat of an unknown outcome stays one until it is proven: at most one repeat."""
    state = DeliveryState.UNKNOWN if delivery.was_unknown else DeliveryState.PENDING
    return Settlement(delivery.id, state, next_attempt_at=at, error=error)


def _sent(delivery: Delivery, message_id: int | None) -> Settlement:
    return Settlement(delivery.id, DeliveryState.SENT, message_id=message_id)


def _dead(delivery: Delivery, error: str) -> Settlement:
    return Settlement(delivery.id, DeliveryState.DEAD, error=error)
