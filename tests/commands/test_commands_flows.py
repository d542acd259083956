"""What the chat sets off beyond answers: spike notices, trial edits, and adding a feed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands_world import Rules, Topic
from telegram import Bot

from servers.feed_server import FeedServer
from watchbot.commands import FeedAdder, Services, SpikeWatch, Store, trial_replay
from watchbot.commands.access import Standing
from watchbot.commands.feedback import Judged, propose_edit
from watchbot.commands.services import Declined
from watchbot.commands.spike_watch import histories
from watchbot.commands.topics import invite_hash, redeem
from watchbot.commands.trial import with_one_rule
from watchbot.commands.turn import Person, Turn
from watchbot.config.settings import ChatConfig
from watchbot.console import ConsoleMessenger
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
    Outcome,
    ParsedEntry,
    ParsedFeed,
    Placement,
    PlacementKind,
    PlannedEntry,
    Priority,
    SendResult,
    Subscription,
    UpdatePlan,
)
from watchbot.outbox import settle
from watchbot.parse import parse_document
from watchbot.pipeline.state import State
from watchbot.plan import Audience
from watchbot.render import said_all, texts
from watchbot.rules import load_rules
from watchbot.storage import Storage, StorageThread
from watchbot.stories import StoryIndex

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


def listeners(
    storage: Storage, configured: Sequence[ChatConfig] = (), admitted: Callable[[Chat], bool] = lambda _: True
) -> Callable[[datetime], Audience]:
    """The audience of alerts, as the pipeline asks for it."""
    state = State(
        load_rules("version: 1\nrules: []\n", "rules.yaml", str), StoryIndex(), configured=configured, admitted=admitted
    )
    return lambda now: state.audience(storage, now)


async def test_a_spike_is_told_to_whom_alerts_are_told(storage: Storage, thread: StorageThread) -> None:
    """A chat of the configuration is told, once, also when it subscribed by itself; who lost his access is not."""
    for chat_id, access in ((1, "granted"), (2, "revoked"), (3, "granted")):
        storage.upsert_chat(Chat(chat_id, ChatKind.PRIVATE, "x", access=access))
        storage.subscribe(Subscription(chat_id, "city"), NOW)
    configured = [ChatConfig(id=3, topics=("city",), language="de"), ChatConfig(id=-4, topics=("city",), thread_id=7)]
    for hour in range(1, 72):
        mention(storage, "almaty", NOW - hour * HOUR, 2)
    mention(storage, "almaty", NOW, 41)
    rules = Rules((Topic("city", "City", "almaty"),), (ALMATY,))
    audience = listeners(storage, configured, lambda chat: chat.access != "revoked")
    assert await SpikeWatch(storage, thread, lambda: rules, audience).check(NOW)
    told = []
    while claimed := storage.claim_deliveries(NOW + HOUR, 10, HOUR, only={1, 2, 3, -4} - {c for c, _ in told}):
        told += [(d.chat_id, d.thread_id) for d in claimed]
        for d in claimed:
            storage.settle(settle(d, SendResult(Outcome.SENT, message_id=1), NOW, 0.0), NOW)
    assert sorted(told, key=str) == [(-4, 7), (1, None), (3, None)]
    assert storage.next_attempt(NOW + HOUR) is None, "one notice each"


def a_turn(store: Store, chat: Chat) -> Turn:
    """A turn that began when the chat was as given; it says nothing."""
    person = Person(chat.id, "Anna")
    services = Services(store, lambda: Rules((), ()), ConsoleMessenger(), lambda: NOW)
    return Turn(services, Bot("1:x"), person, chat, True, None, Standing.READER, NOW)


async def test_turns_at_the_same_time_keep_what_each_of_them_and_an_operator_changed(
    storage: Storage, thread: StorageThread
) -> None:
    store = Store(storage, thread)
    read = await store.save_chat(Chat(1, ChatKind.PRIVATE, "Anna", access="granted"))
    one, other = a_turn(store, read), a_turn(store, read)
    operator = await store.chat(1)
    assert operator
    await asyncio.gather(
        one.save_chat(replace(read, language="de")),
        store.save_chat(replace(operator, quota=5), operator),
        other.save_chat(replace(read, settings=ChatSettings(silent=True))),
    )
    await store.revoke_access(1)
    await asyncio.gather(
        one.save_chat(), store.suspend_chat(1, "blocked"), other.save_chat(replace(other.chat, timezone="Asia/Almaty"))
    )
    expected = Chat(
        1, ChatKind.PRIVATE, "Anna", language="de", timezone="Asia/Almaty", settings=ChatSettings(silent=True),
        suspended="blocked", access="revoked", quota=5,
    )  # fmt: skip
    assert await store.chat(1) == expected


async def test_a_turn_that_began_before_its_group_moved_changes_the_group_where_it_is(
    storage: Storage, thread: StorageThread
) -> None:
    store = Store(storage, thread)
    read = await store.save_chat(Chat(-1, ChatKind.GROUP, "Desk", access="granted"))
    turn = a_turn(store, read)
    await store.migrate_chat(-1, -1001)
    await turn.save_chat(replace(read, language="de"))
    assert turn.chat == replace(read, id=-1001, kind=ChatKind.SUPERGROUP, language="de")
    assert storage.chats() == [turn.chat]


async def test_an_invite_does_not_give_back_what_was_revoked_while_it_was_redeemed(
    storage: Storage, thread: StorageThread
) -> None:
    store = Store(storage, thread)
    turn = a_turn(store, await store.save_chat(Chat(1, ChatKind.PRIVATE, "Anna")))
    turn.standing = Standing.STRANGER
    storage.create_invite(invite_hash("t"), 9, NOW + HOUR, NOW)
    await store.revoke_access(1)
    await redeem(turn, "t")
    assert (turn.standing, turn.chat.access) == (Standing.STRANGER, "revoked")


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
    watch = SpikeWatch(storage, thread, lambda: rules, listeners(storage))
    assert [(s.entity, s.count, s.usual) for s in await watch.check(NOW)] == [("almaty", 41, 2)]
    assert await watch.check(NOW + timedelta(minutes=5)) == []
    restarted = SpikeWatch(storage, thread, lambda: rules, listeners(storage))
    assert await restarted.check(NOW + timedelta(minutes=10)) == []
    told = {}
    while claimed := storage.claim_deliveries(NOW + HOUR, 10, HOUR, only=set(people) - set(told)):
        for delivery in claimed:
            view = storage.alert_views((delivery,))[0]
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
    watch = SpikeWatch(storage, thread, lambda: Rules((), ()), listeners(storage))
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
