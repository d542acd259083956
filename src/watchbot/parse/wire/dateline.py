"""Datelines: where a story was written, by whose agency, as the start of a text or a field of its own says it.

    ALMATY, Kazakhstan, Jan. 8 (AP) --      МОСКВА, 8 января. /ТАСС/.      (ANSA) - ROMA, 8 GEN -
    SEOUL, Jan 8 AFP -                      København /ritzau/:            Астана. 8 января. КазТАГ -

Shapes are those of the agencies' published style and of the files they send. A dateline is worth less than a mistaken
one costs: what does not look like a place and an agency is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from watchbot.parse.dates import is_month

_AGENCIES = frozenset({
    "aa", "aap", "adn", "afp", "agerpres", "akipress", "ana", "ana-mpe", "anadolu", "ani", "anp", "ansa", "ap",
    "apa", "armenpress", "ats", "azertac", "bbc", "belga", "belta", "bernama", "bns", "bta", "businesswire",
    "cna", "cp", "ctk", "čtk", "dha", "dpa", "efe", "elta", "eta", "hina", "ians", "iha", "ina", "interfax",
    "irna", "isna", "itar-tass", "jiji", "kaztag", "kazinform", "kcna", "keystone-sda", "kuna", "kyodo", "leta",
    "lusa", "map", "mehr", "mena", "mti", "mtva", "ntb", "pa", "pap", "petra", "pti", "qna", "reuters",
    "ritzau", "sana", "sapa", "sda", "spa", "srna", "sta", "stt", "tanjug", "tap", "tasnim", "tass", "tasr",
    "tca", "tt", "ukrinform", "unb", "unian", "uni", "upi", "uza", "vna", "wafa", "wam", "xinhua", "yonhap",
    "азертадж", "белта", "интерфакс", "казинформ", "казтаг", "қазақпарат", "кабар", "риа", "тасс", "итар-тасс",
    "тренд", "укринформ", "уніан", "унн", "хабар",
})  # fmt: skip
"""Names that sign datelines without brackets ("SEOUL, Jan 8 AFP -") or without a dash ("Paris (ats afp) Les")."""
_PLACE = r"(?P<place>[^\W\d_](?:[^()/=:;«»\"“”\d\n]|/(?=[^\W\d_])){1,60}?)"
_DATE = (
    r"(?:\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?|\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3,12}\.?(?:\s(?:de\s)?\d{4})?|"
    r"[^\W\d_]{3,12}\.?\s\d{1,2}(?:,?\s\d{4})?)"
)
_NAME = r"(?P<agency>[^\W\d_][\w .&/'-]{0,40}?)"
_DASH = r"\s*[-–—_=:]{1,3}(?=\s|$)"
_BRACKETED = re.compile(
    rf"{_PLACE}(?:[,.]?\s+{_DATE})?[\s.,]*(?:\({_NAME}\)|/(?P<agency2>[\w .&-]{{2,30}})/)"
    rf"(?P<end>\.?{_DASH}|\.|:)?(?=\s|$)"
)
_BARE = re.compile(rf"{_PLACE}(?:[,.]\s*{_DATE})[\s.,]*(?:[-–—]\s)?\s*{_NAME}(?:{_DASH}|\.\s)")
_AGENCY_FIRST = re.compile(rf"\({_NAME}\){_DASH}\s+{_PLACE}(?:,\s*{_DATE})?{_DASH}")
_DATE_ANYWHERE = re.compile(_DATE)
_OPENING = 200
"""Characters of a text's first lines that a dateline is looked for in."""


@dataclass(frozen=True, slots=True)
class Dateline:
    """A place as written ("ALMATY, Kazakhstan") and the agency's name; `end` is where the story goes on."""

    place: str
    agency: str
    end: int


def dateline(text: str) -> Dateline | None:
    """The dateline that a line of text starts with."""
    start = text.lstrip(" \t.-–—*#^")
    skipped = len(text) - len(start)
    head = start[:_OPENING]
    for pattern in (_AGENCY_FIRST, _BRACKETED, _BARE):
        match = pattern.match(head)
        if match is None:
            continue
        found = match.groupdict()
        agency = (found["agency"] or found.get("agency2") or "").strip()
        abbreviated = ", " in found["place"] and head[match.end("place") :].startswith(".")
        place = _place(found["place"] + "." * abbreviated)
        dated = _DATE_ANYWHERE.search(match.group()) is not None
        if place and _is_signed(agency, ended=pattern is not _BARE and bool(found.get("end", "-")), dated=dated):
            return Dateline(place, agency, skipped + match.end())
    return None


def place_in_text(text: str) -> str | None:
    """The place in the dateline of a story, which may stand under a by-line, a note or a list of points."""
    for line in text.split("\n", 6)[:6]:
        if found := dateline(line):
            return found.place
    return None


def place_in_field(text: str) -> str | None:
    """The place that a dateline field names. Agencies put dates alone in it, their own name, or "No-Data-Available"."""
    text = text.strip()
    if found := dateline(text if text.endswith(("-", "–", "—", ":")) else f"{text} -"):
        return found.place
    if text[:1].isdigit():
        return None
    text = re.sub(r"\s*(?:\(|/[^/]*/).*$", "", text)
    words = _place(_without_date(text)).split()
    while len(words) > 1 and words[-1].strip(".,").casefold() in _AGENCIES:
        words.pop()
    return _place(" ".join(words)) or None


def _place(text: str) -> str:
    """A place without what surrounds it; "" for what is none: no capital, too many words, a placeholder."""
    place = _without_date(text).strip(" ,-–—")
    place = place if ", " in place else place.rstrip(".")  # "CHATHAM, Mass."
    if not place or place.casefold() in ("no-data-available", "none", "n/a", "unknown") or len(place.split()) > 6:
        return ""
    cased = [c for c in place if c.isupper() or c.islower()]
    return "" if cased and cased[0].islower() else place


def _without_date(text: str) -> str:
    """The text up to a date in it."""
    for match in _DATE_ANYWHERE.finditer(text):
        if re.search(r"\d[./-]\d", match.group()) or any(is_month(w) for w in re.findall(r"[^\W\d_]+", match.group())):
            return text[: match.start()]
    return text


def _is_signed(agency: str, *, ended: bool, dated: bool) -> bool:
    """Whether it is an agency that signs: a known one anywhere, another one before a dash.

    Capitals alone after a name are a country or a party ("Emma Raducanu (GBR) -"), unless a date stands between;
    small letters are an aside.
    """
    if any(part in _AGENCIES for part in re.split(r"[\s/.]+", agency.casefold()) if part):
        return True
    return ended and len(agency.split()) <= 4 and (dated or (agency[:1].isupper() and not agency.isupper()))
