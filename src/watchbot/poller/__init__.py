"""When feeds are looked at: due rows are claimed and updated by tasks; decisions are pure (`decide`, `rhythm`)."""

from watchbot.poller.decide import (
    Failed,
    Served,
    after_delivery,
    after_failure,
    after_success,
    feed_url,
    request_for,
)
from watchbot.poller.options import PollOptions
from watchbot.poller.poller import Poller, PollStats

__all__ = [
    "Failed",
    "PollOptions",
    "PollStats",
    "Poller",
    "Served",
    "after_delivery",
    "after_failure",
    "after_success",
    "feed_url",
    "request_for",
]
