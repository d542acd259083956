"""`parse_document`: from the bytes of an answer to a ParsedFeed, whatever format they are in.

    bytes -> one encoding decision -> text -> what is it? -> the reader of that format

Everything here is pure and picklable; the caller runs it in a process that it can kill.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from watchbot.errors import ParseError
from watchbot.model import ParsedFeed, require_aware
from watchbot.parse.encoding import decode
from watchbot.parse.feed import parse_feed
from watchbot.parse.jsonfeed import parse_json
from watchbot.parse.sitemap import parse_sitemap
from watchbot.parse.sniff import FORMATS, refuse_binary, refuse_nuls, sniff
from watchbot.parse.wire.iptc7901 import parse_iptc7901
from watchbot.parse.wire.newsml1 import parse_newsml1
from watchbot.parse.wire.newsml_g2 import parse_newsml_g2
from watchbot.parse.wire.nitf import parse_nitf

MAX_DOCUMENT = 64_000_000
"""Bytes. The fetcher has a lower cap of its own; this one is for files."""


def parse_document(
    data: bytes,
    *,
    url: str,
    content_type: str | None,
    format: str = "auto",
    lang: str | None = None,
    known: Collection[str] = (),
    now: datetime,
) -> ParsedFeed:
    """What a feed or wire document says.

    `url` resolves relative links. `content_type` is the HTTP header, for its charset. `format` is "auto" or names the
    reader (see docs/formats.md). `lang` is the operator's word on the feed's language. Entries whose raw_hash is in
    `known` are left out (their hashes are in `seen`). `now` dates what gives no month or year. Raises ParseError only.
    """
    require_aware(now, "now")
    if not data or not data.strip(b"\x00 \t\r\n"):
        raise ParseError("empty", "the answer is empty")
    if len(data) > MAX_DOCUMENT:
        raise ParseError("too-large", f"{len(data)} bytes; at most {MAX_DOCUMENT} are read")
    refuse_binary(data)
    decoded = decode(data, content_type)
    refuse_nuls(decoded.text)
    kind = _kind(decoded.text, format)
    known = known if isinstance(known, (set, frozenset)) else frozenset(known)
    if kind in ("feed", "xml"):
        return parse_feed(
            decoded.text,
            url=url,
            lang=lang,
            known=known,
            encoding=decoded.encoding,
            problems=decoded.problems,
            certain=kind == "feed",
        )
    parsed = _read(kind, decoded.text, url, lang, known, now)
    return replace(
        parsed, encoding=decoded.encoding, problems=tuple(dict.fromkeys([*decoded.problems, *parsed.problems]))
    )


def _kind(text: str, format: str) -> str:
    wanted = FORMATS.get(format.lower())
    if wanted is None and format != "auto":
        raise ParseError("unsupported", f"unknown format {format!r}; known: auto, {', '.join(FORMATS)}")
    if wanted == "iptc7901":
        return wanted
    found = sniff(text)
    # The document knows better than the setting: a server may answer in another format, or with an HTML page.
    return wanted if wanted and found == "xml" else found


def _read(kind: str, text: str, url: str, lang: str | None, known: Collection[str], now: datetime) -> ParsedFeed:
    """Documents that feedparser does not read."""
    match kind:
        case "json":
            return parse_json(text, url=url, lang=lang, known=known)
        case "sitemap":
            return parse_sitemap(text, url=url, lang=lang)
        case "newsml-g2":
            return parse_newsml_g2(text, url=url, lang=lang)
        case "newsml":
            return parse_newsml1(text, url=url, lang=lang)
        case "nitf":
            return parse_nitf(text, url=url, lang=lang)
        case "iptc7901":
            return parse_iptc7901(text, lang=lang, now=now)
        case _:
            raise ParseError("unsupported", "the answer is no feed format that is known")
