"""Days on which the clocks change: digests and quiet hours keep to the clock on the wall, once each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from servers.feed_server import FeedServer, rfc822, rss
from watchbot.app.parts import Inputs, build, new_poller
from watchbot.config import FeedList, Settings
from watchbot.model import (
    Chat,
    ChatKind,
    ChatSettings,
    DeliveryState,
    FeedSpec,
    Outcome,
    OutgoingMessage,
    Priority,
    SendResult,
)
from watchbot.plan.schedule import next_slot, schedule
from watchbot.rules import load_rules

BERLIN, ALMATY, NEW_YORK, LORD_HOWE = "Europe/Berlin", "Asia/Almaty", "America/New_York", "Australia/Lord_Howe"
NIGHT = ChatSettings(quiet_from="22:00", quiet_to="06:00")
DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def when(settings: ChatSettings, zone: str, now: str) -> str:
    """When an alert of normal priority goes out, in UTC."""
    chat = Chat(1, ChatKind.PRIVATE, "x", timezone=zone, settings=settings)
    slot = schedule(chat, settings, priority=Priority.NORMAL, now=utc(now))
    assert (slot.state is DeliveryState.HELD) == (slot.not_before > utc(now))
    return f"{slot.not_before:%Y-%m-%d %H:%M}"


@pytest.mark.fault(40)
@pytest.mark.parametrize(
    ("settings", "zone", "now", "expected"),
    [
        # Clocks forward on 2026-03-29 at 02:00 in Berlin: the night has seven hours, the day twenty-three.
        (NIGHT, BERLIN, "2026-03-28 21:00", "2026-03-29 04:00"),
        (NIGHT, BERLIN, "2026-03-29 03:59", "2026-03-29 04:00"),
        (NIGHT, BERLIN, "2026-03-29 04:00", "2026-03-29 04:00"),
        (NIGHT, BERLIN, "2026-03-29 20:00", "2026-03-30 04:00"),
        (ChatSettings(mode="daily", digest_times=("08:00",)), BERLIN, "2026-03-28 07:00", "2026-03-29 06:00"),
        (ChatSettings(mode="daily", digest_times=("02:30",)), BERLIN, "2026-03-28 20:00", "2026-03-29 01:30"),
        (ChatSettings(quiet_from="22:00", quiet_to="02:30"), BERLIN, "2026-03-28 23:00", "2026-03-29 01:30"),
        # Back on 2026-10-25 at 03:00: nine hours, and 02:30 comes twice.
        (NIGHT, BERLIN, "2026-10-24 20:00", "2026-10-25 05:00"),
        (NIGHT, BERLIN, "2026-10-25 04:59", "2026-10-25 05:00"),
        (NIGHT, BERLIN, "2026-10-25 20:59", "2026-10-25 20:59"),
        (NIGHT, BERLIN, "2026-10-25 21:00", "2026-10-26 05:00"),
        (ChatSettings(mode="daily", digest_times=("08:00",)), BERLIN, "2026-10-24 07:00", "2026-10-25 07:00"),
        (ChatSettings(mode="daily", digest_times=("02:30",)), BERLIN, "2026-10-24 20:00", "2026-10-25 00:30"),
        (ChatSettings(mode="daily", digest_times=("02:30",)), BERLIN, "2026-10-25 00:45", "2026-10-26 01:30"),
        # Kazakhstan has had one zone since 2024-03-01: Almaty went from UTC+6 to UTC+5 at midnight, for good.
        (NIGHT, ALMATY, "2024-02-28 17:00", "2024-02-29 00:00"),
        (NIGHT, ALMATY, "2024-02-29 17:00", "2024-03-01 01:00"),
        (NIGHT, ALMATY, "2024-03-01 16:59", "2024-03-01 16:59"),
        (NIGHT, ALMATY, "2024-03-01 17:00", "2024-03-02 01:00"),
        (ChatSettings(mode="daily", digest_times=("08:00",)), ALMATY, "2024-02-29 01:00", "2024-02-29 02:00"),
        (ChatSettings(mode="daily", digest_times=("08:00",)), ALMATY, "2024-02-29 03:00", "2024-03-01 03:00"),
        (ChatSettings(mode="daily", digest_times=("23:30",)), ALMATY, "2024-02-29 03:00", "2024-02-29 17:30"),
    ],
)
def test_the_clock_on_the_wall_decides(settings: ChatSettings, zone: str, now: str, expected: str) -> None:
    assert when(settings, zone, now) == expected


@pytest.mark.fault(40)
@pytest.mark.parametrize("zone", [BERLIN, ALMATY, NEW_YORK, LORD_HOWE, "America/Havana", "Asia/Beirut", "UTC"])
@pytest.mark.parametrize("at", ["00:00", "00:30", "01:45", "02:30", "08:00", "23:59"])
def test_a_daily_digest_comes_once_on_each_day_of_a_year(zone: str, at: str) -> None:
    """Also on days whose hour is left out or comes twice. Asked at each digest, and a minute before each."""
    place = ZoneInfo(zone)
    now, end = utc("2024-01-01 12:00"), utc("2024-12-31 12:00")
    slots = []
    while now < end:
        at_that = next_slot("daily", (at,), place, now)
        assert now < at_that <= now + DAY + timedelta(hours=2)
        assert next_slot("daily", (at,), place, at_that - timedelta(minutes=1)) == at_that
        slots.append(at_that)
        now = at_that
    days = [slot.astimezone(place).date() for slot in slots]
    first: date = days[0]
    assert days == [first + DAY * n for n in range(len(days))], "each day once"


@pytest.mark.fault(40)
@pytest.mark.parametrize("zone", [BERLIN, ALMATY, LORD_HOWE])
def test_hourly_digests_are_an_hour_apart_whatever_the_clocks_do(zone: str) -> None:
    now, slots = utc("2024-01-01 00:10"), []
    while now < utc("2024-12-31 00:00"):
        now = next_slot("hourly", (), ZoneInfo(zone), now)
        slots.append(now)
    gaps = {b - a for a, b in pairwise(slots)}
    half = (
        {timedelta(minutes=30), timedelta(minutes=90)} if zone == LORD_HOWE else set()
    )  # its summer time is half an hour
    assert gaps <= {timedelta(hours=1)} | half


RULES = "version: 1\nentities:\n  massimov: {person: Karim Massimov}\nrules:\n  - {id: m, title: M, match: massimov}\n"
REPORTS = ("Massimov detained", "Massimov in court", "Massimov sentenced")


class Clock:
    """The wall clock, which a test sets."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift


class Reader:
    """A messenger that keeps what it is given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def send(self, message: OutgoingMessage) -> SendResult:
        self.texts.append(message.plain)
        return SendResult(Outcome.SENT, message_id=len(self.texts))

    async def ready(self) -> bool:
        return True


@pytest.mark.fault(40)
@pytest.mark.parametrize("days", [-1, 1, 400])
async def test_the_clock_is_set_while_the_bot_runs(tmp_path: Path, days: int) -> None:
    """Poller, database and outbox go on within seconds; each report is told once; no storm of requests."""
    clock, reader = Clock(), Reader()
    settings = Settings.model_validate(
        {
            "storage": {"url": f"sqlite:///{tmp_path / 'w.db'}", "backup_at": None},
            "fetch": {"allow_private_networks": True, "parse_workers": 1},
            "poll": {"interval": "1s", "min_interval": "1s", "max_interval": "2s", "tick": "100ms"},
        }
    )
    async with FeedServer() as server:
        specs = (FeedSpec(server.url("/f"), "F", lang="en"),)
        read = (lambda: load_rules(RULES, "r", lambda path: ""), lambda: FeedList(specs))
        inputs = Inputs(settings, *read, console=True, messenger=reader, clock=clock)
        async with build(inputs, clock) as parts:
            poller = new_poller(parts)
            tasks = [asyncio.create_task(parts.outbox.run()), asyncio.create_task(poller.run())]
            shown: list[dict[str, str]] = []
            for number, title in enumerate(REPORTS):
                shown.insert(0, {"guid": title, "title": title, "pubDate": rfc822(clock())})
                server.put("/f", rss(shown))
                asked = len(server.requests("/f"))
                await until(lambda title=title: any(title in text for text in reader.texts), 20)
                assert len(server.requests("/f")) - asked < 30
                if number == 0:
                    clock.shift += timedelta(days=days)
                elif number == 1:
                    clock.shift = timedelta()  # and back
            await poller.stop()
            await parts.outbox.stop()
            await asyncio.gather(*tasks)
    for title in REPORTS:
        assert sum(title in text for text in reader.texts) == 1


async def until(done: Callable[[], bool], seconds: float) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not done():
        assert asyncio.get_running_loop().time() < deadline, "not in time"
        await asyncio.sleep(0.02)
