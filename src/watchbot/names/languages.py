# ruff: noqa: SIM905 - a list of codes
"""Which language a text is in, as far as its letters say, and which scripts languages use."""

from __future__ import annotations

import re
from collections import Counter

CYRILLIC_LANGS = frozenset(
    "ru uk be bg mk sr kk ky tg mn tt ba cv uz az ce os ab bs kaa sah udm myv mdf tyv rue cu kv inh lez av kbd".split()
)
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_CYRILLIC_SIGNS = (
    (re.compile("[ҷӣӯҶӢӮ]"), "tg"),
    (re.compile("[іІ].*[қңғәөүұһҚҒ]|[қңғәөүұһҚҒӘӨҮҰ].*[іІ]|[ұҰғҒ].*[әӘ]", re.DOTALL), "kk"),
    (re.compile("[ўЎ].*[ыіЫІ]|[іІыЫ].*[ўЎ]|[іІ].*[ыэ]|[ыэ].*[іІ]", re.DOTALL), "be"),
    (re.compile("[їєґЇЄҐіІ]"), "uk"),
    (re.compile("[ўҳқғЎҲҚҒ]"), "uz"),
    (re.compile(r"\b(?:нь|болон|байна|гэж|гэв|юм)\b.*[өү]|[өү].*\b(?:нь|болон|байна|гэж|гэв|юм)\b", re.DOTALL), "mn"),
    (re.compile("[ңөүҢӨҮ]"), "ky"),
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
    (re.compile(r"[ټډړښڼۍې]"), "ps"),
    (re.compile(r"[ٹڈڑےں]"), "ur"),
    (re.compile(r"[پچژگ]"), "fa"),
    (re.compile(r"[\u0600-\u06ff]"), "ar"),
    (re.compile(r"[\u3040-\u30ff]"), "ja"),
    (re.compile(r"[\uac00-\ud7a3]"), "ko"),
    (re.compile(r"[\u0e00-\u0e7f]"), "th"),
    (re.compile(r"[\u4e00-\u9fff]"), "zh"),
    (re.compile(r"[ơưạảấầẩẫậắằẳẵặẹẻẽếềểễệ]"), "vi"),
)
_LITTLE_WORDS = {
    word: lang
    for lang, words in {
        "en": "the of and to said after with from by over has",
        "de": "der die das und mit von für nach bei im den dem wegen",
        "fr": "le la les des et pour dans une après du au aux",
        "es": "el los las del por para una tras y con al",
        "it": "il della che di per dopo nel dei gli è al",
        "pt": "do da os em não após pelo uma dos",
        "nl": "het een van voor na bij op naar",
        "sv": "och att det som för efter på är",
        "no": "og til etter av på det er som",
        "fi": "ja ei että oli mukaan sanoi joka mutta",
        "id": "yang dan untuk dengan dari pada",
        "uz": "va bilan uchun haqida keyin",
        "sq": "të dhe në për nga një",
        "hr": "je su na se od koji",
    }.items()
    for word in words.split()
}
"""Words that stand in nearly every sentence of a language and in few of another; of two claims the later wins."""
_OTHER_SCRIPTS = CYRILLIC_LANGS | frozenset(
    "ar fa ur ps ckb ug he yi hi mr ne bn ta te zh yue ja ko th el hy ka am my km".split()
)
_LATIN_WORD = re.compile(r"[^\W\d_]+")
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


def likely_language_of(text: str, declared: str | None) -> str | None:
    """The same, and where letters say nothing the language most of whose commonest words stand in the text.

    Good enough to choose a word list; matching names rather reads a text of unknown language in all of them.
    """
    found = language_of(text, declared)
    if found and found not in _OTHER_SCRIPTS and not _LATIN.search(text[:SAMPLE]):
        found = language_of(text, None)  # a default "en-us" over Chinese
    if found:
        return found
    words = _LATIN_WORD.findall(text[:SAMPLE].lower())
    claims = Counter(lang for word in words if (lang := _LITTLE_WORDS.get(word)))
    return claims.most_common(1)[0][0] if claims else None
