"""Dates as feeds write them -> aware UTC datetimes.

RFC 822 with every zone name that is still met (feedparser reads MSK as UTC: three hours wrong), ISO 8601 in its
extended and basic forms, and dates in words in the languages of the feeds. What names no zone is read in the feed's
own habit (`habit`), else as UTC. What cannot be read is None: a guessed date is worse than none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

MAX_DATE = 100
"""Characters of a date that are looked at."""
_YEARS = range(1900, 2200)

_OFFSETS = {
    # hours east of UTC. Where a name has several meanings, the one that RFC 822 gives, else the most populous.
    **dict.fromkeys(("ut", "utc", "gmt", "z", "wet", "wt", "zulu"), 0.0),
    **dict.fromkeys(("bst", "ist_ie", "west", "cet", "met", "mez", "wat"), 1.0),
    **dict.fromkeys(("eet", "oez", "cest", "mest", "mesz", "sast", "cat", "kalt", "usz1"), 2.0),
    **dict.fromkeys(("eest", "trt", "fet", "idt", "eat", "ast_sa", "arst"), 3.0),
    **dict.fromkeys(("msd", "samt", "gst", "azt", "get", "amt_am", "mut", "sct", "ret"), 4.0),
    **dict.fromkeys(("azst", "pkt", "uzt", "tmt", "tjt", "yekt", "mvt", "amst_am"), 5.0),
    **dict.fromkeys(("kgt", "bdt", "btt", "omst", "novt", "bst_bd", "yekst"), 6.0),
    **dict.fromkeys(("ict", "wib", "krat", "hovt", "davt", "omsst"), 7.0),
    **dict.fromkeys(("hkt", "sgt", "myt", "pht", "awst", "wita", "irkt", "ulat", "cst_cn", "krast", "bnt"), 8.0),
    **dict.fromkeys(("jst", "kst", "wit", "yakt", "tlt", "irkst"), 9.0),
    **dict.fromkeys(("aest", "vlat", "chst", "pgt", "yakst"), 10.0),
    **dict.fromkeys(("aedt", "magt", "sbt", "vuvt", "sakt", "srett", "vlast"), 11.0),
    **dict.fromkeys(("nzst", "pett", "fjt", "anat", "magst"), 12.0),
    "nzdt": 13.0, "ist": 5.5, "irst": 3.5, "irdt": 4.5, "aft": 4.5, "npt": 5.75, "mmt": 6.5, "acst": 9.5, "acdt": 10.5,
    "azot": -1.0, "cvt": -1.0, "azost": 0.0, "brst": -2.0, "brt": -3.0, "art": -3.0, "uyt": -3.0, "clst": -3.0,
    "adt": -3.0, "ndt": -2.5, "nst": -3.5, "ast": -4.0, "edt": -4.0, "clt": -4.0, "bot": -4.0, "vet": -4.0, "gyt": -4.0,
    "est": -5.0, "cdt": -5.0, "pet": -5.0, "cot": -5.0, "ect": -5.0, "cst": -6.0, "mdt": -6.0, "mst": -7.0, "pdt": -7.0,
    "pst": -8.0, "akdt": -8.0, "akst": -9.0, "hst": -10.0, "hast": -10.0, "sst": -11.0,
    "ет": 2.0, "киев": 2.0,
}  # fmt: skip
_PLACES = {
    # Names whose offset changed with the law: the tz database knows when.
    "msk": "Europe/Moscow", "мск": "Europe/Moscow", "almt": "Asia/Almaty", "alma": "Asia/Almaty",
    "qyzt": "Asia/Qyzylorda",
    "aqtt": "Asia/Aqtobe", "aqtst": "Asia/Aqtobe", "orat": "Asia/Oral", "astt": "Asia/Almaty", "kzt": "Asia/Almaty",
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
}  # fmt: skip

_ISO = re.compile(
    r"""(?x)^\s*(\d{4})-?(?:(\d\d)(?:-?(\d\d))?|W(\d\d)-?([1-7])|(\d{3}))(?!\d)
    (?:(?:[Tt_]|\s+|\s*,\s*)(\d{1,2})(?::?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?)?\s*(.*)$"""
)
_TIME = re.compile(
    r"(?<![\d.])(\d{1,2})(?::|h|ч\.?|時|시)\s?(\d\d)(?:(?::|m|分|분)\s?(\d\d)(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\b\.?)?"
)
_OFFSET = re.compile(r"(?:(?:GMT|UTC?)\s*)?([+\-\u2212\u2013])\s?(\d{1,2})(?::?(\d\d))?(?!\d)", re.IGNORECASE)
_NUMERIC = re.compile(r"(?<!\d)(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?!\d)")
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_NUMBER = re.compile(r"\d+")
_EPOCH = re.compile(r"^\s*(\d{9,10})(?:\.\d+)?\s*$|^\s*(\d{12,13})\s*$")
_MONTHS_EN = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LOCALES = (
    "en", "de", "ru", "kk", "uk", "be", "ky", "uz", "tr", "az", "tk", "tg_Cyrl", "fr", "es", "it", "pt", "nl",
    "pl", "cs", "sk", "sl", "hr", "sr", "sr_Latn", "bg", "mk", "ro", "hu", "el", "da", "sv", "nb", "fi", "et",
    "lv", "lt", "ka", "hy", "he", "ar", "fa", "ur", "hi", "bn", "id", "ms", "vi", "mn", "ko", "sq",
)  # fmt: skip
_EXTRA_MONTHS = {
    # Abbreviations and spellings that CLDR lacks.
    "sept": 9, "mär": 3, "mrz": 3, "maerz": 3, "jänner": 1, "jän": 1, "feber": 2, "july": 7, "june": 6, "окт": 10,
    "сен": 9, "сент": 9, "нояб": 11, "ноя": 11, "фев": 2, "февр": 2, "янв": 1, "мая": 5, "май": 5, "июн": 6,
    "июл": 7, "авг": 8, "дек": 12, "апр": 4, "мар": 3, "қаң": 1, "ақп": 2, "нау": 3, "сәу": 4, "мам": 5, "мау": 6,
    "шіл": 7, "там": 8, "қыр": 9, "қаз": 10, "қар": 11, "жел": 12, "qańtar": 1, "qantar": 1, "aqpan": 2,
    "naýryz": 3, "nauryz": 3, "sáýir": 4, "mamyr": 5, "maýsym": 6, "shilde": 7, "tamyz": 8, "qyrkúıek": 9,
    "qazan": 10, "qarasha": 11, "jeltoqsan": 12, "yanvar": 1, "січ": 1, "лют": 2, "бер": 3, "кві": 4, "тра": 5,
    "чер": 6, "лип": 7, "сер": 8, "вер": 9, "жов": 10, "лис": 11, "гру": 12,
}  # fmt: skip


def parse_date(text: str | None, *, habit: tzinfo = UTC) -> datetime | None:
    """The moment that `text` names, in UTC, or None. `habit` is the zone of a date that names none. Never raises."""
    if not text:
        return None
    text = _western_digits(" ".join(text[: MAX_DATE * 2].split())[:MAX_DATE])
    try:
        return _epoch(text) or _iso(text, habit) or _words(text, habit)
    except (ValueError, OverflowError):
        return None


def zone_of(text: str | None) -> tzinfo | None:
    """The zone that a date names, or None: to learn a feed's habit."""
    if not text:
        return None
    text = _western_digits(" ".join(text[:MAX_DATE].split()))
    iso = _ISO.match(text)
    if iso and iso.group(7):
        return _zone(iso.group(10))
    time = _TIME.search(text)
    return _zone(text[time.end() :]) if time else None


def _western_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and unicodedata.digit(c, -1) >= 0 else c for c in text)


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.match(text)
    if not match:
        return None
    seconds = int(match.group(1)) if match.group(1) else int(match.group(2)) // 1000
    return datetime.fromtimestamp(seconds, UTC)


def _iso(text: str, habit: tzinfo) -> datetime | None:
    match = _ISO.match(text)
    if not match:
        return None
    year, month, day, week, weekday, ordinal, hour, minute, second, rest = match.groups()
    if rest and not hour and not _is_zone(rest):
        return None
    if week:
        date = datetime.fromisocalendar(int(year), int(week), int(weekday))
    elif ordinal:
        date = datetime(int(year), 1, 1) + timedelta(days=int(ordinal) - 1)  # noqa: DTZ001
    else:
        date = datetime(int(year), int(month), int(day or 1))  # noqa: DTZ001
    zone = _zone(rest or "") if hour else None
    return _moment(date, int(hour or 0), int(minute or 0), int(second or 0), zone or habit)


def _is_zone(text: str) -> bool:
    return _zone(text) is not None


def _words(text: str, habit: tzinfo) -> datetime | None:
    """A date in words or with slashes, with or without a time, in any order."""
    hour = minute = second = 0
    zone: tzinfo | None = None
    match = _TIME.search(text)
    american = False
    rest = text
    if match:
        hour, minute, second = int(match.group(1)), int(match.group(2)), int(match.group(3) or 0)
        if match.group(4):
            american = True
            hour = hour % 12 + (12 if match.group(4)[0] in "Pp" else 0)
        after = text[match.end() :]
        zone = _zone(after)
        offset = _OFFSET.match(after.lstrip(" ("))
        if offset and offset.group(3) is not None:
            after = after.lstrip(" (")[offset.end() :]
        rest = text[: match.start()] + " " + after
    date = _date(rest, american)
    return _moment(date, hour, minute, second, zone or habit) if date else None


def _date(text: str, american: bool) -> datetime | None:
    cjk = _CJK.search(text)
    if cjk:
        return datetime(*map(int, cjk.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    numeric = _NUMERIC.search(text)
    if numeric:
        return _numeric_date(numeric, american)
    month = _month(text)
    if month is None:
        return None
    numbers = [(n.group(), int(n.group())) for n in _NUMBER.finditer(text) if len(n.group()) in (1, 2, 4)]
    years = [v for s, v in numbers if len(s) == 4]
    small = [v for s, v in numbers if len(s) < 4]
    if years:
        return datetime(years[0], month, small[0] if small else 1)  # noqa: DTZ001
    if len(small) < 2:
        return None
    return datetime(_full_year(small[1]), month, small[0])  # noqa: DTZ001


def _numeric_date(match: re.Match[str], american: bool) -> datetime:
    first, separator, second, third = match.groups()
    if len(first) == 4:
        return datetime(int(first), int(second), int(third))  # noqa: DTZ001
    day, month = int(first), int(second)
    if month > 12 or (separator == "/" and american and day <= 12):
        day, month = month, day
    year = int(third) if len(third) == 4 else _full_year(int(third))
    return datetime(year, month, day)  # noqa: DTZ001


def _full_year(value: int) -> int:
    return value if value > 99 else value + (2000 if value < 70 else 1900)


def _month(text: str) -> int | None:
    """The month named after the first number, else before it: "mar, 11 ene 2022" starts with a weekday."""
    first = _NUMBER.search(text)
    split = first.start() if first else 0
    return _month_in(text[split:]) or _month_in(text[:split])


def _month_in(text: str) -> int | None:
    words = [w.casefold() for w in _WORD.findall(text)]
    for word in words:
        if word.isascii() and word[:3] in _MONTHS_EN and len(word) <= 9 and _looks_english(word):
            return _MONTHS_EN.index(word[:3]) + 1
    names = month_names()
    for word in words:
        if word in names:
            return names[word]
    for word in words:  # inflected ("қаңтарда", "Januars"): the longest name that begins the word
        if len(word) > 4:
            best = max((n for n in names if len(n) > 3 and word.startswith(n)), key=len, default=None)
            if best:
                return names[best]
    return None


def is_month(word: str) -> bool:
    """Whether a word is a month's name or abbreviation in any language that feeds are read in."""
    return _month_in(word) is not None


_FULL_EN = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def _looks_english(word: str) -> bool:
    return any(full.startswith(word) for full in _FULL_EN) or word == "sept"


@cache
def month_names() -> Mapping[str, int]:
    """Month names and abbreviations by casefolded form, of every language that feeds are read in (from CLDR).

    A form that means different months in two languages belongs to the language listed first.
    """
    names: dict[str, int] = dict(_EXTRA_MONTHS)
    for locale in _LOCALES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale).items():
                    for word in _WORD.findall(str(name).casefold()):
                        if len(word) > 2:
                            names.setdefault(word, int(number))
    for word in ("de", "del", "год", "года", "чис"):
        names.pop(word, None)
    return names


def _zone(text: str) -> tzinfo | None:
    """The zone at the start of what follows a time: an offset, a name, or None."""
    text = text.strip(" ([,")
    if not text:
        return None
    offset = _OFFSET.match(text)
    if offset:
        return _fixed(offset)
    word = re.match(r"[^\W\d_]+", text)
    if not word:
        return None
    name = word.group().casefold()
    if name in _OFFSETS:
        rest = _OFFSET.match(text[word.end() :].strip()) if name in ("gmt", "utc", "ut") else None
        return _fixed(rest) if rest else timezone(timedelta(hours=_OFFSETS[name]))
    if name in _PLACES:
        return ZoneInfo(_PLACES[name])
    if re.match(r"(?:Europe|Asia|America|Africa|Australia|Pacific|Atlantic|Indian)/[A-Za-z_]{2,20}$", text):
        try:
            return ZoneInfo(text)
        except (KeyError, ValueError, OSError):
            return None
    return None


def _fixed(match: re.Match[str]) -> tzinfo | None:
    sign, hours, minutes = match.group(1), int(match.group(2)), int(match.group(3) or 0)
    if hours > 14 or minutes > 59:
        return None
    delta = timedelta(hours=hours, minutes=minutes)
    return timezone(delta if sign == "+" else -delta)


def _moment(date: datetime, hour: int, minute: int, second: int, zone: tzinfo) -> datetime | None:
    if hour > 24 or minute > 59 or date.year not in _YEARS or (hour == 24 and (minute or second)):
        return None
    local = date + timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
    return local.replace(tzinfo=zone).astimezone(UTC)
