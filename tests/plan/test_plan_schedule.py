"""When a delivery goes out: at once, in digests, after quiet hours, in the chat's zone, across clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_helpers import chat

from watchbot.model import ChatSettings, DeliveryState, Priority, Subscription
from watchbot.plan import next_slot, schedule
from watchbot.plan.schedule import effective, wants

LOW, NORMAL, HIGH = Priority.LOW, Priority.NORMAL, Priority.HIGH


NIGHT: dict[str, object] = {"quiet_from": "22:00", "quiet_to": "07:00"}


def daily(*times: str) -> dict[str, object]:
    return {"mode": "daily", "digest_times": times}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("settings", "priority", "zone", "now", "expected"),
    [
        ({}, NORMAL, "UTC", "2022-01-08T12:00", None),
        ({"mode": "now"}, LOW, "Asia/Almaty", "2022-01-08T12:00", None),
        ({"mode": "hourly"}, HIGH, "UTC", "2022-01-08T12:20:30", "2022-01-08T13:00"),
        ({"mode": "hourly"}, NORMAL, "UTC", "2022-01-08T12:00", "2022-01-08T13:00"),
        ({"mode": "hourly"}, NORMAL, "Asia/Kathmandu", "2022-01-08T12:00", "2022-01-08T12:15"),
        ({"mode": "daily"}, NORMAL, "Asia/Almaty", "2022-01-08T12:00", "2022-01-09T02:00"),
        (daily("18:30", "07:00"), NORMAL, "Europe/Berlin", "2022-01-08T12:00", "2022-01-08T17:30"),
        (daily("07:00"), NORMAL, "Europe/Berlin", "2022-01-08T06:00", "2022-01-09T06:00"),
        (daily("nonsense"), NORMAL, "UTC", "2022-01-08T12:00", "2022-01-09T08:00"),
        (NIGHT, NORMAL, "Asia/Almaty", "2022-01-08T17:00", "2022-01-09T01:00"),
        (NIGHT, NORMAL, "Asia/Almaty", "2022-01-08T00:30", "2022-01-08T01:00"),
        (NIGHT, NORMAL, "Asia/Almaty", "2022-01-08T01:00", None),
        (NIGHT, HIGH, "Asia/Almaty", "2022-01-08T17:00", None),
        (NIGHT | {"high_breaks_quiet": False}, HIGH, "UTC", "2022-01-08T23:00", "2022-01-09T07:00"),
        ({"quiet_from": "13:00", "quiet_to": "15:00"}, NORMAL, "UTC", "2022-01-08T14:00", "2022-01-08T15:00"),
        ({"quiet_from": "08:00", "quiet_to": "08:00"}, NORMAL, "UTC", "2022-01-08T08:00", None),
        ({"quiet_from": "bad", "quiet_to": "07:00"}, NORMAL, "UTC", "2022-01-08T03:00", None),
        (NIGHT | {"mode": "hourly"}, HIGH, "UTC", "2022-01-08T22:30", "2022-01-09T07:00"),
        # Berlin skips 02:00-03:00 on 27 March 2022 and has it twice on 30 October.
        (daily("02:30"), NORMAL, "Europe/Berlin", "2022-03-27T00:30", "2022-03-27T01:30"),
        (daily("02:30"), NORMAL, "Europe/Berlin", "2022-10-30T00:00", "2022-10-30T00:30"),
        ({"mode": "hourly"}, NORMAL, "Europe/Berlin", "2022-10-30T00:30", "2022-10-30T01:00"),
        (NIGHT, NORMAL, "Europe/Berlin", "2022-03-26T22:00", "2022-03-27T05:00"),
        ({"mode": "daily"}, NORMAL, "No/Where", "2022-01-08T12:00", "2022-01-09T08:00"),
    ],
)
def test_slots(settings: dict[str, object], priority: Priority, zone: str, now: str, expected: str | None) -> None:
    slot = schedule(chat(1, timezone=zone), ChatSettings(**settings), priority=priority, now=utc(now))  # type: ignore[arg-type]
    if expected is None:
        assert (slot.state, slot.not_before) == (DeliveryState.PENDING, utc(now))
    else:
        assert (slot.state, slot.not_before) == (DeliveryState.HELD, utc(expected))


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(
        ["UTC", "Asia/Almaty", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
    st.sampled_from(["now", "hourly", "daily"]),
    st.times().map(lambda t: t.strftime("%H:%M")),
    st.times().map(lambda t: t.strftime("%H:%M")),
    st.sampled_from(list(Priority)),
)
def test_a_slot_is_never_past_never_far_and_never_quiet(now, zone, mode, start, end, priority) -> None:
    settings = ChatSettings(mode=mode, quiet_from=start, quiet_to=end, high_breaks_quiet=False)
    slot = schedule(chat(1, timezone=zone), settings, priority=priority, now=now)
    assert now <= slot.not_before <= now + timedelta(days=3)
    clock = slot.not_before.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S")
    if start < end:
        assert not f"{start}:00" < clock < f"{end}:00"


def test_a_digest_lies_ahead_even_at_its_own_minute() -> None:
    now = utc("2022-01-08T08:00")
    assert next_slot("daily", ("08:00",), ZoneInfo("UTC"), now) == now + timedelta(days=1)


@pytest.mark.parametrize(
    ("settings", "priority", "lang", "wanted"),
    [
        ({}, LOW, "xx", True),
        ({"min_priority": HIGH}, NORMAL, "en", False),
        ({"min_priority": NORMAL}, NORMAL, "en", True),
        ({"languages": ("de", "ru")}, HIGH, "en", False),
        ({"languages": ("zh",)}, HIGH, "zh-Hant", True),
        ({"languages": ("pt-BR",)}, HIGH, "pt", True),
        ({"languages": ("de",)}, HIGH, None, True),
    ],
)
def test_what_a_chat_wants(settings: dict[str, object], priority: Priority, lang: str | None, wanted: bool) -> None:
    assert wants(ChatSettings(**settings), priority=priority, lang=lang) is wanted  # type: ignore[arg-type]


def test_a_subscription_overrides_its_chat_and_inherits_the_rest() -> None:
    who = chat(1, settings=ChatSettings(mode="daily", silent=True, min_priority=HIGH))
    mine = effective(who, Subscription(1, "t", settings=ChatSettings(mode="now", silent=False)))
    assert (mine.mode, mine.silent, mine.min_priority) == ("now", False, HIGH)
    assert effective(who, None) == who.settings
