"""`watchbot run` as a process: /healthz, spool directories, hubs that push, the ping of a dead man's switch."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import re
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
from app_world import Bot, Process, feed

from servers.feed_server import FeedServer, Request, answer
from watchbot.app.watchdog import Check
from watchbot.app.web import report
from watchbot.storage.schema import to_micros

AT = datetime(2022, 1, 8, tzinfo=UTC)


async def health(process: Process) -> httpx.Response:
    await process.expect(r"listening.*port=\d+")
    found = re.search(r"listening.*port=(\d+)", process.err)
    assert found is not None
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        return await client.get(f"http://127.0.0.1:{found[1]}/healthz")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until_true(check: Callable[[], object], timeout: float = 20.0) -> None:
    deadline = asyncio.get_running_loop().time() + timeout
    while not check():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)


LOGS = "log: {format: console}\n"


async def test_healthz_says_that_all_is_well_and_the_ping_goes_out(tmp_path: Path) -> None:
    async with FeedServer() as server:
        server.put("/a.xml", feed(("1", "Quiet day")))
        server.put("/ping/secret-uuid", "OK", content_type="text/plain")
        web = f"web: {{listen: '127.0.0.1:0', ping_url: '{server.url('/ping/secret-uuid')}', watchdog_every: 1s}}\n"
        bot = Bot(tmp_path, {"A": server.url("/a.xml")}, settings=web + LOGS)
        async with bot.running() as process:
            await until_true(lambda: len(server.requests("/ping/secret-uuid")) >= 2)
            response = await health(process)
            body = response.json()
            assert (response.status_code, body["status"], body["troubles"]) == (200, "ok", [])
            assert response.headers["content-type"] == "application/json"
            assert body["heartbeat_at"] and body["watchdog"]["ok"] and 0 < body["watchdog"]["latency_ms"] < 20_000
            assert "secret-uuid" not in process.err


async def test_healthz_is_503_and_the_ping_stays_away_when_nothing_is_polled(tmp_path: Path) -> None:
    async with FeedServer() as server:
        server.put("/a.xml", feed(("1", "Quiet day")))
        server.put("/ping", "OK", content_type="text/plain")
        web = f"web: {{listen: '127.0.0.1:0', ping_url: '{server.url('/ping')}', watchdog_every: 1s}}\n"
        bot = Bot(tmp_path, {"A": server.url("/a.xml")}, settings=web + LOGS)
        async with bot.running() as process:
            await until_true(lambda: server.requests("/ping"))
            await until_overdue(tmp_path / "bot.db", process)
            assert "nothing is being polled" in (await health(process)).text
            await process.expect("watchdog .*nothing is being polled")
            pings = len(server.requests("/ping"))
            await asyncio.sleep(2.5)  # two rounds of the watchdog
            assert len(server.requests("/ping")) == pings


async def until_overdue(file: Path, process: Process) -> None:
    """Make the feeds look as if their poller had died twenty minutes ago: overdue, and their claims held."""
    now = datetime.now(UTC)
    overdue, claimed = (to_micros(now + timedelta(minutes=minutes)) for minutes in (-20, 60))
    deadline = time.monotonic() + 20
    while (await health(process)).status_code != 503:
        assert time.monotonic() < deadline
        with closing(sqlite3.connect(file, timeout=20)) as database:  # again until no update in flight undoes it
            database.execute("UPDATE feeds SET next_check_at = ?, claimed_until = ?", (overdue, claimed))
            database.commit()
        await asyncio.sleep(0.3)


@pytest.mark.parametrize(
    ("troubles", "check", "status", "expected"),
    [
        ([], None, 200, []),
        ([], Check(AT, timedelta(milliseconds=12)), 200, []),
        (["a"], Check(AT, timedelta(), ("a", "b")), 503, ["a", "b"]),
        ([], Check(AT, timedelta(), ("b",)), 503, ["b"]),
        ([], Check(AT, timedelta(), (), ("was overdue five minutes ago",)), 200, []),
    ],
)
def test_report(troubles: list[str], check: Check | None, status: int, expected: list[str]) -> None:
    reply = report(troubles, AT, check)
    assert reply.status == status
    assert httpx.Response(200, content=reply.body).json()["troubles"] == expected


async def test_an_address_that_is_taken_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        bot = Bot(tmp_path, {}, settings=f"web: {{listen: '127.0.0.1:{port}'}}\n")
        process = await bot.call("run")
        assert process.process.returncode == 1
        assert f"cannot listen on 127.0.0.1:{port}" in process.err
        assert "Traceback" not in process.err


NITF = """<?xml version="1.0" encoding="utf-8"?>
<nitf><head><title>{title}</title><docdata><doc-id id-string="{id}"/><date.issue norm="{date}"/></docdata></head>
<body><body.head><hedline><hl1>{title}</hl1></hedline></body.head><body.content><p>Almaty.</p></body.content></body>
</nitf>"""


async def test_a_spooled_file_alerts_and_moves_to_done_and_a_page_to_failed(tmp_path: Path) -> None:
    spool = tmp_path / "agency" / "in"
    bot = Bot(tmp_path, {}, settings=LOGS)
    text = bot.settings.read_text("utf-8").replace("poll: {", f"poll: {{spool: ['{spool}'], ")
    bot.settings.write_text(text, encoding="utf-8")
    old = (datetime.now(UTC) - timedelta(days=3)).strftime("%Y%m%dT%H%M%SZ")
    spool.mkdir(parents=True)
    backlog = spool / "old.xml"
    backlog.write_text(NITF.format(title="Massimov an age ago", id="o1", date=old), encoding="utf-8")
    os.utime(backlog, (time.time() - 86400 * 3,) * 2)
    async with bot.running() as process:
        await until_true(lambda: (spool / "done" / "old.xml").exists())
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        (spool / "new.xml").write_text(NITF.format(title="Massimov arrested", id="n1", date=now), encoding="utf-8")
        # Dated long ago by its agency, but dropped now: news.
        (spool / "late.xml").write_text(NITF.format(title="Massimov named again", id="n2", date=old), encoding="utf-8")
        (spool / "page.html").write_text("<!doctype html><html><body>Log in</body></html>")
        await process.expect("Massimov arrested", where="out")
        await process.expect("Massimov named again", where="out")
        assert "agency/in" in process.out
        await until_true(lambda: (spool / "done" / "new.xml").exists() and (spool / "done" / "late.xml").exists())
        await until_true(lambda: (spool / "failed" / "page.html.error").exists())
        assert "an age ago" not in process.out
    listed = await bot.call("feeds", "list")
    assert "agency/in" in listed.out
    async with bot.running() as process:  # the same story again, after a restart: no second alert
        (spool / "again.xml").write_text(NITF.format(title="Massimov arrested", id="n1", date=now), encoding="utf-8")
        await until_true(lambda: (spool / "done" / "again.xml").exists())
        assert "Massimov arrested" not in process.out


async def test_one_round_takes_the_spooled_files_too(tmp_path: Path) -> None:
    spool = tmp_path / "agency" / "in"
    bot = Bot(tmp_path, {}, settings=LOGS)
    text = bot.settings.read_text("utf-8").replace("poll: {", f"poll: {{spool: ['{spool}'], ")
    bot.settings.write_text(text, encoding="utf-8")
    await bot.call("run", "--once")  # lists the directory: from now on what is dropped is news
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    (spool / "new.xml").write_text(NITF.format(title="Massimov arrested", id="n1", date=now), encoding="utf-8")
    (spool / "next.xml.part").write_text("<nitf>", encoding="utf-8")
    done = await bot.call("run", "--once")
    assert "Massimov arrested" in done.out
    assert (spool / "done" / "new.xml").exists() and (spool / "next.xml.part").exists()
    status = await bot.call("status")
    assert "disabled" not in status.out


async def test_a_hub_that_pushes_alerts_long_before_the_next_poll(tmp_path: Path) -> None:
    forms: list[dict[str, str]] = []
    async with FeedServer() as server:
        topic = server.url("/a.xml")

        def document(*entries: tuple[str, str]) -> bytes:
            links = f'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="hub" href="{server.url("/hub")}"/>'
            links += f'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="self" href="{topic}"/>'
            return feed(*entries).replace(b"<item>", links.encode() + b"<item>", 1)

        async def hub(request: Request, writer: asyncio.StreamWriter) -> None:
            form = {key: values[0] for key, values in parse_qs(request.body.decode()).items()}
            query = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "c4"}
            async with httpx.AsyncClient(trust_env=False) as client:
                verified = await client.get(f"{form['hub.callback']}?{urlencode(query)}")
            assert verified.text == "c4"
            forms.append(form)
            await answer(202)(request, writer)

        server.behave("/hub", hub)
        server.put("/a.xml", document(("1", "Almaty airport open")))
        port = free_port()
        settings = f"web: {{listen: '127.0.0.1:{port}', public_url: 'http://127.0.0.1:{port}/bot'}}\n"
        bot = Bot(tmp_path, {"A": topic}, settings=settings)
        slow = bot.settings.read_text("utf-8").replace(
            "interval: 1s, min_interval: 1s, max_interval: 2s, tick: 100ms",
            "interval: 1h, min_interval: 1h, max_interval: 1h, tick: 30s",
        )
        bot.settings.write_text(slow, encoding="utf-8")
        async with bot.running() as process:
            await until_true(lambda: forms)
            assert forms[0]["hub.topic"] == topic
            await process.expect("airport open", where="out")  # the first match of a process loads its tables
            seen = len(server.requests("/a.xml"))
            body = document(("2", "Massimov detained"), ("1", "Almaty airport open"))
            server.put("/a.xml", body)
            async with httpx.AsyncClient(trust_env=False) as client:
                forged = await client.post(forms[0]["hub.callback"], content=body)
                assert forged.status_code == 202
                started = time.monotonic()
                digest = hmac.new(forms[0]["hub.secret"].encode(), body, hashlib.sha256).hexdigest()
                headers = {"X-Hub-Signature": f"sha256={digest}"}
                assert (await client.post(forms[0]["hub.callback"], content=body, headers=headers)).status_code == 202
            await process.expect("Massimov detained", where="out", timeout=10)
            took = time.monotonic() - started
            assert took < 2.0, f"{took:.2f} s"
            assert len(server.requests("/a.xml")) == seen + 1
        async with bot.running():  # the feed answers the same as before, so no document names the hub
            await until_true(lambda: len(forms) == 2)
            assert forms[1]["hub.callback"] != forms[0]["hub.callback"]
