"""The corpus of feeds beside the checkout, and how what we read differs from what it expects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from watchbot.errors import ParseError
from watchbot.model import ParsedFeed
from watchbot.parse import parse_document

SHARED = Path(__file__).parents[3] / "shared" / "data"
FEEDS = SHARED / "feeds"
GOFEED = FEEDS / "gofeed" / "testdata"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
URL = "http://feeds.test/dir/feed.xml"


def require(folder: Path) -> None:
    """Skip the test where the shared data is absent."""
    if not folder.is_dir():
        pytest.skip(f"{folder.name}: the shared data is not beside this checkout")


def parse(data: bytes, **options: Any) -> ParsedFeed:
    """parse_document with the corpus's URL and time."""
    return parse_document(data, **{"url": URL, "content_type": None, "now": NOW, **options})


def documents() -> list[Path]:
    """Every file of the feed corpus that a server could have sent."""
    return sorted(
        path
        for path in FEEDS.rglob("*")
        if path.is_file() and path.suffix in (".xml", ".html", ".json") and "LICENSE" not in path.name
    )


def cases() -> Iterator[tuple[Path, dict[str, Any]]]:
    """(document, what gofeed expects of it)."""
    for expected in sorted(GOFEED.rglob("*.json")):
        if expected.name.endswith("_expected.json"):
            document = expected.with_name(expected.name.replace("_expected", ""))
        else:
            document = expected.with_suffix(".xml")
        if document.exists():
            yield document, json.loads(expected.read_text(encoding="utf-8"))


def differences(document: Path, expected: dict[str, Any]) -> list[str]:
    """Names of the fields that differ: "feed.title", "0.link" and so on."""
    try:
        parsed = parse(document.read_bytes())
    except ParseError as error:
        return [f"refused: {error.kind}"]
    found = [
        f"feed.{name}"
        for name, ours, theirs in (
            ("title", parsed.title, text(expected.get("title"))),
            ("link", parsed.link, expected.get("link") or expected.get("home_page_url") or atom_link(expected)),
            ("language", parsed.lang, expected.get("language")),
        )
        if squash(ours) != squash(theirs)
    ]
    items = expected.get("items") or expected.get("entries") or []
    if len(items) != len(parsed.entries):
        return [*found, "entries"]
    for number, (entry, item) in enumerate(zip(parsed.entries, items, strict=True)):
        content = item.get("content") or item.get("content_html") or item.get("content_text")
        content = content.get("value") if isinstance(content, dict) else content
        described = item.get("description") or item.get("summary")
        pairs = (
            ("title", entry.title, text(item.get("title"))),
            ("guid", entry.guid, guid(item)),
            ("link", entry.link, item.get("link") or item.get("url") or atom_link(item)),
            ("published", entry.published_at, moment(item, "published", "pubDate", "date_published")),
            ("updated", entry.updated_at, moment(item, "updated", "date_modified")),
            ("summary", entry.summary, text(described)),
            ("body", entry.body, "" if squash(text(content)) == squash(text(described)) else text(content)),
        )
        found += [f"{number}.{name}" for name, ours, theirs in pairs if squash(ours) != squash(theirs)]
    return found


def guid(item: dict[str, Any]) -> Any:
    value = item.get("guid") or item.get("id")
    return value.get("value") if isinstance(value, dict) else value


def atom_link(item: dict[str, Any]) -> str | None:
    links = item.get("links") or []
    rows = [link for link in links if isinstance(link, dict)]
    return next((r.get("href") for r in rows if r.get("rel", "alternate") in ("alternate", "")), None)


def moment(item: dict[str, Any], *names: str) -> datetime | None:
    for name in names:
        value = item.get(f"{name}Parsed") or (item.get(name) if name.startswith("date_") else None)
        if value:
            return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC).replace(microsecond=0)
    return None


def squash(value: Any) -> str:
    """For comparison: white space does not count, an absent value is an empty one."""
    return re.sub(r"\s+", "", str(value)) if value is not None else ""


class _Text(HTMLParser):
    """A reading of markup that is independent of ours."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style") and self.hidden > 0

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(data)


@cache
def _stripped(value: str) -> str:
    parser = _Text()
    parser.feed(value)
    parser.close()
    return "".join(parser.pieces)


def text(value: Any) -> str:
    """The text of an expected value, which may be markup."""
    if isinstance(value, dict):
        value = value.get("value")
    return _stripped(value) if isinstance(value, str) else ""
