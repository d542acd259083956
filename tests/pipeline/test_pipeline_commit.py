"""Documents that come while a transaction runs share the next one, and judge each other as if they had come alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from watchbot.errors import StorageBusy
from watchbot.model import EntryOutcome, FeedSpec, FeedUpdate, ParsedEntry, ParsedFeed, StoredFeed, UpdatePlan
from watchbot.pipeline.commit import Committer, Document
from watchbot.pipeline.state import State
from watchbot.plan import PlanSettings
from watchbot.rules import load_rules
from watchbot.storage import Storage, StorageThread
from watchbot.stories import StoryIndex

NOW = datetime(2022, 1, 8, 12, tzinfo=UTC)
RULES = "{version: 1, entities: {kz: {country: KZ}}, rules: [{id: kz, title: Kazakhstan, match: kz}]}"
TITLE = "Kazakhstan's former security chief arrested for treason"
TEXT = "The National Security Committee says that its former head was detained with others on Thursday."


class Watched(Storage):
    """Counts the documents of each transaction; is locked for some of them."""

    sizes: list[int]
    busy = 0

    def apply_all(self, plans: Sequence[UpdatePlan], now: datetime) -> tuple[int, ...]:
        if self.busy:
            self.busy -= 1
            raise StorageBusy("the database is locked")
        self.sizes.append(len(plans))
        return super().apply_all(plans, now)


class World:
    def __init__(self, folder: Path) -> None:
        self.storage = Watched(f"sqlite:///{folder}/watchbot.db")
        self.storage.sizes = []
        self.storage.migrate(NOW)
        self.storage.sync_feeds([FeedSpec(f"https://{name}.test/feed", name) for name in "abcd"], NOW)
        for feed in self.storage.feeds():
            self.storage.update_feed(FeedUpdate(feed.id, {"baseline_at": NOW - timedelta(days=1)}))
        self.feeds = self.storage.feeds()
        self.state = State(load_rules(RULES, "rules.yaml", lambda _: ""), StoryIndex())
        self.thread = StorageThread()
        self.committed = 0
        self.committer = Committer(
            self.thread, self.storage, self.state, PlanSettings(), lambda: NOW, self.count_commit
        )

    def count_commit(self) -> None:
        self.committed += 1

    async def outcomes(self, documents: Sequence[Document]) -> list[list[EntryOutcome] | str]:
        """What became of each document's entries, or its error."""
        results = await asyncio.gather(*map(self.committer.commit, documents), return_exceptions=True)
        return [
            type(result).__name__ if isinstance(result, BaseException) else [e.outcome for e in result.entries]
            for result in results
        ]


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path)
    yield world
    world.thread.close()
    world.storage.close()


def document(feed: StoredFeed, title: str = TITLE, *, link: str | None = None) -> Document:
    entry = ParsedEntry("1", link or f"https://{feed.spec.name}.test/1", title, TEXT, published_at=NOW)
    return Document(feed, ParsedFeed("Feed", None, None, "rss", (entry,)), lambda _: {"etag": "new"}, NOW)


async def test_those_that_wait_share_a_transaction_and_see_each_other(world: World) -> None:
    same = "https://agency.test/story"
    found = await world.outcomes(
        [document(feed, link=same if feed.spec.name in "bc" else None) for feed in world.feeds]
    )
    assert world.storage.sizes == [4] and world.committed == 1
    assert found == [[EntryOutcome.ALERT], *[[EntryOutcome.DUPLICATE]] * 3]
    assert world.state.index.stories == 1 and len(world.state.index) == 4
    assert {feed.etag for feed in world.storage.feeds()} == {"new"}
    keys = await world.thread.run(world.storage.known_keys, [f"url:{same}"])
    first = next(e for e in world.storage.archive(NOW - timedelta(days=1)) if e.entry.link == same)
    assert keys == {f"url:{same}": first.id}


async def test_a_document_that_cannot_be_planned_holds_up_no_other(world: World) -> None:
    def broken(gap: bool) -> dict[str, object]:
        raise ValueError("no changes of the row")

    a, b, c, d = (document(feed) for feed in world.feeds)
    found = await world.outcomes([a, b, Document(c.feed, c.parsed, broken, NOW), d])
    assert found == [[EntryOutcome.ALERT], [EntryOutcome.DUPLICATE], "ValueError", [EntryOutcome.DUPLICATE]]
    assert len(world.state.index) == 3
    assert [feed.etag for feed in world.storage.feeds()] == ["new", "new", None, "new"]


async def test_a_database_that_is_away_fails_the_batch_and_leaves_nothing_in_memory(world: World) -> None:
    documents = [document(feed) for feed in world.feeds]
    world.storage.busy = 1
    assert await world.outcomes(documents) == ["StorageBusy"] * 4
    assert len(world.state.index) == 0 and not world.storage.archive(NOW - timedelta(days=1))
    assert await world.outcomes(documents) == [[EntryOutcome.ALERT], *[[EntryOutcome.DUPLICATE]] * 3]


async def test_only_hashes_that_fade_are_written_again(world: World) -> None:
    feed = world.feeds[0]
    entry = ParsedEntry("1", None, "Bridge opened", TEXT, raw_hash="a" * 64)
    await world.committer.commit(Document(feed, ParsedFeed("F", None, None, "rss", (entry,)), lambda _: {}, NOW))
    cut = ParsedFeed("F", None, None, "rss", (), seen=("a" * 64,))
    for later, written in ((timedelta(hours=1), False), (timedelta(hours=30), True)):
        (shown,) = await world.thread.run(world.storage.raw_hashes, [feed.id], NOW + later)
        plan = await world.committer.commit(Document(feed, cut, lambda _: {}, NOW + later, shown))
        assert bool(plan.cut) == written
