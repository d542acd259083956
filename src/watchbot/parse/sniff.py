"""What a document is, by its content; and what it is when it is no feed (an HTML page, a login, a challenge)."""

from __future__ import annotations

import re

from watchbot.errors import ParseError
from watchbot.parse.htmltext import to_line

_HEAD = 4_000
_INSIDE = 50_000
_BINARY = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"RIFF",
    b"\x7fELF",
    b"ID3",
    b"OggS",
    b"TZif",
    b"Rar!",
    b"7z\xbc\xaf",
    b"BZh",
    b"\xd0\xcf\x11\xe0",
    b"II*\x00",
    b"MM\x00*",
)
_MOVIE = slice(4, 8)
"""Where MP4 and its kin say "ftyp"."""
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x00\x01\x02\x03\x04\x0e\x0f\x10\x16\x1a\x1b\x1c\x1d\x1e\x1f"))
"""Control bytes that no text has: UTF-16 has NULs, agencies' lines have the transmission controls."""
_ROOT = re.compile(r"<([A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,60})")
_ROOTS = {
    "rss": "feed", "rdf": "feed", "feed": "feed", "channel": "feed", "entry": "feed", "item": "feed",
    "urlset": "sitemap", "sitemapindex": "sitemapindex", "opml": "opml",
    "newsmessage": "newsml-g2", "newsitem": "newsml-g2", "packageitem": "newsml-g2", "conceptitem": "newsml-g2",
    "knowledgeitem": "newsml-g2", "planningitem": "newsml-g2", "catalogitem": "newsml-g2", "contentset": "newsml-g2",
    "itemset": "newsml-g2", "inlinexml": "newsml-g2",
    "newsml": "newsml", "newsenvelope": "newsml", "newscomponent": "newsml", "nitf": "nitf", "nitf-collection": "nitf",
    "html": "html", "head": "html", "body": "html", "script": "html", "title": "html", "meta": "html", "div": "html",
    "p": "html", "h1": "html", "center": "html", "link": "html", "style": "html",
    "span": "html", "a": "html", "br": "html",
}  # fmt: skip
FORMATS = {
    "rss": "feed", "atom": "feed", "rdf": "feed", "feed": "feed", "json": "json", "jsonfeed": "json", "ninjs": "json",
    "sitemap": "sitemap", "newsml-g2": "newsml-g2", "newsmlg2": "newsml-g2", "g2": "newsml-g2", "newsml": "newsml",
    "newsml-1": "newsml", "newsml-1.2": "newsml", "nitf": "nitf", "iptc7901": "iptc7901", "iptc-7901": "iptc7901",
    "anpa": "iptc7901", "anpa1312": "iptc7901", "anpa-1312": "iptc7901",
}  # fmt: skip
"""Values of a feed's `format` setting (besides "auto") and the reader each names."""
_WIRE_INSIDE = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(nitf|newsItem|packageItem|newsMessage|NewsML)[\s>]")
"""Agencies' items inside a wrapper of a delivery service (SOAP, a list of its own)."""
_CHALLENGE = re.compile(
    r"(?i)cf-browser-verification|__cf_chl|cf_chl_opt|/cdn-cgi/challenge-platform|cf-mitigated|just a moment\.\.\.|"
    r"attention required! \| cloudflare|checking your browser|ddos-guard|ddos protection by|_incapsula_resource|"
    r"incapsula incident|px-captcha|captcha-delivery|awswafintegration|sucuri website firewall|qrator|servicepipe|"
    r"are you a (?:ro)?bot|verify(?:ing)? (?:that )?you are (?:a )?human|enable javascript and cookies to continue|"
    r"smartcaptcha"
)
_LOGIN = re.compile(
    r"(?i)<input[^<>]{0,300}type\s*=\s*[\"']?password|"
    r"<title[^<>]{0,100}>[^<]{0,80}(?:log ?in|sign ?in|anmeld|einlogg|вход|войти|авторизац|кіру|увійти|connexion|"
    r"iniciar sesi)"
)
_TITLE = re.compile(r"(?is)<title[^<>]{0,200}>([^<]{0,300})")
_WIRE_CONTROLS = re.compile("[\x01\x02\x03\x04]")
_WIRE_LINE = re.compile(
    r"(?m)^\s{0,4}(?:ZCZC\b|[^\W\d_]{1,8}\d{2,5}(?:/\w{1,5})?\s+\d\s+\w{1,6}\s+\d{1,5}\b|"
    r"[a-z]\d{3,4}[^\n]{0,3}$|[rbufd] [a-z] ?\b)"
)


def refuse_binary(data: bytes) -> None:
    """Raise ParseError(binary) for what is no text: archives, images, sound, or mostly control bytes."""
    kind = next((m for m in _BINARY if data.startswith(m)), None)
    head = data[:1_000]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if kind or data[_MOVIE] == b"ftyp" or controls * 10 > len(head):
        raise _binary()


def refuse_nuls(text: str) -> None:
    """Raise ParseError(binary) for decoded text that is a tenth NULs and more: wires have none, feeds a few."""
    head = text[:4_000].lstrip("\x00")
    if head.count("\x00") * 10 > len(head):
        raise _binary()


def _binary() -> ParseError:
    return ParseError("binary", "binary data, not a feed or a wire file (archives are not unpacked)")


def sniff(text: str) -> str:
    """feed | json | sitemap | newsml-g2 | newsml | nitf | iptc7901 | xml (an unknown root). Raises ParseError else."""
    head = text[:_HEAD].lstrip("\ufeff\x00 \t\r\n\x0b\x0c")
    if not head:
        raise ParseError("empty", "the answer is empty")
    if head[0] in "{[":
        return "json"
    if _WIRE_CONTROLS.match(head) or (head[0] != "<" and _is_wire(head)):
        return "iptc7901"
    root = root_name(text)
    kind = _ROOTS.get(root.lower(), "xml") if root else ""
    if kind == "xml" and (inside := _WIRE_INSIDE.search(text[:_INSIDE])):
        return _ROOTS[inside.group(1).lower()]
    if kind == "html" or (head[0] != "<" and kind in ("", "xml")):
        refuse_html(text)
    if kind in ("opml", "sitemapindex"):
        what = {"opml": "an OPML list of feeds", "sitemapindex": "an index of sitemaps"}[kind]
        raise ParseError("unsupported", f"this is {what}, not a feed")
    return kind


def _is_wire(head: str) -> bool:
    return bool(_WIRE_CONTROLS.search(head) or _WIRE_LINE.search(head[:500]))


def root_name(text: str) -> str:
    """The local name of the first element, prolog skipped; "" when there is none near the start."""
    at = text.find("<")
    while 0 <= at < 1_000_000:
        if text.startswith("<!--", at):
            end = text.find("-->", at)
        elif text.startswith("<?", at):
            end = text.find("?>", at)
        elif text.startswith("<!", at):
            if text[at + 2 : at + 40].lower().startswith("doctype html"):
                return "html"
            close, bracket = text.find(">", at), text.find("[", at)
            end = text.find("]", bracket) if 0 <= bracket < close else close
        else:
            match = _ROOT.match(text, at)
            if match:
                return match.group(2)
            end = at
        if end < 0:
            return ""
        at = text.find("<", end + 1)
    return ""


def refuse_html(text: str) -> None:
    """Raise ParseError: kind challenge, login or html (with the page's title), or unsupported for other text."""
    head = text[:100_000]
    found = _TITLE.search(head)
    title = to_line(found.group(1), limit=100) if found else ""
    named = f' titled "{title}"' if title else ""
    if _CHALLENGE.search(head):
        raise ParseError(
            "challenge", f"a bot check (Cloudflare or the like) answered instead of the feed: a page{named}"
        )
    if _LOGIN.search(head):
        raise ParseError("login", f"a login page answered instead of the feed: a page{named}")
    if "<" in head and re.search(r"(?i)<(?:html|head|body|!doctype html|script|title|meta|div|p|h1|span|a)\b", head):
        raise ParseError("html", f"an HTML page answered instead of a feed: a page{named}")
    raise ParseError("unsupported", "the answer is no feed format that is known")
