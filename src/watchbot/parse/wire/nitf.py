"""NITF 3: one story of an agency (IPTC, https://iptc.org/standards/nitf/)."""

from __future__ import annotations

from watchbot.model import EntryStatus, Media, ParsedEntry, ParsedFeed
from watchbot.parse.dates import parse_date
from watchbot.parse.links import safe_link
from watchbot.parse.wire.dateline import place_in_field, place_in_text
from watchbot.parse.wire.status import status_of, version_in
from watchbot.parse.wire.values import authors_of, first_line, language_of, whole
from watchbot.parse.wire.xmltools import Element, attribute, block, each, first, lang_of, line, local, read_xml


def parse_nitf(text: str, *, url: str, lang: str | None) -> ParsedFeed:
    """One document, usually with one story. Raises ParseError(unsupported) for XML that cannot be read."""
    root, problems = read_xml(text)
    stories = [root] if local(root) == "nitf" else [e for e in root.iterdescendants() if local(e) == "nitf"]
    entries = [entry for story in stories[:2_000] if (entry := read(story, url, lang)) is not None]
    return ParsedFeed(
        title=next((e.source for e in entries if e.source), "") or "",
        link=None,
        lang=next((e.lang for e in entries if e.lang), lang),
        format="nitf",
        entries=tuple(entries),
        problems=tuple(problems),
    )


def read(story: Element, url: str, lang: str | None) -> ParsedEntry | None:
    """A <nitf> element as an entry; None when it says nothing."""
    head, body = first(story, "head"), first(story, "body")
    data, top = first(head, "docdata"), first(body, "body.head")
    title = (
        line(top, "hedline/hl1", "hedline", "headline/hl1", "headline")
        or line(head, "title")
        or line(body, "hedline/hl1")
    )
    summary = block(first(top, "abstract"))
    text = block(first(body, "body.content"))
    keys = [attribute(k, "key") or line(k) for k in each(data, "key-list/keyword")]
    slug = (
        attribute(first(data, "du-key"), "key") or attribute(first(data, "fixture"), "fix-id") or line(head, "slugline")
    )
    status = status_of(
        attribute(data, "management-status"), slug=slug or " ".join(keys), headline=title, note=_note(data)
    )
    if first(data, "correction") is not None and status in (EntryStatus.USABLE, EntryStatus.UPDATED):
        status = EntryStatus.CORRECTED
    if not (title or summary or text) and status is EntryStatus.USABLE:
        return None
    issued = parse_date(attribute(first(data, "date.issue"), "norm") or line(data, "date.issue"))
    released = parse_date(attribute(first(data, "date.release"), "norm"))
    published = parse_date(attribute(first(head, "pubdata"), "date.publication"))
    held = released is not None and (
        "embargo" in attribute(data, "management-status").lower() or (issued is not None and released > issued)
    )
    byline = _byline(top)
    return ParsedEntry(
        guid=attribute(first(data, "doc-id"), "id-string") or attribute(story, "id") or None,
        link=safe_link(attribute(first(head, "pubdata"), "ex-ref"), url),
        title=title or first_line(summary or text),
        summary=summary if summary != title else "",
        body=text if text != summary else "",
        lang=language_of(_language(story, head, body)) or lang,
        published_at=issued
        or published
        or parse_date(attribute(first(top, "dateline/story.date"), "norm"))
        or released,
        updated_at=parse_date(attribute(first(head, "revision-history"), "norm")) or published,
        authors=_authors(top, byline),
        tags=tuple(dict.fromkeys(t for t in [*keys, *_identified(data), *_topics(head)] if t))[:100],
        media=_media(body, url),
        source=_source(top, head, data),
        version=whole(attribute(first(data, "du-key"), "version"), 1) or version_in(slug),
        status=status,
        embargo=released if held else None,
        urgency=whole(attribute(first(data, "urgency"), "ed-urg"), 1, 9),
        byline=byline or None,
        place=_place(top, data) or place_in_text(text),
        subjects=_subjects(head),
    )


def _note(data: Element | None) -> str:
    message = first(data, "ed-msg")
    return attribute(message, "info") or line(message)


def _language(story: Element, head: Element | None, body: Element | None) -> str | None:
    own = attribute(body, "lang") or attribute(first(body, "body.content"), "lang")
    named = next(
        (attribute(m, "content") for m in each(head, "meta") if attribute(m, "name").lower() in ("language", "lang")),
        "",
    )
    return own or lang_of(story) or named or attribute(story, "baselang") or None


def _source(top: Element | None, head: Element | None, data: Element | None) -> str | None:
    return (
        line(top, "distributor/org", "distributor")
        or attribute(first(head, "pubdata"), "name")
        or attribute(first(data, "doc.copyright"), "holder")
        or attribute(first(data, "del-list/from-src"), "src-name")
        or None
    )


def _byline(top: Element | None) -> str:
    """The by-line as it is printed: who, and as what."""
    found = first(top, "byline")
    if found is None:
        return ""
    title = line(found, "byttl")
    text = line(found, "person") or line(found)
    if not title:
        return text
    name = text.replace(title, "").strip(" ,")
    return f"{name}, {title}" if name else title


def _authors(top: Element | None, byline: str) -> tuple[str, ...]:
    people = [line(p) for b in each(top, "byline") for p in each(b, "person")]
    if people:
        return tuple(dict.fromkeys(people))
    title = line(first(top, "byline"), "byttl")
    return authors_of(byline.removesuffix(title) if title != byline else byline)


def _identified(data: Element | None) -> list[str]:
    found = first(data, "identified-content")
    return [attribute(e, "value") or line(e) for e in found] if found is not None else []


def _topics(head: Element | None) -> list[str]:
    names = []
    for subject in each(head, "tobject/tobject.subject"):
        names += [attribute(subject, "tobject.subject.matter"), attribute(subject, "tobject.subject.type")]
    return names


def _subjects(head: Element | None) -> tuple[str, ...]:
    codes = (
        attribute(s, "tobject.subject.refnum", "tobject.subject.code") for s in each(head, "tobject/tobject.subject")
    )
    return tuple(dict.fromkeys(c for c in codes if c))[:100]


def _place(top: Element | None, data: Element | None) -> str | None:
    place = line(top, "dateline/location/city", "dateline/location") or place_in_field(line(top, "dateline"))
    event = first(data, "evloc")
    return place or attribute(event, "city", "county-dist", "state-prov", "iso-cc") or line(event) or None


def _media(body: Element | None, url: str) -> tuple[Media, ...]:
    found = {}
    for reference in each(body, "//media-reference"):
        if href := safe_link(attribute(reference, "source"), url):
            kind = attribute(reference, "mime-type") or attribute(reference.getparent(), "media-type")
            width, height = attribute(reference, "width"), attribute(reference, "height")
            found[href] = Media(href, kind.lower() or None, whole(width, 1), whole(height, 1))
    return tuple(found.values())[:100]
