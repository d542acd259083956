"""What the chat sets off beyond answers: spike notices, trial edits, and adding a feed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands_world import Rules, Topic

from servers.feed_server import FeedServer
from watchbot.commands import FeedAdder, SpikeWatch, trial_replay
from watchbot.commands.feedback import Judged, propose_edit
from watchbot.commands.services import Declined
from watchbot.commands.spike_watch import histories
from watchbot.commands.trial import with_one_rule
from watchbot.errors import FetchError, InvalidRules
from watchbot.fetch import Fetcher, FetchOptions, FetchResponse
from watchbot.model import (
    AlertKind,
    Chat,
    ChatKind,
    ChatSettings,
    EntityKind,
    EntitySpec,
    EntryOutcome,
    FeedSpec,
    FeedUpdate,
    Match,
    Note,
    ParsedEntry,
    ParsedFeed,
    Placement,
    PlacementKind,
    PlannedEntry,
    Priority,
    Subscription,
    UpdatePlan,
)
from watchbot.parse import parse_document
from watchbot.render import said_all, texts
from watchbot.storage import Storage, StorageThread

NOW = datetime(2022, 1, 8, 5, 40, tzinfo=UTC)
ALMATY = EntitySpec("almaty", EntityKind.PLACE, "Almaty", {"ru": ("Алматы", "Алма-Ата"), "uk": ("Алмати",)})
HOUR = timedelta(hours=1)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    found = Storage(f"sqlite:///{tmp_path}/bot.db")
    found.migrate(NOW)
    yield found
    found.close()


@pytest.fixture
def thread() -> Iterator[StorageThread]:
    found = StorageThread()
    yield found
    found.close()


def mention(storage: Storage, entity: str, at: datetime, count: int) -> None:
    feed = storage.add_feed(FeedSpec("https://x.example/rss", "X"), at).id
    ids = storage.next_entry_ids(count)
    entries = tuple(
        PlannedEntry(
            i, feed, ParsedEntry(f"g{i}", None, f"title {i}"), (f"guid:{feed}:g{i}",), None, "X", "X", "en", at, at,
            EntryOutcome.ALERT, (Match(entity, "title", 0, 5, "title", "title"),), ("r",),
            placement=Placement(PlacementKind.NEW, f"s{i}"),
        )
        for i in ids
    )  # fmt: skip
    storage.apply(UpdatePlan(FeedUpdate(feed), entries), at)


async def test_a_spike_is_told_once_to_those_who_listen(storage: Storage, thread: StorageThread) -> None:
    rules = Rules((Topic("city", "City", "almaty and not x"), Topic("almaty-region", "R", "almaty-region")), (ALMATY,))
    people = {1: "en", 2: "de", 3: "ru", 4: "en", 5: "en", 6: "uk"}
    for chat_id, language in people.items():
        own = ChatSettings(min_priority=Priority.HIGH) if chat_id == 4 else ChatSettings()
        storage.upsert_chat(Chat(chat_id, ChatKind.PRIVATE, "x", language=language, settings=own))
        storage.subscribe(Subscription(chat_id, "almaty-region" if chat_id == 5 else "city"), NOW)
    storage.suspend_chat(3, "blocked")
    for hour in range(1, 72):
        mention(storage, "almaty", NOW - hour * HOUR, 2)
    mention(storage, "almaty", NOW, 41)
    watch = SpikeWatch(storage, thread, lambda: rules)
    assert [(s.entity, s.count, s.usual) for s in await watch.check(NOW)] == [("almaty", 41, 2)]
    assert await watch.check(NOW + timedelta(minutes=5)) == []
    restarted = SpikeWatch(storage, thread, lambda: rules)
    assert await restarted.check(NOW + timedelta(minutes=10)) == []
    told = {}
    while claimed := storage.claim_deliveries(NOW + HOUR, 10, HOUR, only=set(people) - set(told)):
        for delivery in claimed:
            view = storage.alert_view(delivery)
            assert view.kind is AlertKind.NOTICE
            chat = storage.chat(delivery.chat_id)
            assert chat
            told[delivery.chat_id] = said_all(view.notes, texts(chat.language), "UTC", NOW)
    assert told == {
        1: "📈 Almaty: 41 in an hour, usually 2",
        2: "📈 Almaty: 41 in einer Stunde, sonst 2",
        6: "📈 Алмати: 41 за годину, зазвичай 2",
    }


def test_hours_of_another_clock_are_counted_where_they_began() -> None:
    start = NOW.replace(minute=0)
    odd = start - timedelta(minutes=23)
    counts = [("a", odd - HOUR, 1), ("a", odd, 2), ("b", start, 3)]
    assert histories(counts, odd - HOUR, start) == {"a": [1, 2], "b": [0, 0]}
    assert histories(counts[1:], odd, start) == {"a": [2], "b": [0]}
    assert histories([("b", start, 3)], start, start) == {"b": []}


async def test_no_spike_without_history(storage: Storage, thread: StorageThread) -> None:
    mention(storage, "almaty", NOW, 41)
    watch = SpikeWatch(storage, thread, lambda: Rules((), ()))
    assert await watch.check(NOW) == []


RULES = """\
version: 1
entities:
  massimov: {person: Karim Massimov}
rules:
- id: massimov
  title: Karim Massimov
  match: massimov
# a comment in the first column
- id: other
  match: massimov and "x"
terms:
  arrest: [arrest*]
"""


def test_trial_with_real_rules() -> None:
    replay = trial_replay(lambda: RULES, "rules.yaml", lambda path: "")
    entries = [Judged(1, "Massimov joins Aston Villa"), Judged(2, "Massimov arrested"), Judged(3, "Nothing")]
    assert list(replay("massimov", "massimov", entries)) == [True, True, False]
    assert list(replay("massimov", '(massimov) and not "Aston"', entries)) == [False, True, False]
    assert list(replay("massimov", "massimov and arrest", entries)) == [False, True, False]
    with pytest.raises(InvalidRules):
        replay("massimov", "massimov and (", entries)


def test_a_rule_replaces_all_rules_only() -> None:
    found = with_one_rule(RULES, "massimov", 'a and "b"')
    assert found.count("- id:") == 1 and "arrest: [arrest*]" in found and "entities:" in found


def test_proposal_with_real_rules() -> None:
    replay = trial_replay(lambda: RULES, "rules.yaml", lambda path: "")
    bad = [Judged(1, "Massimov joins Aston Villa"), Judged(2, "Aston: Massimov scores")]
    good = [Judged(3, "Massimov arrested"), Judged(4, "Karim Massimov in custody")]
    found = propose_edit("massimov", "massimov", bad, good, replay)
    assert found and found.after == '(massimov) and not "Aston"'
    assert (found.irrelevant_removed, found.others_removed) == (2, 0)


RSS = b"<rss version='2.0'><channel><title>The Wire</title><item><title>a</title><guid>1</guid></item></channel></rss>"
PAGE = b"<html><head><link rel='alternate' type='application/rss+xml' href='/wire.xml'></head></html>"


@asynccontextmanager
async def an_adder(storage: Storage, thread: StorageThread, *, guarded: bool = False) -> AsyncIterator[FeedAdder]:
    """With the real fetcher; `guarded` as it is by default: no private addresses."""
    fetcher = Fetcher(FetchOptions(allow_private_networks=not guarded))

    async def parse(response: FetchResponse) -> ParsedFeed:
        return parse_document(response.body, url=response.final_url, content_type=response.content_type, now=NOW)

    yield FeedAdder(storage, thread, fetcher.fetch, parse, lambda: NOW)
    await fetcher.aclose()


async def test_add_feed_finds_the_feed_of_a_page(storage: Storage, thread: StorageThread) -> None:
    async with FeedServer() as server, an_adder(storage, thread) as add:
        server.put("/", PAGE, content_type="text/html")
        server.put("/wire.xml", RSS)
        said = said_all(await add(server.url("/")), texts("en"), "UTC", NOW)
        assert said == f"Added: The Wire, 1 entry\n{server.url('/wire.xml')}"
        with pytest.raises(Declined) as declined:
            await add(server.url("/wire.xml"))
        assert declined.value.note == Note("feed-listed", {"url": server.url("/wire.xml")})
        (feed,) = storage.feeds()
        assert (feed.spec.name, feed.origin) == ("The Wire", "chat")


async def test_add_feed_says_why_not(storage: Storage, thread: StorageThread) -> None:
    async with FeedServer() as server, an_adder(storage, thread) as add:
        server.put("/", b"<html><body>nothing</body></html>", content_type="text/html")
        with pytest.raises(Declined) as declined:
            await add(server.url("/"))
        assert declined.value.note.key == "feed-none"
    assert storage.feeds() == []


@pytest.mark.fault(27)
async def test_add_feed_stays_behind_the_network_guard(storage: Storage, thread: StorageThread) -> None:
    async with FeedServer() as server, an_adder(storage, thread, guarded=True) as add:
        server.put("/wire.xml", RSS)
        with pytest.raises(FetchError):
            await add(server.url("/wire.xml"))
        assert server.requests("/wire.xml") == [] and storage.feeds() == []
