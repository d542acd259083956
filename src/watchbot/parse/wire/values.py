"""Values that the agencies' formats share: authors, languages, numbers."""

from __future__ import annotations

import re
from functools import cache

from babel.core import get_global

_BY = re.compile(r"(?i)^(?:by|von|par|por|di|da|av|af|door|de)\s+(?=\S)")
_OFFICE = re.compile(
    r"(?i)\b(?:agen\w*|press|news\w*|correspondent\w*|editor\w*|reporter\w*|writer\w*|staff|korrespondent\w*|redakt\w*|"
    r"journalist\w*|afp|ap|apa|dpa|pa|reuters|tass|ansa|efe)\b"
)
"""What says that the rest of a by-line is an office, not another author."""
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$")


def authors_of(byline: str) -> tuple[str, ...]:
    """The person of a by-line: "By Jane Doe, Press Association" -> Jane Doe."""
    bare = _BY.sub("", byline.strip()).strip(" ,;")
    person, _, rest = bare.partition(",")
    bare = person.strip() if rest and _OFFICE.search(rest) else bare
    return (bare,) if bare else ()


def language_of(tag: str | None) -> str | None:
    """A language tag as BCP 47 writes it: "FR" is fr, "nl_BE" nl-BE, "swe" sv; None for what is no tag.

    "GB", which AFP's older files say for English, is a country's code and no language's.
    """
    text = (tag or "").strip().replace("_", "-")
    if not _TAG.match(text):
        return None
    primary, hyphen, rest = text.partition("-")
    primary = primary.lower()
    return _short_codes().get(primary, primary) + hyphen + rest


@cache
def _short_codes() -> dict[str, str]:
    """ISO 639-2 codes with a two-letter form (from CLDR's aliases)."""
    aliases = get_global("language_aliases")
    return {"gb": "en", **{k: v for k, v in aliases.items() if len(k) == 3 and len(v) == 2 and k.isalpha()}}


def first_line(text: str) -> str:
    """The start of a text that has no headline (captions, flashes): something to show and to match."""
    return text.split("\n", 1)[0][:200].strip()


def whole(text: str, low: int = 0, high: int = 10_000) -> int | None:
    """A whole number within bounds, else None."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 and low <= int(text) <= high else None
