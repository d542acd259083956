"""The real bot among feeds that are wrong in every way at once: what can be read is told once, the rest is said."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from app.app_world import Bot, feed
from servers.bot_api import BotApiServer
from servers.feed_server import (
    Behaviour,
    Document,
    FeedServer,
    answer,
    bomb,
    endless,
    rfc822,
    rss,
    serve_document,
    trickle,
)

RULES = """\
version: 1
entities:
  massimov: {person: Karim Massimov}
  almaty: {place: Almaty, names: {ru: [Алматы, Алма-Ата]}}
rules:
  - {id: massimov, title: Karim Massimov, match: massimov, priority: high}
  - {id: almaty, title: Almaty, match: almaty}
"""
RUSSIAN = "В Алматы объявлен комендантский час из-за беспорядков в центре города"
HOSTILE = "Massimov <b>freed</b> &amp; \u202ekcab\u202c <a href='tg://resolve'>click</a>"
DEEP = b"<rss><channel><item>" + b"<a>" * 100_000
LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%s">' % (n, (b"&%c;" % p) * 10) for p, n in zip(b"abcdefgh", b"bcdefghi", strict=True))
    + b"]><rss><channel><item><title>&i;</title></item></channel></rss>"
)
"""Entities of entities."""


def new_guids() -> Behaviour:
    """The same two entries, under other guids at each poll."""
    polls = 0

    async def serve(request: object, writer: asyncio.StreamWriter) -> None:
        nonlocal polls
        polls += 1
        entries = [(f"{polls}-{n}", title) for n, title in enumerate(("Massimov on trial in Astana", "Snow in Paris"))]
        await serve_document(Document(feed(*entries)), request, writer)  # type: ignore[arg-type]

    return serve


@pytest.mark.fault(23)
@pytest.mark.fault(25)
@pytest.mark.fault(26)
@pytest.mark.fault(29)
@pytest.mark.fault(30)
@pytest.mark.fault(31)
@pytest.mark.fault(32)
@pytest.mark.fault(41)
async def test_one_bot_among_wrong_feeds(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        young = rfc822(datetime.now(UTC))
        feeds.behave("/gone", answer(410))
        feeds.behave("/bomb", bomb("gzip", 1 << 30))
        feeds.behave("/endless", endless())
        feeds.behave("/slow", trickle(feed(("1", "Never")), 0.5))
        feeds.put("/deep", DEEP)
        feeds.put("/laughs", LAUGHS)
        feeds.put("/page", b"<!doctype html><title>Sign in</title>", content_type="text/html")
        feeds.put("/russian", feed(("r", RUSSIAN)).decode().encode("cp1251"))
        feeds.behave("/guids", new_guids())
        feeds.put("/hostile", rss([{"guid": "h", "title": HOSTILE, "link": "javascript:alert(1)", "pubDate": young}]))
        feeds.put("/good", feed(("q", "Quiet day")))
        names = ("gone", "bomb", "endless", "slow", "deep", "laughs", "page", "russian", "guids", "hostile", "good")
        admin = server.user("Ada")
        admin.start()
        subscribed = f"chats: [{{id: {admin.id}, topics: [massimov, almaty]}}]\n"
        bot = Bot(tmp_path, {name: feeds.url(f"/{name}") for name in names}, settings=subscribed, rules=RULES)
        text = bot.settings.read_text("utf-8")
        text = text.replace("parse_workers: 1", "parse_workers: 1, deadline: 2s, max_bytes: 1000000")
        bot.settings.write_text(text.replace("stories:", "first_poll: {alert_within: 1d}\nstories:"), encoding="utf-8")
        bot.env = {
            "WATCHBOT_TELEGRAM__TOKEN": server.token,
            "WATCHBOT_TELEGRAM__BASE_URL": server.url,
            "WATCHBOT_TELEGRAM__ADMINS": str(admin.id),
        }
        async with bot.running() as process:
            await process.expect("telegram connected")
            told = await admin.expect_new("gone is polled no more", timeout=20)
            assert "410" in told.text
            feeds.put("/good", feed(("2", "Massimov detained"), ("q", "Quiet day")))
            await admin.expect_new("Massimov detained", timeout=20)
            for kind in ("gone", "too-large", "timeout", "login"):
                await process.expect(f'"kind": "{kind}"')
            polled = len(feeds.requests("/guids"))
            while len(feeds.requests("/guids")) < polled + 3:
                await asyncio.sleep(0.1)
        listed = (await bot.call("feeds", "list")).out
        assert "410" in listed and "disabled" in listed.lower()
        messages = admin.messages()
        assert sum("Massimov on trial" in m.text for m in messages) == 1, "new guids at each poll: told once"
        (russian,) = [m for m in messages if RUSSIAN in m.text]
        (hostile,) = [m for m in messages if "freed" in m.text]
        assert russian.spans("bold")
        assert "\u202e" not in hostile.text and "<b>" not in hostile.text
        urls = [e.get("url", "") for e in hostile.entities] + [b.url for row in hostile.buttons for b in row]
        assert all(url.startswith(("http://", "https://")) for url in urls if url)
        assert "Traceback" not in process.err
        before = len(messages)
        async with bot.running() as process:
            await process.expect("telegram connected")
            feeds.put("/good", feed(("3", "Massimov in court"), ("2", "Massimov detained")))
            await admin.expect_new("Massimov in court", timeout=20)
        assert len(admin.messages()) == before + 1, "after a restart nothing is told twice"


@pytest.mark.fault(24)
async def test_a_date_in_retry_after_is_kept(tmp_path: Path) -> None:
    """Not asked again before that moment, while another feed goes on."""
    async with FeedServer() as feeds:
        at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=8)
        feeds.behave("/busy", answer(503, b"", {"Retry-After": format_datetime(at, usegmt=True)}))
        feeds.put("/good", feed(("q", "Quiet day")))
        bot = Bot(tmp_path, {"Busy": feeds.url("/busy"), "Good": feeds.url("/good")})
        text = bot.settings.read_text("utf-8").replace("max_backoff: 2s", "max_backoff: 60s")
        bot.settings.write_text(text, encoding="utf-8")
        async with bot.running():
            while datetime.now(UTC) < at - timedelta(seconds=1):
                await asyncio.sleep(0.1)
            assert len(feeds.requests("/busy")) == 1
            assert len(feeds.requests("/good")) >= 3
            feeds.put("/busy", feed(("1", "Back")))
            deadline = at + timedelta(seconds=20)
            while len(feeds.requests("/busy")) < 2:
                assert datetime.now(UTC) < deadline
                await asyncio.sleep(0.1)
            assert datetime.now(UTC) >= at - timedelta(seconds=1)
