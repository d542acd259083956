"""What one update writes and sends: the first poll, duplicates, stories, replies, policies, quarantine, embargo."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from plan_helpers import NOW, Newsroom, chat, document, entry, feed, outcomes, subscribed

from watchbot.model import (
    AlertKind,
    DeliveryKind,
    DeliveryState,
    EntryOutcome,
    EntryStatus,
    Note,
    PlacementKind,
    Priority,
)
from watchbot.plan import plan_embargoes, undo
from watchbot.plan.ledger import Ledger
from watchbot.plan.update import Audience

ANNA, BORIS = chat(1), chat(2)
ARREST = "Kazakhstan's former security chief Karim Massimov arrested for treason"
SUMMARY = (
    "The National Security Committee said the former prime minister was detained on Thursday with other officials."
)


def test_the_first_entry_of_a_story_alerts_every_subscriber_once() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan", "massimov") + subscribed(BORIS, "massimov"))
    plan = room.update(feed(), document(entry(ARREST, summary=SUMMARY)))
    assert outcomes(plan) == ["alert"]
    [alert] = plan.alerts
    assert (alert.kind, alert.priority, alert.rules) == (AlertKind.NEW, Priority.HIGH, ("kazakhstan", "massimov"))
    assert {(d.chat_id, d.topics) for d in alert.deliveries} == {(1, ("kazakhstan", "massimov")), (2, ("massimov",))}
    assert all(d.kind is DeliveryKind.SEND and d.state is DeliveryState.PENDING for d in alert.deliveries)
    assert alert.story == plan.entries[0].placement.story


def test_the_same_document_again_changes_nothing() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    parsed = document(entry(ARREST, summary=SUMMARY), entry("Weather in Berlin"))
    first = room.update(feed(), parsed)
    again = room.update(feed(), parsed)
    assert len(first.entries) == 2
    assert not again.entries
    assert not again.alerts
    assert {key for planned in first.entries for key in planned.keys} == set(again.seen_again)


def test_an_entry_without_a_match_is_stored_and_told_to_nobody() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    plan = room.update(feed(), document(entry("Weather in Berlin")))
    assert outcomes(plan) == ["no-match"]
    assert not plan.alerts


def test_a_copy_in_another_feed_edits_the_message_instead_of_sending_one() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    first = room.update(feed(1), document(entry(ARREST, summary=f"NUR-SULTAN, Jan 8 (Reuters) - {SUMMARY}")))
    copy = entry("Ex-security chief held in Kazakhstan", guid="other", link="https://other.test/1", summary=SUMMARY)
    plan = room.update(feed(2), document(copy))
    assert outcomes(plan) == ["duplicate"]
    assert plan.entries[0].placement.origin == "Reuters"
    assert plan.refresh_stories == (first.alerts[0].story,)
    assert not plan.alerts


def test_the_same_page_in_another_feed_is_folded_by_its_link() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    room.update(feed(1), document(entry(ARREST, link="https://www.example.com/a?utm_source=rss")))
    plan = room.update(feed(2), document(entry("Kazakhstan", guid="x", link="http://m.example.com/a/amp#top")))
    assert outcomes(plan) == ["duplicate"]
    assert plan.entries[0].placement.copy_of == 1


def test_a_translation_joins_the_story() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    room.update(feed(1), document(entry(ARREST, summary=SUMMARY)))
    german = entry("Kasachstans Ex-Geheimdienstchef Massimow wegen Hochverrats festgenommen", lang="de")
    assert outcomes(room.update(feed(2), document(german))) == ["update"]


def test_entries_of_one_document_find_each_other() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    later = entry(ARREST + " today", guid="b", link=None, summary=SUMMARY)
    plan = room.update(feed(), document(later, entry(ARREST, guid="a", link=None, summary=SUMMARY)))
    assert sorted(outcomes(plan)) == ["alert", "duplicate"]
    assert len(plan.alerts) == 1


def test_a_number_that_grew_is_answered_with_a_reply() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    room.update(feed(1), document(entry("26 killed in Kazakhstan unrest, interior ministry says")))
    later = entry("164 killed in Kazakhstan unrest, interior ministry says", published_at=NOW)
    plan = room.update(feed(2), document(later))
    assert outcomes(plan) == ["update"]
    [alert] = plan.alerts
    assert (alert.kind, alert.material) == (AlertKind.UPDATE, ("killed: 26 -> 164",))
    assert [d.kind for d in alert.deliveries] == [DeliveryKind.REPLY]


def test_a_correction_is_answered_unless_the_rule_wants_first_messages_only() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan") + subscribed(BORIS, "first-only"))
    text = "City authorities in Kazakhstan told state television that 748 police had also been injured."
    room.update(feed(1), document(entry("Eighteen officers killed in Almaty, two beheaded", summary=text)))
    corrected = entry("CORRECTED: Eighteen officers killed in Almaty, three beheaded", summary=text)
    [alert] = room.update(feed(1), document(corrected)).alerts
    assert alert.material == ("correction",)
    assert [d.chat_id for d in alert.deliveries] == [ANNA.id]


def test_every_entry_is_told_where_the_rule_says_all() -> None:
    room = Newsroom(subscribed(ANNA, "everything"))
    room.update(
        feed(1), document(entry("Kazakhstan declares curfew in Almaty", summary="A state of emergency is in force."))
    )
    plan = room.update(feed(2), document(entry("Curfew in Kazakhstan: emergency declared, Almaty streets empty")))
    assert outcomes(plan) == ["update"]
    assert [a.kind for a in plan.alerts] == [AlertKind.UPDATE]


def test_a_higher_priority_rule_that_now_matches_is_material() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan", "massimov"))
    room.update(feed(1), document(entry("Kazakhstan's former security chief arrested for treason", summary=SUMMARY)))
    plan = room.update(feed(2), document(entry(ARREST, summary=SUMMARY)))
    [alert] = plan.alerts
    assert (alert.kind, alert.priority, alert.material) == (AlertKind.UPDATE, Priority.HIGH, ("now high priority",))


def test_a_chat_without_a_message_of_the_story_gets_a_new_one() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan") + subscribed(BORIS, "massimov"))
    room.update(feed(1), document(entry("Kazakhstan's former security chief arrested for treason", summary=SUMMARY)))
    plan = room.update(feed(2), document(entry(ARREST, summary=SUMMARY)))
    sent = {a.kind: [d.chat_id for d in a.deliveries] for a in plan.alerts}
    assert sent[AlertKind.NEW] == [BORIS.id]


def test_a_cooldown_holds_a_rule_back() -> None:
    room = Newsroom(subscribed(ANNA, "calm"))
    assert outcomes(room.update(feed(1), document(entry("Tenge falls against dollar")))) == ["alert"]
    soon = room.update(feed(1), document(entry("Central bank buys tenge for reserves")), NOW + timedelta(hours=1))
    assert not soon.alerts
    late = entry("Tenge banknotes with new design shown", published_at=NOW + timedelta(hours=7))
    assert room.update(feed(1), document(late), NOW + timedelta(hours=7)).alerts


def test_a_killed_story_is_withdrawn_even_when_its_notice_matches_nothing() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    first = room.update(feed(), document(entry(ARREST, guid="urn:1", summary=SUMMARY, version=1)))
    kill = entry("Story withdrawn", guid="urn:1", version=2, status=EntryStatus.CANCELED)
    plan = room.update(feed(), document(kill))
    assert plan.withdrawn_stories == (first.alerts[0].story,)
    assert [(a.kind, a.material) for a in plan.alerts] == [(AlertKind.UPDATE, ("withdrawn",))]
    assert not room.update(feed(), document(kill)).entries  # the same notice again says nothing new


def test_a_story_withdrawn_before_it_was_told_stays_untold() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    plan = room.update(feed(), document(entry("KILL: " + ARREST, status=EntryStatus.CANCELED)))
    assert not plan.alerts


def test_a_new_version_of_an_item_updates_its_story() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    room.update(feed(), document(entry(ARREST, guid="urn:1", version=1)))
    plan = room.update(feed(), document(entry("Kazakhstan: something else entirely", guid="urn:1", version=2)))
    assert outcomes(plan) == ["update"]
    assert plan.entries[0].placement.kind is PlacementKind.UPDATE


@pytest.mark.fault(34)
def test_the_first_poll_records_everything_and_tells_only_what_is_young() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    old = [entry(f"Kazakhstan item {n}", published_at=NOW - timedelta(hours=25 + n)) for n in range(498)]
    undated = entry("Kazakhstan item without a date", published_at=None)
    future = entry("Kazakhstan in fifty years", published_at=NOW + timedelta(days=18000))
    young = entry("Curfew lifted in Kazakhstan", published_at=NOW - timedelta(hours=1))
    plan = room.update(feed(polled=False), document(*old, undated, future, young))
    assert len(plan.entries) == 501
    assert [e.entry.title for e in plan.entries if e.outcome is not EntryOutcome.BASELINE] == [young.title]
    assert len(plan.alerts) == 1
    assert plan.feed.changes["baseline_at"] == NOW
    after = room.update(feed(polled=False), document(entry("Kazakhstan opens airports", published_at=None)))
    assert after.entries[0].outcome is EntryOutcome.ALERT


@pytest.mark.fault(35)
@pytest.mark.parametrize("age", [timedelta(days=-9000), timedelta(days=9000), None])
def test_a_date_never_decides_novelty(age: timedelta | None) -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    plan = room.update(feed(), document(entry(ARREST, published_at=NOW - age if age is not None else None)))
    assert outcomes(plan) == ["alert"]
    assert NOW - timedelta(days=7) <= plan.entries[0].at <= NOW


@pytest.mark.fault(33)
@pytest.mark.parametrize(
    ("guid", "link", "age"),
    [
        ("new-{}", "https://new.example.com/{}", None),
        ("new-{}", "https://new.example.com/{}", timedelta(0)),
        ("{}?x", None, None),
    ],
)
def test_a_relaunched_feed_is_one_notice_not_a_flood(guid: str, link: str | None, age: timedelta | None) -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"), admins=[BORIS])
    words = ["curfew", "airport", "internet", "bank", "troops", "fuel", "mourning", "curling", "oil", "uranium"]
    dates = [NOW - timedelta(days=2, hours=n) for n in range(10)]
    titles = [f"Kazakhstan and the {word} question" for word in words]
    before = [
        entry(t, guid=str(n), link=f"https://example.com/{n}", published_at=at)
        for n, (t, at) in enumerate(zip(titles, dates, strict=True))
    ]
    room.update(feed(), document(*before))
    renewed = [
        replace(
            e,
            guid=guid.format(n),
            link=link.format(n) if link else None,
            summary="Now with a summary.",
            published_at=e.published_at if age is None else NOW - age,
        )
        for n, e in enumerate(before)
    ]
    plan = room.update(feed(), document(*renewed), NOW + timedelta(hours=1))
    assert set(outcomes(plan)) == {"quarantined"}
    [notice] = plan.alerts
    assert notice.kind is AlertKind.NOTICE
    assert [d.chat_id for d in notice.deliveries] == [BORIS.id]
    assert notice.notes == (Note("notice-renewed-ids", {"feed": "Outlet 1", "count": len(before)}),)
    fresh = entry("Bus falls off a bridge in northern Kazakhstan", published_at=NOW + timedelta(hours=2))
    after = room.update(feed(), document(fresh, *renewed), NOW + timedelta(hours=2))
    assert outcomes(after) == ["alert"]


@pytest.mark.fault(36)
def test_a_feed_polled_too_slowly_is_news_with_a_possible_gap() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    room.update(feed(), document(*[entry(f"Kazakhstan report {n}") for n in range(8)]))
    hour = NOW + timedelta(hours=1)
    words = ["curfew", "airport", "internet", "bank", "troops", "fuel", "mourning", "uranium"]
    plan = room.update(
        feed(),
        document(
            *[entry(f"Kazakhstan {w}", published_at=hour - timedelta(minutes=4 * n)) for n, w in enumerate(words)]
        ),
        hour,
    )
    assert "quarantined" not in outcomes(plan)
    assert plan.feed.changes["gap_at"] == hour


def test_an_embargoed_entry_waits_and_is_told_when_it_is_due() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    lifted = NOW + timedelta(hours=2)
    plan = room.update(feed(), document(entry(ARREST, embargo=lifted)))
    assert outcomes(plan) == ["embargoed"]
    assert not plan.alerts
    [due] = plan_embargoes(
        plan.entries,
        feeds={1: feed()},
        rules=room.rules,
        index=room.index,
        ledger=room.ledger,
        audience=Audience(room.subscriptions),
        settings=room.settings,
        now=lifted,
    )
    assert [(e.id, str(e.outcome)) for e in due.entries] == [(plan.entries[0].id, "alert")]
    assert len(due.alerts) == 1


def test_a_failed_transaction_is_taken_back_and_planned_again() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    known = dict(room.known)
    plan = room.update(feed(), document(entry(ARREST)))
    undo(plan, room.index, room.ledger)
    room.known, room.feeds = known, {}
    assert len(room.index) == 0
    assert outcomes(room.update(feed(), document(entry(ARREST)))) == ["alert"]


def test_mutes_languages_priorities_and_suspension_keep_deliveries_back() -> None:
    people = [
        *subscribed(chat(1), "kazakhstan", languages=("de",)),
        *subscribed(chat(2), "kazakhstan", min_priority=Priority.HIGH),
        *subscribed(chat(3, suspended="blocked"), "kazakhstan"),
        *subscribed(chat(4), "kazakhstan"),
        *[(replace(s, muted_until=NOW + timedelta(hours=1)), c) for s, c in subscribed(chat(5), "kazakhstan")],
        *subscribed(chat(6), "kazakhstan", languages=("en", "de"), silent=True),
    ]
    room = Newsroom(people, mutes={4: frozenset({"outlet 1"})})
    [alert] = room.update(feed(), document(entry("Curfew lifted in Kazakhstan"))).alerts
    assert [(d.chat_id, d.silent) for d in alert.deliveries] == [(6, True)]


def test_forum_topics_of_one_chat_are_told_apart() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan", thread=7) + subscribed(ANNA, "kazakhstan", thread=None))
    [alert] = room.update(feed(), document(entry("Curfew lifted in Kazakhstan"))).alerts
    assert {d.thread_id for d in alert.deliveries} == {7, None}


def test_the_ledger_forgets_and_expires() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    plan = room.update(feed(), document(entry(ARREST)))
    story = plan.alerts[0].story
    assert room.ledger.told(story) == {(1, None)}
    room.ledger.expire(NOW + timedelta(seconds=1))
    assert not room.ledger.alerted(story)
    assert isinstance(room.ledger, Ledger)


def poll_twice(room: Newsroom, first: list, second: list) -> list[str]:
    """Titles alerted over two polls of one feed."""
    told = []
    for number, entries in enumerate((first, second)):
        plan = room.update(feed(), document(*entries), NOW + timedelta(minutes=2 * number))
        titles = {e.id: e.entry.title for e in plan.entries}
        told += [titles[a.entry_id] for a in plan.alerts if a.kind is AlertKind.NEW]
    return told


REPORTS = [
    "Curfew lifted in Kazakhstan",
    "Kazakhstan opens airports",
    "Oil output of Kazakhstan falls",
    "Banks of Kazakhstan close",
]


@pytest.mark.fault(32)
@pytest.mark.parametrize(
    "identity",
    [
        lambda n, poll: {"guid": None},
        lambda n, poll: {"guid": None, "link": None},
        lambda n, poll: {"guid": "always-the-same"},
        lambda n, poll: {"guid": "always-the-same", "link": "https://example.com/"},
        lambda n, poll: {"guid": "always-the-same", "link": None},
        lambda n, poll: {"guid": f"poll-{poll}-{n}"},
        lambda n, poll: {"guid": f"poll-{poll}-{n}", "link": None},
        lambda n, poll: {"guid": f"{n}", "link": "https://example.com/"},
    ],
    ids=["no guid", "no guid, no link", "one guid", "one guid, one link", "one guid, no link", "new guids each poll",
         "new guids, no links", "one link"],
)  # fmt: skip
def test_feeds_with_bad_guids_alert_once_per_entry(identity) -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    first = [entry(t, **identity(n, 1)) for n, t in enumerate(REPORTS[:3])]
    second = [entry(t, **identity(n, 2)) for n, t in enumerate(REPORTS)]
    assert sorted(poll_twice(room, first, second)) == sorted(REPORTS)
    third = [entry(t, **identity(n, 3)) for n, t in enumerate(REPORTS)]
    plan = room.update(feed(), document(*third), NOW + timedelta(minutes=9))
    assert not plan.alerts
    assert not plan.entries  # nothing is stored again at each poll


@pytest.mark.fault(32)
def test_a_guid_that_changes_with_the_headline_alerts_once() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    first = entry("Curfew lifted in Kazakhstan", guid="curfew-lifted", link="https://example.com/7")
    second = entry("Kazakhstan ends curfew, reopens airports", guid="ends-curfew", link="https://example.com/7")
    assert poll_twice(room, [first], [second]) == [first.title]


@pytest.mark.fault(32)
def test_one_guid_is_seen_through_when_each_document_shows_one_entry() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    one, two = (entry(t, guid="same", link=None) for t in REPORTS[:2])
    assert poll_twice(room, [one], [two]) == REPORTS[:2]


def test_entries_cut_out_before_parsing_are_neither_missing_nor_a_gap() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    room.update(feed(), document(*[entry(f"Kazakhstan report {n}") for n in range(8)]))
    cut = replace(document(entry("Curfew lifted in Kazakhstan")), seen=tuple(f"hash{n}" for n in range(7)))
    plan = room.update(feed(), cut, NOW + timedelta(minutes=2))
    assert outcomes(plan) == ["alert"]
    assert "gap_at" not in plan.feed.changes
    assert len(plan.feed.changes["window"]) == 8
    nothing = replace(document(), seen=tuple(f"hash{n}" for n in range(8)))
    assert len(room.update(feed(), nothing, NOW + timedelta(minutes=4)).feed.changes["window"]) == 8


def test_a_page_known_from_long_ago_is_not_told_when_another_feed_shows_it() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    old = entry("Curfew lifted in Kazakhstan", published_at=NOW - timedelta(hours=30))
    room.update(feed(1, polled=False), document(old))
    assert outcomes(room.update(feed(2), document(replace(old, guid="x", published_at=NOW)))) == ["duplicate"]


def test_an_error_while_planning_leaves_index_and_ledger_as_they_were() -> None:
    room = Newsroom(subscribed(ANNA, "kazakhstan"))
    with pytest.raises(StopIteration):
        room.ids = iter([1])
        room.update(feed(), document(entry("Curfew lifted in Kazakhstan"), entry("Kazakhstan opens airports")))
    assert len(room.index) == 0
    assert not room.ledger.alerted("1")
