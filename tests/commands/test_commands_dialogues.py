"""Every dialogue as a person has it: written, pressed and read through the Bot API server."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from commands_world import START, TOPICS, World, a_bot

from watchbot.commands.feedback import Judged
from watchbot.commands.services import Declined, Operations
from watchbot.errors import FetchError
from watchbot.model import ChatKind, FeedUpdate, Note, OutgoingMessage, Priority, plain_note
from watchbot.render import render_rolling


async def test_onboarding_in_the_persons_language(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        anna = world.server.user("Anna", language="de-AT")
        anna.send("/start")
        menu = await anna.expect("Hallo Anna, ich bin watchbot")
        assert len(menu.buttons) == 9 and menu.labels[-1] == ["2 ›"]
        query = anna.press(menu.button("Karim Massimov"))
        await anna.expect_answer(query, "Abonniert: Karim Massimov")
        menu = await anna.expect_edit("Hallo")
        assert menu.button("✅ Karim Massimov · 0 am Tag")
        assert await world.topics_of(anna.id) == [("massimov", None)]
        anna.press(menu.button("2 ›"))
        menu = await anna.expect_edit("Abonniert|abonniert|Themen")
        assert menu.button("Topic number 7") and menu.button("‹ 1")
        anna.press(menu.button("‹ 1"))
        menu = await anna.expect_edit()
        anna.press(menu.button("Karim Massimov"))
        menu = await anna.expect_edit()
        assert await world.topics_of(anna.id) == []
        anna.send("/language")
        menu = await anna.expect("Sprache")
        query = anna.press(menu.button("Қазақша"))
        await anna.expect_answer(query, "қазақша")
        await anna.expect_edit("Тіл")
        anna.send("/topics")
        await anna.expect("Тақырыптар")


async def test_deep_link_subscribes_at_once(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob = world.server.user("Bob")
        bob.send("/start csto-kazakhstan")
        await bob.expect("Subscribed: CSTO in Kazakhstan")
        assert await world.topics_of(bob.id) == [("csto-kazakhstan", None)]
        bob.send("/start no-such-topic")
        await bob.expect("I am watchbot")


async def test_subscribe_by_name_and_unsubscribe(tmp_path: Path) -> None:
    async with a_bot(tmp_path, quota=2) as world:
        bob = world.server.user("Bob")
        bob.send("/subscribe karim massimov")
        await bob.expect("Subscribed: Karim Massimov")
        bob.send("/subscribe masimov")
        found = await bob.expect("I do not know the topic “masimov”")
        assert found.labels == [["Karim Massimov"]]
        bob.send("/subscribe")
        await bob.expect("1 topic is subscribed")
        bob.send(f"/subscribe {TOPICS[2].id}")
        await bob.expect("Subscribed: The long <story> & more")
        bob.send("/topics")
        menu = await bob.expect("2 topics")
        bob.press(menu.button("✅ The long <story>"))
        await bob.expect_edit("")
        assert [t for t, _ in await world.topics_of(bob.id)] == ["massimov"]
        for topic in ("topic-1", "topic-2"):
            bob.send(f"/subscribe {topic}")
        await bob.expect("which is the most")
        bob.send("/unsubscribe Karim Massimov")
        await bob.expect("Unsubscribed: Karim Massimov")
        bob.send("/unsubscribe Karim Massimov")
        await bob.expect("Not subscribed here")
        bob.send("/nonsense")
        await bob.expect("What I can do")
        bob.send("hello?")
        await bob.expect("What I can do")


async def test_settings_are_changed_by_buttons(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob = world.server.user("Bob")
        bob.send("/subscribe massimov")
        await bob.expect("Subscribed")
        bob.send("/settings")
        screen = await bob.expect("Settings of this chat.*When: at once.*Quiet hours: none.*Time zone: UTC")

        async def choose(button: str, value: str, then: str) -> None:
            nonlocal screen
            bob.press(screen.button(button))
            choice = await bob.expect_edit()
            bob.press(choice.button(value))
            screen = await bob.expect_edit(then)
            world.pass_time()

        await choose("When", "daily digest at 08:00, 18:00", "When: daily digest at 08:00, 18:00")
        await choose("Quiet hours", "22:00 to 07:00", "Quiet hours: 22:00 to 07:00, urgent")
        await choose("Priority", "important and urgent", "Priority: important and urgent")
        await choose("Time zone", "Asia/Almaty", "Time zone: Asia/Almaty")
        await choose("Alerts an hour", "20 an hour", "Alerts an hour: 20 an hour")
        bob.press(screen.button("Collapse bursts"))
        screen = await bob.expect_edit("Collapse bursts: no")
        world.pass_time()
        bob.press(screen.button("Without sound"))
        screen = await bob.expect_edit("Without sound: yes")
        bob.press(screen.button("Urgent breaks quiet"))
        screen = await bob.expect_edit("without exception")
        bob.press(screen.button("Languages"))
        choice = await bob.expect_edit("which languages")
        bob.press(choice.button("German"))
        choice = await bob.expect_edit("which languages")
        assert choice.button("✅ German")
        bob.press(choice.button("back"))
        screen = await bob.expect_edit("Languages: German")
        chat = await world.chat(bob.id)
        assert chat and chat.timezone == "Asia/Almaty"
        own = chat.settings
        assert (own.per_hour, own.bursts) == (20, False)
        assert (own.mode, own.digest_times) == ("daily", ("08:00", "18:00"))
        assert (own.quiet_from, own.quiet_to, own.high_breaks_quiet) == ("22:00", "07:00", False)
        assert (own.min_priority, own.languages, own.silent) == (Priority.NORMAL, ("de",), True)
        world.pass_time()
        bob.press(screen.button("One topic"))
        choice = await bob.expect_edit("one topic")
        bob.press(choice.button("Karim Massimov"))
        screen = await bob.expect_edit("Settings of “Karim Massimov”.*Priority: as in the chat")
        await choose("Priority", "urgent only", "Priority: urgent only")
        assert (await world.subscription(bob.id, "massimov")).settings.min_priority is Priority.HIGH
        assert own.min_priority is Priority.NORMAL
        bob.send("/timezone berlin")
        await bob.expect("Time zone Europe/Berlin: it is")
        bob.send("/timezone Atlantis")
        await bob.expect("do not know this time zone")


async def test_buttons_under_an_alert(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob = world.server.user("Bob")
        bob.send("/subscribe massimov")
        await bob.expect("Subscribed")
        number = await world.tell(bob.id)
        alert = await bob.expect(f"#{number}")
        assert alert.spans("bold") == ["Karim Massimov", "Massimow"]
        bob.press(alert.button("Mute topic"))
        asked = await bob.expect_edit(f"#{number}")
        assert asked.labels == [["🔕 1 h", "today", "for good"]]
        query = bob.press(asked.button("1 h"))
        await bob.expect_answer(query, "quiet until 06:14")
        muted = await world.subscription(bob.id, "massimov")
        assert muted.muted_until == START + timedelta(hours=1)
        alert = await bob.expect_edit()
        assert alert.button("Mute topic")
        bob.send("/topics")
        menu = await bob.expect("Topics")
        bob.press(menu.button("unmute"))
        await bob.expect_edit()
        assert (await world.subscription(bob.id, "massimov")).muted_until is None
        query = bob.press(alert.button("Mute source"))
        await bob.expect_answer(query, "DW is muted")
        bob.send("/mutes")
        menu = await bob.expect("Muted sources")
        query = bob.press(menu.button("DW"))
        await bob.expect_answer(query, "DW is heard again")
        await bob.expect_edit("No source is muted")
        query = bob.press(alert.button("Not relevant"))
        await bob.expect_answer(query, "Thank you")
        query = bob.press(alert.button("Not relevant"))
        await bob.expect_answer(query, "Thank you")
        assert await world.store.feedback_by_rule(START) == [("massimov", 1, 1)]
        world.pass_time()
        bob.press(alert.button("More"))
        more = await bob.expect("in detail.*Why it matched.*massimov: “Massimow” in the headline")
        assert more.reply_to == alert.id
        bob.press(alert.button("Mute topic"))
        asked = await bob.expect_edit()
        query = bob.press(asked.button("for good"))
        await bob.expect_answer(query, "unsubscribed")
        assert await world.topics_of(bob.id) == []


async def test_the_topic_of_a_burst_is_muted_under_its_message(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob, eve = world.server.user("Bob"), world.server.user("Eve")
        bob.send("/subscribe massimov")
        await bob.expect("Subscribed")
        await world.tell(bob.id)
        number = await world.tell(bob.id, "Noch eine", send=False)
        view = await world.store.alert(number, bob.id, {"massimov": "Karim Massimov"})
        chat = await world.chat(bob.id)
        assert view and chat
        (page,) = render_rolling([view], chat, now=START, topic="massimov", since=START)
        await world.sender.send(OutgoingMessage(bob.id, page.html, page.plain, buttons=page.buttons))
        burst = await bob.expect("Karim Massimov: 1 more story")
        query = bob.press(burst.button("1 h"))
        await bob.expect_answer(query, "quiet until 06:14")
        assert (await world.subscription(bob.id, "massimov")).muted_until == START + timedelta(hours=1)
        query = bob.press(burst.button("for good"))
        await bob.expect_answer(query, "unsubscribed")
        assert await world.topics_of(bob.id) == []
        assert bob.messages()[-1].labels == burst.labels, "the buttons stay"
        eve.send("/id")
        await eve.expect("You")
        query = eve.forge("mutetopic:nothing:ever", eve.messages()[0].id)
        await eve.expect_answer(query, "does not exist")


async def test_reading(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob = world.server.user("Bob")
        bob.send("/latest")
        await bob.expect("Nothing yet")
        for i in range(7):
            await world.tell(bob.id, f"Massimow Nachricht {i}", send=False, at=START - timedelta(hours=i))
        bob.send("/latest")
        page = await bob.expect("Latest\n\nMassimow Nachricht 0")
        assert page.text.count("Massimow") == 5 and page.labels == [["2 ›"]]
        bob.press(page.button("2 ›"))
        page = await bob.expect_edit("Nachricht 6")
        assert page.text.count("Massimow") == 2 and page.labels == [["‹ 1"]]
        bob.send("/latest karim massimov")
        await bob.expect("Latest: Karim Massimov")
        bob.send("/search hochverrat")
        page = await bob.expect("Found for “hochverrat”")
        bob.press(page.button("2 ›"))
        await bob.expect_edit("Nachricht 6")
        bob.send("/search nothingatall")
        await bob.expect("Nothing found for “nothingatall”")
        world.pass_time()
        bob.send("/search")
        await bob.expect("/search words")
        bob.send("/why Nachricht 3")
        await bob.expect("Nachricht 3.*Outcome: an alert.*Rules: massimov.*Alert #4")
        bob.send("/why #3")
        await bob.expect("#3 in detail")
        bob.send("/why #99")
        await bob.expect("have not sent this alert")
        bob.send("/why https://nowhere.example/")
        await bob.expect("have not seen that")
        bob.send("/why")
        await bob.expect("with a link")
        bob.send("/status")
        await bob.expect("Status.*Feeds: 1, all well")


async def test_trend_is_a_picture(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob = world.server.user("Bob")
        bob.send("/trend")
        await bob.expect("No mentions")
        for i in range(5):
            await world.tell(bob.id, f"Massimow {i}", send=False, at=START - timedelta(hours=i + 1))
        bob.send("/trend massimov")
        picture = await bob.expect("massimov: 5 mentions", timeout=20)
        assert picture.data.startswith(b"\x89PNG\r\n") and len(picture.data) > 5000
        bob.press(picture.button("7 days"))
        picture = await bob.expect_new("massimov: 5 mentions", timeout=20)
        assert picture.button("• 7 days")
        bob.send("/trend atlantis")
        await bob.expect("Known: massimov, almaty, csto")


async def test_own_data(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob = world.server.user("Bob")
        bob.send("/subscribe massimov")
        await bob.expect("Subscribed")
        bob.send("/stop")
        asked = await bob.expect("Pause everything")
        bob.press(asked.button("Pause"))
        await bob.expect_edit("Paused")
        chat = await world.chat(bob.id)
        assert chat and chat.suspended == "stopped" and await world.topics_of(bob.id)
        bob.send("/start")
        await bob.expect("watchbot")
        chat = await world.chat(bob.id)
        assert chat and chat.suspended is None
        bob.send("/export")
        file = await bob.expect("All that I have stored")
        data = json.loads(file.data)
        assert file.document == "watchbot.json" and data["subscriptions"][0]["topic"] == "massimov"
        bob.send("/forget")
        asked = await bob.expect("Delete all data")
        bob.press(asked.button("Cancel"))
        await bob.expect_edit("Nothing was changed")
        assert await world.chat(bob.id)
        bob.send("/forget")
        asked = await bob.expect("Delete all data")
        bob.press(asked.button("Delete"))
        await bob.expect_edit("are deleted")
        assert await world.chat(bob.id) is None


# -- groups, forums, channels -----------------------------------------------------------------------------------------


@pytest.mark.fault(42)
async def test_group_settings_are_for_its_administrators(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        carol, dave = world.server.user("Carol"), world.server.user("Dave")
        group = world.server.group("Desk", admins=[carol], members=[dave])
        member, chief = dave.in_(group), carol.in_(group)
        member.send("/subscribe massimov")
        await member.expect("Only administrators")
        chief.send("/topics")
        menu = await chief.expect("Topics")
        query = member.press(menu.button("Karim Massimov"))
        answer = await member.expect_answer(query, "Only administrators")
        assert answer.get("show_alert")
        assert await world.topics_of(group.id) == []
        chief.press(menu.button("Karim Massimov"))
        await chief.expect_edit()
        assert await world.topics_of(group.id) == [("massimov", None)]
        group.join(carol, "member")  # demoted meanwhile: asked afresh
        query = chief.press(menu.button("CSTO"))
        await chief.expect_answer(query, "Only administrators")
        world.pass_time()
        group.join(carol, "administrator")
        group.be_anonymous(carol)
        chief.send("/subscribe csto-kazakhstan")
        await chief.expect("Subscribed: CSTO")
        chief.send("/nonsense")
        await chief.expect_nothing()
        member.send("/latest")
        await member.expect("Nothing yet")


async def test_forum_topic_keeps_its_own_subscriptions(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        carol = world.server.user("Carol")
        forum = world.server.group("Forum", forum=True, admins=[carol])
        thread = forum.topic("Kazakhstan")
        desk, general = carol.in_(forum, thread), carol.in_(forum)
        desk.send("/subscribe massimov")
        answer = await desk.expect("Subscribed")
        assert answer.thread_id == thread
        general.send("/subscribe csto-kazakhstan")
        await general.expect("Subscribed")
        assert sorted(await world.topics_of(forum.id)) == [("csto-kazakhstan", None), ("massimov", thread)]
        desk.send("/topics")
        menu = await desk.expect("1 topic is")
        assert menu.button("✅ Karim") and not any("✅ CSTO" in b for row in menu.labels for b in row)
        desk.press(menu.button("✅ Karim"))
        await desk.expect_edit()
        assert await world.topics_of(forum.id) == [("csto-kazakhstan", None)]


@pytest.mark.fault(10)
async def test_migration_keeps_everything(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        carol = world.server.user("Carol")
        group = world.server.group("Desk", kind="group", admins=[carol])
        seat = carol.in_(group)
        seat.send("/subscribe massimov")
        await seat.expect("Subscribed")
        new = group.migrate()

        async def moved() -> bool:
            return await world.topics_of(new.id) == [("massimov", None)]

        await until(moved)


async def until(condition: object, tries: int = 200) -> None:
    for _ in range(tries):
        if await condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.02)
    raise AssertionError("never came true")


async def test_channel_is_subscribed_by_an_administrator_of_it(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        carol, dave = world.server.user("Carol"), world.server.user("Dave")
        channel = world.server.channel("News", username="news_channel", admins=[carol])
        carol.send("/channel")
        await carol.expect("/channel @name")
        dave.send("/channel @news_channel")
        await dave.expect("have to be administrators")
        dave.send("/channel @unknown_channel")
        await dave.expect("cannot see this channel")
        carol.send("/channel @news_channel")
        menu = await carol.expect("Channel “News”")
        query = carol.press(menu.button("Karim Massimov"))
        await carol.expect_answer(query, "Subscribed: Karim Massimov")
        menu = await carol.expect_edit("News")
        assert await world.topics_of(channel.id) == [("massimov", None)]
        chat = await world.chat(channel.id)
        assert chat and chat.kind is ChatKind.CHANNEL and chat.title == "News"
        channel.join(carol, "member")
        query = carol.press(menu.button("Karim Massimov"))
        await carol.expect_answer(query, "have to be administrators")
        assert await world.topics_of(channel.id) == [("massimov", None)]


@pytest.mark.fault(42)
async def test_readers_of_a_channel_cannot_make_the_bot_post(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        carol, dave = world.server.user("Carol"), world.server.user("Dave")
        channel = world.server.channel("News", username="news_channel", admins=[carol], members=[dave])
        carol.send("/channel @news_channel")
        menu = await carol.expect("Channel “News”")
        carol.press(menu.button("Karim Massimov"))
        await carol.expect_edit("News")
        number = await world.tell(channel.id)
        reader = dave.in_(channel)
        (alert,) = channel.messages()
        query = reader.press(alert.button("More"))
        answer = await reader.expect_answer(query, "massimov: “Massimow” in the headline")
        assert answer["show_alert"] and len(channel.messages()) == 1
        query = reader.press(alert.button("Mute topic"))
        await reader.expect_answer(query, "Only administrators")
        query = carol.in_(channel).press(alert.button("Mute topic"))
        await carol.in_(channel).expect_answer(query)
        assert number and channel.messages()[0].button("1 h")


async def test_alerts_of_a_forum_topic_are_muted_there(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        carol = world.server.user("Carol")
        forum = world.server.group("Forum", forum=True, admins=[carol])
        thread = forum.topic("Kazakhstan")
        desk, general = carol.in_(forum, thread), carol.in_(forum)
        for seat in (desk, general):
            seat.send("/subscribe massimov")
            await seat.expect("Subscribed")
        number = await world.tell(forum.id, thread_id=thread)
        alert = await desk.expect(f"#{number}")
        desk.press(alert.button("Mute topic"))
        asked = await desk.expect_edit()
        query = desk.press(asked.button("for good"))
        await desk.expect_answer(query, "unsubscribed")
        assert await world.topics_of(forum.id) == [("massimov", None)]


async def test_a_group_set_up_by_somebody_with_access_may_be_read(tmp_path: Path) -> None:
    async with a_bot(tmp_path, mode="allowlist", allow=(4242,)) as world:
        friend, dave = world.server.user("Friend", id=4242), world.server.user("Dave")
        group = world.server.group("Desk", admins=[friend], members=[dave])
        member = dave.in_(group)
        member.send("/latest")
        await member.expect(f"This bot is private.*chat's id is {group.id}")
        friend.in_(group).send("/subscribe massimov")
        await friend.in_(group).expect("Subscribed")
        member.send("/latest")
        await member.expect("Nothing yet")
        member.send("/settings")
        await member.expect("Only administrators")
        friend.in_(group).send("/stop")
        asked = await friend.in_(group).expect("Pause")
        query = member.press(asked.button("Pause"))
        await member.expect_answer(query, "Only administrators")
        friend.in_(group).press(asked.button("Pause"))
        await friend.in_(group).expect_edit("Paused")
        friend.in_(group).send("/start")
        await friend.in_(group).expect("watchbot")
        chat = await world.chat(group.id)
        assert chat and chat.suspended is None


@pytest.mark.fault(9)
async def test_blocked_and_back(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob, carol = world.server.user("Bob"), world.server.user("Carol")
        bob.send("/subscribe massimov")
        await bob.expect("Subscribed")

        async def suspended(chat_id: int, reason: str | None) -> None:
            async def holds() -> bool:
                chat = await world.chat(chat_id)
                return chat is not None and chat.suspended == reason

            await until(holds)

        bob.block()
        await suspended(bob.id, "blocked")
        bob.unblock()
        await suspended(bob.id, None)
        group = world.server.group("Desk", admins=[carol])
        group.add_bot(carol)
        await suspended(group.id, None)
        group.kick_bot(carol)
        await suspended(group.id, "kicked")
        group.add_bot(carol)
        await suspended(group.id, None)
        assert await world.topics_of(bob.id) == [("massimov", None)]


# -- access -----------------------------------------------------------------------------------------------------------


@pytest.mark.fault(42)
async def test_allowlist(tmp_path: Path) -> None:
    async with a_bot(tmp_path, mode="allowlist", allow=(4242,)) as world:
        eve, friend = world.server.user("Eve"), world.server.user("Friend", id=4242)
        for command in (
            "/start",
            "/start massimov",
            "/topics",
            "/subscribe massimov",
            "/latest",
            "/forget",
            "/search x",
        ):
            eve.send(command)
            await eve.expect(f"private.*Your id is {eve.id}")
        world.pass_time()
        assert await world.topics_of(eve.id) == []
        friend.send("/subscribe massimov")
        await friend.expect("Subscribed")
        number = await world.tell(friend.id)
        eve.start()
        menu = await friend.expect(f"#{number}")
        for data in ("sub:massimov:0", "admin:home:0", f"grant:{eve.id}", f"more:{number}", "set:*"):
            query = eve.forge(data, eve.messages()[0].id)
            await eve.expect_answer(query, "no access|Only an operator")
        assert menu and await world.topics_of(eve.id) == []
        eve.send("/id")
        await eve.expect(f"You: {eve.id}")


@pytest.mark.fault(42)
async def test_forged_buttons(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob, eve = world.server.user("Bob"), world.server.user("Eve")
        for person in (bob, eve):
            person.send("/subscribe massimov")
            await person.expect("Subscribed")
        number = await world.tell(bob.id)
        own = eve.messages()[0].id
        cases = {
            f"more:{number}": "have not sent this alert",
            f"irr:{number}": "have not sent this alert",
            f"mutefor:{number}:massimov:ever": "have not sent this alert",
            "sub:no-such-topic:0": "does not exist",
            "put:*:mode:weekly": "^$",
            "put:*:zone:../../etc/passwd": "do not know this time zone",
            "admin:home:0": "Only an operator",
            "dead:1:drop:0": "Only an operator",
            "mute:1:2:3": "not known",
            "eval:1": "not known",
            "": "not known",
            "sub:massimov:99999999": "not known",
            "x" * 64: "not known",
        }
        for i, (data, answer) in enumerate(cases.items()):
            if data:
                query = eve.forge(data, own)
                await eve.expect_answer(query, answer)
            world.pass_time(timedelta(seconds=10 * (i + 1)))
        assert await world.topics_of(eve.id) == [("massimov", None)]
        assert await world.store.feedback_by_rule(world.clock[0]) == [("massimov", 1, 0)]


async def test_approval(tmp_path: Path) -> None:
    async with a_bot(tmp_path, mode="approval") as world:
        olga, eve, mallory = world.admin(), world.server.user("Eve", language="ru"), world.server.user("Mallory")
        olga.send("/start")
        await olga.expect("watchbot")
        eve.send("/start")
        asked = await eve.expect("Это частный бот")
        eve.press(asked.button("Попросить"))
        await eve.expect_edit("Вы попросили")
        notice = await olga.expect(f"Somebody asks.*Eve · {eve.id}")
        eve.send("/topics")
        await eve.expect("Вы попросили")
        olga.press(notice.button("Eve"))
        await eve.expect("Добро пожаловать")
        eve.send("/topics")
        await eve.expect("Темы")
        mallory.send("/start")
        asked = await mallory.expect("private")
        mallory.press(asked.button("Ask"))
        await mallory.expect_edit("You asked")
        await olga.expect_new("Mallory")
        olga.send("/admin")
        home = await olga.expect("Running the bot")
        olga.press(home.button("Requests (1)"))
        screen = await olga.expect_edit("Mallory")
        olga.press(screen.button("decline"))
        await mallory.expect("declined")
        mallory.send("/topics")
        await mallory.expect("private|asked")


@pytest.mark.fault(42)
async def test_invites_are_single_use_and_expire(tmp_path: Path) -> None:
    async with a_bot(tmp_path, mode="invite") as world:
        olga, eve, mallory = world.admin(), world.server.user("Eve"), world.server.user("Mallory")
        olga.send("/admin")
        home = await olga.expect("Running the bot")

        async def link() -> str:
            olga.press(home.button("Invite"))
            shown = await olga.expect_edit("t.me")
            found = re.search(r"\?start=(__[A-Za-z0-9_-]{22})\b", shown.text)
            assert found
            olga.send("/admin")
            nonlocal_home.append(await olga.expect("Running the bot"))
            return found[1]

        nonlocal_home = [home]
        token = await link()
        home = nonlocal_home[-1]
        eve.send("/start")
        await eve.expect("by invitation")
        eve.send(f"/start {token}")
        await eve.expect("Welcome")
        eve.send("/topics")
        await eve.expect("Topics")
        mallory.send(f"/start {token}")
        await mallory.expect("used already")
        late = await link()
        world.pass_time(timedelta(days=8))
        mallory.send(f"/start {late}")
        await mallory.expect("too old")
        mallory.send("/topics")
        await mallory.expect("by invitation")


@pytest.mark.fault(43)
async def test_a_flood_is_limited_and_others_are_served(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        eve, bob = world.server.user("Eve"), world.server.user("Bob")
        for _ in range(200):
            eve.send("/status")
        bob.send("/status")
        await bob.expect("Status", timeout=2)
        await eve.expect("a bit much")
        texts = [m.text for m in eve.messages()]
        assert len(texts) <= 13 and sum("a bit much" in t for t in texts) == 1
        world.pass_time()
        eve.send("/id")
        await eve.expect("You:")


# -- administration ---------------------------------------------------------------------------------------------------


async def test_admin_screens(tmp_path: Path) -> None:
    async def reload() -> Sequence[Note]:
        return [Note("reload-rules", {"count": 9}), Note("reload-feeds", {"count": 12, "added": 1, "gone": 0})]

    async def backup() -> Sequence[Note]:
        return [Note("backup-written", {"path": "data/backups/x.db"})]

    async def add_feed(url: str) -> Sequence[Note]:
        if "private" in url:
            raise FetchError("refused", "private address")
        if "none" in url:
            raise Declined(Note("feed-none", {"url": url}))
        return [Note("feed-added", {"name": "A", "count": 1}), plain_note(url)]

    operations = Operations(reload=reload, backup=backup, add_feed=add_feed)
    async with a_bot(tmp_path, operations=operations) as world:
        olga, bob = world.admin(), world.server.user("Bob")
        bob.send("/subscribe massimov")
        await bob.expect("Subscribed")
        await world.tell(bob.id)
        feed = (await world.store.feeds())[0]
        sick = FeedUpdate(feed.id, {"error_count": 4, "last_error": "503 from <server>"})
        await world.thread.run(world.storage.update_feed, sick)
        for command in ("/admin", "/reload", "/feedback", "/addfeed https://x.example", "/invite", "/backup"):
            bob.send(command)
            await bob.expect("Only an operator")
        olga.send("/admin")
        home = await olga.expect("Running the bot")
        olga.press(home.button("Feeds (1)"))
        screen = await olga.expect_edit("Feeds: 1, 1 with problems.*4x 503 from <server>")
        olga.press(screen.button("DW"))
        screen = await olga.expect_edit("https://dw.example/rss")
        olga.press(screen.button("Pause"))
        screen = await olga.expect_edit("paused by Olga")
        assert not (await world.store.feeds())[0].enabled
        query = olga.press(screen.button("Resume"))
        await olga.expect_answer(query, "within seconds")
        screen = await olga.expect_edit("State")
        assert (await world.store.feeds())[0].next_check_at == world.clock[0]
        world.pass_time()
        olga.press(screen.button("back"))
        home = await olga.expect_edit("Running")
        olga.press(home.button("Subscribers"))
        await olga.expect_edit("Bob · 7002 · 1 topic")
        for command, answer in {
            "/reload": "✅ rules.yaml: 9 rules in force\nfeeds.yaml: 12 feeds (+1 / −0)",
            "/backup": "✅ Backup written: data/backups",
            "/addfeed https://a.example/rss": "✅ Added: A, 1 entry\nhttps://a.example/rss",
            "/addfeed https://none.example": "⚠️ No feed was found at https://none.example",
            "/addfeed http://private.example": "⚠️ private address",
            "/addfeed": "address of a feed",
        }.items():
            olga.send(command)
            await olga.expect(re.escape(answer))
        world.pass_time()
        carol_group = world.server.group("Desk", admins=[olga])
        olga.in_(carol_group).send("/admin")
        await olga.in_(carol_group).expect("private chat")


async def test_an_operator_limits_a_chat_and_takes_its_access_away(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        olga, bob = world.admin(), world.server.user("Bob", language="de")
        olga.send("/start")
        await olga.expect("Hello")
        bob.send("/subscribe massimov")
        await bob.expect("Abonniert")
        await world.tell(bob.id)
        await world.tell(bob.id, "Noch eine", send=False)
        olga.send("/admin")
        home = await olga.expect("Running the bot")
        olga.press(home.button("Subscribers"))
        screen = await olga.expect_edit("Bob · 7002 · 1 topic")
        olga.press(screen.button("Bob"))
        screen = await olga.expect_edit("Access: none.*Topics: 1.*Messages of the last 24 hours: 0.*as usual")
        olga.press(screen.button("10"))
        screen = await olga.expect_edit("Alerts an hour: at most 10 .set by the operator.")
        assert (await world.chat(bob.id)).quota == 10  # type: ignore[union-attr]
        bob.send("/settings")
        await bob.expect("Meldungen je Stunde: höchstens 10")
        world.pass_time()
        olga.press(screen.button("no limit of its own"))
        screen = await olga.expect_edit("Alerts an hour: as usual")
        query = olga.press(screen.button("Revoke access"))
        await olga.expect_answer(query, "Bob has no access any more")
        screen = await olga.expect_edit("Access: revoked")
        await bob.expect("Ein Betreiber hat den Zugang zum Bot hier beendet")
        assert world.storage.waiting_now(world.clock[0]) == 0, "what waited is not sent any more"
        bob.send("/topics")
        await bob.expect("Dieser Bot ist privat")  # though everybody else may use this one
        assert await world.topics_of(bob.id) == [("massimov", None)], "kept, in case of a mistake"
        world.pass_time()
        olga.press(screen.button("Give access back"))
        screen = await olga.expect_edit("Access: given")
        await bob.expect("Willkommen")
        bob.send("/topics")
        await bob.expect("1 Thema")
        world.pass_time()
        olga.press(screen.button("Subscribers"))
        screen = await olga.expect_edit("Subscribers: 2")
        olga.press(screen.button("Olga"))
        screen = await olga.expect_edit("Access: operator")
        assert "Revoke" not in str(screen.labels)
        query = olga.forge("chat:9001:revoke:0", screen.id)
        await olga.expect_answer(query, "")
        assert (await world.chat(olga.id)).access != "revoked"  # type: ignore[union-attr]
        query = bob.forge(f"chat:{olga.id}:revoke:0", bob.messages()[0].id)
        await bob.expect_answer(query, "Betreiber")


@pytest.mark.parametrize("mode", ["allowlist", "invite", "approval", "open"])
async def test_what_is_revoked_no_list_and_no_invite_gives_back(tmp_path: Path, mode: str) -> None:
    async with a_bot(tmp_path, mode=mode, allow=(7002,)) as world:
        olga, bob = world.admin(), world.server.user("Bob")
        assert bob.id == 7002
        bob.send("/start")
        await bob.expect("Hello")
        await world.store.revoke_access(bob.id)
        olga.send("/invite")
        link = (await olga.expect("start=__")).text
        bob.send("/start " + re.findall(r"start=(\S+)", link)[0])
        await bob.expect("declined")
        bob.send("/subscribe massimov")
        await bob.expect("private|invitation")
        assert (await world.chat(bob.id)).access == "revoked"  # type: ignore[union-attr]


async def test_dead_deliveries(tmp_path: Path) -> None:
    from watchbot.model import DeliveryState, Settlement

    async with a_bot(tmp_path) as world:
        olga, bob = world.admin(), world.server.user("Bob")
        bob.send("/start")
        await bob.expect("watchbot")
        for _ in range(2):
            await world.tell(bob.id, send=False)
            claimed = await world.thread.run(world.storage.claim_deliveries, world.clock[0], 1, timedelta(minutes=1))
            dead = Settlement(claimed[0].id, DeliveryState.DEAD, error="bad <request>")
            await world.thread.run(world.storage.settle, dead, world.clock[0])
        olga.send("/admin")
        home = await olga.expect("Running")
        olga.press(home.button("Undelivered (2)"))
        screen = await olga.expect_edit("#1 → 7002 “Massimow verhaftet”: bad <request>")
        olga.press(screen.button("🔁 #1"))
        screen = await olga.expect_edit("#2")
        olga.press(screen.button("🗑 #2"))
        await olga.expect_edit("Everything was delivered")


async def test_feedback_proposes_a_tested_edit(tmp_path: Path) -> None:
    def replay(rule: str, match: str, entries: list[Judged]) -> list[bool]:
        phrase = match.split('not "')[1].rstrip('"').casefold()
        return [phrase not in f"{e.title} {e.summary}".casefold() for e in entries]

    async with a_bot(tmp_path, operations=Operations(replay=replay)) as world:  # type: ignore[arg-type]
        olga, bob = world.admin(), world.server.user("Bob")
        bob.send("/subscribe massimov")
        await bob.expect("Subscribed")
        for title in ("Massimow Aston wins", "Massimow scores at Aston", "Massimow verhaftet", "Massimow im Gefängnis"):
            number = await world.tell(bob.id, title)
            alert = await bob.expect(f"#{number}")
            if "Aston" in title:
                query = bob.press(alert.button("Not relevant"))
                await bob.expect_answer(query, "Thank you")
        olga.send("/feedback")
        screen = await olga.expect("Karim Massimov: 50 %, 2 × not relevant")
        olga.press(screen.button("Karim Massimov"))
        proposal = await olga.expect_edit(r"removes 2 of 2 irrelevant ones, and 0 of 2 others")
        assert proposal.spans("code") == ['match: (massimov) and not "Aston"']


async def test_menus_per_language_and_scope(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        olga = world.admin()
        olga.send("/id")
        await olga.expect("You")
        menus = world.server.commands
        for code in ("", "de", "ru", "kk", "uk"):
            private = [c["command"] for c in menus["all_private_chats", code]]
            group = [c["command"] for c in menus["all_group_chats", code]]
            assert "settings" in private and "forget" in private and "admin" not in private
            assert "settings" in group and "forget" not in group
        assert menus["all_private_chats", "de"][0]["description"] == "Themen wählen"
        assert not any(str(olga.id) in scope for scope, _ in menus)
        olga.send("/start")
        await olga.expect("watchbot")
        (mine,) = [found for (scope, code), found in menus.items() if str(olga.id) in scope and code == "de"]
        assert {"command": "admin", "description": "den Bot betreiben"} in mine


@pytest.mark.fault(12)
async def test_answers_fall_back_to_plain_text(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob = world.server.user("Bob")
        why = 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0'
        world.server.fail("error", method="sendMessage", description=why)
        bob.send("/help")
        shown = await bob.expect("What I can do")
        assert shown.spans("bold") == []


async def test_a_button_under_a_deleted_message_answers_anew(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob = world.server.user("Bob")
        bob.send("/settings")
        screen = await bob.expect("Settings")
        gone = "Bad Request: message to edit not found"
        world.server.fail("error", method="editMessageText", description=gone)
        bob.press(screen.button("When"))
        await bob.expect_new("When shall I tell you")


async def test_a_busy_database_is_said(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as world:
        bob = world.server.user("Bob")
        bob.send("/start")
        await bob.expect("watchbot")
        await world.thread.run(drop_table, world)
        bob.send("/latest")
        await bob.expect("did not work just now")


def drop_table(world: World) -> None:
    """What a broken disk looks like from above: the query fails in the driver."""
    with sqlite3.connect(world.storage.file or "") as connection:
        connection.execute("ALTER TABLE entries RENAME TO lost")
