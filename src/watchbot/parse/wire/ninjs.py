"""ninjs 1 to 3: news in JSON (IPTC, https://iptc.org/standards/ninjs/), alone or wrapped as agencies' APIs wrap it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from watchbot.model import EntryStatus, Media, ParsedEntry, ParsedFeed
from watchbot.parse.dates import parse_date
from watchbot.parse.htmltext import to_line, to_text
from watchbot.parse.links import safe_link
from watchbot.parse.wire.dateline import place_in_field, place_in_text
from watchbot.parse.wire.status import status_of, version_in
from watchbot.parse.wire.values import authors_of, first_line, language_of, whole

_MARKS = frozenset({
    "versioncreated", "pubstatus", "headlines", "bodies", "body_text", "body_xhtml", "body_html", "body_nitf",
    "renditions", "associations", "copyrightholder", "representationtype", "firstcreated", "contentcreated",
    "infosources", "description_text", "urgency", "version_created", "bodyxhtml",
})  # fmt: skip
_WRAPPERS = ("item", "data", "items", "hits", "results", "news", "docs", "documents")


def is_ninjs(value: object) -> bool:
    """Whether a JSON object is a news item by its keys: its name for itself ("uri") and one that only ninjs has."""
    if not isinstance(value, dict):
        return False
    keys = {str(k).lower() for k in value}
    return bool(keys & _MARKS) or ("uri" in keys and bool(keys & {"headline", "title", "name", "type", "byline"}))


def items_in(value: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """News items in a JSON document: itself, a list of them, or inside the wrappers that agencies' APIs use."""
    if isinstance(value, list):
        for one in value:
            yield from items_in(one, depth + 1)
    elif isinstance(value, dict) and depth < 6:
        inner = [one for key in _WRAPPERS if key in value for one in items_in(value[key], depth + 1)]
        if is_ninjs(value) and (_says_something(value) or not inner):
            yield _named(value)
        else:
            yield from inner


def _says_something(item: Mapping[Any, Any]) -> bool:
    """Whether an object has words of its own: an envelope may carry an item's properties and none of its texts."""
    return any(
        str(key).lower().startswith(("headline", "title", "name", "slug", "body", "description")) for key in item
    )


def _named(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item under ninjs' names: keys in lower case, synonyms where ninjs' own name has no value."""
    named = {str(k).lower(): v for k, v in item.items()}
    for name, ours in _SYNONYMS.items():
        if named.get(name) and not named.get(ours):
            named[ours] = named[name]
    return named


def parse_ninjs(document: object, *, url: str, lang: str | None) -> ParsedFeed:
    """A JSON document's news items as entries."""
    entries = tuple(e for item in list(items_in(document))[:2_000] if (e := read(item, url, lang)) is not None)
    return ParsedFeed(
        title=next((e.source for e in entries if e.source), "") or "",
        link=None,
        lang=next((e.lang for e in entries if e.lang), lang),
        format="ninjs",
        entries=entries,
    )


_SYNONYMS = {
    # What agencies' APIs call ninjs' properties: Reuters in camel case, dpa's digitalwires in its own words.
    "article_html": "body_xhtml", "bodyxhtml": "body_xhtml", "teaser": "description_text",
    "caption": "description_caption",
    "version_created": "versioncreated", "content_created": "contentcreated", "urn": "uri", "creditline": "source",
    "signal": "signals",
}  # fmt: skip


def read(item: Mapping[str, Any], url: str, lang: str | None) -> ParsedEntry | None:
    """One item (keys in lower case) as an entry; None when it says nothing."""
    slug = to_line(_string(item, "slugline", "slug"))
    title = _texts(item, "headlines", ("main", "headline", "")) or _line(item, "headline", "title", "name") or slug
    summary = (
        _texts(item, "descriptions", ("summary", "abstract", "caption", ""))
        or _rich(item, "description")
        or _line(item, "headline_extended")
    )
    body = _texts(item, "bodies", ("main", "html", "text", "")) or _rich(item, "body")
    signals = [_string(s, "code", "name", "uri") for s in _objects(item, "signals", "signal")]
    status = status_of(
        _string(item, "pubstatus"),
        signals=signals,
        slug=slug,
        headline=title,
        note=_line(item, "ednote", "editorialnote"),
    )
    if not (title or summary or body) and status not in (EntryStatus.CANCELED, EntryStatus.WITHHELD):
        return None
    guid = _guid(item)
    byline = (
        _line(item, "by", "byline") or next((_line(b, "by", "name") for b in _objects(item, "bylines")), "") or None
    )
    created = parse_date(_string(item, "firstcreated"))
    versioned = parse_date(_string(item, "versioncreated"))
    # When the content was made says little of the news: pictures from an archive are years old.
    made = parse_date(_string(item, "contentcreated", "contentmodified"))
    subjects = _objects(item, "subjects", "subject")
    return ParsedEntry(
        guid=guid,
        link=_link(item, url),
        title=title or first_line(summary or body),
        summary=summary if summary != title else "",
        body=body if body != summary else "",
        lang=language_of(_string(item, "language")) or lang,
        published_at=created or versioned or made,
        updated_at=versioned or created or made,
        authors=_authors(item, byline),
        tags=_tags(item, subjects, slug),
        media=_media(item, url),
        source=_source(item),
        version=whole(str(item.get("version", "")), 1, 999_999) or version_in(slug),
        status=status,
        embargo=parse_date(_string(item, "embargoed", "embargo")),
        urgency=whole(str(item.get("urgency", "")), 1, 9),
        byline=byline,
        place=_place(item) or place_in_text(body),
        subjects=tuple(dict.fromkeys(c for s in subjects if (c := _string(s, "code", "uri", "symbol"))))[:100],
    )


def _guid(item: Mapping[str, Any]) -> str | None:
    """The item's own name for itself. AP's uri carries the query it was asked with, so its item id comes first."""
    alternatives = item.get("altids")
    own = str(alternatives.get("itemid") or "") if isinstance(alternatives, dict) else ""
    return own.strip()[:4_096] or _string(item, "uri", "guid", "id", "_id", "item_id") or None


def _link(item: Mapping[str, Any], url: str) -> str | None:
    """A page to read it on: named as such, or a uri that is an address (an API's own address is no page)."""
    named = _string(item, "canonicalurl", "link", "url", "weburl")
    if not named and not isinstance(item.get("altids"), dict):
        uri = _string(item, "uri", "guid", "id")
        named = uri if uri.lower().startswith(("http://", "https://")) else ""
    return safe_link(named, url) if named else None


def _string(item: Mapping[str, Any], *keys: str) -> str:
    """The first of these keys with a text (or a number) in it."""
    for key in keys:
        value = item.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()[:4_096]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
    return ""


def _line(item: Mapping[str, Any], *keys: str) -> str:
    return to_line(_string(item, *keys))


def _objects(item: Mapping[str, Any], *keys: str) -> list[Mapping[str, Any]]:
    """Objects under the first key that has any: a list of them, one alone, or an object of named ones; keys lowered."""
    for key in keys:
        value = item.get(key)
        if isinstance(value, str) and value.strip():
            value = [value]
        if isinstance(value, dict):
            value = list(value.values()) if value and all(isinstance(v, dict) for v in value.values()) else [value]
        if isinstance(value, list) and value:
            rows = [v if isinstance(v, dict) else {"name": v} for v in value[:500]]
            return [{str(k).lower(): v for k, v in row.items()} for row in rows]
    return []


def _texts(item: Mapping[str, Any], key: str, roles: tuple[str, ...]) -> str:
    """ninjs 2 and later: a list of {role, contenttype, value}; the best role that has text."""
    rows = _objects(item, key)

    def rank(row: Mapping[str, Any]) -> int:
        role = _string(row, "role").lower()
        return next((n for n, name in enumerate(roles) if name and name in role), len(roles) - (not role))

    for row in sorted(rows, key=rank):
        value = row.get("value") or row.get("description")
        if isinstance(value, str) and value.strip():
            html = "html" in _string(row, "contenttype").lower() or "html" in _string(row, "role").lower()
            return to_line(value, is_html=html) if key == "headlines" else to_text(value, is_html=html)
    return ""


def _rich(item: Mapping[str, Any], stem: str) -> str:
    """ninjs 1: description_text, body_xhtml and the like; plain text first."""
    for suffix in ("_text", "_plain", ""):
        value = item.get(f"{stem}{suffix}")
        if isinstance(value, str) and value.strip():
            return to_text(value, is_html=False)
    for suffix in ("_summary", "_caption", "_xhtml", "_html", "_nitf"):
        value = item.get(f"{stem}{suffix}")
        if isinstance(value, str) and value.strip():
            return to_text(value)
    for key, value in item.items():
        if key.startswith(f"{stem}_") and not key.endswith("line") and isinstance(value, str) and value.strip():
            return to_text(value)
    return ""


def _authors(item: Mapping[str, Any], byline: str | None) -> tuple[str, ...]:
    people = [
        _line(p, "name")
        for p in _objects(item, "people", "person", "creators", "authors")
        if _string(p, "rel").lower() in ("author", "creator", "writer")
    ]
    people += [_line(p, "name") for p in _objects(item, "creators", "authors", "author")]
    if any(people):
        return tuple(dict.fromkeys(p for p in people if p))
    return authors_of(byline or "")


def _tags(item: Mapping[str, Any], subjects: list[Mapping[str, Any]], slug: str) -> tuple[str, ...]:
    names = [_line(s, "name") for s in subjects]
    for key in (
        "keywords",
        "keyword",
        "people",
        "person",
        "organisations",
        "organisation",
        "places",
        "place",
        "events",
    ):
        names += [_line(row, "name", "value") for row in _objects(item, key)]
    return tuple(dict.fromkeys(n for n in [*names, slug] if n))[:100]


def _source(item: Mapping[str, Any]) -> str | None:
    sources = [_line(row, "name") for row in _objects(item, "infosources", "infosource")]
    found = next((s for s in sources if s), "")
    return found or _line(item, "source", "provider", "copyrightholder") or None


def _place(item: Mapping[str, Any]) -> str | None:
    """Where it was written; else the first place that it is about."""
    for key in ("located", "datelinelocation"):
        if isinstance(located := item.get(key), dict):
            return _line({str(k).lower(): v for k, v in located.items()}, "city", "name") or None
        if named := _line(item, key):
            return named
    dateline = place_in_field(_line(item, "dateline"))
    return dateline or next((n for p in _objects(item, "places", "place") if (n := _line(p, "name"))), None)


def _media(item: Mapping[str, Any], url: str) -> tuple[Media, ...]:
    rows = _objects(item, "renditions")
    for association in _objects(item, "associations"):
        rows += _objects(association, "renditions")
    found: dict[str, Media] = {}
    for row in rows[:200]:
        if (href := safe_link(_string(row, "href", "url"), url)) and href not in found:
            found[href] = Media(
                href,
                _string(row, "contenttype", "mimetype", "mime_type").lower() or None,
                whole(_string(row, "width"), 1, 999_999),
                whole(_string(row, "height"), 1, 999_999),
                _size(_string(row, "sizeinbytes", "size")),
            )
    return tuple(found.values())[:100]


def _size(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None
