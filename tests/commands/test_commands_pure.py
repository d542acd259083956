"""The decisions behind the chat: access, flood, settings, button data, spikes, charts, proposals."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbot.commands.access import AccessPolicy, Standing, standing
from watchbot.commands.application import ACTIONS, COMMANDS
from watchbot.commands.desk import Need, command_of
from watchbot.commands.feedback import Judged, propose_edit
from watchbot.commands.flood import FloodGuard, Verdict
from watchbot.commands.menu import GROUP, OPERATOR, PRIVATE
from watchbot.commands.plot import Plotter, chart
from watchbot.commands.preferences import changed, clock, mute_until, timezone
from watchbot.commands.spikes import Spike, find_spikes, spike_note
from watchbot.model import ChatSettings, Priority
from watchbot.render import callbacks, said, texts
from watchbot.render.callbacks import SHAPES, decode, encode, find_topic, topic_key

NOW = datetime(2022, 1, 8, 5, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)

# -- access


@pytest.mark.fault(42)
@pytest.mark.parametrize(
    ("mode", "user", "chat", "user_access", "chat_access", "expected"),
    [
        ("allowlist", 1, 1, "none", "none", Standing.STRANGER),
        ("allowlist", 5, 5, "none", "none", Standing.READER),
        ("allowlist", 1, -5, "none", "none", Standing.READER),
        ("allowlist", 5, -9, "none", "none", Standing.READER),
        ("allowlist", 9, 9, "none", "none", Standing.OPERATOR),
        ("allowlist", 9, -77, "none", "denied", Standing.OPERATOR),
        ("allowlist", 1, 1, "granted", "granted", Standing.READER),
        ("allowlist", 1, 1, "admin", "admin", Standing.OPERATOR),
        ("allowlist", 1, -7, "none", "granted", Standing.READER),
        ("allowlist", 1, -7, "none", "admin", Standing.READER),
        ("allowlist", None, -7, "none", "none", Standing.STRANGER),
        ("allowlist", None, -7, "none", "granted", Standing.READER),
        ("approval", 1, 1, "requested", "requested", Standing.STRANGER),
        ("approval", 1, 1, "denied", "denied", Standing.STRANGER),
        ("invite", 1, 1, "none", "none", Standing.STRANGER),
        ("open", 1, 1, "none", "none", Standing.READER),
        ("open", 1, 1, "denied", "denied", Standing.STRANGER),
        ("open", 5, 5, "revoked", "revoked", Standing.STRANGER),
        ("allowlist", 5, 5, "revoked", "revoked", Standing.STRANGER),
        ("allowlist", 5, -5, "none", "revoked", Standing.STRANGER),
        ("allowlist", 9, 9, "revoked", "revoked", Standing.OPERATOR),
        ("open", None, -7, "none", "none", Standing.READER),
    ],
)
def test_standing(
    mode: str, user: int | None, chat: int, user_access: str, chat_access: str, expected: Standing
) -> None:
    policy = AccessPolicy(mode, admins=(9,), allow=(5, -5))
    found = standing(policy, user_id=user, chat_id=chat, user_access=user_access, chat_access=chat_access)
    assert found is expected


def test_what_changes_settings_asks_for_the_right_to() -> None:
    """The table itself: a new command that writes must not slip in as READ."""
    reading = {"topics", "latest", "search", "trend", "why", "status", "channel", "irr", "more", "find"}
    assert {name for name, entry in (COMMANDS | ACTIONS).items() if entry.need is Need.READ} == reading
    open_to_all = {"start", "help", "id", "ask"}
    assert {name for name, entry in (COMMANDS | ACTIONS).items() if entry.need is Need.NOTHING} == open_to_all


def test_tables_are_complete() -> None:
    assert set(ACTIONS) == set(SHAPES)
    assert {*PRIVATE, *GROUP, *OPERATOR} <= set(COMMANDS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start", ("start", "")),
        ("/Start@WatchBot  csto\nx", ("start", "csto\nx")),
        ("/start@otherbot", None),
        ("/search\nwords", ("search", "words")),
        ("hello /start", None),
        ("/", None),
        ("/st-art", None),
    ],
)
def test_command_of(text: str, found: tuple[str, str] | None) -> None:
    assert command_of(text, "watchbot") == found


# -- flood


@pytest.mark.fault(43)
def test_flood_guard() -> None:
    guard = FloodGuard(burst=3, per_second=1)
    found = [guard.check(1, NOW) for _ in range(6)]
    assert found == [Verdict.PASS] * 3 + [Verdict.WARN, Verdict.DROP, Verdict.DROP]
    assert guard.check(2, NOW) is Verdict.PASS
    assert guard.check(1, NOW + timedelta(seconds=1)) is Verdict.PASS
    assert guard.check(1, NOW + timedelta(seconds=1)) is Verdict.WARN
    assert guard.check(1, NOW - timedelta(days=1)) is Verdict.DROP  # a clock that jumps back refills nothing


def test_flood_guard_forgets_the_longest_unseen() -> None:
    guard = FloodGuard(burst=1, per_second=0.001, max_known=100)
    for key in range(1000):
        guard.check(key, NOW)
    assert len(guard._buckets) == 100


# -- settings


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("rate", "20", ChatSettings(per_hour=20)),
        ("rate", "0", ChatSettings(per_hour=0)),
        ("rate", "usual", ChatSettings()),
        ("rate", "1000", None),
        ("bursts", "no", ChatSettings(bursts=False)),
        ("bursts", "maybe", None),
        ("mode", "hourly", ChatSettings(mode="hourly")),
        ("mode", "weekly", None),
        ("times", "18,08", ChatSettings(mode="daily", digest_times=("08:00", "18:00"))),
        ("times", "25", None),
        ("times", "1,2,3,4,5,6,7", None),
        ("quiet", "22-07", ChatSettings(quiet_from="22:00", quiet_to="07:00")),
        ("quiet", "off", ChatSettings()),
        ("quiet", "22-22", None),
        ("prio", "high", ChatSettings(min_priority=Priority.HIGH)),
        ("prio", "top", None),
        ("langs", "de", ChatSettings(languages=("de",))),
        ("langs", "all", ChatSettings(languages=())),
        ("langs", "xx", None),
        ("silent", "yes", ChatSettings(silent=True)),
        ("summary", "no", ChatSettings(summary=False)),
        ("photo", "yes", ChatSettings(photo=True)),
        ("break", "no", ChatSettings(high_breaks_quiet=False)),
        ("silent", "maybe", None),
        ("title", "x", None),
    ],
)
def test_changed(key: str, value: str, expected: ChatSettings | None) -> None:
    assert changed(ChatSettings(), key, value) == expected


def test_a_language_is_toggled() -> None:
    own = changed(changed(ChatSettings(), "langs", "de") or ChatSettings(), "langs", "ru")
    assert own and own.languages == ("de", "ru")
    assert (changed(own, "langs", "de") or own).languages == ("ru",)


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        ("Asia/Almaty", "Asia/Almaty"),
        ("asia/almaty", "Asia/Almaty"),
        ("almaty", "Asia/Almaty"),
        ("New York", "America/New_York"),
        ("../../etc/passwd", None),
        ("", None),
        ("Atlantis", None),
    ],
)
def test_timezone(value: str, zone: str | None) -> None:
    assert timezone(value) == zone


def test_clock() -> None:
    assert [clock(v) for v in ("8", "08:30", "23:59", "24", "8:60", "x", "٨")] == [
        "08:00", "08:30", "23:59", None, None, None, None,
    ]  # fmt: skip


@pytest.mark.fault(40)
def test_mute_until() -> None:
    assert mute_until("1h", "UTC", NOW) == NOW + HOUR
    assert mute_until("today", "Asia/Almaty", NOW) == datetime(2022, 1, 8, 18, 0, tzinfo=UTC)
    before_change = datetime(2022, 3, 26, 22, 30, tzinfo=UTC)  # Berlin: 23:30, the night the clocks change
    assert mute_until("today", "Europe/Berlin", before_change) == datetime(2022, 3, 26, 23, 0, tzinfo=UTC)
    assert mute_until("ever", "UTC", NOW) is None


# -- button data


@given(st.text(max_size=80))
def test_any_data_is_decoded_or_refused(data: str) -> None:
    found = decode(data)
    if found is not None:
        assert encode(found.name, *found.args) == data


@pytest.mark.fault(42)
@pytest.mark.parametrize(
    "data", ["", "x", "sub", "sub:a", "sub:a:1:2", "sub:A:1", "sub:a:1\n", "more:-1", "more:٣", "more:1 "]
)
def test_forged_data_is_refused(data: str) -> None:
    assert decode(data) is None


def test_our_own_mistakes_are_errors() -> None:
    with pytest.raises(ValueError):
        encode("sub", "not a topic", 0)


@given(st.text(min_size=1, max_size=200))
def test_every_topic_travels_in_a_button_and_a_link(rule: str) -> None:
    key = topic_key(rule)
    assert find_topic(key, ["other", rule]) in ("other", rule) and find_topic(key, [rule]) == rule
    assert len(encode("mutefor", "9" * 18, key, "today").encode()) <= callbacks.DATA_LIMIT
    assert len(encode("chsub", "-" + "9" * 16, key, 9999).encode()) <= callbacks.DATA_LIMIT
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


# -- spikes


def quiet(seed: int, mean: float, hours: int = 168) -> list[int]:
    rng = random.Random(seed)
    return [sum(rng.random() < mean / 20 for _ in range(20)) for _ in range(hours)]


@pytest.mark.parametrize(
    ("count", "before", "spike"),
    [
        (41, quiet(1, 2), True),
        (7, quiet(1, 0.1), False),
        (12, quiet(1, 0.1), True),
        (20, quiet(1, 8), False),
        (41, quiet(1, 2)[:40], False),
        (41, [2] * 100 + [40] * 60, True),
        (41, [40, 0] * 84, False),
    ],
)
def test_find_spikes(count: int, before: list[int], spike: bool) -> None:
    found = find_spikes({"almaty": count}, {"almaty": before}, {}, NOW)
    assert bool(found) is spike


def test_one_message_per_spike() -> None:
    before = {"almaty": [2] * 168}
    (first,) = find_spikes({"almaty": 41}, before, {}, NOW)
    assert said(spike_note(first, "Almaty"), texts("en"), "UTC", NOW) == "📈 Almaty: 41 in an hour, usually 2"
    told = {"almaty": first}
    assert find_spikes({"almaty": 50}, before, told, NOW + HOUR) == []
    assert find_spikes({"almaty": 90}, before, told, NOW + HOUR) != []
    assert find_spikes({"almaty": 41}, before, told, NOW + 7 * HOUR) != []


def test_quiet_weeks_raise_no_alarm() -> None:
    """100 entities over four weeks of Poisson-like hours: not one false alarm."""
    alarms = 0
    for seed in range(100):
        hours = quiet(seed, 0.2 + seed % 10, 672)
        for at in range(168, 672, 7):
            alarms += bool(find_spikes({"e": hours[at]}, {"e": hours[at - 168 : at]}, {}, NOW))
    assert alarms == 0


def test_strongest_first() -> None:
    before = {e: [2] * 60 for e in "ab"}
    assert [s.entity for s in find_spikes({"a": 20, "b": 60}, before, {}, NOW)] == ["b", "a"]
    assert isinstance(find_spikes({"a": 20}, before, {}, NOW)[0], Spike)


# -- charts

TITLES = {"a": "Almaty", "b": "Boris", "c": "CSTO"}
"""Entities; what is counted beside them, a chart leaves out."""


def test_chart_fills_gaps_and_ranks() -> None:
    counts = [("a", NOW - 3 * HOUR, 2), ("b", NOW - HOUR, 5), ("a", NOW - 30 * HOUR, 9), ("c", NOW, 1), ("x", NOW, 99)]
    found = chart(counts, [], NOW - 24 * HOUR, NOW, "Asia/Almaty", limit=2, titles=TITLES)
    assert [line.name for line in found.lines] == ["Boris", "Almaty"]
    assert len(found.times) == 24 + 1 and found.times[-1].hour == 11
    assert sum(found.lines[1].counts) == 2 and found.total == 7
    days = chart(counts, ["a"], NOW - timedelta(days=7), NOW, "Asia/Almaty", limit=2, titles=TITLES)
    assert [line.name for line in days.lines] == ["Almaty"] and days.step == timedelta(days=1)
    assert days.lines[0].counts[-2:] == (9, 2)


@pytest.mark.fault(40)
def test_chart_over_a_clock_change_loses_nothing() -> None:
    until = datetime(2022, 3, 28, 12, tzinfo=UTC)
    counts = [("a", until - i * HOUR, 1) for i in range(7 * 24)]
    assert chart(counts, [], until - timedelta(days=7), until, "Europe/Berlin", limit=1, titles=TITLES).total == 7 * 24


def test_plot_is_a_png() -> None:
    counts = [(e, NOW - i * HOUR, i % 5 + ord(e) % 3) for e in "abc" for i in range(24)]
    picture = Plotter().draw(chart(counts, [], NOW - 24 * HOUR, NOW, "UTC", limit=6, titles=TITLES), "Mentions")
    assert picture.startswith(b"\x89PNG")


# -- proposals


def test_no_edit_that_would_cost_good_alerts() -> None:
    bad = [Judged(1, "Massimov Aston"), Judged(2, "Massimov Aston")]
    good = [Judged(i, "Massimov Aston") for i in range(3, 9)]
    assert propose_edit("r", "massimov", bad, good, lambda *_: [False] * 6) is None
    assert propose_edit("r", "massimov", [], good, lambda *_: []) is None


def test_what_is_proposed_is_what_was_measured() -> None:
    bad = [Judged(1, "Massimov scores for Aston Villa"), Judged(2, "Aston Villa: Massimov injured")]
    good = [Judged(3, "Massimov arrested in Almaty"), Judged(4, "Treason: Massimov in custody")]

    def replay(rule: str, match: str, entries: object) -> list[bool]:
        assert match.startswith("(massimov) and not ")
        return ["Villa" not in e.title for e in entries] if "Villa" in match else [True] * 2  # type: ignore[attr-defined]

    found = propose_edit("r", "massimov", bad, good, replay)
    assert found and "Villa" in found.after
    assert (found.irrelevant_removed, found.others_removed) == (2, 0)
