"""`watchbot parse` prints what the design promises: JSON on standard output, the rest on standard error."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from watchbot.cli import cli

FEED = (
    '<rss version="2.0"><channel><title>F</title><item><title>T</title><guid>g</guid>'
    "<pubDate>Sat, 08 Jan 2022 12:00:00 MSK</pubDate></item></channel></rss>"
)
FIELDS = {
    "guid", "link", "title", "summary", "body", "lang", "published_at", "updated_at", "authors", "tags", "media",
    "version", "status", "embargo", "urgency",
}  # fmt: skip


def test_json(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(FEED, encoding="utf-8")
    result = CliRunner().invoke(cli, ["parse", "--json", str(file)])
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert set(document) == {"feed", "entries", "problems"}
    assert document["feed"] == {"title": "F", "link": None, "lang": None, "format": "rss20"}
    (entry,) = document["entries"]
    assert set(entry) >= FIELDS
    assert entry["published_at"] == "2022-01-08T09:00:00Z" and entry["status"] == "usable"


def test_a_folder_with_a_bad_file(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(FEED, encoding="utf-8")
    (tmp_path / "b.html").write_text("<html><title>Nothing</title></html>", encoding="utf-8")
    result = CliRunner().invoke(cli, ["parse", "--json", str(tmp_path)])
    assert result.exit_code == 1
    assert [json.loads(line)["source"].endswith("a.xml") for line in result.stdout.splitlines()] == [True]
    assert "Nothing" in result.stderr and "(html)" in result.stderr


def test_an_empty_folder(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["parse", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{tmp_path}: this directory holds no files\n"


def test_for_people(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(FEED[:-8], encoding="utf-8")
    result = CliRunner().invoke(cli, ["parse", str(file)])
    assert result.exit_code == 0
    assert "2022-01-08 09:00 UTC  T" in result.stdout and "truncated" in result.stdout
