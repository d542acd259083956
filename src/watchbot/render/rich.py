"""Styled text as a value: cut it first, write it as HTML last, so that no cut ever breaks a tag.

A text is a tuple of pieces. What came from a feed is cleaned when it becomes a piece (`clean`), and escaped when it is
written (`to_html`): no other function of this room makes HTML. Lengths are UTF-16 code units after entity parsing,
which is what Telegram counts offsets in; its limits are in characters, so this errs on the safe side.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlsplit

MESSAGE_LIMIT = 4096
CAPTION_LIMIT = 1024
"""https://core.telegram.org/bots/api#sendmessage, #sendphoto: characters after entities parsing."""
ENTITY_LIMIT = 100
"""https://core.telegram.org/bots/api: what is beyond the 100th entity of a message is shown without it."""
ELLIPSIS = "…"
MAX_MARKS = 4
"""Combining marks kept in a row: real scripts stack three at most (Vietnamese, Arabic, pointed Hebrew); more is a
"zalgo" text that paints over its neighbours."""
MAX_URL = 2048
MAX_CHARACTER = 32
"""Code points of what is seen as one character: a family of four with skin tones has 11; a longer chain is junk."""

# Bidirectional controls reorder what a reader sees; the others are invisible and only serve to hide or to split words.
# ZWNJ and ZWJ stay: Persian, Indic scripts and emoji need them.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
SURROGATE = re.compile("[\ud800-\udfff]")
SPACES = re.compile(r"[^\S\n]+")
LINES = re.compile(r"[^\S\n]*\n[^\S\n]*")
PARAGRAPHS = re.compile(r"\n{3,}")
TAGS = {"b": "b", "i": "i", "s": "s", "u": "u", "c": "code", "q": "blockquote"}
"""Telegram's HTML subset that is used here, by style letter. `q` is block level: it is never mixed with others."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one style (letters of TAGS) and, maybe, a link. `text` is clean, not escaped."""

    text: str
    style: str = ""
    link: str | None = None


Rich = tuple[Piece, ...]


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def clean(text: str, *, lines: bool = False) -> str:
    """Text fit to be shown: no controls, bidi overrides, invisible junk or stacked marks; spaces collapsed, not cut.

    `lines` keeps line breaks, and of empty lines one in a row; else they are spaces.
    """
    text = SURROGATE.sub("\ufffd", text).replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    text = CONTROL.sub("", INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    text = limit_marks(text)
    text = SPACES.sub(" ", text)
    text = LINES.sub("\n", text)
    return PARAGRAPHS.sub("\n\n", text) if lines else SPACES.sub(" ", text.replace("\n", " "))


def limit_marks(text: str) -> str:
    """`text` with at most MAX_MARKS combining marks in a row."""
    if text.isascii():
        return text
    out, run = [], 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if run <= MAX_MARKS:
            out.append(char)
    return "".join(out)


def safe_link(url: str | None) -> str | None:
    """The URL when a reader may be sent there, else None: http(s) only, with a host, without userinfo or controls."""
    if not url or len(url) > MAX_URL or SURROGATE.search(url):
        return None
    url = url.strip()
    if re.search(r"[\s\\<>\"`{}|^]", url) or CONTROL.search(url) or INVISIBLE.search(url):
        return None
    try:
        parts = urlsplit(url)
        host, userinfo, _ = parts.hostname, parts.username is not None or parts.password is not None, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or userinfo or "@" in parts.netloc:
        return None
    return url if "." in host or ":" in host else None


def text(value: str, style: str = "", link: str | None = None, *, lines: bool = False) -> Rich:
    """`value`, cleaned, as one piece; none when nothing is left."""
    value = clean(value, lines=lines)
    return (Piece(value, style, safe_link(link)),) if value else ()


def join(parts: Iterable[Rich], separator: str = "\n") -> Rich:
    """The parts that are not empty, with `separator` between them."""
    out: list[Piece] = []
    for part in parts:
        if part:
            out += [Piece(separator), *part] if out else part
    return tuple(out)


def marked(value: str, spans: Iterable[tuple[int, int]], style: str = "", link: str | None = None) -> Rich:
    """`value` in `style`, with the spans (code points of `value` as given) in bold; spans may overlap or stick out."""
    out: list[Piece] = []
    at = 0
    for start, end in merge(spans, len(value)):
        out += text(value[at:start], style, link)
        out += text(value[start:end], style + "b", link)
        at = end
    out += text(value[at:], style, link)
    return trim(collapse(out))


def merge(spans: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Spans clipped to [0, size], without empty ones, sorted, and those that touch or overlap joined."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(0, a), min(size, b)) for a, b in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def collapse(pieces: Iterable[Piece]) -> Rich:
    """Pieces with no double space across their borders, and none that is empty."""
    out: list[Piece] = []
    for piece in pieces:
        value = piece.text
        if out and out[-1].text[-1:] in (" ", "\n"):
            value = value.lstrip(" ")
        if value:
            out.append(replace(piece, text=value))
    return tuple(out)


def trim(rich: Sequence[Piece]) -> Rich:
    """`rich` without white space at either end."""
    pieces = list(rich)
    while pieces and not pieces[0].text.strip():
        del pieces[0]
    while pieces and not pieces[-1].text.strip():
        del pieces[-1]
    if pieces:
        pieces[0] = replace(pieces[0], text=pieces[0].text.lstrip())
        pieces[-1] = replace(pieces[-1], text=pieces[-1].text.rstrip())
    return tuple(pieces)


def length(rich: Iterable[Piece]) -> int:
    """UTF-16 code units of the text, as it is after entity parsing."""
    return sum(units(p.text) for p in rich)


def entities(rich: Iterable[Piece]) -> int:
    """How many entities Telegram will count, at most."""
    return sum(len(p.style) + (p.link is not None) for p in rich)


def shorten(rich: Rich, limit: int) -> Rich:
    """`rich` in at most `limit` units: cut between words, or else between characters, with an ellipsis."""
    if length(rich) <= limit:
        return rich
    room = limit - units(ELLIPSIS)
    if room <= 0:
        return ()
    out: list[Piece] = []
    for piece in rich:
        size = units(piece.text)
        if size > room:
            out.append(replace(piece, text=cut(piece.text, room)))
            break
        out.append(piece)
        room -= size
    kept = trim(out)
    return (*kept[:-1], replace(kept[-1], text=kept[-1].text.rstrip(" ,;:–—-") + ELLIPSIS)) if kept else ()


def cut(value: str, room: int) -> str:
    """The longest head of `value` in `room` UTF-16 units that ends between words (if one ends in its last third)."""
    end, used = 0, 0
    while end < len(value) and used + (size := 2 if ord(value[end]) > 0xFFFF else 1) <= room:
        used += size
        end += 1
    if end == len(value):
        return value
    space = value.rfind(" ", end * 2 // 3, end + 1)
    if space > 0:
        return value[:space]
    for back in range(end, max(0, end - MAX_CHARACTER), -1):
        if not joins(value, back):
            return value[:back]
    return value[:end]


def joins(value: str, at: int) -> bool:
    """Whether a cut at `at` would split what is seen as one character (marks, joiners, skin tones, flags)."""
    char, before = value[at], value[at - 1]
    if char == "\u200d" or before == "\u200d" or "\ufe00" <= char <= "\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    if unicodedata.category(char) in ("Mn", "Me", "Mc"):
        return True
    flags = re.search("[\U0001f1e6-\U0001f1ff]*$", value[:at])
    return "\U0001f1e6" <= char <= "\U0001f1ff" and flags is not None and len(flags[0]) % 2 == 1


def escape(value: str) -> str:
    """`value` for Telegram's HTML, inside text or a double-quoted attribute."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def to_html(rich: Sequence[Piece]) -> str:
    """Telegram HTML: neighbours with one link share its <a>; within it, each piece opens and closes its own tags."""
    out: list[str] = []
    for link, group in groupby(rich, key=lambda p: p.link):
        inner = "".join(map(styled, group))
        out.append(f'<a href="{escape(link)}">{inner}</a>' if link else inner)
    return "".join(out)


def styled(piece: Piece) -> str:
    tags = [TAGS[letter] for letter in dict.fromkeys(piece.style)]
    opening = "".join(f"<{tag}>" for tag in tags)
    closing = "".join(f"</{tag}>" for tag in reversed(tags))
    return f"{opening}{escape(piece.text)}{closing}"


def to_plain(rich: Sequence[Piece]) -> str:
    """The same without markup; each link follows the text it was on, in parentheses."""
    out: list[str] = []
    for link, group in groupby(rich, key=lambda p: p.link):
        inner = "".join(p.text for p in group)
        out.append(f"{inner} ({link})" if link and link != inner else inner)
    return "".join(out)
