"""NewsML-G2: news messages, news items, packages, concepts, planning (IPTC, https://iptc.org/standards/newsml-g2/)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from watchbot.model import EntryStatus, Media, ParsedEntry, ParsedFeed
from watchbot.parse.dates import parse_date
from watchbot.parse.htmltext import MAX_TEXT, to_text
from watchbot.parse.links import safe_link
from watchbot.parse.wire import nitf
from watchbot.parse.wire.dateline import place_in_field, place_in_text
from watchbot.parse.wire.status import status_of, version_in
from watchbot.parse.wire.values import authors_of, first_line, language_of, whole
from watchbot.parse.wire.xmltools import (
    Element,
    attribute,
    block,
    each,
    first,
    lang_of,
    line,
    local,
    nearest,
    read_xml,
)

_ITEMS = frozenset({"newsitem", "packageitem", "conceptitem", "planningitem", "knowledgeitem"})
MAX_ITEMS = 2_000
_EMBARGO = re.compile(
    r"(?i)embargo|sperrfrist|not for (?:release|publication|use) (?:before|until)|hold for release|эмбарго"
)


def parse_newsml_g2(text: str, *, url: str, lang: str | None) -> ParsedFeed:
    """One document: its items as entries. Raises ParseError(unsupported) for XML that cannot be read."""
    root, problems = read_xml(text)
    items = list(_items(root))
    if not items and (inner := first(root, "//nitf")) is not None:
        items_read = [nitf.read(inner, url, lang)]
    else:
        items_read = [_item(item, url, lang, alone=len(items) == 1) for item in items[:MAX_ITEMS]]
    if len(items) > MAX_ITEMS:
        problems.append(f"{len(items)} items: the first {MAX_ITEMS} were read")
    entries = [entry for entry in items_read if entry is not None]
    if len(entries) < len(items):
        problems.append(f"{len(items) - len(entries)} items without text left out")
    return ParsedFeed(
        title=line(first(root, "header"), "sender") or next((e.source for e in entries if e.source), "") or "",
        link=None,
        lang=lang_of(root) or next((e.lang for e in entries if e.lang), lang),
        format="newsml-g2",
        entries=tuple(entries),
        problems=tuple(problems),
    )


def _items(root: Element) -> Iterator[Element]:
    if local(root) in _ITEMS:
        yield root
        return
    yield from (e for e in root.iterdescendants() if local(e) in _ITEMS and local(e.getparent()) not in _ITEMS)


def _item(item: Element, url: str, lang: str | None, *, alone: bool) -> ParsedEntry | None:
    header = first(nearest(item, "header"), "header")
    meta, content = first(item, "itemmeta"), first(item, "contentmeta")
    inner = _inner_nitf(item, url, lang)
    headline = line(content, "headline") or line(meta, "headline")
    slug = line(content, "slugline") or line(meta, "slugline")
    concept = first(item, "concept")
    title = headline or (inner.title if inner else "") or line(concept, "name") or line(meta, "title") or slug
    summary = _description(content) or (inner.summary if inner else "") or block(first(concept, "definition"))
    body = (inner.body if inner else "") or _body(item)
    if local(item) == "packageitem":
        body = _references(item)
        if not alone and not headline:
            return None
    signals = [attribute(s, "qcode", "uri") for s in each(meta, "signal")]
    note = line(meta, "ednote")
    status = status_of(_code(first(meta, "pubstatus")), signals=signals, slug=slug, headline=title, note=note)
    if local(item) == "planningitem" and status is EntryStatus.USABLE:
        status = EntryStatus.ADVISORY
        body = body or "\n".join(line(n) for n in each(item, "//headline") if line(n) != title)
    if not (title or summary or body) and status not in (EntryStatus.CANCELED, EntryStatus.WITHHELD):
        return None
    title = title or first_line(summary or body)
    embargo = _date(line(meta, "embargoed"))
    open_ended = embargo is None and first(meta, "embargoed") is not None and _speaks_of_embargo(meta, slug, title)
    if open_ended and status is not EntryStatus.CANCELED:
        status = EntryStatus.WITHHELD  # an embargo without an hour lasts until the agency says otherwise
    created, versioned = _date(line(meta, "firstcreated")), _date(line(meta, "versioncreated"))
    sent = _date(line(header, "sent"))
    return ParsedEntry(
        guid=attribute(item, "guid") or None,
        link=_link(meta, content, url),
        title=title,
        summary=summary if summary != title else "",
        body=body if body != summary else "",
        lang=language_of(
            attribute(first(content, "language"), "tag")
            or _content_lang(item)
            or lang_of(first(content, "headline"))
            or lang_of(first(concept, "name"))
            or lang_of(item)
        )
        or lang,
        published_at=created or versioned or _date(line(content, "contentcreated")) or sent,
        updated_at=versioned or _date(line(content, "contentmodified")) or created,
        authors=_authors(content, inner),
        tags=_tags(content, item),
        media=_media(item, url),
        source=_named(first(content, "infosource")) or _named(first(meta, "provider")) or None,
        version=whole(attribute(item, "version"), 1, 2**31 - 1) or version_in(slug),
        status=status,
        embargo=embargo,
        urgency=_urgency(content, header),
        byline=line(content, "by") or (inner.byline if inner else None) or None,
        place=_place(content) or (inner.place if inner else None) or place_in_text(body),
        subjects=_subjects(content),
    )


def _speaks_of_embargo(meta: Element | None, slug: str, title: str) -> bool:
    """Whether an empty <embargoed/> is meant.

    The standard lets it stand for an embargo whose end is not known and has a note say the rest, while Reuters, dpa
    and others send the empty element with every item.
    """
    return any(_EMBARGO.search(text) for text in (*map(line, each(meta, "ednote")), slug, title))


def _inner_nitf(item: Element, url: str, lang: str | None) -> ParsedEntry | None:
    """NITF inside inlineXML: it has what the item's own metadata may lack."""
    found = next((n for s in each(item, "contentset/inlinexml") for n in s.iter() if local(n) == "nitf"), None)
    return nitf.read(found, url, lang) if found is not None else None


def _body(item: Element) -> str:
    for inline in each(item, "contentset/inlinexml"):
        body = next((e for e in inline.iter() if local(e) in ("body.content", "body")), None)
        if body is not None and any("main" in attribute(e, "class").split() for e in each(body, "section")):
            # dpa's page: keywords, date and headline stand in a header beside the text.
            parts = [block(e) for e in body if local(e) not in ("header", "footer", "nav")]
            if text := "\n".join(part for part in parts if part):
                return text[:MAX_TEXT]
        if body is None and any(local(e) in ("html", "xhtml", "div", "section", "article", "p") for e in inline):
            body = inline
        if text := block(body):
            return text
    for inline in each(item, "contentset/inlinedata"):
        kind = attribute(inline, "contenttype").lower()
        if attribute(inline, "encoding") or (kind and not kind.startswith(("text/", "application/xhtml"))):
            continue
        raw = "".join(str(t) for t in inline.itertext())
        # A plain text keeps its lines; to_text takes markup for markup either way.
        if text := to_text(raw, is_html="html" in kind):
            return text
    return ""


def _references(package: Element) -> str:
    """What a package names, one item a line: it is all the text that a package has."""
    lines = []
    for reference in each(package, "//itemref"):
        parts = [line(reference, "headline", "title"), *(line(d) for d in each(reference, "description"))]
        lines.append(": ".join(p for p in parts if p))
    return "\n".join(text for text in lines if text)


def _description(content: Element | None) -> str:
    """The first description; a summary before others. Reuters' "SLUG (UPDATE 1):Headline" is none."""
    headline = line(content, "headline")
    descriptions = list(each(content, "description"))
    ranked = sorted(descriptions, key=lambda d: "summary" not in attribute(d, "role").lower())
    texts = (block(d) for d in ranked)
    return next((text for text in texts if text and not _is_slug_and_headline(text, headline)), "")


def _is_slug_and_headline(text: str, headline: str) -> bool:
    slug = text[: -len(headline)] if headline and text.endswith(headline) else ""
    return slug.endswith(":") and slug.isupper()


def _code(element: Element | None) -> str:
    return attribute(element, "qcode", "uri", "literal")


def _date(text: str) -> datetime | None:
    return parse_date(text)


def _named(element: Element | None) -> str:
    """A party's or concept's name, or the last part of its code."""
    if element is None:
        return ""
    return line(element, "name") or attribute(element, "literal") or attribute(element, "qcode").rpartition(":")[2]


def _authors(content: Element | None, inner: ParsedEntry | None) -> tuple[str, ...]:
    people = [line(e, "name") or attribute(e, "literal") for e in each(content, "creator")]
    people += [line(e, "name") for e in each(content, "contributor")]
    names = [a for p in people if p for a in authors_of(p)] or [
        a for e in each(content, "by") for a in authors_of(line(e))
    ]
    return tuple(dict.fromkeys(names)) or (inner.authors if inner else ())


def _tags(content: Element | None, item: Element) -> tuple[str, ...]:
    names = [line(e, "name") for e in each(content, "subject")] + [line(e) for e in each(content, "keyword")]
    names += [line(e, "name") for e in each(content, "genre")]
    names += [line(e, "name") for e in each(item, "assert")]
    slug = line(content, "slugline")
    return tuple(dict.fromkeys(n for n in [*names, slug] if n))[:100]


def _subjects(content: Element | None) -> tuple[str, ...]:
    codes = (attribute(e, "qcode", "uri", "literal") for e in each(content, "subject"))
    return tuple(dict.fromkeys(c for c in codes if c))[:100]


def _place(content: Element | None) -> str | None:
    """Where it was written: `located`, else the dateline; both may hold less than a place."""
    located = (place_in_field(_named(e)) for e in each(content, "located"))
    return next((p for p in located if p), None) or place_in_field(line(content, "dateline"))


def _urgency(content: Element | None, header: Element | None) -> int | None:
    own = whole(line(content, "urgency"), 1, 9)
    return own if own is not None else whole(line(header, "priority"), 1, 9)


def _link(meta: Element | None, content: Element | None, url: str) -> str | None:
    for element in [*each(meta, "link"), *each(content, "link")]:
        relation, kind = attribute(element, "rel").lower(), attribute(element, "contenttype").lower()
        if ("html" in kind or relation.endswith(("alternate", "canonical", "web", "permalink"))) and (
            link := safe_link(attribute(element, "href"), url)
        ):
            return link
    return None


def _content_lang(item: Element) -> str | None:
    inline = first(item, "contentset/inlinexml", "contentset/inlinedata")
    return (attribute(inline, "lang") or None) if inline is not None else None


def _media(item: Element, url: str) -> tuple[Media, ...]:
    found = {}
    for remote in each(item, "contentset/remotecontent"):
        if (href := safe_link(attribute(remote, "href"), url)) and href not in found:
            found[href] = Media(
                href,
                attribute(remote, "contenttype").lower() or None,
                whole(attribute(remote, "width"), 1, 999_999),
                whole(attribute(remote, "height"), 1, 999_999),
                _size(attribute(remote, "size")),
            )
    return tuple(found.values())[:100]


def _size(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None
