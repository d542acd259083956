"""Figures in the documentation are those of the program: a constant that is changed must be changed there, too."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from pages import text

from watchbot.app.health import LOCK_TTL, STUCK, WATCH_PATIENCE
from watchbot.app.watchdog import AGAIN
from watchbot.commands.admin import INVITE_LIFE
from watchbot.commands.flood import BURST, PER_SECOND
from watchbot.match.document import MAX_TEXT
from watchbot.outbox.outage import LONGEST_WAIT as LONGEST_PROBE
from watchbot.outbox.pacing import GROW_EVERY, SHRINK, Rates
from watchbot.outbox.settle import RetryPolicy
from watchbot.outbox.worker import OutboxSettings
from watchbot.parse.document import MAX_DOCUMENT
from watchbot.pipeline.update import UNCONDITIONAL
from watchbot.poller.decide import ADOPT_AFTER, JITTER, LONGEST_SKIP, SLOW_START
from watchbot.poller.silence import DARK_LEAST, QUIET_EXPECTED
from watchbot.rules.grammar import MAX_DEPTH, MAX_LENGTH
from watchbot.rules.load import MAX_INCLUDES
from watchbot.storage.claims import AT_ONCE, CRASHES, LONGEST_WAIT
from watchbot.storage.engine import BUSY_TIMEOUT_MS
from watchbot.storage.meta import SMALL_FILE
from watchbot.stories import StoryOptions

WORDS = {3: "three", 10: "ten", 12: "twelve"}
RATES = Rates()
STORIES = StoryOptions()


def said(words: str, is_so: bool) -> str:
    """Words that hold while the constant is what they say."""
    return words if is_so else f"not any more: {words}"


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("delivery", f"{RATES.overall:.0f} messages a second over all chats, one a second per chat"),
        ("delivery", f"{RATES.group_count} a minute per group"),
        ("delivery", f"at {SHRINK * 100:.0f} % of the rate, growing by one message a second every {GROW_EVERY:.0f} s"),
        ("delivery", f"tries {WORDS[RetryPolicy().refused_attempts]} times"),
        ("delivery", f"ends after {OutboxSettings().lease // timedelta(minutes=1)} minutes"),
        ("delivery", said("at most every minute", LONGEST_PROBE == 60)),
        ("feeds", f"After {WORDS[ADOPT_AFTER]} checks in a row that served the feed there"),
        ("feeds", f"vary by {JITTER:.0%} at random"),
        ("feeds", f"honoured, up to {WORDS[LONGEST_SKIP.days]} days"),
        ("feeds", f"from {SLOW_START['not-found'] // timedelta(minutes=1)} minutes on"),
        ("feeds", said("One fetch in a hundred goes without them", UNCONDITIONAL == 0.01)),
        ("feeds", f"although {WORDS[round(QUIET_EXPECTED)]} entries or more would have come"),
        ("feeds", f"{WORDS[DARK_LEAST]} or more outlets"),
        ("formats", f"Caps: {MAX_DOCUMENT // 1_000_000} MB a document"),
        ("rules", f"{MAX_TEXT:,} characters of a field are read"),
        ("rules", f"at most {MAX_LENGTH:,} characters and {MAX_DEPTH} levels; {MAX_INCLUDES} files"),
        ("operations", f"for {STUCK // timedelta(minutes=1)} minutes or more nothing reached its chat"),
        ("operations", f"at most {WATCH_PATIENCE.seconds} s, and tries again after {AGAIN.seconds} s"),
        ("operations", said("the lock of the lost one runs out after a minute", LOCK_TTL.total_seconds() == 60)),
        ("storage", f"locked for {BUSY_TIMEOUT_MS // 1000} s"),
        (
            "storage",
            f"in flight at more than {AT_ONCE} kills waits, up to {LONGEST_WAIT // timedelta(minutes=1)} minutes",
        ),
        ("storage", f"after more than {CRASHES} it is given up"),
        ("storage", f"Files up to {SMALL_FILE >> 20} MB are checked whole"),
        (
            "telegram",
            said("a dozen commands in a row and then one every two seconds", (BURST, PER_SECOND) == (12, 0.5)),
        ),
        ("stories", f"From {STORIES.threshold} on"),
        ("stories", f"it halves every {STORIES.half_life // timedelta(hours=1)} hours"),
        ("stories", f"Entries leave the window after `stories.window` ({STORIES.window // timedelta(hours=1)} h)"),
        ("stories", f"lie more than {STORIES.template_after // timedelta(hours=1)} hours apart"),
        ("telegram", said("once, for a week", INVITE_LIFE.days == 7)),
    ],
)
def test_a_figure_is_the_programs(page: str, sentence: str) -> None:
    shown = re.sub(r"\s+", " ", text(f"docs/{page}.md"))
    assert sentence in shown
