"""Delivery: what was committed is sent once, at the rate that Telegram allows, and its outcome is written down.

`pacing` (when), `settle` (what then) and `messages` (what) are pure; `worker` does the work over a `Queue` and a
`Messenger`.
"""

from watchbot.outbox.messages import Messenger, RenderAlert, RenderDigest
from watchbot.outbox.pacing import UNLIMITED, Pacer, Rates
from watchbot.outbox.settle import RetryPolicy, settle
from watchbot.outbox.worker import Digest, OutboxSettings, OutboxWorker, Queue

__all__ = [
    "UNLIMITED",
    "Digest",
    "Messenger",
    "OutboxSettings",
    "OutboxWorker",
    "Pacer",
    "Queue",
    "Rates",
    "RenderAlert",
    "RenderDigest",
    "RetryPolicy",
    "settle",
]
