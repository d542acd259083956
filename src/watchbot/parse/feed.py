"""RSS, RDF and Atom through feedparser, from clean bytes, entries seen before left out.

feedparser is the judge of what a feed says. Its sanitising and URI resolving of markup are off: they cost half its
time, `htmltext` makes text and `links` makes links safe. Its dates are read again from the source (`dates`).
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import feedparser
import feedparser.api

from watchbot.errors import ParseError
from watchbot.model import Media, ParsedEntry, ParsedFeed
from watchbot.parse import clean as cleaning
from watchbot.parse.cut import Layout, Span, find_entries, title_after, without
from watchbot.parse.dates import parse_date, zone_of
from watchbot.parse.htmltext import to_line, to_text
from watchbot.parse.links import safe_link

feedparser.api.PREFERRED_XML_PARSERS.clear()  # libxml2's SAX driver, of Python 2: looked for in vain at each document
MAX_ENTRIES = 2_000
"""Entries read of one document; feeds show 10 to 500."""
MAX_LOOSE = 4_000_000
"""Bytes of malformed XML that feedparser's forgiving (and slow) parser gets."""
MAX_GUID = 2_048
_LANG = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}$")
_DATE_ELEMENT = re.compile(
    rb"<(?:[a-zA-Z]+:)?(?:pubDate|date|lastBuildDate|published|updated|issued|modified)[^<>]{0,200}>([^<>]{8,60})<"
)
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class _Source:
    """A document ready for feedparser, with where its entries stand."""

    data: bytes
    layout: Layout
    well_formed: bool
    problems: tuple[str, ...]


def parse_feed(
    text: str,
    *,
    url: str,
    lang: str | None,
    known: Collection[str],
    encoding: str,
    problems: Sequence[str],
    certain: bool,
) -> ParsedFeed:
    """An RSS, RDF or Atom document, or one with a root that only feedparser knows (`certain` is false then).

    Raises ParseError(unsupported) when feedparser finds neither feed nor entries in an uncertain one.
    """
    cleaned = cleaning.clean(text)
    source = _prepare(cleaned)
    result, spans, seen = _judge(source, known)
    version = "rss091n" if "netscape" in cleaned.doctype.lower() and result.version == "rss091u" else result.version
    if not (certain or version or result.entries or seen):
        raise ParseError("unsupported", "the XML is no feed format that is known")
    reader = _Reader(result, version, url, lang, source)
    entries = tuple(
        reader.entry(raw, span)
        for raw, span in zip(result.entries, spans or [None] * len(result.entries), strict=True)
        if not (span and span.hash in known)
    )
    return replace(
        reader.feed(),
        entries=entries,
        problems=tuple(dict.fromkeys([*problems, *cleaned.problems, *source.problems])),
        encoding=encoding,
        seen=seen,
    )


def _prepare(cleaned: cleaning.Cleaned) -> _Source:
    """Find the entries, drop an unfinished one, close what a truncated document left open, cap their number."""
    data = cleaned.data
    problems: list[str] = []
    error = cleaning.xml_error(data)
    if error is not None and error.code == _UNBOUND_PREFIX:
        data = cleaning.declare_prefixes(data)
        error = cleaning.xml_error(data)
    layout = find_entries(data)
    if error is not None and (mended := _mend(data, layout, cleaned.broken)):
        problems.append(f"truncated XML: {len(layout.spans)} complete entries kept")
        data = mended
        error = cleaning.xml_error(data)
        layout = find_entries(data)
    elif error is not None:
        problems.append(f"malformed XML (line {error.lineno}, column {error.offset + 1}): {error}".split(": line ")[0])
    if len(layout.spans) > MAX_ENTRIES and layout.certain:
        problems.append(f"{len(layout.spans)} entries: the first {MAX_ENTRIES} were read")
        surplus = layout.spans[MAX_ENTRIES:]
        data = without(data, surplus, {span.hash for span in surplus})
        layout = find_entries(data)
    return _Source(data, layout, error is None, tuple(problems))


_UNBOUND_PREFIX = 27
"""XML_ERROR_UNBOUND_PREFIX of expat."""


def _mend(data: bytes, layout: Layout, broken: bool) -> bytes | None:
    """A truncated document up to its last complete entry, with its open elements closed; None when it isn't that."""
    if layout.open_at is None and not broken and cleaning.closed(data) is None:
        return None
    if layout.spans and (layout.open_at is not None or broken):
        end = layout.spans[-1].end if layout.open_at is None else layout.open_at
        return cleaning.closed(data[:end])
    if layout.open_at is not None:
        return cleaning.closed(data[: layout.open_at])
    tail = data.rfind(b"<")
    return cleaning.closed(data) or (cleaning.closed(data[:tail]) if tail > 0 else None)


def _judge(source: _Source, known: Collection[str]) -> tuple[Any, tuple[Span, ...] | None, tuple[str, ...]]:
    """(feedparser's result, its entries' spans where certain, hashes of known entries left out)."""
    layout = source.layout
    known_here = tuple(s.hash for s in layout.spans if s.hash in known) if layout.certain else ()
    if known_here and source.well_formed and not title_after(source.data, layout.spans):
        rest = tuple(s for s in layout.spans if s.hash not in known)
        result = _feedparser(without(source.data, layout.spans, known))
        if len(result.entries) == len(rest):
            return result, rest, known_here
    if not source.well_formed and len(source.data) > MAX_LOOSE:
        raise ParseError("too-large", "malformed XML, too large for a forgiving parser")
    result = _feedparser(source.data)
    if layout.certain and len(result.entries) == len(layout.spans):
        return result, layout.spans, known_here
    return result, None, ()


def _feedparser(data: bytes) -> Any:
    if cleaning.has_monstrous_tag(data):
        raise ParseError("unsupported", "a tag with more than 1,000 attributes")
    # No content-location: feedparser would make every guid an address under the feed's own. `safe_link` resolves links.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(
            io.BytesIO(cleaning.shorten_names(data)),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError) as error:
        # What its forgiving parser raises on hostile input; there is nothing to keep then.
        raise ParseError("unsupported", f"malformed XML: {type(error).__name__}") from error


class _Reader:
    """Turns feedparser's dictionaries into our types."""

    def __init__(self, result: Any, version: str, url: str, lang: str | None, source: _Source) -> None:
        self._feed = result.feed
        self._version = version
        self._url = url
        self._lang = lang
        self._source = source
        self._feed_lang = language(_get(self._feed, "language"))
        self._habit: tzinfo | None = None

    def feed(self) -> ParsedFeed:
        """The document without its entries."""
        feed = self._feed
        links = _dicts(feed, "links")
        outside = without(self._source.data, self._source.layout.spans, {s.hash for s in self._source.layout.spans})
        ttl = _number(_get(feed, "ttl"))
        hours = [hour for text in _inside(outside, b"hour") if (hour := _number(text)) is not None and hour <= 24]
        days = [text.strip().lower() for text in _inside(outside, b"day")]
        return ParsedFeed(
            title=_line(feed, "title"),
            link=safe_link(_get(feed, "link"), self._url),
            lang=self._feed_lang or self._lang,
            format=self._version or "xml",
            entries=(),
            ttl=timedelta(minutes=min(ttl, 525_600)) if ttl else None,
            skip_hours=frozenset(hour % 24 for hour in hours),
            skip_days=frozenset(day for day in days if day in _DAYS),
            update_period=_period(feed),
            hub=_related(links, "hub", self._url),
            self_link=_related(links, "self", self._url),
        )

    def entry(self, raw: Any, span: Span | None) -> ParsedEntry:
        """One entry. It may be empty: feedparser is the judge of what is one."""
        title = _line(raw, "title")
        summary, body = _texts(raw)
        guid = _get(raw, "id").strip()[:MAX_GUID] or None
        named = _get(raw, "feedburner_origlink") or _get(raw, "link") or _first_link(raw)
        # A guid that stands in for a link ("isPermaLink" defaults to true) is one only when it is an address.
        link = safe_link(named, "" if named == guid else self._url)
        published = self._date(_get(raw, "published") or _get(raw, "created"))
        updated = self._date(_get(raw, "updated"))
        if published is None and updated is not None and self._version.startswith("rss"):
            published = updated  # dc:date is all that RDF and many RSS feeds have
        return ParsedEntry(
            guid=guid,
            link=link,
            title=title,
            summary=summary,
            body=body,
            lang=self._entry_lang(raw),
            published_at=published,
            updated_at=updated,
            authors=_authors(raw),
            tags=_tags(raw),
            media=_media(raw, self._url),
            source=_source_title(raw),
            raw_hash=span.hash if span else None,
        )

    def _entry_lang(self, raw: Any) -> str | None:
        """What the entry says of itself; else what the operator says of the feed; else what the feed says."""
        own = language(_get(raw, "language"))
        for key in ("title_detail", "summary_detail"):
            detail = dict.get(raw, key)
            said = language(detail.get("language")) if isinstance(detail, dict) else None
            if own is None and said and said != self._feed_lang:
                own = said
        return own or self._lang or self._feed_lang

    def _date(self, text: str) -> datetime | None:
        if not text:
            return None
        found = parse_date(text)
        if found is None or zone_of(text) is not None:
            return found
        if self._habit is None:
            self._habit = _zone_habit(self._source.data)
        return parse_date(text, habit=self._habit)


def _zone_habit(data: bytes) -> tzinfo:
    """The zone that most dates of a document name; UTC when none does."""
    zones: Counter[tzinfo] = Counter()
    for match in _DATE_ELEMENT.finditer(data[:2_000_000]):
        zone = zone_of(match.group(1).decode("utf-8", "replace"))
        if zone is not None:
            zones[zone] += 1
    return zones.most_common(1)[0][0] if zones else UTC


def language(value: object) -> str | None:
    """A BCP 47 tag as given, with hyphens; None for what is no tag."""
    text = str(value or "").strip().replace("_", "-")
    return text if _LANG.match(text) else None


def _get(raw: Any, key: str) -> str:
    """A text value by its own name: FeedParserDict's `get` would answer "updated" with "published"."""
    value = dict.get(raw, key)
    return value if isinstance(value, str) else ""


def _dicts(raw: Any, key: str) -> list[Mapping[str, Any]]:
    values = dict.get(raw, key)
    return [v for v in values if isinstance(v, dict)] if isinstance(values, list) else []


def _is_html(detail: object) -> bool:
    kind = dict.get(detail, "type") if isinstance(detail, dict) else None
    return kind != "text/plain"


def _line(raw: Any, key: str) -> str:
    return to_line(_get(raw, key), is_html=_is_html(dict.get(raw, f"{key}_detail")))


def _texts(raw: Any) -> tuple[str, str]:
    """(summary, body): the description, and the content where there is more of it than that."""
    detail = dict.get(raw, "summary_detail")
    summary = to_text(_get(raw, "summary"), is_html=_is_html(detail)) if detail is not None else ""
    contents = [to_text(c.get("value"), is_html=_is_html(c)) for c in _dicts(raw, "content")]
    if not contents and detail is None:
        summary = to_text(_get(raw, "summary"))
    body = max(contents, key=len, default="")
    return summary, "" if body == summary else body


def _related(links: Sequence[Mapping[str, Any]], relation: str, base: str) -> str | None:
    """The first safe link of a relation."""
    return next((href for d in links if d.get("rel") == relation and (href := safe_link(d.get("href"), base))), None)


def _first_link(raw: Any) -> str:
    return next((str(d["href"]) for d in _dicts(raw, "links") if d.get("rel") == "alternate" and d.get("href")), "")


def _authors(raw: Any) -> tuple[str, ...]:
    names = [to_line(str(d.get("name") or d.get("email") or ""), limit=200) for d in _dicts(raw, "authors")]
    names = [n for n in names if n] or [to_line(_get(raw, "author"), limit=200)]
    return tuple(dict.fromkeys(n for n in names if n))


def _tags(raw: Any) -> tuple[str, ...]:
    tags = (to_line(str(d.get("label") or d.get("term") or ""), limit=200) for d in _dicts(raw, "tags"))
    return tuple(dict.fromkeys(t for t in tags if t))[:100]


def _media(raw: Any, base: str) -> tuple[Media, ...]:
    found: dict[str, Media] = {}
    rows = [d for d in _dicts(raw, "links") if d.get("rel") == "enclosure"]
    rows += [*_dicts(raw, "media_content"), *_dicts(raw, "media_thumbnail")]
    image = dict.get(raw, "image")
    rows += [image] if isinstance(image, dict) else []
    for row in rows[:100]:
        url = safe_link(row.get("href") or row.get("url"), base)
        if url and url not in found:
            kind = row.get("type") or {"image": "image", "video": "video", "audio": "audio"}.get(str(row.get("medium")))
            found[url] = Media(
                url,
                str(kind)[:100].lower() if kind else None,
                _number(row.get("width")),
                _number(row.get("height")),
                _number(row.get("length") or row.get("filesize")),
            )
    return tuple(found.values())


def _source_title(raw: Any) -> str | None:
    source = dict.get(raw, "source")
    return to_line(_get(source, "title"), limit=200) or None if isinstance(source, dict) else None


def _number(value: object) -> int | None:
    """A whole number as a feed writes it, 0 to 10^12, else None."""
    match = re.match(r"\s*(\d{1,12})(?:\.\d*)?\s*(?:px|min\w*)?\s*$", str(value or "")[:40])
    return int(match.group(1)) if match else None


def _period(feed: Any) -> timedelta | None:
    """sy:updatePeriod divided by sy:updateFrequency (http://purl.org/rss/1.0/modules/syndication/)."""
    seconds = _PERIODS.get(_get(feed, "sy_updateperiod").strip().lower())
    if seconds is None:
        return None
    return timedelta(seconds=seconds / max(1, _number(_get(feed, "sy_updatefrequency")) or 1))


def _inside(data: bytes, name: bytes) -> list[str]:
    """Texts of <hour> or <day> elements outside of entries."""
    if b"skip" not in data:
        return []
    return [m.decode("utf-8", "replace") for m in re.findall(rb"<%s>([^<>]{1,20})</%s>" % (name, name), data)]
