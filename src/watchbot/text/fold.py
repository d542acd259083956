"""Folding: one lower-case form for every way to write the same letters.

Letters of the alphabets that map onto Latin nearly one to one (Latin itself, Cyrillic, Greek, Armenian, Georgian)
become ASCII: "Қазақстан", "Qazaqstan" and "QAZAQSTAN" fold to "qazaqstan". Other scripts keep their letters, without
the marks that writers leave out (Arabic and Hebrew vowel points) and with variant letters unified: there a
transliteration would throw unlike words together (Arabic Oman and "security"). Folding twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from watchbot.text.tokens import APOSTROPHES, INVISIBLE

MAX_WORD = 200
"""Code points of a word that are looked at: longer "words" are encoded data, not names."""
_ASCII = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_INVISIBLE = frozenset(APOSTROPHES + INVISIBLE + '"')
# Variant letters of Arabic script (Arabic, Persian, Urdu, Pashto, Uyghur keyboards) and Hebrew final letters.
_UNIFIED = {
    variant: letter
    for letter, variants in {"ا": "أإآٱ", "ي": "ىیېےۍئ", "و": "ؤ", "ك": "کڪ", "ه": "ۀةہھەۃ"}.items()
    for variant in variants
} | dict(zip("ךםןףץ", "כמנפצ", strict=True))
# Latin letters that look like Cyrillic ones, by which "Kазахстан" is typed on a mixed keyboard.
_LATIN_LOOKS = "ABCEHIJKMOPTXYaceijopxyëï"
_CYRILLIC_LOOKS = "АВСЕНІЈКМОРТХУасеіјорхуёї"
_TO_CYRILLIC = str.maketrans(_LATIN_LOOKS, _CYRILLIC_LOOKS)
_TO_LATIN = str.maketrans(_CYRILLIC_LOOKS, _LATIN_LOOKS)


_CYRILLIC = re.compile("[\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff]")
_LATIN = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff]")


def is_cyrillic(char: str) -> bool:
    """Whether `char` is a Cyrillic letter or mark."""
    return _CYRILLIC.match(char) is not None


def unmix(word: str) -> str:
    """`word` in one script: letters of the rarer of Latin and Cyrillic become the look-alikes of the other, if all can.

    "Kазахстан" with a Latin K comes back all Cyrillic; a word that is mixed for good ("Z-поколение") stays as it is.
    """
    if _CYRILLIC.search(word) is None or _LATIN.search(word) is None:
        return word
    letters = sum(map(str.isalpha, word))
    cyrillic, latin = len(_CYRILLIC.findall(word)), len(_LATIN.findall(word))
    tables = (_TO_CYRILLIC, _TO_LATIN) if cyrillic >= latin else (_TO_LATIN, _TO_CYRILLIC)
    for table in tables:
        pure = word.translate(table)
        if len(_CYRILLIC.findall(pure)) in (0, letters):
            return pure
    return word


def fold(word: str) -> str:
    """The folded form: lower case, no accents, apostrophes or invisible signs, only letters and digits.

    Never raises, whatever the text holds (lone surrogates vanish). Idempotent.
    """
    if word.isascii():
        low = word[:MAX_WORD].lower()
        return low if low.isalnum() else "".join(c for c in low if c in _ASCII)
    word = unicodedata.normalize("NFKC", unmix(word[:MAX_WORD]))
    return "".join(map(_fold_char, word))


@lru_cache(maxsize=1 << 16)
def _fold_char(char: str) -> str:
    if char in _INVISIBLE or "\ud800" <= char <= "\udfff":
        return ""
    if char < "\u0590" or "\u10a0" <= char <= "\u10ff" or "\u1c80" <= char <= "\u1cbf" or "\u1e00" <= char <= "\u1fff":
        return "".join(c for c in anyascii(char).lower() if c in _ASCII)
    if "\ua640" <= char <= "\ua7ff" or "\ufb00" <= char <= "\ufb17" or "\u2c60" <= char <= "\u2c7f":
        return "".join(c for c in anyascii(char).lower() if c in _ASCII)
    if "\u0590" <= char <= "\u08ff" and unicodedata.category(char) in ("Mn", "Cf", "Lm", "Po"):
        return ""
    if char in _UNIFIED:
        return _UNIFIED[char]
    category = unicodedata.category(char)
    if category[0] in "LM" or category in ("Nd", "Nl"):
        low = char.casefold()
        return str(unicodedata.digit(char)) if category == "Nd" else low
    return ""
