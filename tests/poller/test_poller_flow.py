"""Feeds that misbehave, through the real poller, fetcher, parsers, plan and database, against a real server."""

from __future__ import annotations

import base64
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from servers.feed_server import FeedServer, answer, challenge, redirect, rss, wrong_etag
from watchbot.app.parts import Inputs, Parts, build, new_poller
from watchbot.app.spools import sync_spools
from watchbot.config import FeedList, Settings, load_feeds
from watchbot.config.settings import SpoolConfig
from watchbot.model import EntryOutcome, FeedSpec, PlannedEntry, StoredFeed
from watchbot.poller.decide import ADOPT_AFTER
from watchbot.poller.silence import quiet_feeds
from watchbot.rules import load_rules

RULES = (
    "version: 1\nentities:\n  kazakhstan: {country: KZ}\nrules:\n  - {id: kazakhstan, title: K, match: kazakhstan}\n"
)


class Clock:
    """The wall clock, which a test moves on."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift


class World:
    """The bot's parts over one server, with a clock of their own."""

    def __init__(self, parts: Parts, server: FeedServer, clock: Clock) -> None:
        self.parts, self.server, self.clock = parts, server, clock

    async def poll(self, later: timedelta = timedelta(hours=13)) -> None:
        """Let time pass (more than any backoff) and check every feed that is due."""
        self.clock.shift += later
        await new_poller(self.parts).run_once()

    async def feed(self, path: str) -> StoredFeed:
        feeds = await self.parts.thread.run(self.parts.storage.feeds)
        return next(feed for feed in feeds if feed.spec.url.endswith(path))

    async def entries(self) -> list[PlannedEntry]:
        return await self.parts.thread.run(self.parts.storage.archive, datetime(2000, 1, 1, tzinfo=UTC))

    async def alerts(self) -> Counter[str]:
        """Alerts by kind."""
        with closing(sqlite3.connect(self.parts.storage.file or "")) as connection:
            return Counter(dict(connection.execute("SELECT kind, count(*) FROM alerts GROUP BY kind").fetchall()))

    async def titles(self) -> set[str]:
        return {record.title for record in await self.parts.thread.run(self.parts.storage.latest, None, 100)}


@asynccontextmanager
async def world(folder: Path, server: FeedServer, feeds: Sequence[str | FeedSpec]) -> AsyncIterator[World]:
    settings = Settings.model_validate(
        {
            "storage": {"url": f"sqlite:///{folder / 'w.db'}", "backup_at": None},
            "fetch": {"allow_private_networks": True, "parse_workers": 1, "deadline": "5s"},
        }
    )
    specs = tuple(f if isinstance(f, FeedSpec) else FeedSpec(server.url(f), f, lang="en") for f in feeds)
    clock = Clock()
    inputs = Inputs(settings, lambda: load_rules(RULES, "r", lambda path: ""), lambda: FeedList(specs), console=True)
    async with build(inputs, clock) as parts:
        yield World(parts, server, clock)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


def news(*numbers: int) -> bytes:
    return rss([(f"g{n}", f"Kazakhstan bulletin number {n}") for n in numbers])


@pytest.mark.fault(23)
async def test_gone_disables_missing_backs_off_and_others_go_on(tmp_path: Path, server: FeedServer) -> None:
    server.behave("/gone", answer(410))
    server.behave("/wall", challenge())
    server.put("/good", news(1))
    async with world(tmp_path, server, ["/gone", "/missing", "/wall", "/good"]) as bot:
        await bot.poll(timedelta())
        gone, missing, wall, good = [await bot.feed(path) for path in ("/gone", "/missing", "/wall", "/good")]
        assert not gone.enabled and "410" in (gone.disabled_reason or "")
        assert missing.error_count == 1 and "404" in (missing.last_error or "")
        assert missing.next_check_at and missing.next_check_at - bot.clock() > timedelta(minutes=10)
        assert "challenge" in (wall.last_error or "")
        assert good.error_count == 0 and good.baseline_at
        await bot.poll()
        assert len(server.requests("/gone")) == 1 and len(server.requests("/missing")) == 2
        server.put("/missing", news(2))
        await bot.poll()
        healed = await bot.feed("/missing")
        assert healed.error_count == 0 and healed.last_error is None


@pytest.mark.fault(24)
@pytest.mark.parametrize(
    ("value", "least", "most"), [("1800", 1700, 2400), ("a while", 60, 400), ("31536000", 20000, 22000)]
)
async def test_retry_after_decides_the_next_check(
    tmp_path: Path, server: FeedServer, value: str, least: int, most: int
) -> None:
    server.behave("/f", answer(429, b"", {"Retry-After": value}))
    async with world(tmp_path, server, ["/f"]) as bot:
        await bot.poll(timedelta())
        at = (await bot.feed("/f")).next_check_at
        assert at is not None and least < (at - bot.clock()).total_seconds() < most


@pytest.mark.fault(20)
async def test_a_wrong_etag_is_found_by_an_unconditional_fetch(tmp_path: Path, server: FeedServer) -> None:
    server.behave("/f", wrong_etag()(news(1)))
    async with world(tmp_path, server, ["/f"]) as bot:
        bot.parts.pipeline._chance = lambda: 0.5
        await bot.poll(timedelta())
        server.behave("/f", wrong_etag()(news(2, 1)))
        await bot.poll()
        assert (await bot.feed("/f")).last_status == 304
        assert not any("number 2" in title for title in await bot.titles())
        bot.parts.pipeline._chance = lambda: 0.001  # one in a hundred, now
        await bot.poll()
        assert any("number 2" in title for title in await bot.titles())


@pytest.mark.fault(21)
async def test_a_permanent_redirect_is_adopted_late_and_one_to_html_never(tmp_path: Path, server: FeedServer) -> None:
    server.put("/new", news(1))
    server.put("/login", b"<!doctype html><html><body>Sign in</body></html>", content_type="text/html")
    server.behave("/old", redirect("/new", 301))
    server.behave("/walled", redirect("/login", 301))
    async with world(tmp_path, server, ["/old", "/walled"]) as bot:
        await bot.poll(timedelta())
        for _ in range(ADOPT_AFTER - 1):
            await bot.poll()
        assert len(server.requests("/old")) == ADOPT_AFTER
        await bot.poll()
        assert len(server.requests("/old")) == ADOPT_AFTER  # the new address is asked directly
        walled = await bot.feed("/walled")
        assert walled.error_count == ADOPT_AFTER + 1 and walled.redirect_url is None
        assert (await bot.feed("/old")).spec.url == server.url("/old")
        server.put("/new", b"<html>moved again</html>", content_type="text/html")
        await bot.poll()
        server.put("/old", news(2))
        await bot.poll()
        assert (await bot.feed("/old")).error_count == 0
        assert len(server.requests("/old")) == ADOPT_AFTER + 1


@pytest.mark.fault(22)
async def test_a_temporary_redirect_is_never_stored(tmp_path: Path, server: FeedServer) -> None:
    server.put("/new", news(1))
    server.behave("/old", redirect("/new", 302))
    async with world(tmp_path, server, ["/old"]) as bot:
        await bot.poll(timedelta())
        for _ in range(ADOPT_AFTER + 1):
            await bot.poll()
        assert len(server.requests("/old")) == ADOPT_AFTER + 2
        assert (await bot.feed("/old")).redirect_url is None


@pytest.mark.fault(36)
async def test_a_window_that_moved_too_fast_is_a_possible_gap(tmp_path: Path, server: FeedServer) -> None:
    server.put("/f", news(3, 2, 1))
    async with world(tmp_path, server, ["/f"]) as bot:
        await bot.poll(timedelta())
        server.put("/f", news(4, 3, 2))
        await bot.poll()
        assert (await bot.feed("/f")).gap_at is None
        server.put("/f", news(9, 8, 7))
        await bot.poll()
        assert (await bot.feed("/f")).gap_at is not None


async def test_the_same_bytes_again_are_not_parsed(tmp_path: Path, server: FeedServer) -> None:
    """A server without validators answers 200 each time; only another body is worth a parse."""
    server.put("/f", news(1), etag=None)
    async with world(tmp_path, server, ["/f"]) as bot:
        parsed: list[int] = []
        bot.parts.pipeline.listen(lambda feed, document, headers: parsed.append(len(document.entries)), lambda _: False)
        for _ in range(3):
            await bot.poll()
        assert len(server.requests("/f")) == 3 and parsed == [1]
        server.put("/f", news(2, 1), etag=None)
        await bot.poll()
        assert len(parsed) == 2 and (await bot.feed("/f")).last_status == 200


async def test_credentials_reach_the_agency_and_nobody_else(tmp_path: Path, server: FeedServer) -> None:
    """Basic credentials of feeds.yaml with a secret from a file, through a redirect to another origin."""
    async with FeedServer() as elsewhere:
        elsewhere.put("/f", news(1))
        server.put("/direct", news(2))
        server.behave("/moved", redirect(elsewhere.url("/f"), 302))
        rows = [
            f"- {{url: '{server.url(p)}', name: '{p}', auth: {{user: desk, password: '${{PW}}'}}}}"
            for p in ("/direct", "/moved")
        ]
        listed = load_feeds("feeds:\n" + "\n".join(rows), "f", {"PW_FILE": "/run/secrets/pw"}, lambda path: "s3cret\n")
        async with world(tmp_path, server, listed.feeds) as bot:
            await bot.poll()
            assert [(await bot.feed(path)).last_status for path in ("/direct", "/moved")] == [200, 200]
    basic = "Basic " + base64.b64encode(b"desk:s3cret").decode()
    assert [r.headers.get("authorization") for r in server.log] == [basic, basic]
    assert [r.headers.get("authorization") for r in elsewhere.log] == [None]
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())  # a backup is such a copy
    assert kept and b"s3cret" not in kept and basic.encode() not in kept


async def test_an_agency_that_stops_delivering_files_is_strangely_quiet(tmp_path: Path, server: FeedServer) -> None:
    """A spool directory has a rhythm too: its agency's client may have died, which nobody else would notice."""
    async with world(tmp_path, server, []) as bot:
        thread, storage = bot.parts.thread, bot.parts.storage
        for hour in range(24 * 5):
            bot.clock.shift = timedelta(hours=hour)
            (feed,) = (
                await thread.run(sync_spools, storage, [SpoolConfig(path="/srv/agency/in")], bot.clock())
            ).values()
            await bot.parts.pipeline.ingest(feed, news(hour))
        assert quiet_feeds(await thread.run(storage.feeds), bot.clock()) == []
        bot.clock.shift += timedelta(hours=30)
        (silent,) = quiet_feeds(await thread.run(storage.feeds), bot.clock())
        assert silent.name == "agency/in" and 20 < silent.expected < 40


async def test_what_the_settings_say_of_a_spool_directory_holds_for_its_files(
    tmp_path: Path, server: FeedServer
) -> None:
    """Also when it is said later: the directory keeps its row, and with it what was seen."""
    async with world(tmp_path, server, []) as bot:
        thread, storage = bot.parts.thread, bot.parts.storage
        plain = SpoolConfig(path="/srv/agency/in")
        told = SpoolConfig(path="/srv/agency/in", name="AFP", lang="fr", tags=("agency",), format="rss", country="FR")
        for spool in (plain, told):
            (feed,) = (await thread.run(sync_spools, storage, [spool], bot.clock())).values()
            row = await thread.run(storage.feed, feed.id)
            assert row and row.spec == feed.spec
        await bot.parts.pipeline.ingest(feed, news(1))
        (stored,) = await thread.run(storage.feeds)
        (item,) = await thread.run(storage.archive, bot.clock() - timedelta(days=1))
    spec = stored.spec
    assert (spec.name, spec.owner, spec.lang, spec.tags, spec.format, spec.country, stored.enabled) == (
        "AFP", "AFP", "fr", ("agency",), "rss", "FR", False,
    )  # fmt: skip
    assert (item.lang, item.source) == ("fr", "AFP")


@pytest.mark.fault(33)
async def test_a_relaunched_site_is_one_notice(tmp_path: Path, server: FeedServer) -> None:
    words = ["curfew", "airport", "internet", "bank", "troops", "fuel", "mourning", "curling", "oil", "uranium"]
    titles = [f"Kazakhstan and the {word} question" for word in words]
    server.put("/f", rss([(f"old{i}", title) for i, title in enumerate(titles)]))
    async with world(tmp_path, server, ["/f"]) as bot:
        await bot.poll(timedelta())
        before = await bot.alerts()
        renewed = [{"guid": f"new{i}", "title": t, "description": "With a summary."} for i, t in enumerate(titles)]
        server.put("/f", rss(renewed, link="https://relaunched.example/"))
        await bot.poll()
        after = await bot.alerts()
        assert (after["new"], after["notice"] - before["notice"]) == (before["new"], 1)
        server.put(
            "/f", rss([("new10", "Kazakhstan reopens its borders"), *renewed], link="https://relaunched.example/")
        )
        await bot.poll()
        assert await bot.alerts() == after + Counter(new=1), "what is new after it is told"


@pytest.mark.fault(35)
async def test_dates_decide_no_novelty_and_are_clamped(tmp_path: Path, server: FeedServer) -> None:
    dates = {
        "future": "Fri, 01 Jan 2100 10:00:00 GMT",
        "none": "",
        "ancient": "Thu, 01 Jan 2015 10:00:00 GMT",
        "moscow": "Sat, 08 Jan 2022 12:00:00 MSK",
        "russian": "8 января 2022, 12:00",
        "german": "Sa, 8. Januar 2022 10:00",
        "nonsense": "yesterday-ish",
    }
    old = [(f"g{n}", f"Kazakhstan bulletin number {n}") for n in range(12)]
    server.put("/f", rss(old))
    async with world(tmp_path, server, ["/f"]) as bot:
        await bot.poll(timedelta())
        entries = [
            {"guid": name, "title": f"Kazakhstan: {name} {name[::-1]} dispatch", "pubDate": date}
            for name, date in dates.items()
        ]
        server.put("/f", rss([*entries, *old]))
        await bot.poll()
        found = {e.entry.guid: e for e in await bot.entries() if e.entry.guid in dates}
        assert found.keys() == dates.keys()
        assert all(entry.at <= bot.clock() for entry in found.values())
        moscow = found["moscow"].entry.published_at
        assert moscow == datetime(2022, 1, 8, 9, tzinfo=UTC), "MSK is three hours ahead"
        told = {EntryOutcome.ALERT, EntryOutcome.UPDATE}  # an update where two tell one event
        assert {entry.outcome for entry in found.values()} <= told, "each is new, whatever its date"
