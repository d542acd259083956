# ruff: noqa: SIM905 - a list of codes
"""Which language a text is in, as far as its letters say, and which scripts languages use."""

from __future__ import annotations

import re

CYRILLIC_LANGS = frozenset(
    "ru uk be bg mk sr kk ky tg mn tt ba cv uz az ce os ab bs kaa sah udm myv mdf tyv rue cu kv inh lez av kbd".split()
)
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_CYRILLIC_SIGNS = (
    (re.compile("[ўЎ](?=.*[ыыі])|[іІ].*[ыў]", re.DOTALL), "be"),
    (re.compile("[їєґЇЄҐ]|[іІ]"), "uk"),
    (re.compile("[ҷӣӯҶӢӮ]"), "tg"),
    (re.compile("[ұәҰӘғҒ].*[қңө]|[ұҰ]|[әі].*[қң]", re.DOTALL), "kk"),
    (re.compile("[ўҳЎҲ]|қ"), "uz"),
    (re.compile("[ңҢ]"), "ky"),
    (re.compile("[өүӨҮ]"), "mn"),
    (re.compile("[ѓќѕЃЌЅ]"), "mk"),
    (re.compile("[јљњђћџЈЉЊЂЋЏ]"), "sr"),
    (re.compile("[ыэёЫЭЁ]"), "ru"),
    (re.compile("ъ"), "bg"),
)
_LATIN_SIGNS = (
    (re.compile("[ləƏ]ə|ə"), "az"),
    (re.compile("[łŁąęśźŚŹ]"), "pl"),
    (re.compile("[ěřůĚŘŮ]"), "cs"),
    (re.compile("[ľĺŕĽ]"), "sk"),
    (re.compile("[őűŐŰ]"), "hu"),
    (re.compile("[ğıİĞ]"), "tr"),
    (re.compile("[ășțĂȘȚ]"), "ro"),
    (re.compile("[ėųįĖŲĮ]"), "lt"),
    (re.compile("[āēīļņģķ]"), "lv"),
    (re.compile("[đćĆĐ]"), "hr"),
    (re.compile("[ñ¿¡Ñ]"), "es"),
    (re.compile("[ãõÃ]"), "pt"),
    (re.compile("ß"), "de"),
)
_OTHER_SIGNS = (
    (re.compile(r"[\u0370-\u03ff]"), "el"),
    (re.compile(r"[\u0530-\u058f]"), "hy"),
    (re.compile(r"[\u10a0-\u10ff]"), "ka"),
    (re.compile(r"[\u0590-\u05ff]"), "he"),
    (re.compile(r"[\u0900-\u097f]"), "hi"),
    (re.compile(r"[\u3040-\u30ff]"), "ja"),
    (re.compile(r"[\uac00-\ud7a3]"), "ko"),
)
SAMPLE = 2000
"""Code points that are looked at: a language shows itself in a paragraph."""


def language_of(text: str, declared: str | None) -> str | None:
    """The language to read `text` in: `declared` unless the script contradicts it, else a guess, else None.

    Feeds mislabel their language (a default "en-us" over Russian text), so a declared language counts only when the
    text's script is one of its scripts.
    """
    primary = declared.replace("_", "-").split("-")[0].lower() if declared else None
    sample = text[:SAMPLE]
    cyrillic = _CYRILLIC.search(sample) is not None
    if cyrillic and len(_CYRILLIC.findall(sample)) < len(_LATIN.findall(sample)):
        cyrillic = False
    if primary and cyrillic == (primary in CYRILLIC_LANGS):
        return primary
    if primary and not cyrillic and primary in CYRILLIC_LANGS and primary not in ("ru", "uk", "be", "bg", "mk"):
        return primary
    signs = _CYRILLIC_SIGNS if cyrillic else (*_OTHER_SIGNS, *_LATIN_SIGNS)
    return next((lang for sign, lang in signs if sign.search(sample)), "ru" if cyrillic else None)
