"""IPTC 7901 and ANPA 1312: agencies' text with control characters, from teleprinter lines to this day's FTP folders.

    SOH header STX text ETX trailer EOT

The header's first line has source, number, priority, category and word count; then come keywords and, ending in "=",
"<" or "+", the headline. Agencies differ in every detail, so each piece is optional; what is not understood is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from watchbot.errors import ParseError
from watchbot.model import ParsedEntry, ParsedFeed
from watchbot.parse.dates import parse_date
from watchbot.parse.htmltext import MAX_TEXT, MAX_TITLE, tidy
from watchbot.parse.wire.dateline import dateline
from watchbot.parse.wire.status import status_of, version_in
from watchbot.parse.wire.values import first_line

_IPTC_HEADER = re.compile(
    r"^\W{0,3}([^\W\d_]{1,8}?)[ -]?(\d{1,6})(?:/\w{1,5})?\s+([0-9])\s+"
    r"([^\W\d_]{1,6}\d{0,2}|\d{1,8})\s+(\d{1,5})?\s*(.*)$"
)
_ANPA_NUMBER = re.compile(r"^\W{0,3}([A-Za-z])(\d{3,4})(?!\d)\W*(.*)$")
_ANPA_HEADER = re.compile(r"^\W{0,3}([a-z])\s{1,3}([a-z])\s{0,3}(?:(\S.*?)\s+)?(?:(\d\d-\d\d)(?:\s+|$))?(\d{1,5})?\s*$")
_PRIORITY = {"f": 1, "b": 2, "u": 3, "r": 4, "d": 5, "a": 5, "s": 6, "w": 6, "c": 6}
"""ANPA 1312 priorities (flash, bulletin, urgent, regular, deferred, ...) on the scale of IPTC urgency."""
_ROUTING = re.compile(r"^(?:[a-z]{3,6}\s+)?[a-z]{2,6}(?:-[a-z]{2,4})?\s+\d{3,5}$")
"""What follows the word count in dpa's and ats' headers: routing codes, service and its number ("ccccb dpa 061")."""
_STAMP = re.compile(r"\b(\d{2})(\d{2})(\d{2})\s*([A-Za-z]{3,4})?\s+([A-Za-zÀ-ÿ]{3,9})\.?\s+(\d{2,4})\b")
_AP_STAMP = re.compile(r"(?:\b([A-Z]{2,6})-[A-Z]{2}-)?\b(\d\d)-(\d\d)-(\d\d)\s+(\d\d)(\d\d)\s?([A-Z]{3,4})\b")
_KYODO_STAMP = re.compile(r"\b[A-Z]{2,4}-(\d\d):(\d\d)-(\d\d)-(\d\d)-(\d\d)\b")
_BYLINE = re.compile(r"^(?:By|BY|Von|VON|Par|PAR|Por|POR|Di|Av|Door)\s+(\S.{1,100}?)[=<,]*$")
_NOTE = re.compile(
    r"^(?:\([^()]{1,300}\)|(?:AP|AFP|APTN|EPA)\s(?:Photo|Graphic|Video|Audio)\b.*|"
    r"(?:Eds?|Editors?|EDITOR'S NOTE|Note)\b\s?[.:_'-].*|With (?:AP )?(?:Photo|Graphic|Video)s?\b.*|"
    r"Associated Press(?: Writers?)?|AP \w{2,12}(?: \w{2,12})? ?Writer)\s*[=<]?$"
)
_SLUG = re.compile(r"^(?:(?:BC|AM|PM|AP|EU|US)-\S.*|\S*-\S*,\s?\d{2,5}|[\w.'’&]+(?:-+[\w.'’&]+)+)\s*[=<]?$")
_KEYWORDS = re.compile(r"^/?[\w.'’ -]+(?:/[\w.'’ -]+){0,6}/$|^[\w.'’-]+(?:/[\w.'’ -]+){1,6}$")
_PREFIX = re.compile(r"^\*\d+<\s*\^?")
_CONTROL_LINE = re.compile("[\x00-\x08\x0b-\x1f\x7f]+")
_INDENT = re.compile(r"^[\x00-\x08\x0b-\x1f]*(?:\t|\s{3,})")
_START = re.compile(r"^\s*ZCZC\s+")
_END = re.compile(r"(?m)^\s*(?:NNNN|-+\s*(?:ENDS?|30)\s*-+)\s*$")
_EMBARGO = re.compile(r"(?i)\b(?:embargo(?:ed)?|sperrfrist|hold for release)\b[^\d\n]{0,60}(\d[^\n]{4,60})")
_NOTEBOOK = re.compile(
    r"(?i)^\W{0,4}(?:(?:dpa[- ])?(?:notebook|notizblock)|"
    r"the following information is not (?:intended )?for publication|"
    r"die folgenden informationen sind nicht zur ver)"
)
"""Where the agency's notes to editors begin: contacts and addresses that are no news."""
_NARROW = 30
"""Columns. A headline's line that had room for the next word within these was not wrapped: it is a label of its own
("1ST LEAD", "REFILE", "France:")."""
_LONG = 600
"""Characters. No line above a story is longer; a paragraph on one line is."""
MAX_MESSAGES = 2_000


@dataclass(slots=True)
class _Header:
    source: str = ""
    number: str = ""
    priority: int | None = None
    category: str = ""
    slug: str = ""
    rest: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Top:
    """What stands above the story."""

    headline: str = ""
    summary: str = ""
    byline: str = ""
    keywords: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    indented: bool = False
    caret: bool = False
    """AP starts lines above the story with "^"."""


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
    top, lines = _top(header, [_line(raw) for raw in body.split("\n")])
    story = _paragraphs(lines)
    signed = next((found for part in story.split("\n", 3)[:3] if (found := dateline(part))), None)
    opening = story[signed.end :].lstrip() if signed else story
    title = top.headline or first_line(opening) or first_line(story) or header.slug or first_line(_plain(body))
    if not title and not story:
        return None
    at = _stamp(trailer, now) or _stamp(head, now)
    source = header.source or _trailer_source(trailer)
    slug = " / ".join(part for part in (header.slug, *top.labels, *top.keywords) if part)
    return ParsedEntry(
        guid=f"{source}{header.number}:{at:%Y%m%d}" if header.number and at else None,
        link=None,
        title=title[:MAX_TITLE],
        summary=top.summary,
        body=story[:MAX_TEXT],
        lang=lang,
        published_at=at,
        authors=(top.byline.split(",")[0].strip(),) if top.byline else (),
        tags=tuple(
            dict.fromkeys(k for k in [*top.keywords, *(label.strip(" :") for label in top.labels), header.slug] if k)
        ),
        source=(signed.agency if signed else source) or None,
        version=version_in(slug),
        status=status_of(slug=slug, headline=title),
        embargo=_embargo(f"{head}\n{body[:2_000]}"),
        urgency=header.priority,
        byline=top.byline or None,
        place=signed.place if signed else None,
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


def _line(raw: str) -> _Line:
    text = _plain(raw)
    bare = text.lstrip("^ ")
    return _Line(_PREFIX.sub("", bare).strip("^ "), _INDENT.match(raw) is not None, caret=text != bare)


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
            header.category = iptc.group(4)
            header.slug = "" if _ROUTING.match(iptc.group(6)) else _slug(iptc.group(6))
        elif number:
            header.number = number.group(1) + number.group(2)
            anpa = _ANPA_HEADER.match(number.group(3)) or anpa
        if anpa and not iptc:
            header.priority = _PRIORITY.get(anpa.group(1))
            header.category, header.slug = anpa.group(2), _slug(anpa.group(3) or "")
        if not (iptc or number or anpa):
            header.rest.append(line)
    return header


def _slug(text: str) -> str:
    return re.sub(r"(?i)^bc-", "", text.strip(" -=<^"))


def _top(header: _Header, lines: Sequence[_Line]) -> tuple[_Top, Sequence[_Line]]:
    """What stands above the story, and the lines of the story: each line is told by its shape and how it ends."""
    top = _Top()
    _read_block(top, [_line(text) for text in header.rest], in_header=True)
    at = 0
    while at < len(lines):
        block = _block(lines, at)
        used = _read_block(top, block, alone=len(block) == 1 and _stands_alone(lines, at))
        at += used
        if used < len(block):
            break
        while at < len(lines) and not lines[at].text:
            at += 1
    if not top.headline and top.keywords and not any(line.text for line in lines[at:]):
        top.headline = top.keywords.pop()
    return top, lines[at:]


def _block(lines: Sequence[_Line], at: int) -> Sequence[_Line]:
    end = next((n for n in range(at, len(lines)) if not lines[n].text), len(lines))
    return lines[at:end]


def _read_block(top: _Top, block: Sequence[_Line], *, alone: bool = False, in_header: bool = False) -> int:
    """Take from a block of lines without a blank one what belongs above the story: the number of lines taken."""
    pending: list[str] = []
    position = 0
    for position, line in enumerate(block):
        text, marked = line.text, _is_marked(line.text)
        if len(text) > _LONG or (not in_header and dateline(text)):
            break
        byline = _BYLINE.match(text) if not top.byline else None
        if byline:
            top.byline = byline.group(1).strip(" =<")
            _close(top, pending)
            pending = []
        elif _NOTE.match(text):
            top.labels += [text.strip("()=< ")] if re.fullmatch(r"\([^() ]{1,30}\)\W*", text) else []
        elif _KEYWORDS.match(text) or (not top.headline and not pending and len(text) < 120 and _SLUG.match(text)):
            top.keywords += _keywords(text)
        elif marked and not top.headline:
            _close(top, [*pending, _unmarked(text)])
            pending = []
        elif marked and (line.caret or text.endswith("=")):
            top.summary = f"{top.summary}\n{_unmarked(text)}".strip()
        elif not top.headline and any(_is_marked(later.text) for later in block[position + 1 : position + 5]):
            pending.append(text)
        elif in_header:
            top.keywords += _keywords(text)
        elif not top.headline and alone:
            top.headline = text
        else:
            break
    else:
        position = len(block)
    _close(top, pending)
    return position


def _close(top: _Top, lines: list[str]) -> None:
    """Lines that became the headline: those that had room for the next word are labels before it."""
    if not lines or top.headline:
        return
    start = 0
    for number, (line, following) in enumerate(pairwise(lines), start=1):
        if len(line) + 1 + len(following.split(" ", 1)[0]) <= _NARROW:
            start = number
    top.labels += lines[:start]
    top.headline = " ".join(lines[start:])


def _is_marked(text: str) -> bool:
    """Whether a line ends as headlines and lines above the story do."""
    return text.endswith(("=", "<")) or (text.endswith("+") and text[-2:-1].isalpha())


def _unmarked(text: str) -> str:
    return text.rstrip("=<+ ")


def _keywords(text: str) -> list[str]:
    text = _slug(re.sub(r",\s?(?:\d{2,5})?\W*$", "", text))
    return [part.strip() for part in text.split("/") if part.strip()]


def _stands_alone(lines: Sequence[_Line], position: int) -> bool:
    """A headline without a mark: one line, a blank one, and a story that starts with a dateline."""
    after = [line.text for line in lines[position + 1 : position + 5]]
    return bool(after) and not after[0] and any(dateline(line) for line in after)


def _paragraphs(lines: Sequence[_Line]) -> str:
    """Lines of a teleprinter put together: a blank line, or an indented one, starts a paragraph."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if _NOTEBOOK.match(line.text):
            break
        if not line.text:
            paragraphs.append([])
            continue
        if line.indented or line.caret:
            paragraphs.append([])
        text = line.text.rstrip("<=") if line.text.endswith(("<", "=")) else line.text
        paragraphs[-1].append(text.replace("^", "").replace("``", '"').replace("''", '"'))
    return tidy("\n".join(" ".join(p) for p in paragraphs if p))


def _stamp(text: str, now: datetime) -> datetime | None:
    """When it was sent: "081410 Jan 22" (day, hour, minute), with a zone or in UTC; AP's "01-08-22 0914EST"; Kyodo's
    "KWS-21:37-08-01-22" (Tokyo's time); the bare "081410"; None for others."""
    plain = _plain(text)
    if ap := _AP_STAMP.search(plain):
        _, month, day, year, hour, minute, zone = ap.groups()
        return parse_date(f"20{year}-{month}-{day} {hour}:{minute} {zone}")
    if kyodo := _KYODO_STAMP.search(plain):
        hour, minute, day, month, year = kyodo.groups()
        return parse_date(f"20{year}-{month}-{day} {hour}:{minute} JST")
    match = _STAMP.search(plain)
    if match:
        day, hour, minute, zone, month, year = match.groups()
        return parse_date(f"{day} {month} {year} {hour}:{minute} {zone or ''}")
    bare = re.fullmatch(r"\W*(\d\d)(\d\d)(\d\d)\s?(?:Z|GMT|UTC)?\W*", plain)
    if bare and int(bare.group(1)) in range(1, 32) and int(bare.group(2)) < 24 and int(bare.group(3)) < 60:
        return _nearest(int(bare.group(1)), int(bare.group(2)), int(bare.group(3)), now)
    return None


def _trailer_source(trailer: str) -> str:
    found = _AP_STAMP.search(_plain(trailer))
    return (found.group(1) or "") if found else ""


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
