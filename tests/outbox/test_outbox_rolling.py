"""A burst's rolling digest against a real database and Bot API server: one message that grows, and loses nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from outbox_harness import TOPIC, Desk, desk, now

from watchbot.model import OVER_QUOTA, DeliveryState
from watchbot.outbox import OutboxSettings

HOUR = timedelta(hours=1)
OLD = OutboxSettings(renew=timedelta(0))


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path / "watchbot.db") as made:
        yield made


def collapse(at: Desk, chat: int, title: str, count: int = 1, *, due: bool = True) -> None:
    """Alerts that wait for the burst's digest."""
    age = timedelta(0) if due else -HOUR
    at.alert([chat], title, repeat=count, state=DeliveryState.HELD, roll=TOPIC, age=age)


async def rolled(at: Desk, chat: int, title: str, count: int = 1, settings: OutboxSettings | None = None) -> list[str]:
    """What the chat shows when `count` more have collapsed and were told."""
    collapse(at, chat, title, count)
    async with at.running(settings=settings):
        await at.settled()
    return at.texts(chat)


async def test_what_collapses_next_is_written_into_the_same_message(at: Desk) -> None:
    (chat,) = at.people(1)
    (first,) = await rolled(at, chat, "Schüsse", 3)
    assert "3 more stories" in first and all(f"Schüsse {n}" in first for n in range(3))
    (second,) = await rolled(at, chat, "Banken zu")  # another process: it is remembered over restarts
    assert "4 more stories" in second and second.index("Banken zu") < second.index("Schüsse 2") < second.index(
        "Schüsse 0"
    )
    assert [c.method for c in at.server.calls] == ["sendMessage", "editMessageText"]


async def test_what_could_wait_longer_is_taken_along(at: Desk) -> None:
    (chat,) = at.people(1)
    collapse(at, chat, "fällig")
    collapse(at, chat, "noch nicht", due=False)
    async with at.running():
        await at.settled()
    (text,) = at.texts(chat)
    assert "fällig" in text and "noch nicht" in text


async def test_an_old_message_is_left_as_it_is(at: Desk) -> None:
    (chat,) = at.people(1)
    await rolled(at, chat, "gestern")
    first, second = await rolled(at, chat, "heute", settings=OLD)
    assert "gestern" in first and "heute" not in first
    assert "heute" in second and "gestern" not in second
    assert "1 more story" in second


async def test_a_full_message_is_followed_by_another(at: Desk) -> None:
    (chat,) = at.people(1)
    await rolled(at, chat, "Meldung", 30)
    before = len(at.texts(chat))
    texts = await rolled(at, chat, "Nachricht", 30)
    assert before < len(texts) <= 4
    every = "\n".join(texts)
    assert all(f"Meldung {n}\n" in every and f"Nachricht {n}\n" in every for n in range(30))
    later = await rolled(at, chat, "noch eine")
    assert len(later) in (len(texts), len(texts) + 1) and "noch eine" in later[-1]


async def test_a_deleted_message_is_sent_anew(at: Desk) -> None:
    (chat,) = at.people(1)
    await rolled(at, chat, "erste")
    for message in at.server.api.chats[chat].messages.values():
        message.deleted = True
    (text,) = await rolled(at, chat, "zweite")
    assert "zweite" in text
    (text,) = await rolled(at, chat, "dritte")
    assert "zweite" in text and "dritte" in text


@pytest.mark.parametrize(
    "fault", ["hang-after", "hang-before", "bad-gateway", "reset-after", "reset-before", "retry-after", "invalid-json"]
)
async def test_an_edit_is_repeated_until_it_is_known(at: Desk, fault: str) -> None:
    (chat,) = at.people(1)
    await rolled(at, chat, "erste")
    collapse(at, chat, "zweite")
    at.server.fail(fault, times=3)
    async with at.running():
        await at.settled(timeout=20)
    (text,) = at.texts(chat)
    assert "erste" in text and "zweite" in text
    assert at.states() == {"sent": 2}


async def test_a_kill_between_edit_and_settling_costs_nothing(at: Desk) -> None:
    (chat,) = at.people(1)
    await rolled(at, chat, "erste")
    collapse(at, chat, "zweite", 2)
    (group,) = at.storage.claim_digests(now(), 1, timedelta(seconds=-1))  # by a process that died with it
    assert group.rolling is not None and len(group.rolling.shown) == 1
    async with at.running():
        await at.settled()
    (text,) = at.texts(chat)
    assert "3 more stories" in text


async def test_one_message_per_topic_and_apart_from_other_digests(at: Desk) -> None:
    (chat,) = at.people(1)
    at.alert([chat], "unruhig", state=DeliveryState.HELD, roll="unrest", repeat=2)
    at.alert([chat], "politisch", state=DeliveryState.HELD, roll=TOPIC, repeat=2)
    at.alert([chat], "zu viel", state=DeliveryState.HELD, roll=OVER_QUOTA, repeat=2)
    at.alert([chat], "stündlich", state=DeliveryState.HELD, repeat=2)
    async with at.running():
        await at.settled()
    texts = at.texts(chat)
    assert len(texts) == 4
    for word in ("unruhig", "politisch", "zu viel", "stündlich"):
        assert sum(word in text for text in texts) == 1
    assert sum("gets in an hour" in text for text in texts) == 1


async def test_a_group_that_moved_gets_a_new_message(at: Desk) -> None:
    (chat,) = at.people(1)
    await rolled(at, chat, "erste")
    other = at.people(1)[0]
    at.storage.migrate_chat(chat, other)
    (text,) = await rolled(at, other, "zweite")
    assert "zweite" in text and "erste" not in text
