"""Finds the feeds of a web page: links that the page declares, links that look like feeds, and usual paths. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

FEED_TYPES = {
    "application/rss+xml": 0,
    "application/atom+xml": 0,
    "application/feed+json": 1,
    "application/rdf+xml": 1,
    "application/x-rss+xml": 1,
    "text/xml": 2,
    "application/xml": 2,
    "application/json": 3,
}
"""Types of <link rel=alternate> that may be feeds, the surest first."""
USUAL_PATHS = ("/feed", "/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/rss/", "/feeds/all.xml")
"""Where feeds are most often found when a page declares none (WordPress, Hugo, Jekyll, Ghost, Bitrix and others)."""
MAX_CANDIDATES = 20
_COMMENTS = ("comment", "komment", "коммент")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed. `declared`: the page itself says so."""

    url: str
    title: str
    declared: bool


def looks_like_feed(data: bytes, content_type: str | None) -> bool:
    """Whether bytes are a feed rather than a page, by their first tag (or JSON Feed's version)."""
    start = data[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith(b"{"):
        return b"jsonfeed.org/version" in start or "feed+json" in (content_type or "")
    if b"<html" in start or start.startswith(b"<!doctype html"):
        return False
    return any(tag in start for tag in (b"<rss", b"<feed", b"<rdf:rdf", b"<urlset", b"<newsmessage", b"<newsitem"))


def feed_links(page: bytes, base: str) -> list[Candidate]:
    """Candidates in a page, best first: declared feeds (not of comments), then links that look like feeds."""
    try:
        tree = html.fromstring(page, parser=html.HTMLParser(recover=True, huge_tree=False, no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    if tree is None:
        return []
    root = _base(tree, base)
    found = [*_declared(tree, root), *_anchors(tree, root)]
    unique = {candidate.url: candidate for candidate in reversed(found)}
    return sorted(unique.values(), key=lambda c: found.index(c))[:MAX_CANDIDATES]


def _base(tree: html.HtmlElement, base: str) -> str:
    for element in tree.iter("base"):
        if element.get("href"):
            return _join(base, str(element.get("href"))) or base
    return base


def _declared(tree: html.HtmlElement, base: str) -> list[Candidate]:
    ranked = []
    for place, link in enumerate(tree.iter("link")):
        kind = (link.get("type") or "").split(";")[0].strip().lower()
        rel = (link.get("rel") or "").lower().split()
        url = _join(base, link.get("href") or "")
        if url is None or kind not in FEED_TYPES or not {"alternate", "feed"} & set(rel):
            continue
        title = " ".join((link.get("title") or "").split())
        of_comments = any(word in f"{title} {url}".lower() for word in _COMMENTS)
        ranked.append((of_comments, FEED_TYPES[kind], place, Candidate(url, title, True)))
    return [candidate for *_, candidate in sorted(ranked, key=lambda row: row[:3])]


def _anchors(tree: html.HtmlElement, base: str) -> list[Candidate]:
    found = []
    for anchor in tree.iter("a"):
        url = _join(base, anchor.get("href") or "")
        if url is None:
            continue
        path = urlsplit(url).path.lower().rstrip("/")
        last = path.rsplit("/", 1)[-1]
        if last in ("rss", "feed", "atom") or last.endswith((".rss", ".atom")) or last in ("rss.xml", "feed.xml"):
            found.append(Candidate(url, " ".join(anchor.text_content().split())[:80], False))
    return found


def usual_addresses(page_url: str) -> Iterable[Candidate]:
    """Addresses worth a try on the page's host."""
    for path in USUAL_PATHS:
        url = _join(page_url, path)
        if url is not None:
            yield Candidate(url, "", False)


def _join(base: str, href: str) -> str | None:
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if href.strip() and parts.scheme in ("http", "https") and parts.hostname else None
