"""Folding: one lower-case Latin form for every way to write the same letters.

"Қазақстан", "Qazaqstan" and "QAZAQSTAN" fold to "qazaqstan"; so does a Қазақстан with a Latin letter or a soft hyphen
in it. Folding twice changes nothing.
"""

from __future__ import annotations

import unicodedata

from anyascii import anyascii

from watchbot.text.tokens import APOSTROPHES, INVISIBLE

_DROPPED = {ord(c): None for c in (*APOSTROPHES, *'\u00ad\u2060\ufeff\u180e\u061c\u0640"')}
_DROPPED |= {c: None for c in (*range(0x200B, 0x2010), *range(0x202A, 0x202F))}
_KEEP = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
MAX_WORD = 200
"""Code points of a word that are looked at: longer "words" are encoded data, not names."""


def fold(word: str) -> str:
    """The folded form: lower case, no marks, apostrophes or invisible signs, Latin letters and digits only.

    Never raises, whatever the text holds (lone surrogates vanish). Idempotent. The transliteration is anyascii's, a
    table by code point, so folding a part of a word gives a part of the fold.
    """
    if word.isascii() and word.isalnum():
        return word[:MAX_WORD].lower()
    bare = word[:MAX_WORD].translate(_DROPPED)
    bare = unicodedata.normalize("NFKC", bare)
    latin = anyascii(bare.casefold()) if not bare.isascii() else bare
    return "".join(c for c in latin.lower() if c in _KEEP)


__all__ = ["INVISIBLE", "MAX_WORD", "fold"]
