"""OPML, the list format that feed readers exchange. Pure: text in, feeds out, and back.

Read leniently (every reader writes it a little differently), written as OPML 2.0 with our own fields as attributes, so
that an export imports as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

from lxml import etree

from watchbot.config.durations import format_duration, parse_duration
from watchbot.errors import ParseError
from watchbot.model import FeedSpec

MAX_OUTLINES = 100_000


def read_opml(data: bytes) -> list[FeedSpec]:
    """Feeds of an OPML document, in its order, each address once; folders become tags. Raises ParseError("opml")."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError("opml", f"not an OPML document: {error}") from error
    if root is None or _name(root) != "opml":
        raise ParseError("opml", "not an OPML document")
    feeds: dict[str, FeedSpec] = {}
    for count, outline in enumerate(root.iter("{*}outline")):
        if count >= MAX_OUTLINES:
            break
        spec = _spec(outline)
        if spec is not None:
            feeds.setdefault(spec.url, spec)
    return list(feeds.values())


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _attributes(outline: etree._Element) -> dict[str, str]:
    return {etree.QName(str(name)).localname.lower(): str(value).strip() for name, value in outline.attrib.items()}


def _spec(outline: etree._Element) -> FeedSpec | None:
    values = _attributes(outline)
    url = values.get("xmlurl", "")
    if url.startswith("feed:"):
        url = url.removeprefix("feed:")
        url = f"http:{url}" if url.startswith("//") else url
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    tags = [tag.strip() for tag in values.get("category", "").replace("/", ",").split(",") if tag.strip()]
    tags += [folder for folder in _folders(outline) if folder not in tags]
    country = values.get("country", "").upper()
    return FeedSpec(
        url=url,
        name=values.get("text") or values.get("title") or parts.hostname,
        lang=values.get("language") or None,
        tags=tuple(dict.fromkeys(_tag(tag) for tag in tags)),
        interval=_interval(values.get("interval", "")),
        format=values.get("format") or "auto",
        owner=values.get("owner") or None,
        country=country if len(country) == 2 else None,
    )


def _folders(outline: etree._Element) -> list[str]:
    """Titles of the outlines above, outermost first."""
    names: list[str] = []
    for parent in outline.iterancestors("{*}outline"):
        values = _attributes(parent)
        if "xmlurl" not in values:
            names.insert(0, values.get("text") or values.get("title") or "")
    return [name for name in names if name]


def _tag(name: str) -> str:
    return "-".join(name.lower().split())


def _interval(text: str) -> timedelta | None:
    try:
        return parse_duration(text) if text else None
    except ValueError:
        return None


def write_opml(feeds: Iterable[FeedSpec], now: datetime, title: str = "watchbot feeds") -> bytes:
    """An OPML 2.0 document. Headers, which hold credentials, are left out."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        values = {"type": "rss", "text": feed.name, "title": feed.name, "xmlUrl": feed.url}
        optional = {
            "language": feed.lang,
            "category": ",".join(feed.tags),
            "owner": feed.owner if feed.owner != feed.name else None,
            "country": feed.country,
            "interval": format_duration(feed.interval) if feed.interval else None,
            "format": feed.format if feed.format != "auto" else None,
        }
        values |= {name: value for name, value in optional.items() if value}
        etree.SubElement(body, "outline", {name: _clean(value) for name, value in values.items()})
    document: bytes = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="utf-8")
    return document


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(char for char in text if char in "\t\n\r" or (ord(char) >= 32 and ord(char) not in (0xFFFE, 0xFFFF)))
