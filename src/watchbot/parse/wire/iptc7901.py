"""IPTC 7901 and ANPA 1312: agencies' text with control characters, from teleprinter lines to this day's FTP folders.

    SOH header STX text ETX trailer EOT

The header's first line has source, number, priority, category and word count; then come keywords and, ending in "=" or
"<", the headline. Agencies differ in every detail, so each piece is optional, and what is not understood is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from watchbot.errors import ParseError
from watchbot.model import ParsedEntry, ParsedFeed
from watchbot.parse.dates import parse_date
from watchbot.parse.htmltext import MAX_TEXT, MAX_TITLE, tidy
from watchbot.parse.wire.status import status_of, version_in

_IPTC_HEADER = re.compile(
    r"^\W{0,3}([^\W\d_]{1,8}?)[ -]?(\d{1,6})(?:/\w{1,5})?\s+([0-9])\s+"
    r"([^\W\d_]{1,6}\d{0,2}|\d{1,8})\s+(\d{1,5})?\s*(.*)$"
)
_ANPA_NUMBER = re.compile(r"^\W{0,3}([a-z])(\d{3,4})(?!\d)\W*(.*)$")
_ANPA_HEADER = re.compile(r"^\W{0,3}([a-z])\s{1,3}([a-z])\s{0,3}(?:(\S.*?)\s+)?(?:(\d\d-\d\d)\s+)?(\d{1,5})?\s*$")
_PRIORITY = {"f": 1, "b": 2, "u": 3, "r": 4, "d": 5, "a": 5, "s": 6, "w": 6, "c": 6}
"""ANPA 1312 priorities (flash, bulletin, urgent, regular, deferred, ...) on the scale of IPTC urgency."""
_DATELINE = re.compile(
    r"^\W{0,3}(?P<place>[^\W\d_][^()/=\n]{1,60}?)\s*(?:,\s*[^\d\W]{0,12}\.?\s?\d{1,2}\.?\s*[^\d\W]{0,12}\.?\s*(?:\d{4})?\s*)?"
    r"[(/](?P<agency>[^\W\d_][\w .&/-]{0,40}?)[)/]\.?\s*(?:[-–—_=:.]{1,3}\s*|\s)"
)
_STAMP = re.compile(r"\b(\d{2})(\d{2})(\d{2})\s*([A-Za-z]{3,4})?\s+([A-Za-zÀ-ÿ]{3,9})\.?\s+(\d{2,4})\b")
_AP_STAMP = re.compile(r"\b(\d\d)-(\d\d)-(\d\d)\s+(\d\d)(\d\d)\s?([A-Z]{3,4})\b")
_BYLINE = re.compile(r"^(?:By|BY|Von|VON|Par|PAR|Por|POR|Di)\s+(\S.{1,100}?)[=<,]*$")
_CONTROL_LINE = re.compile("[\x00-\x08\x0b-\x1f\x7f]+")
_START = re.compile(r"^\s*ZCZC\s+")
_END = re.compile(r"(?m)^\s*(?:NNNN|-+\s*(?:ENDS?|30)\s*-+)\s*$")
_EMBARGO = re.compile(r"(?i)\b(?:embargo(?:ed)?|sperrfrist|hold for release)\b[^\d\n]{0,60}(\d[^\n]{4,60})")
MAX_MESSAGES = 2_000


@dataclass(slots=True)
class _Header:
    source: str = ""
    number: str = ""
    priority: int | None = None
    category: str = ""
    slug: str = ""
    rest: list[str] = field(default_factory=list)


def parse_iptc7901(text: str, *, lang: str | None, now: datetime) -> ParsedFeed:
    """One or more messages. `now` dates a stamp without month and year. Raises ParseError(unsupported) for none."""
    messages = list(_messages(text))
    entries = [entry for one in messages[:MAX_MESSAGES] if (entry := _message(one, lang, now)) is not None]
    if not entries:
        raise ParseError("unsupported", "no message of IPTC 7901 or ANPA 1312 in the text")
    problems = [f"{len(messages)} messages: the first {MAX_MESSAGES} were read"] if len(messages) > MAX_MESSAGES else []
    if "\x02" in text and text.count("\x02") > text.count("\x03"):
        problems.append("truncated: the last message has no end mark")
    source = next((e.source for e in entries if e.source), "") or ""
    return ParsedFeed(source, None, lang, "iptc7901", tuple(entries), tuple(problems))


def _messages(text: str) -> Iterator[str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x01" in text:
        yield from (part.split("\x04")[0] for part in text.split("\x01")[1:] if part.strip())
        return
    parts = text.split("\x04") if "\x04" in text else _END.split(text)
    yield from (_START.sub("", part) for part in parts if part.strip("\x00 \t\n\x1a"))


def _message(text: str, lang: str | None, now: datetime) -> ParsedEntry | None:
    head, mark, rest = text.partition("\x02")
    if not mark:
        head, rest = _split_header(text)
    body, _, trailer = rest.partition("\x03")
    if "\x03" not in rest:
        body, trailer = _split_trailer(rest)
    header = _header(head)
    lines = [_plain(line) for line in body.split("\n")]
    headline, keywords, byline, paragraphs = _titles(header, lines)
    story = _paragraphs(paragraphs)
    dateline = _DATELINE.match(story)
    title = headline or header.slug or story.split("\n")[0]
    if not title and not story:
        return None
    at = _stamp(trailer, now) or _stamp(head, now)
    slug = " ".join([header.slug, *keywords])
    return ParsedEntry(
        guid=f"{header.source}{header.number}:{at:%Y%m%d}" if header.number and at else None,
        link=None,
        title=title[:MAX_TITLE],
        body=story[:MAX_TEXT],
        lang=lang,
        published_at=at,
        authors=(byline.split(",")[0].strip(),) if byline else (),
        tags=tuple(dict.fromkeys(k for k in [*keywords, header.slug] if k)),
        source=(dateline.group("agency").strip() if dateline else header.source) or None,
        version=version_in(slug),
        status=status_of(slug=slug, headline=title),
        embargo=_embargo(f"{head}\n{body[:2_000]}"),
        urgency=header.priority,
        byline=byline or None,
        place=dateline.group("place").strip(" ,-") if dateline else None,
        subjects=(header.category,) if header.category else (),
    )


def _split_header(text: str) -> tuple[str, str]:
    """Without a start-of-text mark: the header is what comes before the first blank line, when it looks like one."""
    stripped = text.lstrip("\n\x16 ")
    first, _, rest = stripped.partition("\n")
    if not (
        _IPTC_HEADER.match(_plain(first)) or _ANPA_NUMBER.match(_plain(first)) or _ANPA_HEADER.match(_plain(first))
    ):
        return "", stripped
    second, _, after = rest.partition("\n")
    if _ANPA_HEADER.match(_plain(second)):
        return f"{first}\n{second}", after
    return first, rest


def _split_trailer(text: str) -> tuple[str, str]:
    lines = text.rstrip().split("\n")
    if lines and (_STAMP.search(lines[-1]) or _AP_STAMP.search(lines[-1])) and len(lines[-1]) < 60:
        return "\n".join(lines[:-1]), lines[-1]
    return text, ""


def _plain(line: str) -> str:
    return " ".join(_CONTROL_LINE.sub(" ", line).split())


def _header(head: str) -> _Header:
    header = _Header()
    for line in (_plain(one) for one in head.split("\n")):
        if not line:
            continue
        iptc = _IPTC_HEADER.match(line) if not header.number else None
        number = _ANPA_NUMBER.match(line) if not header.number and not iptc else None
        anpa = _ANPA_HEADER.match(line) if header.priority is None and not iptc else None
        if iptc:
            header.source, header.number = iptc.group(1).replace("ZCZC", ""), iptc.group(2)
            header.priority = int(iptc.group(3)) or None
            header.category, header.slug = iptc.group(4), _slug(iptc.group(6))
        elif number:
            header.number = number.group(1) + number.group(2)
            inner = _ANPA_HEADER.match(number.group(3))
            anpa = inner or anpa
        if anpa and not iptc:
            header.priority = _PRIORITY.get(anpa.group(1))
            header.category, header.slug = anpa.group(2), _slug(anpa.group(3) or "")
        if not (iptc or number or anpa):
            header.rest.append(line)
    return header


def _slug(text: str) -> str:
    return re.sub(r"(?i)^bc-", "", text.strip(" -=<^"))


def _titles(header: _Header, lines: list[str]) -> tuple[str, list[str], str, list[str]]:
    """(headline, keywords, byline, lines of the story): what stands above the story is told by how it ends."""
    headline: list[str] = []
    keywords: list[str] = []
    byline = ""
    above = [*header.rest, ""] if header.rest else []
    pending: list[str] = []
    header_lines: list[str] = []
    pending_head = True
    done = 0
    for position, raw in enumerate([*above, *lines]):
        text = raw.lstrip("^ ")
        in_header = position < len(above)
        if not text or re.fullmatch(r"\([^()]{1,60}\)[<=]*", text):  # "(Foto)", "(with picture)"
            done = position + 1
            continue
        if not in_header and _DATELINE.match(text):
            break
        if not in_header and pending_head:
            header_lines, pending, pending_head = pending, [], False
        by = _BYLINE.match(text)
        if by and not _DATELINE.match(text):
            byline = by.group(1).strip(" =<")
        elif text.endswith(("=", "<")):
            headline += [] if headline and not pending else [*pending, text.rstrip("=< ")]
            pending = []
        elif text.endswith("/") or re.match(r"^[\w.-]+(?:/[\w. -]+){1,6}/?$", text):
            keywords += [k.strip() for k in text.split("/") if k.strip()]
        elif not in_header and not headline and "-" in text and re.fullmatch(r"[\w.-]{3,40}", text):
            keywords.append(text)  # a slug
        elif not in_header and not headline and _stands_alone(lines, position - len(above)):
            headline.append(text)
        elif in_header or (not headline and _closes_soon(lines, position - len(above))):
            pending.append(text)
        else:
            break
        done = position + 1
    if headline:
        keywords += header_lines
    else:
        headline = (pending or header_lines)[-1:]
    return " ".join(headline).strip(), keywords, byline, lines[max(0, done - len(above)) :]


def _closes_soon(lines: list[str], position: int) -> bool:
    """A headline of several lines: one of the next two ends in "=" or "<", with no blank line before it."""
    for line in lines[position + 1 : position + 3]:
        if not line:
            return False
        if line.endswith(("=", "<")):
            return True
    return False


def _stands_alone(lines: list[str], position: int) -> bool:
    """A headline without a mark: one line, a blank one, and a story that starts with a dateline."""
    after = lines[position + 1 : position + 5]
    return bool(after) and not after[0] and any(_DATELINE.match(line) for line in after)


def _paragraphs(lines: list[str]) -> str:
    """Lines of a teleprinter put together: a blank line, or an indented one, starts a paragraph."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if not line:
            paragraphs.append([])
        else:
            paragraphs[-1].append(line.strip("<=") if line.endswith(("<", "=")) else line)
    return tidy("\n".join(" ".join(p) for p in paragraphs if p))


def _stamp(text: str, now: datetime) -> datetime | None:
    """ "081410 Jan 22" (day, hour, minute), with a zone or in UTC; AP's "01-08-22 0914EST"; else a date in words."""
    plain = _plain(text)
    ap = _AP_STAMP.search(plain)
    if ap:
        month, day, year, hour, minute, zone = ap.groups()
        return parse_date(f"20{year}-{month}-{day} {hour}:{minute} {zone}")
    match = _STAMP.search(plain)
    if match:
        day, hour, minute, zone, month, year = match.groups()
        return parse_date(f"{day} {month} {year} {hour}:{minute} {zone or ''}")
    bare = re.fullmatch(r"\W*(\d\d)(\d\d)(\d\d)\s?(?:Z|GMT|UTC)?\W*", plain)
    if bare and int(bare.group(1)) in range(1, 32) and int(bare.group(2)) < 24 and int(bare.group(3)) < 60:
        return _nearest(int(bare.group(1)), int(bare.group(2)), int(bare.group(3)), now)
    return None


def _nearest(day: int, hour: int, minute: int, now: datetime) -> datetime | None:
    """The last moment with that day of the month and time, a day of clock error allowed."""
    moment = (now + timedelta(days=1)).astimezone(UTC)
    for _ in range(62):
        if moment.day == day:
            return moment.replace(hour=hour, minute=minute, second=0, microsecond=0)
        moment -= timedelta(days=1)
    return None


def _embargo(text: str) -> datetime | None:
    match = _EMBARGO.search(text)
    return parse_date(match.group(1)) if match else None
