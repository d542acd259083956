"""Fingerprints of texts: what an agency or an editor puts around a text is stripped, the rest is hashed or shingled."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

MAX_TEXT = 20_000
"""Characters of a text that count: a copy shows itself long before, and a 1 MB summary must not cost a second."""
SHINGLE = 3
"""Words in a shingle. Titles with a summary have 20 to 40 words; longer shingles break on every changed word."""


class Mark(StrEnum):
    """What an editor's label says of a text."""

    UPDATE = "update"
    BREAKING = "breaking"
    CORRECTION = "correction"
    KILL = "kill"
    ADVISORY = "advisory"


_LABELS: tuple[tuple[Mark, str], ...] = (
    (
        Mark.KILL,
        r"kill|mandatory kill|withdrawn?|withdrawal|retracted|retraction|canceled|cancelled|annulled|аннулируется|"
        r"аннулировано|отзыв|снято|zurückgezogen|annulation|annul[ée]e?|anulad[oa]|retirad[oa]|ritirat[oa]",
    ),
    (
        Mark.CORRECTION,
        r"correct(?:ion|ed|s|ing)?|corrects|корр?екция|исправлен(?:ие|о)|поправка|уточнение|"
        r"berichtigung|korrektur|korrigiert|"
        r"correction|corrig[ée]e?|rectificatif|corrección|corregid[oa]|correzione|corretto|düzeltme|"
        r"түзету|更正|訂正|정정|تصحيح",
    ),
    (Mark.ADVISORY, r"advisory|media advisory|hinweis|embargo(?:ed)?"),
    (
        Mark.UPDATE,
        r"upd(?:ate)?|updated|recasts?|refile|wrapup|wrap|the latest|latest|lead|more|обновлен(?:о|"
        r"ие)|дополнен(?:о|ие)|"
        r"aktualisiert|update|ergänzung|zusammenfassung|actualis[ée]e?|mise à jour|actualización|"
        r"actualizad[oa]|aggiornamento|"
        r"güncelleme|жаңартылды|更新|更新版|업데이트|تحديث",
    ),
    (
        Mark.BREAKING,
        r"breaking(?: news)?|urgent|flash|exclusive|alert|just in|newsalert|bulletin|snap|live|срочно|молния|эксклюзив|"
        r"eilmeldung|eil|flash info|urgente|última hora|ultim'ora|son dakika|acil|pilne|шұғыл|速報|突发|"
        r"快讯|急讯|속보|عاجل|dernière minute|"
        r"factbox|analysis|explainer|opinion|video|photos?|watch",
    ),
)
_LABEL = "|".join(f"(?P<{mark.name}>{words})" for mark, words in _LABELS)
_PREFIX = re.compile(
    rf"^\s*(?:[\[(【*]+\s*)?(?:{_LABEL})(?:\s*(?:no\.?\s*)?(?P<number>\d{{1,2}}))?\s*(?:[\])】*]+\s*[-:–—]*|[-:–—|!]+|\.\s)\s*",
    re.I,
)
_SUFFIX = re.compile(
    rf"\s*(?:[\[(]\s*(?:{_LABEL}|part|часть|teil|partie|add|ч\.?|version|v\.?)\s*(?P<number>\d{{1,2}})?\s*[\])])\s*$",
    re.I,
)
_SIGNATURES: dict[str, tuple[str, ...]] = {
    "Reuters": ("reuters", "рейтер", "рейтерс"),
    "AP": ("ap", "associated press"),
    "AFP": ("afp", "афп"),
    "dpa": ("dpa",),
    "TASS": ("tass", "тасс"),
    "Interfax": ("interfax", "интерфакс"),
    "RIA Novosti": ("ria novosti", "риа новости"),
    "Xinhua": ("xinhua", "新华社"),
    "Anadolu": ("anadolu", "aa"),
    "EFE": ("efe",),
    "ANSA": ("ansa",),
    "Kyodo": ("kyodo",),
    "Yonhap": ("yonhap",),
    "Bloomberg": ("bloomberg",),
    "Kazinform": ("kazinform", "казинформ", "qazaqparat"),
    "Ukrinform": ("ukrinform",),
    "PAP": ("pap",),
    "MTI": ("mti",),
    "APA": ("apa",),
    "Keystone-SDA": ("sda",),
    "Belga": ("belga",),
    "ANP": ("anp",),
    "NTB": ("ntb",),
    "Ritzau": ("ritzau",),
    "STT": ("stt",),
    "ČTK": ("ctk", "čtk"),
    "TASR": ("tasr",),
    "UPI": ("upi",),
    "PTI": ("pti",),
    "Trend": ("trend",),
    "AKIpress": ("akipress",),
    "BelTA": ("belta",),
    "Lusa": ("lusa",),
}
"""Agencies, and how they sign datelines and credits, in lower case."""
AGENCIES: dict[str, str] = {sign: name for name, signs in _SIGNATURES.items() for sign in signs}
_SIGNS = tuple(sorted((s for s in AGENCIES if not any(o != s and o in s for o in AGENCIES)), key=len))
"""The signatures that hold no other one: where none of these stands, none stands."""
_ENDINGS = tuple(AGENCIES)
_CLOSING = (")", "]")
_AGENCY = "|".join(sorted(map(re.escape, AGENCIES), key=len, reverse=True))
_DATE = r"\d{1,2}\.?\s*[^\W\d_]{3,10}\.?|[^\W\d_]{3,10}\.?\s*\d{1,2}|\d{1,2}\.\d{1,2}\.?"
_DATELINE = re.compile(
    rf"^\s*(?:[^\W\d_][\w .’'/-]{{1,28}}?,?\s*(?:{_DATE})?[,.]?\s*[—–-]?\s*)?"
    rf"[(\[]?\s*(?P<agency>{_AGENCY})(?:/[\w ]{{2,12}})?\s*[)\]]?\s*(?:[—–:-]+|\.)\s+",
    re.IGNORECASE,
)
_DATED = re.compile(rf"(?:{_AGENCY})(?:/[\w ]{{2,12}})?\s*[)\]]?\s*(?:[—–:-]+|\.)\s")
"""The end of a dateline, in lower case: where it is nowhere, `_DATELINE` need not try all its beginnings."""
MAX_DATELINE = 200
"""Characters at the start of a text that may be a dateline: place, date, agency and their marks."""
_CREDIT = re.compile(rf"\s*[(\[]\s*(?P<agency>{_AGENCY})\s*[)\]]|\s+[-–—|]\s+(?P<tail>{_AGENCY})\s*$", re.I)
_IN_BRACKETS = re.compile(rf"[(\[]\s*(?:{_AGENCY})\s*[)\]]", re.I)
_BYLINE = re.compile(
    r"^\s*(?i:by|von|par|por|di|автор:?|door)\s+(?:[^\W\d_a-zа-я][\w.’'-]+\s*){2,4}(?:,[^—–-]{1,40})?(?:[—–:-]|\n)\s*"
)
_CUT_OFF = ("..", "…", "]", "read more", "читать далее", "weiterlesen")
"""What the end of a text must be for `_ELLIPSIS`, which is slow to find out that it is not."""
_ELLIPSIS = re.compile(r"(?:\s*(?:\.{2,}|…|\[…\]|\[\.\.\.\]|read more|читать далее|weiterlesen))+\s*$", re.I)
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f])")


@dataclass(frozen=True, slots=True)
class Stripped:
    """A title without its labels, what the labels said, and the agency named in it or in the text's dateline."""

    title: str
    marks: frozenset[Mark]
    number: int | None = None
    """The N of "UPDATE N-"."""


# One entry asks for the same title and text several times in a row, never much later.
@lru_cache(maxsize=64)
def strip_title(title: str) -> Stripped:
    """Remove "UPDATE 2-", "BREAKING:", "CORRECTED-", "(updated)", "(Reuters)" ... from a title."""
    marks: set[Mark] = set()
    number: int | None = None
    text = title[:1000]
    for _ in range(3):
        match = _PREFIX.match(text) or (_SUFFIX.search(text) if text.rstrip()[-1:] in _CLOSING else None)
        if match is None or len(match.group(0)) >= len(text.rstrip()):
            break
        marks |= {mark for mark in Mark if match.groupdict().get(mark.name)}
        number = int(match["number"]) if match["number"] else number
        text = text[match.end() :] if match.start() == 0 else text[: match.start()]
    text = _uncredited(text).strip()
    return Stripped(text or title.strip()[:1000], frozenset(marks), number)


@lru_cache(maxsize=8)
def strip_text(text: str) -> str:
    """Remove a dateline, a byline, agency credits and a truncation mark from a summary or body."""
    text = text[:MAX_TEXT]
    if byline := _BYLINE.match(text):
        text = text[byline.end() :]
    if dateline := _dateline(text):
        text = text[dateline.end() :]
    text = _uncredited(text)
    text = text.rstrip()
    return (_ELLIPSIS.sub("", text) if text.lower().endswith(_CUT_OFF) else text).strip()


def _uncredited(text: str) -> str:
    return _CREDIT.sub("", text) if _may_be_credited(text) else text


def _may_be_credited(text: str) -> bool:
    """Whether `_CREDIT` may find anything: a quick look, since nearly all texts have no credit."""
    return text.rstrip().lower().endswith(_ENDINGS) or _IN_BRACKETS.search(text) is not None


def _dateline(text: str) -> re.Match[str] | None:
    head = text[:MAX_DATELINE].lower()
    for sign in _SIGNS:  # most texts hold none, and looking is quicker than the patterns are
        if sign in head:
            return _DATELINE.match(text) if _DATED.search(head) else None
    return None


def _credit(text: str) -> re.Match[str] | None:
    return _CREDIT.search(text) if _may_be_credited(text) else None


def origin_of(*texts: str) -> str | None:
    """The agency that a dateline or credit names, or None."""
    for text in texts:
        head = text[:300]
        match = _dateline(head) or _credit(head) or _credit(text[-120:])
        if match:
            name = match.groupdict().get("agency") or match.groupdict().get("tail") or ""
            return AGENCIES.get(name.lower())
    return None


@lru_cache(maxsize=8)
def fold_words(text: str) -> tuple[str, ...]:
    """Words for comparison: NFKC, case-folded, without punctuation; a script without spaces gives its characters."""
    text = text[:MAX_TEXT]
    text = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return tuple(_WORD.findall(text if text.isascii() else _UNSPACED.sub(r" \1 ", text)))


def shingles(words: Sequence[str], size: int = SHINGLE) -> set[str]:
    """All runs of `size` words; a shorter text is one shingle."""
    if len(words) <= size:
        return {" ".join(words)} if words else set()
    return {" ".join(words[i : i + size]) for i in range(len(words) - size + 1)}


def text_digest(title: str, text: str, salt: str = "") -> str:
    """SHA-256 hex of title and text as `fold_words` reads them, labels stripped. `salt` keeps short texts apart."""
    words = [*fold_words(strip_title(title).title), "\n", *fold_words(strip_text(text))]
    return hashlib.sha256((salt + "\0" + " ".join(words)).encode("utf-8", "surrogatepass")).hexdigest()
