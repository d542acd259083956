"""What an agency says of an item: from its status field, its signals, and the words in slug and headline.

Words are those that agencies' style guides name for withdrawn, held, corrected and renewed stories, in their languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from watchbot.model import EntryStatus

_FIELD = {
    "canceled": EntryStatus.CANCELED,
    "cancelled": EntryStatus.CANCELED,
    "killed": EntryStatus.CANCELED,
    "kill": EntryStatus.CANCELED,
    "deleted": EntryStatus.CANCELED,
    "retracted": EntryStatus.CANCELED,
    "withdrawn": EntryStatus.CANCELED,
    "delete": EntryStatus.CANCELED,
    "remove": EntryStatus.CANCELED,
    "removed": EntryStatus.CANCELED,
    "withheld": EntryStatus.WITHHELD,
    "corrected": EntryStatus.CORRECTED,
    "correction": EntryStatus.CORRECTED,
    "corrects": EntryStatus.CORRECTED,
    "advisory": EntryStatus.ADVISORY,
    "updated": EntryStatus.UPDATED,
    "update": EntryStatus.UPDATED,
}
_WORDS = (
    (
        EntryStatus.CANCELED,
        r"(?:mandatory |bulletin )?kill(?:ed)?|story kill|elimination|withdrawn|withdrawal|retract(?:ed|ion)|"
        r"annul(?:ation|é|ée)|"
        r"storno|stornierung|zurückgezogen|anula(?:do|da|ción)|annullat[ao]|annullamento|аннулир\w*|аннуляция|отозвано|снято|iptal",
    ),
    (EntryStatus.WITHHELD, r"withh(?:e|o)ld|hold for release|zurückgestellt"),
    (
        EntryStatus.CORRECTED,
        r"correct(?:ion|ed|s|ive|ing and replacing)|correction et mise à jour|corr|"
        r"korrektur|berichtig(?:ung|t)|korrigiert|rectificat(?:ion|if)|correction|correcci[oó]n|"
        r"corrige|corregid[ao]|rettifica|correzione|поправка|уточнение|исправлен\w*|түзету|düzeltme|виправлен\w*",
    ),
    (
        EntryStatus.ADVISORY,
        r"(?:media )?advis(?:ory|ories)?|editors'? note|note to editors|achtung|redaktionshinweis|"
        r"aviso|avis",
    ),
    (
        EntryStatus.UPDATED,
        r"updat(?:e|ed|es)(?: ?\d+)?|writethru|\d+(?:st|nd|rd|th)[ -]?(?:ld|lead)(?:-writethru)?|refile|neufassung|"
        r"aktualisier(?:ung|t)|actualisation|actualizaci[oó]n|aggiornamento|обновлен\w*|дополнен\w*",
    ),
)
_IN_SLUG = tuple(
    (status, re.compile(rf"(?i)(?:^|[-/_,;:.()\s])(?:{words})(?:$|[-/_,;:.()\s])")) for status, words in _WORDS
)
_LEADING = tuple(
    (
        status,
        re.compile(rf"(?i)^\W*(?:(?:urgent|eilmeldung|eil|срочно|flash|alert)\W+)?(?:{words})\s*(?:[:\-–—/.()*=]|$)"),
    )
    for status, words in _WORDS
)
_ORDINAL = re.compile(r"(?i)\b(\d{1,2})(?:st|nd|rd|th)[ -]?(?:ld|lead)\b")


def status_of(
    field: str = "", *, signals: Iterable[str] = (), slug: str = "", headline: str = "", note: str = ""
) -> EntryStatus:
    """The status of an item. The field decides unless it says "usable"; then signals, slug, headline and note do."""
    said = _FIELD.get(_tail(field))
    if said is not None:
        return said
    for signal in signals:
        if (said := _FIELD.get(_tail(signal))) is not None:
            return said
    for status, pattern in _IN_SLUG:
        if slug and pattern.search(slug):
            return status
    for text in (headline, note):
        for status, pattern in _LEADING:
            if text and pattern.search(text):
                return status
    return EntryStatus.USABLE


def version_in(slug: str) -> int | None:
    """The version that a slug names: "1st Ld" renews the first, so it is the second."""
    match = _ORDINAL.search(slug)
    return int(match.group(1)) + 1 if match else None


def _tail(code: str) -> str:
    """The last part of a code: "stat:canceled" or "http://cv.iptc.org/newscodes/pubstatusg2/canceled" -> "canceled"."""
    return re.split(r"[:/#]", code.strip().lower())[-1]
