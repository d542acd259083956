"""`watchbot feeds` against a real server: discovery, probing, editing feeds.yaml, OPML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from servers.feed_server import FeedServer, SyncFeedServer, challenge, redirect, rfc822, rss
from watchbot.cli import cli
from watchbot.config import load_feeds

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


def test_list_without_a_database(config: Path) -> None:
    result = feeds(config, "list", "--json")
    assert result.exit_code == 0
    assert [json.loads(line)["name"] for line in result.stdout.splitlines()] == ["One", "Two"]
    assert "One" in feeds(config, "list").output
