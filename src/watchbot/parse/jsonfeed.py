"""JSON documents: JSON Feed 1.x (https://www.jsonfeed.org/version/1.1/), or an agency's ninjs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from watchbot.errors import ParseError
from watchbot.model import Media, ParsedEntry, ParsedFeed
from watchbot.parse.dates import parse_date
from watchbot.parse.htmltext import to_line, to_text
from watchbot.parse.links import safe_link
from watchbot.parse.wire.ninjs import items_in, parse_ninjs

MAX_ITEMS = 2_000


def parse_json(text: str, *, url: str, lang: str | None, known: Collection[str]) -> ParsedFeed:
    """A JSON Feed, or ninjs. Raises ParseError(unsupported) for other JSON and for what is none."""
    text = text.lstrip("\ufeff").strip("\x00 \t\r\n")
    problems = []
    try:
        document = json.loads(text, strict=False)
    except RecursionError as error:
        raise ParseError("unsupported", "JSON nested too deeply") from error
    except ValueError as error:
        document = _lines(text) or _salvaged(text)
        if document is None:
            raise ParseError("unsupported", f"not valid JSON: {error}") from error
        if isinstance(document, dict):
            problems.append(f"truncated JSON: {len(document['items'])} complete entries kept")
    if _is_feed(document):
        return _feed(document, url, lang, known, problems)
    if next(items_in(document), None) is not None:
        return parse_ninjs(document, url=url, lang=lang)
    raise ParseError("unsupported", "JSON, but neither a JSON Feed nor ninjs")


def _is_feed(document: object) -> bool:
    if not isinstance(document, dict):
        return False
    version = document.get("version")
    if isinstance(version, str) and "jsonfeed.org" in version:
        return True
    items = document.get("items")
    if not isinstance(items, list) or next(items_in(document), None) is not None:
        return False
    return "title" in document or any(
        isinstance(i, dict) and ("content_html" in i or "content_text" in i) for i in items
    )


def _lines(text: str) -> list[Any] | None:
    """JSON documents one after the other (JSON Lines), as streams of agencies' items are saved; None for other text."""
    decoder = json.JSONDecoder(strict=False)
    found: list[Any] = []
    at = 0
    try:
        while at < len(text) and len(found) < MAX_ITEMS:
            value, at = decoder.raw_decode(text, at)
            found.append(value)
            while at < len(text) and text[at] in " \t\r\n":
                at += 1
    except (ValueError, RecursionError):
        return None
    return found if len(found) > 1 else None


def _salvaged(text: str) -> dict[str, Any] | None:
    """A truncated JSON Feed: its head, and the items that are complete. None when there is no list of items."""
    start = text.find('"items"')
    opening = text.find("[", start) if start >= 0 else -1
    if opening < 0:
        return None
    decoder = json.JSONDecoder(strict=False)
    items = []
    at = opening + 1
    try:
        while True:
            while at < len(text) and text[at] in " \t\r\n,":
                at += 1
            item, at = decoder.raw_decode(text, at)
            items.append(item)
    except (ValueError, RecursionError):
        pass
    try:
        head = json.loads(text[:start].rstrip().rstrip(",") + "}", strict=False)
    except (ValueError, RecursionError):
        head = {}
    return {**head, "items": items} if isinstance(head, dict) and items else None


def _feed(
    document: dict[str, Any], url: str, lang: str | None, known: Collection[str], problems: list[str]
) -> ParsedFeed:
    items = document.get("items")
    items = items if isinstance(items, list) else []
    if len(items) > MAX_ITEMS:
        problems.append(f"{len(items)} entries: the first {MAX_ITEMS} were read")
    feed_lang = _string(document, "language") or None
    entries, seen = [], []
    for item in items[:MAX_ITEMS]:
        if not isinstance(item, dict):
            continue
        digest = hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
        if digest in known:
            seen.append(digest)
        elif (entry := _entry(item, url, lang or feed_lang, digest)) is not None:
            entries.append(entry)
    hubs = document.get("hubs")
    hub = (
        next((safe_link(_string(h, "url"), url) for h in hubs if isinstance(h, dict)), None)
        if isinstance(hubs, list)
        else None
    )
    version = _string(document, "version").rstrip("/").rpartition("/")[2].replace(".", "")
    return ParsedFeed(
        title=to_line(_string(document, "title")),
        link=safe_link(_string(document, "home_page_url"), url),
        lang=feed_lang or lang,
        format=f"json{version}" if version in ("1", "10", "11") else "json",
        entries=tuple(entries),
        problems=tuple(problems),
        hub=hub,
        self_link=safe_link(_string(document, "feed_url"), url),
        seen=tuple(seen),
    )


def _string(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value).strip()


def _entry(item: dict[str, Any], url: str, lang: str | None, digest: str) -> ParsedEntry | None:
    title = to_line(_string(item, "title"))
    summary = to_text(_string(item, "summary"), is_html=False)
    body = to_text(_string(item, "content_html")) or to_text(_string(item, "content_text"), is_html=False)
    guid = _string(item, "id")[:2_048] or None
    link = safe_link(_string(item, "url"), url) or safe_link(_string(item, "external_url"), url)
    link = link or safe_link(guid)
    if not (title or summary or body or link):
        return None
    published = parse_date(_string(item, "date_published"))
    return ParsedEntry(
        guid=guid,
        link=link,
        title=title,
        summary=summary,
        body=body if body != summary else "",
        lang=_string(item, "language") or lang,
        published_at=published,
        updated_at=parse_date(_string(item, "date_modified")),
        authors=_authors(item),
        tags=_tags(item),
        media=_media(item, url),
        raw_hash=digest,
    )


def _rows(item: Mapping[str, Any], key: str) -> list[Any]:
    value = item.get(key)
    return value[:200] if isinstance(value, list) else []


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    people = [p for p in [*_rows(item, "authors"), item.get("author")] if isinstance(p, dict)]
    return tuple(dict.fromkeys(n for p in people if (n := to_line(_string(p, "name"), limit=200))))


def _tags(item: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n for t in _rows(item, "tags") if isinstance(t, str) and (n := to_line(t, limit=200))))[
        :100
    ]


def _media(item: Mapping[str, Any], url: str) -> tuple[Media, ...]:
    found: dict[str, Media] = {}
    for attachment in _rows(item, "attachments"):
        if isinstance(attachment, dict) and (href := safe_link(_string(attachment, "url"), url)):
            size = _string(attachment, "size_in_bytes").split(".")[0]
            length = int(size) if size.isascii() and size.isdigit() and len(size) < 13 else None
            found.setdefault(href, Media(href, _string(attachment, "mime_type").lower() or None, length=length))
    for key in ("image", "banner_image"):
        if href := safe_link(_string(item, key), url):
            found.setdefault(href, Media(href, "image"))
    return tuple(found.values())
