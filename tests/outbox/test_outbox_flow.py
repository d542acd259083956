"""The outbox against a real database and a real Bot API server: one test per delivery fault."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from outbox_harness import FAST, Desk, desk, now, suspended

from servers.bot_api import Limits
from watchbot.model import ChatSettings, DeliveryKind, DeliveryState, Priority
from watchbot.outbox import OutboxSettings, Rates

HOUR = timedelta(hours=1)


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path / "watchbot.db") as made:
        yield made


def numbers(texts: list[str]) -> list[int]:
    """The visible alert numbers of messages."""
    return [int(text.split("#")[-1].split()[0]) for text in texts]


async def test_each_chat_gets_each_alert_in_order(at: Desk) -> None:
    chats = at.people(5)
    at.alert(chats, "Meldung", repeat=4)
    async with at.running():
        await at.settled()
    for chat in chats:
        texts = at.texts(chat)
        assert [f"Meldung {n}" in text for n, text in enumerate(texts)] == [True] * 4
        assert numbers(texts) == sorted(numbers(texts))
    assert at.states() == {"sent": 20} and len(at.sent) == 20


async def test_new_work_wakes_the_worker(at: Desk) -> None:
    (chat,) = at.people(1)
    async with at.running() as worker:
        at.alert([chat], "erste")
        worker.wake()
        await at.until(lambda: len(at.texts(chat)) == 1, timeout=2.0)
        at.alert([chat], "zweite", priority=Priority.HIGH)
        worker.wake()
        await at.until(lambda: len(at.texts(chat)) == 2, timeout=2.0)


async def test_high_priority_first(at: Desk) -> None:
    (chat,) = at.people(1)
    at.alert([chat], "gewöhnlich", repeat=3)
    at.alert([chat], "leise", priority=Priority.LOW)
    at.alert([chat], "dringend", priority=Priority.HIGH)
    async with at.running():
        await at.settled()
    words = [next(w for w in ("gewöhnlich", "leise", "dringend") if w in t) for t in at.texts(chat)]
    assert words == ["dringend", "gewöhnlich", "gewöhnlich", "gewöhnlich", "leise"]


async def test_edit_and_reply(at: Desk) -> None:
    """A reply answers the story's message; an edit changes it in place."""
    (chat,) = at.people(1)
    at.alert([chat], "erste Meldung", story="s")
    async with at.running() as worker:
        await at.settled()
        (first,) = at.server.sent(chat)
        at.alert([chat], "Lage", story="s", kind=DeliveryKind.REPLY)
        worker.wake()
        await at.settled()
    assert at.server.sent(chat)[-1].params["reply_parameters"]["message_id"] == first.message_id


@pytest.mark.fault(4)
@pytest.mark.parametrize("kind", ["hang-after", "reset-after", "invalid-json"])
async def test_accepted_without_an_answer_is_repeated_once(at: Desk, kind: str) -> None:
    (chat,) = at.people(1)
    at.alert([chat])
    at.server.fail(kind)
    async with at.running():
        await at.settled()
    first, second = at.texts(chat)
    assert numbers([first]) == numbers([second]), "the same visible number, so that a reader can tell"
    assert at.states() == {"sent": 1}


@pytest.mark.fault(4)
@pytest.mark.fault(8)
async def test_unknown_twice_is_dead_and_listed(at: Desk) -> None:
    (chat,) = at.people(1)
    at.alert([chat])
    at.server.fail("hang-after", times=5)
    async with at.running():
        await at.until(lambda: at.states() == {"dead": 1})
        await asyncio.sleep(0.3)
    assert len(at.texts(chat)) == 2, "never a third time"
    assert len(at.storage.dead_deliveries()) == 1


@pytest.mark.fault(5)
@pytest.mark.fault(18)
async def test_connection_never_made(at: Desk) -> None:
    """Telegram is down at the start: alerts queue, then go out, none twice."""
    chats = at.people(3)
    await at.server.stop()
    async with at.running() as worker:
        at.alert(chats, "Meldung", repeat=2)
        worker.wake()
        await at.until(lambda: worker.outage is not None and worker.outage.failures >= 1)
        assert at.server.calls == []
        await at.server.start()
        await at.settled()
    assert [len(at.texts(c)) for c in chats] == [2, 2, 2] and at.states() == {"sent": 6}


@pytest.mark.fault(6)
async def test_bot_wide_429_survives_a_restart(at: Desk) -> None:
    chats = at.people(6)
    at.alert(chats)
    fault = at.server.fail("retry-after", retry_after=3.0)
    async with at.running(rates=Rates(overall=2.0)):  # so slow that a busy machine's answer comes before the next call
        await at.until(lambda: len(at.server.calls) >= 2)
        await asyncio.sleep(0.3)
    limited = len(at.server.calls)
    assert limited == 2, "one 429, and one probe that tells the bot's limit from a chat's"
    async with at.running(rates=Rates()):
        await at.settled(timeout=15)
    assert fault.until is not None
    later = at.server.calls[limited:]
    assert all(call.error is None and call.at >= fault.until for call in later)
    assert [len(at.texts(c)) for c in chats] == [1] * 6


@pytest.mark.fault(7)
async def test_429_of_one_group_lets_the_others_flow(at: Desk) -> None:
    chats = at.people(8)
    group = at.know(at.server.group("Desk").chat)
    at.alert([group], "Gruppe")
    at.alert(chats, "Leser", repeat=2)
    fault = at.server.fail("retry-after", chat_id=group, retry_after=3.0)
    async with at.running():
        await at.until(lambda: all(len(at.texts(c)) == 2 for c in chats), timeout=2.5)
        assert at.texts(group) == []
        await at.settled(timeout=15)
    refused = [c for c in at.server.calls if c.error]
    assert len(refused) == 1 and len(at.texts(group)) == 1
    assert fault.until is not None and at.server.sent(group)[0].at >= fault.until


@pytest.mark.fault(8)
async def test_502_burst(at: Desk) -> None:
    """An outage of 502s costs each delivery in flight one unknown outcome; the rest waits, unspent."""
    chats = at.people(20)
    at.alert(chats)
    # Few enough that, should the first delivery alone meet the outage, the probes' doubling waits end within the test.
    at.server.fail("bad-gateway", method="*", times=6)
    async with at.running():
        await at.settled(timeout=30)
    assert [len(at.texts(c)) for c in chats] == [1] * 20
    assert at.states() == {"sent": 20}


@pytest.mark.fault(9)
@pytest.mark.parametrize("way", ["blocked", "kicked", "deactivated"])
async def test_403_suspends_the_chat_and_keeps_its_queue(at: Desk, way: str) -> None:
    other, *_ = at.people(1)
    user = at.server.user("Alice")
    user.start()
    group = at.server.group("Desk", members=[user])
    chat = at.know(group.chat if way == "kicked" else user.chat)
    if way == "blocked":
        user.block()
    elif way == "kicked":
        group.kick_bot(user)
    else:
        user.deactivate()
    at.alert([chat, other], "Meldung", repeat=2)
    async with at.running() as worker:
        await at.until(lambda: len(at.texts(other)) == 2 and suspended(at, chat) is not None)
        assert suspended(at, chat) == way
        assert len([c for c in at.server.calls if c.chat_id == chat]) == 1, "asked once, then left alone"
        user.unblock()
        user.chat.deactivated = False
        group.add_bot(user)
        at.storage.resume_chat(chat)
        worker.wake()
        await at.settled()
    assert len(at.texts(chat)) == 2


@pytest.mark.fault(10)
async def test_group_becomes_a_supergroup_in_its_queue(at: Desk) -> None:
    group = at.server.group("Desk", kind="group")
    old = at.know(group.chat)
    at.alert([old], "Meldung", repeat=6)
    async with at.running(rates=Rates(chat_gap=0.05, group_count=1000)):
        await at.until(lambda: len(at.texts(old)) >= 2)
        new = group.migrate()
        await at.settled()
    texts = [t for t in at.texts(old) if t] + [t for t in at.texts(new.id) if t]
    assert [f"Meldung {n}" in t for n, t in enumerate(texts)] == [True] * 6
    moved = at.storage.chat(old)
    assert moved is not None and moved.id == new.id


@pytest.mark.fault(11)
async def test_forum_topic_deleted_and_general(at: Desk) -> None:
    group = at.server.group("Forum", forum=True)
    chat, thread = at.know(group.chat), group.topic("Kasachstan")
    at.alert([chat], "ins Thema", thread_id=thread)
    at.alert([chat], "in General", thread_id=1)
    async with at.running() as worker:
        await at.settled()
        assert [m.thread_id for m in group.messages()] == [thread, None]
        group.delete_topic(thread)
        at.alert([chat], "Thema gelöscht", thread_id=thread)
        worker.wake()
        await at.settled()
    assert [m.thread_id for m in group.messages()] == [thread, None, None]
    errors = [c.error for c in at.server.calls if c.error]
    assert errors == ["Bad Request: message thread not found"]


@pytest.mark.fault(12)
async def test_rejected_html_goes_out_as_plain_text(at: Desk) -> None:
    (chat,) = at.people(1)
    at.alert([chat], "AT&T <b>kauft</b>")
    description = 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0'
    at.server.fail("error", code=400, description=description)
    async with at.running():
        await at.settled()
    (message,) = at.server.api.chats[chat].messages.values()
    assert message.entities == [] and "AT&T <b>kauft</b>" in message.text


@pytest.mark.fault(13)
@pytest.mark.parametrize("piece", ["x" * 50 + " ", "😀", "é" * 9 + " ", "<&> "])
async def test_long_texts_fit(at: Desk, piece: str) -> None:
    (chat,) = at.people(1)
    at.alert([chat], piece * (9000 // len(piece)))
    async with at.running():
        await at.settled()
    assert len(at.texts(chat)) == 1
    assert [c.error for c in at.server.calls] == [None], "valid and short enough at the first attempt"


@pytest.mark.fault(13)
async def test_too_long_for_telegram_is_cut_as_plain_text(at: Desk) -> None:
    (chat,) = at.people(1)
    at.alert([chat])
    at.server.fail("error", code=400, description="Bad Request: message is too long")
    async with at.running():
        await at.settled()
    assert len(at.texts(chat)) == 1


async def edited(at: Desk, chat: int) -> None:
    """Send a story's first message, then commit another entry that makes it outdated."""
    at.alert([chat], "erste Meldung", story="s")
    async with at.running():
        await at.settled()
    at.refresh("s", "zweite Quelle")


@pytest.mark.fault(14)
async def test_not_modified_is_success(at: Desk) -> None:
    (chat,) = at.people(1)
    await edited(at, chat)
    description = "Bad Request: message is not modified: specified new message content and reply markup are exactly"
    fault = at.server.fail("error", method="editMessageText", code=400, description=description)
    async with at.running():
        await at.settled(timeout=40)
    assert fault.used == 1 and at.states() == {"sent": 2}


@pytest.mark.fault(15)
async def test_edit_of_a_message_that_is_gone(at: Desk) -> None:
    (chat,) = at.people(1)
    await edited(at, chat)
    for message in at.server.api.chats[chat].messages.values():
        message.deleted = True
    async with at.running():
        await at.settled(timeout=40)
    (again,) = [m for m in at.server.api.chats[chat].messages.values() if m.from_bot and not m.deleted]
    assert len(at.texts(chat)) == 1, "a new message"
    again.deleted = True
    at.refresh("s", "dritte Quelle")
    async with at.running():
        await at.settled(timeout=40)
    assert at.texts(chat) == [], "once: whoever deletes it again does not want it"


@pytest.mark.fault(19)
async def test_six_hours_down_then_a_digest(at: Desk) -> None:
    busy, calm = at.people(2)
    at.alert([busy], "Meldung", repeat=30, age=5 * HOUR)
    at.alert([busy], "dringend", priority=Priority.HIGH, age=4 * HOUR)
    at.alert([calm], "einzeln", age=4 * HOUR)
    at.alert([busy], "frisch")
    async with at.running():
        await at.settled(timeout=20)
    texts = at.texts(busy)
    assert len(texts) <= 6, "no flood"
    digest = "\n".join(t for t in texts if "frisch" not in t)
    assert all(f"Meldung {n}" in digest for n in range(30))
    assert digest.index("dringend") < digest.index("Meldung 0"), "high priority first"
    assert ["einzeln" in t for t in at.texts(calm)] == [True]


@pytest.mark.fault(18)
@pytest.mark.fault(19)
async def test_telegram_goes_away_for_six_hours_while_the_bot_runs(at: Desk) -> None:
    """Alerts come in all the while; on its return the old ones are a digest, urgent first, then what is fresh."""
    (chat,) = at.people(1)
    shift = timedelta(0)
    async with at.running(clock=lambda: now() + shift) as worker:
        await at.server.stop()
        at.alert([chat], "vorher")
        worker.wake()
        await at.until(lambda: worker.outage is not None)
        for hour in range(6):
            at.alert([chat], f"Stunde {hour}", repeat=3, age=-shift)
            if hour == 3:
                at.alert([chat], "dringend", priority=Priority.HIGH, age=-shift)
            shift += HOUR
        at.alert([chat], "frisch", age=-shift)
        worker.wake()
        await asyncio.sleep(0.3)
        assert at.texts(chat) == []
        await at.server.start()
        await at.settled(timeout=90)
    texts = at.texts(chat)
    assert len(texts) <= 8, "no flood"
    told = "\n".join(texts)
    assert all(told.count(f"Stunde {hour} {n}") == 1 for hour in range(6) for n in range(3))
    assert told.count("vorher") == told.count("frisch") == 1
    digest = next(text for text in texts if "Stunde 0 0" in text)
    assert "dringend" in digest and digest.index("dringend") < digest.index("Stunde 0 0")


async def test_digest_of_held_deliveries(at: Desk) -> None:
    (chat,) = at.people(1)
    at.alert([chat], "gehalten", repeat=3, state=DeliveryState.HELD)
    at.alert([chat], "noch nicht", state=DeliveryState.HELD, age=-HOUR)
    async with at.running():
        await at.until(lambda: at.texts(chat) != [])
    (digest,) = at.texts(chat)
    assert all(f"gehalten {n}" in digest for n in range(3)) and "noch nicht" not in digest
    assert at.states() == {"sent": 3, "held": 1}


@pytest.mark.fault(6)
async def test_digest_waits_out_a_429(at: Desk) -> None:
    (chat,) = at.people(1)
    at.alert([chat], "gehalten", repeat=3, state=DeliveryState.HELD)
    at.server.fail("retry-after", retry_after=1.0)
    async with at.running():
        await at.settled(timeout=10)
    assert len(at.texts(chat)) == 1


@pytest.mark.fault(44)
async def test_stop_under_load_settles_what_is_in_flight(at: Desk) -> None:
    chats = at.people(40)
    at.alert(chats, "Meldung", repeat=5)
    async with at.running(rates=Rates(overall=200.0, chat_gap=0.05)):
        await at.until(lambda: len(at.server.sent()) > 30)
    states = at.states()
    assert "sending" not in states and "unknown" not in states
    assert states["sent"] == len(at.server.sent()) < 200
    async with at.running():
        await at.settled(timeout=20)
    assert all(len(at.texts(c)) == 5 for c in chats)


@pytest.mark.fault(44)
async def test_a_send_that_outlasts_the_grace_is_unknown(at: Desk) -> None:
    (chat,) = at.people(1)
    at.alert([chat])
    at.server.fail("hang-after")
    async with at.running(read_timeout=30.0, grace=0.2):
        await at.until(lambda: len(at.server.calls) == 1)
    assert at.states() == {"unknown": 1}
    async with at.running():
        await at.settled()
    assert len(at.texts(chat)) == 2


async def test_a_picture_that_telegram_cannot_fetch(at: Desk) -> None:
    """The alert goes out without it, in the same attempt; the next one has its picture."""
    user = at.server.user("Alice")
    user.start()
    chat = at.know(user.chat, ChatSettings(photo=True))
    at.alert([chat], "ohne Bild", photo="https://example.org/broken.jpg")
    at.alert([chat], "mit Bild", photo="https://example.org/good.jpg")
    description = "Bad Request: wrong type of the web page content"
    at.server.fail("error", method="sendPhoto", code=400, description=description)
    async with at.running():
        await at.settled()
    assert [m.photo for m in user.messages()] == [None, "https://example.org/good.jpg"]
    assert at.states() == {"sent": 2}


async def test_limits_hold_without_a_429(tmp_path: Path) -> None:
    """A short burst at Telegram's real limits: nobody is refused, groups keep to 20 a minute."""
    async with desk(tmp_path / "watchbot.db", Limits(chat_burst=1.0)) as at:
        chats = at.people(40)
        group = at.know(at.server.group("Desk").chat)
        at.alert([*chats, group], "Meldung", repeat=3)
        async with at.running(rates=Rates()):
            await at.settled(timeout=30)
        assert at.server.api.limiter.refused == 0
        gaps = [b.at - a.at for a, b in itertools.pairwise(at.server.sent(group))]
        assert min(gaps) >= 1.0


async def test_a_bug_in_rendering_one_alert_stops_no_other(at: Desk) -> None:
    good, bad = at.people(2)
    at.alert([good], "gut")
    at.alert([bad], "schlecht")

    async with at.running(policy=FAST) as worker:
        render = worker._render

        def broken(view, chat, *, now):  # type: ignore[no-untyped-def]
            if view.title == "schlecht":
                raise ZeroDivisionError
            return render(view, chat, now=now)

        worker._render = broken
        await at.until(lambda: at.states() == {"sent": 1, "dead": 1})
    assert len(at.texts(good)) == 1 and at.texts(bad) == []


async def test_an_expired_lease_is_taken_over(at: Desk) -> None:
    """A claim of a process that vanished is sent when its lease is over, once."""
    (chat,) = at.people(1)
    at.alert([chat])
    assert len(at.storage.claim_deliveries(now(), 5, timedelta(seconds=0.3))) == 1
    async with at.running() as worker:
        assert at.texts(chat) == []

        def look() -> bool:
            worker._housekept = -1e9
            worker.wake()
            return len(at.texts(chat)) == 1

        await at.until(look)
    assert at.states() == {"sent": 1} and OutboxSettings().lease >= timedelta(seconds=60)
