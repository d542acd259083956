"""The running bot as people use it: an operator, a reader whom he invites, and a day on which much happens."""

from __future__ import annotations

import re
from pathlib import Path

from app_world import Bot, feed
from test_app_telegram import telegram

from servers.bot_api import BotApiServer, User
from servers.feed_server import FeedServer

PAGE = b"<html><head><link rel='alternate' type='application/rss+xml' href='/wire.xml'></head></html>"
BURST = (
    "Almaty airport closes after storming", "Almaty mayor resigns over budget", "Concert hall opens in Almaty",
    "Almaty metro extends to the west", "Snow blocks roads around Almaty", "Almaty hosts chess olympiad",
    "Bank robbery foiled in Almaty", "Almaty bans cars from old town",
)  # fmt: skip


async def press(user: User, button: str, *, under: str = "") -> str:
    """Press a button under the user's last message that says `under`; answers the query's id."""
    found = [
        m
        for m in user.messages()
        if re.search(under, m.text, re.DOTALL) and any(button in str(row) for row in m.labels)
    ]
    assert found, f"no {button!r} under {under!r}: {[(m.text[:40], m.labels) for m in user.messages()]}"
    return user.press(found[-1].button(button))


async def test_an_operator_and_the_reader_whom_he_invites(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        feeds.put("/a.xml", feed(("1", "Quiet day")))
        feeds.put("/", PAGE, content_type="text/html")
        feeds.put("/wire.xml", feed(("w1", "Wire opens")))
        ada, eve = server.user("Ada"), server.user("Eve", language="de")
        bot = Bot(tmp_path, {"A": feeds.url("/a.xml")}, settings="telegram: {access: invite}\n")
        telegram(bot, server, ada.id)
        async with bot.running() as process:
            await process.expect("telegram connected")
            eve.send("/start")
            await eve.expect("nur auf Einladung")
            ada.send("/invite")
            link = re.findall(r"start=(\S+)", (await ada.expect("start=__")).text)[0]
            eve.send(f"/start {link}")
            await eve.expect("Willkommen")
            await eve.expect("Hallo Eve.*Tippe", timeout=10)
            await press(eve, "Karim Massimov · ")
            await eve.expect_edit("", timeout=10)
            eve.send("/start almaty")  # a deep link
            await eve.expect("Abonniert: Almaty")

            feeds.put("/a.xml", feed(("2", "Karim Massimow in Almaty festgenommen"), ("1", "Quiet day")))
            alert = await eve.expect_new("festgenommen.*gesehen")
            assert [m.text for m in ada.messages() if "festgenommen" in m.text] == []
            eve.press(alert.button("Mehr"))
            more = await eve.expect_new("Warum.*Karim Massimov: „Karim Massimow“")
            assert more.reply_to == alert.id
            await eve.expect_answer(await press(eve, "Passt nicht", under="festgenommen"), "Danke")
            await press(eve, "Thema stumm", under="festgenommen.*gesehen")
            await eve.expect_edit("festgenommen")
            await eve.expect_answer(await press(eve, "1 Std", under="festgenommen"), "still bis")
            eve.send("/search Massimow")
            await eve.expect("Gefunden zu.*festgenommen")
            eve.send("/trend")
            assert (await eve.expect("Erwähnung")).photo
            eve.send("/export")
            assert b'"massimov"' in (await eve.expect("gespeichert")).data

            ada.send("/feedback")
            await ada.expect("Karim Massimov: 0 %, 1 × not relevant")
            ada.send(f"/addfeed {feeds.url('/')}")
            await ada.expect("✅ Added: .*1 entry.*wire.xml")
            ada.send("/reload")
            await ada.expect("Nothing has changed")
            ada.send("/backup")
            await ada.expect("✅ Backup written")
            ada.send("/admin")
            await ada.expect("Running the bot")
            await press(ada, "Subscribers")
            await ada.expect_edit("Eve · ")
            await press(ada, "Eve")
            await ada.expect_edit("Access: given.*Topics: 2.*Messages of the last 24 hours: 1")
            await press(ada, "Revoke")
            await eve.expect("Betreiber hat den Zugang")
            ada.send("/subscribe massimov")
            await ada.expect("Subscribed")
            feeds.put(
                "/a.xml", feed(("3", "Massimov pleads not guilty"), ("2", "Karim Massimow in Almaty festgenommen"))
            )
            await ada.expect_new("pleads not guilty|festgenommen")
            assert [m for m in eve.messages() if "pleads" in m.text] == []
        assert server.token not in process.err + process.out


async def test_a_burst_is_a_few_first_reports_and_one_message_that_grows(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        feeds.put("/a.xml", feed(("0", "Quiet day")))
        ada = server.user("Ada")
        bot = Bot(tmp_path, {"A": feeds.url("/a.xml")}, settings="bursts: {few: 2, every: 2s}\n")
        telegram(bot, server, ada.id)
        async with bot.running() as process:
            await process.expect("telegram connected")
            for topic in ("almaty", "massimov"):
                ada.send(f"/subscribe {topic}")
                await ada.expect("Subscribed")
            known = [("0", "Quiet day")]
            for number, title in enumerate(BURST[:6], 1):
                known.insert(0, (str(number), title))
            feeds.put("/a.xml", feed(*known))
            await ada.expect("Almaty: 4 more stories", timeout=30)
            feeds.put("/a.xml", feed(("8", BURST[7]), ("7", BURST[6]), ("9", "Massimov detained"), *known))
            await ada.expect_new("Massimov detained", timeout=30)
            await ada.expect_edit("Almaty: 6 more stories", timeout=30)
        alone = [m for m in ada.messages() if any(t in m.text for t in BURST) and "more stories" not in m.text]
        rolling = [m for m in ada.messages() if "more stories" in m.text]
        assert len(alone) == 2 and len(rolling) == 1, [m.text[:50] for m in ada.messages()]
        for title in BURST:
            assert sum(title in m.text for m in (*alone, *rolling)) == 1, "each once, none lost"
