"""Recorded items through the very plan that the running bot uses, on the items' own clock, without sending."""

from watchbot.replay.diff import RulesDiff, diff, summary
from watchbot.replay.items import BadLine, ReplayItem, from_archive, on_their_clock, read_items, recorded
from watchbot.replay.run import Answer, Replayer, replay

__all__ = [
    "Answer",
    "BadLine",
    "ReplayItem",
    "Replayer",
    "RulesDiff",
    "diff",
    "from_archive",
    "on_their_clock",
    "read_items",
    "recorded",
    "replay",
    "summary",
]
