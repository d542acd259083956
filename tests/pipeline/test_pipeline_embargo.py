"""Entries whose embargo has passed: what cannot be written is not remembered as told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from watchbot.errors import StorageBusy
from watchbot.fetch import Fetcher
from watchbot.model import FeedSpec, FeedUpdate, ParsedEntry, ParsedFeed, UpdatePlan
from watchbot.pipeline.parse_pool import ParsePool
from watchbot.pipeline.state import State
from watchbot.pipeline.update import Pipeline
from watchbot.plan import Audience, PlanSettings, plan_update
from watchbot.poller import PollOptions
from watchbot.rules import load_rules
from watchbot.storage import Storage, StorageThread
from watchbot.stories import StoryIndex

NOW = datetime(2022, 1, 8, 12, tzinfo=UTC)
RULES = """
version: 1
entities:
  kazakhstan: {country: KZ}
rules:
  - id: kazakhstan
    title: Kazakhstan
    match: kazakhstan
"""
TITLES = (
    "Kazakhstan's former security chief arrested for treason",
    "Kazakhstan lifts its ban on coal exports by rail",
    "Snow closes the airport of Kazakhstan's capital for two days",
)


class BusyOnce(Storage):
    """A database that is locked at the commit of released entries, when told to be."""

    busy = False

    def apply_all(self, plans: Sequence[UpdatePlan], now: datetime) -> tuple[int, ...]:
        if self.busy:
            self.busy = False
            raise StorageBusy("the database is locked")
        return super().apply_all(plans, now)


def hold(storage: Storage, state: State, until: datetime) -> None:
    """Store the titles as entries under embargo."""
    storage.sync_feeds([FeedSpec("https://wire.test/feed", "Wire")], NOW)
    storage.update_feed(FeedUpdate(storage.feeds()[0].id, {"baseline_at": NOW - timedelta(days=1)}))
    (feed,) = storage.feeds()
    entries = tuple(ParsedEntry(f"g{i}", f"https://wire.test/{i}", t, embargo=until) for i, t in enumerate(TITLES))
    plan = plan_update(
        feed,
        ParsedFeed("Wire", None, None, "rss", entries),
        known={},
        ids=storage.next_entry_ids(len(entries)),
        rules=state.rules,
        index=state.index,
        ledger=state.ledger,
        audience=Audience(),
        settings=PlanSettings(),
        now=NOW,
    )
    storage.apply(plan, NOW)


async def test_a_failed_commit_takes_back_its_plans_and_the_next_round_tells_them(tmp_path: Path) -> None:
    storage = BusyOnce(f"sqlite:///{tmp_path}/watchbot.db")
    storage.migrate(NOW)
    state = State(load_rules(RULES, "rules.yaml", lambda _: ""), StoryIndex())
    lifted = NOW + timedelta(hours=1)
    hold(storage, state, lifted)
    thread = StorageThread()
    pipeline = Pipeline(
        thread=thread,
        storage=storage,
        fetcher=cast(Fetcher, None),  # embargoes are released without a look at the network
        parser=cast(ParsePool, None),
        state=state,
        settings=PlanSettings(),
        limits=PollOptions(),
        clock=lambda: lifted,
        on_commit=lambda: None,
    )
    try:
        storage.busy = True
        with pytest.raises(StorageBusy):
            await pipeline.release_embargoes()
        assert len(state.index) == 0
        assert await pipeline.release_embargoes() == 3
        assert len(state.index) == state.index.stories == 3
        outcomes = sorted(str(e.outcome) for e in storage.archive(NOW - timedelta(days=1)))
        assert outcomes == ["alert", "alert", "alert"]
    finally:
        thread.close()
        storage.close()
