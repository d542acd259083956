"""Keys of single words for terms and inflected phrases."""

from __future__ import annotations

from functools import lru_cache

import snowballstemmer

from watchbot.text.fold import fold

# Snowball's stemmers (BSD licence) by the language codes of feeds; the others fall back to their script's language.
_SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


@lru_cache(maxsize=50_000)
def stem_key(word: str, lang: str | None) -> str:
    """The key under which all inflected forms of `word` meet in `lang` (a BCP 47 code; None: the script's language).

    Both sides of a comparison must be keyed with the same language: a phrase with the language of the text.
    """
    primary = (lang or "").split("-")[0].lower()
    name = _SNOWBALL.get(primary) or ("russian" if any("\u0400" <= c <= "\u04ff" for c in word) else None)
    if name is None or name not in snowballstemmer.algorithms():
        return fold(word)
    return fold(snowballstemmer.stemmer(name).stemWord(word.lower()))
