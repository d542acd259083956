"""Entries on both engines: identity, the one transaction of an update, search, why, archive, pruning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_world import DAY, HOUR, NOW, SECOND, a_chat, a_delivery, a_feed, an_entry, claim, refresh, send_all, tell

from watchbot.model import (
    AlertKind,
    DeliveryState,
    EntryOutcome,
    EntryStatus,
    FeedUpdate,
    Match,
    Media,
    ParsedEntry,
    Placement,
    PlacementKind,
    PlannedAlert,
    Priority,
    Settlement,
    UpdatePlan,
)
from watchbot.replay.why import why_lines
from watchbot.storage import Storage
from watchbot.storage.words import MAX_WORDS, asked, fold, fts5_query, tsquery, words_of


def put(storage: Storage, *entries, feed_id: int | None = None, now=NOW, **plan):  # type: ignore[no-untyped-def]
    return storage.apply(UpdatePlan(FeedUpdate(feed_id or a_feed(storage)), entries, **plan), now)


# -- identity


def test_known_keys_and_hashes(storage: Storage) -> None:
    feed, other = a_feed(storage), a_feed(storage, "https://example.org/other")
    put(storage, an_entry(1, feed), an_entry(2, feed))
    found = storage.known_keys([f"guid:{feed}:guid-1", "url:https://example.org/2", "url:https://example.org/3"])
    assert found == {f"guid:{feed}:guid-1": 1, "url:https://example.org/2": 2}
    assert storage.raw_hashes([feed, other], NOW + DAY) == [{f"{1:064x}": False, f"{2:064x}": False}, {}]
    assert storage.raw_hashes([feed], NOW + 1.1 * DAY) == [{f"{1:064x}": True, f"{2:064x}": True}]
    assert storage.known_keys([]) == {}
    many = [f"url:https://example.org/{n}" for n in range(5000)]
    assert len(storage.known_keys(many)) == 2


def test_a_key_belongs_to_the_entry_that_had_it_first(storage: Storage) -> None:
    feed = a_feed(storage)
    put(storage, an_entry(1, feed, keys=("url:a",)))
    put(storage, an_entry(2, feed, keys=("url:a", "url:b")), an_entry(3, feed, keys=("url:b",)))
    assert storage.known_keys(["url:a", "url:b"]) == {"url:a": 1, "url:b": 2}


def test_ids_rise_and_are_given_once(storage: Storage, connect: Callable[..., Storage]) -> None:
    other = connect()
    taken = [
        *storage.next_entry_ids(3),
        *other.next_entry_ids(3),
        *storage.next_entry_ids(700),
        *other.next_entry_ids(1),
    ]
    assert len(set(taken)) == 707
    assert storage.next_entry_ids(0) == []
    assert taken[:3] == sorted(taken[:3])


# -- the transaction


@pytest.mark.fault(37)
def test_all_or_nothing(storage: Storage) -> None:
    """An error in the last step of an update takes back every step before it, the alert numbers too."""
    feed = a_feed(storage)
    broken = PlannedAlert(AlertKind.NEW, Priority.NORMAL, (a_delivery(1),), 1, "s", material=(object(),))  # type: ignore[arg-type]
    plan = UpdatePlan(FeedUpdate(feed, {"etag": "new"}), (an_entry(1, feed, story="s"),), alerts=(broken,))
    with pytest.raises(Exception, match="serializable"):
        storage.apply(plan, NOW)
    stored = storage.feed(feed)
    assert stored is not None and stored.etag is None
    assert storage.known_keys([f"guid:{feed}:guid-1"]) == {}
    assert storage.entry(1) is None and storage.search("Massimow") == []
    assert storage.mention_counts(None, NOW - DAY, NOW + DAY) == []
    assert tell(storage) == 1
    assert len(send_all(storage)) == 1


def test_an_update_changes_only_what_it_names(storage: Storage) -> None:
    feed = a_feed(storage)
    put(storage, feed_id=feed)
    changes = {"etag": '"a"', "next_check_at": NOW + HOUR, "window": ("k1", "k2"), "rhythm": "{}"}
    storage.apply(UpdatePlan(FeedUpdate(feed, changes)), NOW)
    storage.apply(UpdatePlan(FeedUpdate(feed, {"last_modified": "x"})), NOW)
    stored = storage.feed(feed)
    assert stored is not None
    assert (stored.etag, stored.last_modified, stored.window, stored.next_check_at) == (
        '"a"',
        "x",
        ("k1", "k2"),
        NOW + HOUR,
    )


def test_an_entry_is_stored_whole(storage: Storage) -> None:
    feed = a_feed(storage)
    parsed = ParsedEntry(
        guid="urn:1",
        link="https://example.org/1",
        title="Қасым-Жомарт Тоқаев 𝔘",
        summary="<&>\x00".replace("\x00", ""),
        body="哈萨克斯坦 " * 100,
        lang="kk",
        published_at=NOW,
        updated_at=NOW + timedelta(microseconds=7),
        authors=("A", "B"),
        tags=("x",),
        media=(Media("https://example.org/p.jpg", "image/jpeg", 3, 4, 5),),
        source="Reuters",
        version=3,
        status=EntryStatus.CORRECTED,
        embargo=NOW + HOUR,
        urgency=1,
        byline="by",
        place="Almaty",
        subjects=("medtop:1",),
    )
    planned = replace(
        an_entry(1, feed, story="s"),
        entry=parsed,
        matches=(Match("tokayev", "title", 0, 5, "Қасым", "Kassym"), Match("x", "body", 1, 2, "a", "b")),
        rules=("a", "b"),
        priority=Priority.HIGH,
        placement=Placement(PlacementKind.UPDATE, "s", 0.25, "same figures", ("killed: 26 -> 164",), 7, "Reuters"),
        keys=(),
    )
    put(storage, planned)
    (stored,) = storage.archive(NOW - DAY)
    assert stored == planned
    ((item, placement),) = storage.recent_story_items(NOW - DAY)
    assert placement == planned.placement
    assert (item.entities, item.version, item.status) == (("tokayev", "x"), 3, EntryStatus.CORRECTED)


def test_an_embargo_ends_under_the_same_id(storage: Storage) -> None:
    feed = a_feed(storage)
    held = an_entry(1, feed, outcome=EntryOutcome.EMBARGOED, embargo=NOW + HOUR, rules=())
    put(storage, held)
    assert storage.due_embargoes(NOW) == []
    (due,) = storage.due_embargoes(NOW + HOUR)
    assert due.id == 1
    put(storage, an_entry(1, feed, story="s", embargo=NOW + HOUR), now=NOW + HOUR)
    assert storage.due_embargoes(NOW + HOUR) == []
    assert [e.outcome for e in storage.latest("massimov", 5)] == [EntryOutcome.ALERT]


def test_a_plan_for_a_chat_that_moved_reaches_it(storage: Storage) -> None:
    a_chat(storage, -1)
    storage.migrate_chat(-1, -100)
    storage.migrate_chat(-100, -200)
    tell(storage, (-1, -100))
    assert [chat for chat, _, _ in send_all(storage)] == [-200]


def test_withdrawn_stories_are_shown_as_such(storage: Storage) -> None:
    tell(storage, (1,), story="s")
    (delivery,) = claim(storage)
    put(storage, withdrawn_stories=("s",), refresh_stories=("s",))
    assert storage.alert_views((delivery,))[0].withdrawn


# -- lists, search, why


WORLD = {
    1: ("Massimow verhaftet", "Ex-Geheimdienstchef wegen Hochverrats in Haft"),
    2: ("Задержан Карим Масимов", "Экс-глава КНБ, ещё недавно"),
    3: ("Кәрім Мәсімов қамауға алынды", "Қазақстан Ұлттық қауіпсіздік комитеті"),
    4: ("哈萨克斯坦前安全主管被捕", "马西莫夫涉嫌叛国罪"),
    5: ("カザフスタン 前首相を拘束", "マシモフ氏"),
    6: ("จับกุมอดีตหัวหน้าหน่วยข่าวกรอง", "คาซัคสถาน"),
    7: ("Arrêté à Almaty", "l'ex-chef du KNB; 164 killed, 24.kg says"),
}
FOUND = {
    "massimow": {1},
    "MASSIM": {1},
    "verhaftet massimow": {1},
    "assimow": set(),
    "масимов": {2},
    "Задерж": {2},
    "еще": {2},
    "мәсім": {3},
    "ҚАМАУҒА": {3},
    "哈萨克": {4},
    "马西": {4},
    "叛": {4},
    "哈克": set(),
    "マシモフ": {5},
    "拘束": {5},
    "คาซัคสถาน": {6},
    "จับกุม": {6},
    "arrete": {7},
    "24.kg": {7},
    "164": {7},
    "l'ex-chef": {7},
    "": set(),
    " ' \" * ( ) - : & | ! ": set(),
    'almaty" OR "massimow': set(),
    "NEAR(almaty)": set(),
    "dw": set(WORLD),
}


def test_search_in_many_scripts(storage: Storage) -> None:
    feed = a_feed(storage)
    put(storage, *(an_entry(n, feed, story="s", title=a, summary=b) for n, (a, b) in WORLD.items()))
    assert {q: {e.id for e in storage.search(q, 0, 50)} for q in FOUND} == FOUND


def test_search_pages_newest_first(storage: Storage) -> None:
    feed = a_feed(storage)
    put(storage, *(an_entry(n, feed, story="s", at=NOW + n * SECOND) for n in range(1, 8)))
    assert [e.id for e in storage.search("massimow", 0, 3)] == [7, 6, 5]
    assert [e.id for e in storage.search("massimow", 6, 3)] == [1]


@given(st.text(max_size=60), st.text(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_breaks_search(storage: Storage, query: str, title: str) -> None:
    clean = title.replace("\x00", "").encode("utf-8", "replace").decode()
    (number,) = storage.next_entry_ids(1)
    put(storage, an_entry(number, a_feed(storage), story="s", title=clean))
    storage.search(query.encode("utf-8", "replace").decode())
    words = words_of(clean)[:3]
    if words:
        assert number in {e.id for e in storage.search(" ".join(words), 0, 5000)}


def test_words_are_bounded_and_plain() -> None:
    assert len(words_of("a " * 1_000_000)) == MAX_WORDS
    assert fold("Ё Й ǅ ﬁ İ") == "е и dž fi i".replace("ž", "z")
    pieces = asked("x' \"y* 'z ()")
    assert fts5_query(pieces) == '"x" * AND "y" * AND "z" *'
    assert tsquery(asked("a-b c")) == "('a' <-> 'b':*) & ('c':*)"


def test_latest_by_topic(storage: Storage) -> None:
    feed = a_feed(storage)
    put(
        storage,
        an_entry(1, feed, story="s", at=NOW),
        an_entry(2, feed, story="t", at=NOW + SECOND, rules=("csto", "massimov")),
        an_entry(3, feed, at=NOW + HOUR, outcome=EntryOutcome.NO_MATCH, rules=()),
    )
    assert [e.id for e in storage.latest("massimov", 10)] == [2, 1]
    assert [e.id for e in storage.latest("csto", 10)] == [2]
    assert [e.id for e in storage.latest(None, 10)] == [2, 1]
    assert [e.id for e in storage.latest("massimov", 1, 1)] == [1]
    assert storage.latest("massimov", 1)[0].feed == "Example"


def test_why_tells_what_became_of_an_entry(storage: Storage) -> None:
    tell(storage, (1, 2), story="s")
    for delivery in claim(storage, limit=1):
        storage.settle(Settlement(delivery.id, DeliveryState.SENT, message_id=1), NOW)
    refresh(storage, "s", NOW + SECOND)
    (why,) = storage.why("https://example.org/1")
    assert (why.alerts, why.story_entries, why.entry.outcome) == (((1, 1, 1),), 2, EntryOutcome.ALERT)
    by_text = storage.why("massimow VERH")
    assert [w.entry.id for w in by_text] == [2, 1]
    assert by_text[0].alerts == ()
    assert storage.why("100%") == [] == storage.why("  ")


def test_why_names_the_original_of_a_copy(storage: Storage) -> None:
    feed = a_feed(storage)
    original = an_entry(1, feed, story="s", at=NOW)
    copy = an_entry(2, feed, story="s", at=NOW + SECOND, kind=PlacementKind.DUPLICATE)
    assert copy.placement is not None
    copy = replace(copy, placement=replace(copy.placement, copy_of=1, origin="Reuters"))
    put(storage, original, copy, feed_id=feed)
    (why,) = storage.why("https://example.org/2")
    assert why.original == storage.entry(1)
    assert 'copy of "Karim Massimow verhaftet" (DW), from Reuters' in why_lines([why])
    forgotten = replace(why, original=None)
    assert "copy of an entry that is no longer stored, from Reuters" in why_lines([forgotten])


def test_counts(storage: Storage) -> None:
    tell(storage)
    tell(storage, alert=AlertKind.UPDATE)
    tell(storage, now=NOW + HOUR)
    assert storage.alert_counts(NOW) == {"massimov": 2}
    assert storage.alert_counts(NOW + SECOND) == {"massimov": 1}
    hour = NOW.replace(minute=0)
    assert storage.mention_counts(["massimov"], NOW - DAY, NOW + DAY) == [
        ("massimov", hour, 2),
        ("massimov", hour + HOUR, 1),
    ]
    assert storage.mention_counts(["other"], NOW - DAY, NOW + DAY) == []


def test_story_alerts_for_the_ledger(storage: Storage) -> None:
    tell(storage, (1, a_delivery(2, thread_id=5)), story="s", priority=Priority.HIGH)
    (alert,) = storage.recent_story_alerts(NOW - DAY)
    assert (alert.story, alert.rules, alert.priority, set(alert.recipients)) == (
        "s",
        ("massimov",),
        Priority.HIGH,
        {(1, None), (2, 5)},
    )
    assert isinstance(alert.priority, Priority)


# -- pruning


def test_prune_keeps_what_a_feed_can_show_again(storage: Storage) -> None:
    feed = a_feed(storage)
    put(storage, *(an_entry(n, feed, story=f"s{n}") for n in range(1, 6)))
    window = {"window": (f"guid:{feed}:guid-2",)}
    storage.apply(
        UpdatePlan(FeedUpdate(feed, window), cut=(f"{3:064x}",), seen_again=("url:https://example.org/4",)),
        NOW + 100 * DAY,
    )
    counts = storage.prune(NOW + 50 * DAY)
    assert (counts["entries"], counts["keys"]) == (5, 5)
    keys = [k for n in range(1, 6) for k in (f"guid:{feed}:guid-{n}", f"url:https://example.org/{n}")]
    assert sorted(set(storage.known_keys(keys).values())) == [2, 3, 4]
    known = storage.known_keys(keys)
    assert f"guid:{feed}:guid-2" in known and "url:https://example.org/2" in known, "in the window: all its keys"
    assert f"guid:{feed}:guid-3" in known and "url:https://example.org/3" in known, "cut from the last document"
    assert storage.search("massimow") == [] and storage.archive(NOW - DAY) == []
    assert set(*storage.raw_hashes([feed], NOW)) == {f"{3:064x}"}


def test_prune_keeps_alerts_that_wait(storage: Storage) -> None:
    tell(storage, (1,))
    sent = tell(storage, (2,))
    a_chat(storage, 1)
    storage.suspend_chat(1, "blocked")
    send_all(storage)
    storage.prune(NOW + DAY)
    assert storage.alert_by_number(sent, 2) is None
    storage.resume_chat(1)
    (delivery,) = claim(storage, NOW + DAY)
    assert storage.alert_views((delivery,))[0].number == 1


def test_hashes_of_what_is_no_longer_shown_fade(storage: Storage) -> None:
    feed = a_feed(storage)
    put(storage, an_entry(1, feed))
    for day in range(1, 6):
        put(storage, an_entry(1 + day, feed), now=NOW + day * DAY, feed_id=feed)
    (shown,) = storage.raw_hashes([feed], NOW)
    assert f"{1:064x}" not in shown and f"{6:064x}" in shown
