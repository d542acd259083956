"""`watchbot feeds` against a real server: discovery, probing, editing feeds.yaml, OPML."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from servers.feed_server import FeedServer, SyncFeedServer, challenge, redirect, rfc822, rss
from watchbot.cli import cli
from watchbot.config import load_feeds
from watchbot.model import FeedSpec, FeedUpdate
from watchbot.poller import rhythm as rhythms
from watchbot.storage import Storage

ROOT = Path(__file__).parents[2]
NOW = datetime(2022, 1, 8, 12, tzinfo=UTC)
ENTRIES = [
    {"guid": str(i), "title": f"Entry {i}", "pubDate": rfc822(NOW - timedelta(minutes=10 * i))} for i in range(5)
]
PAGE = b"""<html><head><title>News</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments.xml">
<link rel="alternate" type="application/rss+xml" title="News" href="/real.xml"></head><body>Hello</body></html>"""
FILE = """# our feeds
feeds:
  # agencies
  - {url: https://one.example/rss, name: One}  # keep this comment
  - url: https://two.example/rss
    name: Two
    tags: [a, b]

  # the end
"""


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with SyncFeedServer() as running:
        yield running


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "feeds.yaml").write_text(FILE, encoding="utf-8")
    database = tmp_path / "watchbot.db"
    text = f"fetch: {{allow_private_networks: true, deadline: 5s}}\nstorage: {{url: 'sqlite:///{database}'}}\n"
    (folder / "watchbot.yaml").write_text(text, encoding="utf-8")
    return folder


def feeds(config: Path, *args: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(config), "feeds", *args], catch_exceptions=False)


def listed(config: Path) -> list[tuple[str, str]]:
    text = (config / "feeds.yaml").read_text(encoding="utf-8")
    return [(spec.url, spec.name) for spec in load_feeds(text, "feeds.yaml", {}).feeds]


def test_add_finds_the_feed_on_a_page_and_keeps_comments(server: FeedServer, config: Path) -> None:
    server.put("/", PAGE, content_type="text/html")
    server.put("/real.xml", rss(ENTRIES, title="Nachrichten: «Ost» & West"))
    server.put("/comments.xml", rss([]))
    result = feeds(config, "add", server.url("/"), "--tag", "portal", "--country", "kz", "--lang", "ru")
    assert result.exit_code == 0, result.output
    text = (config / "feeds.yaml").read_text(encoding="utf-8")
    for comment in ("# our feeds", "# agencies", "# keep this comment", "# the end"):
        assert comment in text
    assert listed(config)[-1] == (server.url("/real.xml"), "Nachrichten: «Ost» & West")
    spec = load_feeds(text, "feeds.yaml", {}).feeds[-1]
    assert (spec.tags, spec.country, spec.lang) == (("portal",), "KZ", "ru")
    again = feeds(config, "add", server.url("/real.xml"))
    assert again.exit_code == 0 and "already listed" in again.output
    assert len(listed(config)) == 3


def test_add_tries_the_usual_paths(server: FeedServer, config: Path) -> None:
    server.put("/", b"<html><body>no links</body></html>", content_type="text/html")
    server.put("/rss.xml", rss(ENTRIES))
    assert feeds(config, "add", server.url("/")).exit_code == 0
    assert listed(config)[-1][0] == server.url("/rss.xml")


def test_add_without_a_feed_changes_nothing(server: FeedServer, config: Path) -> None:
    server.put("/", b"<html></html>", content_type="text/html")
    with pytest.raises(Exception, match="no feed was found"):
        feeds(config, "add", server.url("/"))
    assert (config / "feeds.yaml").read_text(encoding="utf-8") == FILE


@pytest.mark.parametrize("which", ["One", "https://two.example/rss"])
def test_remove_keeps_the_rest(config: Path, which: str) -> None:
    assert feeds(config, "remove", which).exit_code == 0
    assert len(listed(config)) == 1
    text = (config / "feeds.yaml").read_text(encoding="utf-8")
    assert "# our feeds" in text and "# the end" in text


def test_check_names_what_is_wrong(server: FeedServer, config: Path) -> None:
    server.put("/good", rss(ENTRIES), last_modified="Sat, 08 Jan 2022 10:00:00 GMT")
    server.put("/html", b"<!doctype html><html><body>Sign in</body></html>", content_type="text/html")
    server.behave("/challenge", challenge())
    server.behave("/moved", redirect("/good", 301))
    paths = ("/good", "/html", "/challenge", "/moved", "/missing")
    lines = "".join(f"  - {{url: '{server.url(path)}', name: '{path}'}}\n" for path in paths)
    (config / "feeds.yaml").write_text(f"feeds:\n{lines}", encoding="utf-8")
    result = feeds(config, "check", "--json")
    assert result.exit_code == 1
    rows = {row["name"]: row for row in map(json.loads, result.stdout.splitlines())}
    good = rows["/good"]
    assert (good["ok"], good["status"], good["entries"], good["interval"]) == (True, 200, 5, 600.0)
    assert good["validators"] == "etag, modified" and good["newest"] == NOW.isoformat()
    assert rows["/moved"]["moved_to"] == server.url("/good")
    assert not rows["/html"]["ok"] and "html" in rows["/html"]["problem"].lower()
    assert "challenge" in rows["/challenge"]["problem"]
    assert rows["/missing"]["problem"] == "404: there is no such page"
    table = feeds(config, "check")
    assert "10m" in table.output and "404" in table.output


def test_opml_survives_the_round_trip(config: Path, tmp_path: Path) -> None:
    before = load_feeds((config / "feeds.yaml").read_text(encoding="utf-8"), "f", {}).feeds
    file = tmp_path / "out.opml"
    assert feeds(config, "export", str(file)).exit_code == 0
    (config / "feeds.yaml").write_text("feeds: []\n", encoding="utf-8")
    assert feeds(config, "import", str(file)).exit_code == 0
    assert load_feeds((config / "feeds.yaml").read_text(encoding="utf-8"), "f", {}).feeds == before
    again = feeds(config, "import", str(file))
    assert "0 feeds added, 2 already listed" in again.output


def test_check_shows_its_progress_on_a_terminal_and_its_table_alone_on_stdout(
    server: FeedServer, config: Path, tmp_path: Path
) -> None:
    lines = ["feeds:"]
    for number in range(30):
        server.put(f"/{number}", rss(ENTRIES))
        lines.append(f"  - {{url: '{server.url(f'/{number}')}', name: Feed {number}}}")
    (config / "feeds.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    terminal, ours = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "TERM": "xterm", "COLUMNS": "100"}
    command = [sys.executable, "-m", "watchbot", "--config", str(config), "feeds", "check"]
    with (tmp_path / "table").open("w+") as table:
        done = subprocess.run(command, stdout=table, stderr=ours, env=environment, timeout=60, check=False)
        table.seek(0)
        rows = table.read().splitlines()
    os.close(ours)
    shown = os.read(terminal, 1_000_000).decode()
    os.close(terminal)
    assert done.returncode == 0 and "30/30" in shown and "30 feeds, 0 with a problem" in shown
    assert rows[0].split()[:4] == ["name", "status", "entries", "newest"] and len(rows) == 31


OTHERS = """<?xml version="1.0" encoding="windows-1251"?>
<opml version="1.0"><head/><body><outline text="Новости">
<outline text="Азия" xmlUrl="https://asia.example/rss" language="Russian" format="RSS2" interval="often"/>
<outline text="Secret" xmlUrl="https://user:pass@secret.example/rss"/>
<outline text="Off" xmlUrl="https://off.example/rss"/>
<outline text="One" xmlUrl="https://one.example/rss"/>
</outline></body></opml>"""


def test_another_readers_opml_is_taken_as_far_as_it_goes(config: Path, tmp_path: Path) -> None:
    """A language in words, a format of its own, a password in an address, a feed that is switched off here."""
    path = config / "feeds.yaml"
    path.write_text(FILE + "  - {url: https://off.example/rss, name: Off, enabled: false}\n", encoding="utf-8")
    file = tmp_path / "other.opml"
    file.write_bytes(OTHERS.encode("cp1251"))
    result = feeds(config, "import", str(file))
    assert result.exit_code == 0, result.output
    assert "1 feed added, 2 already listed" in result.output
    assert "left out: https://secret.example/rss" in result.output and "pass@" not in result.output
    spec = load_feeds(path.read_text(encoding="utf-8"), "f", {}).feeds[-1]
    assert (spec.url, spec.name, spec.tags, spec.lang) == ("https://asia.example/rss", "Азия", ("новости",), None)


def test_list_without_a_database(config: Path) -> None:
    result = feeds(config, "list", "--json")
    assert result.exit_code == 0
    assert [json.loads(line)["name"] for line in result.stdout.splitlines()] == ["One", "Two"]
    assert "One" in feeds(config, "list").output


# -- list: what a bot has learned --------------------------------------------------------------------------------------


RULES = "version: 1\nentities:\n  almaty: {place: Almaty}\nrules:\n  - {id: almaty, title: Almaty, match: almaty}\n"


def run_once(config: Path) -> None:
    (config.parent / "rules.yaml").write_text(RULES, encoding="utf-8")
    result = CliRunner().invoke(cli, ["--config", str(config), "run", "--once", "--console"], catch_exceptions=False)
    assert result.exit_code == 0, result.output


def row_of(config: Path, name: str) -> dict[str, Any]:
    rows = map(json.loads, feeds(config, "list", "--json").stdout.splitlines())
    return next(row for row in rows if row["name"] == name)


@pytest.mark.fault(23)
def test_list_shows_what_became_of_each_feed(server: FeedServer, config: Path, tmp_path: Path) -> None:
    """After a real poll: a good feed, one that is missing, one that is gone, and one that is a page."""
    server.put("/good", rss(ENTRIES))
    server.put("/gone", b"", status=410)
    server.put("/html", b"<!doctype html><title>Shop</title><body>x</body>", content_type="text/html")
    paths = ("/good", "/missing", "/gone", "/html")
    lines = "".join(f"  - {{url: '{server.url(path)}', name: '{path}'}}\n" for path in paths)
    (config / "feeds.yaml").write_text(f"feeds:\n{lines}", encoding="utf-8")
    run_once(config)
    good = row_of(config, "/good")
    assert (good["enabled"], good["last_status"], good["error_count"], good["last_error"]) == (True, 200, 0, None)
    assert good["last_success_at"] and good["next_check_at"] > good["last_success_at"] and good["gap_at"] is None
    missing = row_of(config, "/missing")
    assert (missing["last_status"], missing["error_count"], missing["last_success_at"]) == (404, 1, None)
    assert "there is no such page" in missing["last_error"] and missing["enabled"]
    gone = row_of(config, "/gone")
    assert not gone["enabled"] and "gone" in gone["disabled_reason"] and gone["last_status"] == 410
    page = row_of(config, "/html")
    assert page["error_count"] == 1 and 'titled "Shop"' in page["last_error"]
    lines = {line.split()[0]: line for line in feeds(config, "list").output.splitlines() if line.startswith("/")}
    assert (
        "s ago" in lines["/good"]
        and " in " in lines["/good"]
        and "1 404: there is no such page" in squeezed(lines["/missing"])
    )
    assert "disabled" in lines["/gone"] and "410" in lines["/gone"]
    assert "never" in lines["/missing"] and "HTML page" in lines["/html"]


def squeezed(line: str) -> str:
    return " ".join(line.split())


def test_list_shows_gaps_moves_silence_and_feeds_of_the_chat(config: Path, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    listed_feeds = load_feeds(FILE, "feeds.yaml", {}).feeds
    storage = Storage(f"sqlite:///{tmp_path / 'watchbot.db'}")
    storage.migrate(now)
    storage.sync_feeds(listed_feeds, now)
    chat = storage.add_feed(FeedSpec("https://chat.example/rss", "From chat"), now)
    one, two = sorted((f for f in storage.feeds() if f.id != chat.id), key=lambda f: f.spec.name)
    last = now - timedelta(hours=30)
    hourly = rhythms.observe(rhythms.Rhythm(), [last - timedelta(hours=i) for i in range(240)], last)
    ok = {"last_success_at": now - timedelta(minutes=5), "last_status": 200}
    storage.update_feed(FeedUpdate(one.id, ok | {"last_new_at": last, "rhythm": rhythms.dump(hourly)}))
    moved = {"redirect_url": "https://new.example/rss", "redirect_count": 10}
    storage.update_feed(FeedUpdate(two.id, ok | moved | {"gap_at": now - timedelta(hours=2)}))
    storage.close()
    quiet = row_of(config, "One")
    assert quiet["quiet_since"] and quiet["asked_at"] == one.spec.url
    gap = row_of(config, "Two")
    assert gap["gap_at"] and gap["asked_at"] == "https://new.example/rss" and gap["quiet_since"] is None
    assert row_of(config, "From chat")["url"] == "https://chat.example/rss"
    table = squeezed(feeds(config, "list").output)
    assert re.search(r"strangely quiet, the last entry 1d ago: about [23]\d entries were expected", table)
    assert "a gap is possible (2h ago); asked at https://new.example/rss, where it moved for good" in table
