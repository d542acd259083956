"""NewsML 1.x: the agencies' format before G2, still sent (IPTC, NewsML 1.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from watchbot.model import EntryStatus, Media, ParsedEntry, ParsedFeed
from watchbot.parse.dates import parse_date
from watchbot.parse.htmltext import to_text
from watchbot.parse.links import safe_link
from watchbot.parse.wire import nitf
from watchbot.parse.wire.dateline import place_in_field, place_in_text
from watchbot.parse.wire.status import status_of, version_in
from watchbot.parse.wire.values import authors_of, first_line, language_of, whole
from watchbot.parse.wire.xmltools import Element, attribute, block, each, first, lang_of, line, local, nearest, read_xml


def parse_newsml1(text: str, *, url: str, lang: str | None) -> ParsedFeed:
    """One document: its news items as entries. Raises ParseError(unsupported) for XML that cannot be read."""
    root, problems = read_xml(text)
    envelope = first(root, "newsenvelope", "//newsenvelope")
    items = [
        e for e in root.iter() if local(e) == "newsitem" and (first(e, "identification", "newscomponent") is not None)
    ]
    items = items or ([root] if first(root, "//newscomponent") is not None or local(root) == "newscomponent" else [])
    entries = [e for item in items[:2_000] if (e := _item(item, _envelope(item), url, lang)) is not None]
    sender = attribute(first(envelope, "sentfrom/party"), "formalname")
    return ParsedFeed(
        title=sender or attribute(first(envelope, "newsservice"), "formalname"),
        link=None,
        lang=next((e.lang for e in entries if e.lang), lang),
        format="newsml-1",
        entries=tuple(entries),
        problems=tuple(problems),
    )


def _envelope(item: Element) -> Element | None:
    return first(nearest(item, "newsenvelope"), "newsenvelope")


def _within(item: Element, name: str) -> Iterator[Element]:
    """Descendants of that name that belong to this item, not to an item inside it."""
    for found in each(item, f"//{name}"):
        parent = found.getparent()
        while parent is not None and parent is not item and local(parent) != "newsitem":
            parent = parent.getparent()
        if parent is item:
            yield found


def _one(item: Element, name: str) -> Element | None:
    return next(_within(item, name), None)


def _text(item: Element, name: str) -> str:
    return next((text for e in _within(item, name) if (text := line(e))), "")


def _formal(element: Element | None) -> str:
    return attribute(element, "formalname") or (line(element) if element is not None else "")


def _item(item: Element, envelope: Element | None, url: str, lang: str | None) -> ParsedEntry | None:
    identifier, management = first(item, "identification/newsidentifier"), first(item, "newsmanagement")
    inner = _inner(item, url, lang)
    slug = _text(item, "slugline") or line(first(item, "identification"), "namelabel")
    title = _headline(item) or (inner.title if inner else "") or _text(item, "subheadline") or slug
    body = (inner.body if inner else "") or _body(item)
    summary = (inner.summary if inner else "") or _text(item, "abstract") or _text(item, "subheadline")
    field = _formal(first(management, "status"))
    instructions = [attribute(i, "formalname") for i in each(management, "instruction")]
    status = status_of(field, signals=instructions, slug=slug, headline=title, note=_text(item, "ednote"))
    if not (title or body or summary) and status is EntryStatus.USABLE:
        return None
    embargo = _embargo(management, field)
    if "embargo" in field.lower() and embargo is None and status is EntryStatus.USABLE:
        status = EntryStatus.WITHHELD
    created = parse_date(line(management, "firstcreated"))
    revised = parse_date(line(management, "thisrevisioncreated"))
    sent = parse_date(line(envelope, "dateandtime"))
    byline = _text(item, "byline") or (inner.byline if inner else None) or None
    return ParsedEntry(
        guid=_guid(identifier) or _text(item, "guid") or attribute(item, "duid", "euid") or None,
        link=_link(item, url),
        title=title or first_line(summary or body),
        summary=summary if summary != title else "",
        body=body if body != summary else "",
        lang=language_of(_formal(_one(item, "language")) or lang_of(_one(item, "headline")))
        or (inner.lang if inner else None)
        or lang,
        published_at=created or revised or sent or (inner.published_at if inner else None),
        updated_at=revised or created,
        authors=_authors(item, byline, inner),
        tags=_tags(item, slug),
        media=_media(item, url),
        source=_party(item, "source")
        or _party(item, "provider")
        or _party(item, "creator")
        or line(identifier, "providerid")
        or None,
        version=whole(line(identifier, "revisionid"), 1, 999_999) or version_in(slug),
        status=status,
        embargo=embargo,
        urgency=whole(_formal(first(management, "urgency")), 1, 9)
        or whole(_formal(first(envelope, "priority")), 1, 9)
        or (inner.urgency if inner else None),
        byline=byline,
        place=_place(item) or (inner.place if inner else None) or place_in_text(body) or _region(item),
        subjects=_subjects(item),
    )


def _headline(item: Element) -> str:
    """A headline with words in it: picture services put a number there."""
    text = _text(item, "headline")
    return text if any(c.isalpha() for c in text) else ""


def _guid(identifier: Element | None) -> str:
    """The item's identity without its revision: all versions of an item share it. ANP writes it into the id ("-v2")."""
    parts = [line(identifier, name) for name in ("providerid", "dateid", "newsitemid")]
    if all(parts):
        return f"urn:newsml:{':'.join(parts[:2])}:{re.sub(r'-v[0-9]{1,3}$', '', parts[2])}"
    return re.sub(r":\d+[NUA]?$", "", line(identifier, "publicidentifier"))


def _embargo(management: Element | None, field: str) -> datetime | None:
    if "embargo" not in field.lower():
        return None
    change = first(management, "statuswillchange")
    return parse_date(line(change, "dateandtime"))


def _inner(item: Element, url: str, lang: str | None) -> ParsedEntry | None:
    found = _one(item, "nitf")
    return nitf.read(found, url, lang) if found is not None else None


def _body(item: Element) -> str:
    """The longest text of the item's contents: captions are shorter than stories."""
    texts = []
    for content in _within(item, "datacontent"):
        if len(content):
            body = next((e for e in content.iter() if local(e) in ("body.content", "body")), content)
            texts.append(block(body))
            continue
        raw = "".join(str(t) for t in content.itertext())
        if first(content.getparent(), "encoding") is None and raw.strip():
            texts.append(to_text(raw, is_html="<" in raw))
    main = [t for t in texts if len(t) > 200]
    return main[0] if main else max(texts, key=len, default="")


def _authors(item: Element, byline: str | None, inner: ParsedEntry | None) -> tuple[str, ...]:
    if inner and inner.authors:
        return inner.authors
    return authors_of(byline or "")


def _party(item: Element, role: str) -> str:
    return next(
        (n for e in _within(item, role) if (n := attribute(first(e, "party"), "formalname") or line(e, "party"))), ""
    )


def _tags(item: Element, slug: str) -> tuple[str, ...]:
    keywords = [part.strip() for e in _within(item, "keywordline") for part in re.split(r"[,;]", line(e))]
    keywords += [line(e) or attribute(e, "formalname") for e in _within(item, "genre")]
    keywords += [v for e in _within(item, "property") if attribute(e, "formalname").lower() in ("keyword", "keywords")
                 and (v := attribute(e, "value"))]  # fmt: skip
    keywords += [line(e) for e in _within(item, "item_keyword")]
    return tuple(dict.fromkeys(t for t in [*keywords, slug] if t))[:100]


def _subjects(item: Element) -> tuple[str, ...]:
    names = ("subject", "subjectmatter", "subjectdetail")
    codes = [attribute(e, "formalname") for code in _within(item, "subjectcode") for e in code if local(e) in names]
    return tuple(dict.fromkeys(c for c in codes if c))[:100]


def _place(item: Element) -> str | None:
    """The dateline's place; else the city that the item names as its origin or event."""
    return place_in_field(_text(item, "dateline")) or _located(item, ("city", "location"))


def _region(item: Element) -> str | None:
    """What is less than a place of writing: an area, a country, a code."""
    found = _located(item, ("area", "countryarea", "country"))
    return found or next((n for e in _within(item, "location") if (n := attribute(e, "formalname"))), None)


def _located(item: Element, names: tuple[str, ...]) -> str | None:
    """The value of the first of these properties in a Location, or in a Property of that name (AFP's older files)."""
    holders = [*_within(item, "location")]
    holders += [e for e in _within(item, "property") if attribute(e, "formalname").lower() == "location"]
    for holder in holders:
        values = {attribute(p, "formalname").lower(): attribute(p, "value") for p in each(holder, "property")}
        for name in names:
            if value := values.get(name, "").strip():
                return value
    return None


def _link(item: Element, url: str) -> str | None:
    for found in _within(item, "newsline"):
        kind = _formal(first(found, "newslinetype")).lower()
        if any(word in kind for word in ("url", "link", "permalink")) and (
            link := safe_link(line(found, "newslinetext"), url)
        ):
            return link
    return None


def _media(item: Element, url: str) -> tuple[Media, ...]:
    found = {}
    for content in _within(item, "contentitem"):
        if (href := safe_link(attribute(content, "href"), url)) and href not in found:
            facts = {
                attribute(p, "formalname").lower(): attribute(p, "value")
                for p in each(content, "characteristics/property")
            }
            kinds = [attribute(first(content, name), "formalname") for name in ("mimetype", "format", "mediatype")]
            kind = next((k for k in kinds if "/" in k), "") or kinds[2]
            size = line(content, "characteristics/sizeinbytes")
            found[href] = Media(
                href,
                kind.lower() or None,
                whole(facts.get("width", ""), 1, 999_999),
                whole(facts.get("height", ""), 1, 999_999),
                int(size) if size.isascii() and size.isdigit() and len(size) < 13 else None,
            )
    return tuple(found.values())[:100]
