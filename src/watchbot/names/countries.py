"""Country names in all languages: CLDR's through babel, and the press's own from `watchbot.names.variants`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from babel import localedata

from watchbot.names.inflect import MAX_TAIL, paradigm
from watchbot.names.variants import BLOCKERS, VARIANTS
from watchbot.text import fold, tokenize

MIN_LETTERS = 3
"""Folded letters of the shortest country name taken from CLDR: two-letter ones are words everywhere."""
Names = Mapping[str, frozenset[str]]
"""Name -> the languages ("pt", "kk_Latn") that use it."""
# Countries whose CLDR names tell by brackets which one is meant, or to whom it belongs.
_TELLING_BRACKETS = frozenset({"CD", "CG", "HK", "MO", "VI", "UM", "MF", "SX", "AS", "CC", "FK"})
_BRACKETS = re.compile(r"^(.+?)\s*[(（](.+?)[)）]$")
# Articles that CLDR writes into names: Irish, Maltese, Zulu and Xhosa, Italian dialects.
_ARTICLE = re.compile(r"^(?:an|na|il|i|l|the|la|el|les|le)[\s\-’']\s*(?=\w{4})", re.IGNORECASE)


@lru_cache(maxsize=1)
def country_names() -> Mapping[str, Names]:
    """Country code (ISO 3166 alpha-2, "XK") -> its names. Reads babel's data once: about half a second."""
    names: dict[str, dict[str, set[str]]] = {}
    for locale in localedata.locale_identifiers():
        parts = locale.split("_")
        # Regional locales repeat their language's names, but for the few spelt otherwise in other countries.
        if len(parts) > 1 and len(parts[1]) != 4 and locale not in ("pt_PT", "es_MX", "fr_CA", "de_AT", "de_CH"):
            continue
        territories = localedata.load(locale).get("territories", {})
        lang = "_".join(parts[:2]) if len(parts) > 1 and len(parts[1]) == 4 else parts[0]
        for code, name in territories.items():
            if len(code) == 2 and code.isalpha():
                for variant in _variants(str(name), code):
                    names.setdefault(code, {}).setdefault(variant, set()).add(lang)
    for line in VARIANTS.strip().splitlines():
        code, lang, listed = line.split(" ", 2)
        for name in listed.split("|"):
            names.setdefault(code, {}).setdefault(name, set()).add(lang)
    return MappingProxyType({code: {n: frozenset(ls) for n, ls in found.items()} for code, found in names.items()})


@lru_cache(maxsize=1 << 17)
def _key(name: str) -> tuple[str, ...]:
    """The folded words of a name."""
    return tuple(map(fold, tokenize(name).words))


def _variants(name: str, code: str) -> set[str]:
    """A CLDR name, without its article, and both halves of "Myanmar (Burma)" but not of "Congo (Kinshasa)"."""
    name = name.replace("\u200c", "").strip()
    found = {name, _ARTICLE.sub("", name)}
    bracket = _BRACKETS.match(name)
    if bracket and code not in _TELLING_BRACKETS:
        found |= {bracket[1], bracket[2]}
    if "&" in name:
        found.add(name.replace("&", "and"))
    return {n for n in found if usable(n)}


def usable(name: str) -> bool:
    """Whether a name is long enough to be looked for: three letters, or two Han characters."""
    key = "".join(_key(name))
    return len(key) >= MIN_LETTERS or (len(key) == 2 and key >= "\u2e80")


@lru_cache(maxsize=1)
def _owners() -> Mapping[str, frozenset[str]]:
    """Folded name -> the country codes that bear it in some language."""
    owners: dict[str, set[str]] = {}
    for code, names in country_names().items():
        for name in names:
            owners.setdefault(" ".join(_key(name)), set()).add(code)
    return MappingProxyType({key: frozenset(codes) for key, codes in owners.items()})


def is_shared(name: str) -> bool:
    """Whether `name` names different countries in different languages (so it counts in its own language only)."""
    return len(_owners().get(" ".join(_key(name)), ())) > 1


@lru_cache(maxsize=1)
def _names_by_word() -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    """Folded word -> (country code, language, longer name with that word), for names of two words and more."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    every = [
        (code, lang, name) for code, names in country_names().items() for name, langs in names.items() for lang in langs
    ]
    for line in BLOCKERS.strip().splitlines():
        lang, listed = line.split(" ", 1)
        every += [("", lang, name) for name in listed.split("|")]
    for code, lang, name in every:
        words = _key(name)
        if len(words) > 1:
            for word in set(words):
                found.setdefault(word, []).append((code, lang, name))
    return MappingProxyType({word: tuple(names) for word, names in found.items()})


@lru_cache(maxsize=64)
def _forms(lang: str) -> Mapping[str, frozenset[str]]:
    """Folded stem -> endings of the one-word country names of `lang`."""
    found: dict[str, frozenset[str]] = {}
    for names in country_names().values():
        for name, langs in names.items():
            if lang in langs and len(_key(name)) == 1 and not name.isupper():
                for stem, tails in paradigm(name, lang):
                    found[stem] = found.get(stem, frozenset()) | tails
    return MappingProxyType(found)


def is_country(word: str, lang: str) -> bool:
    """Whether `word` is a form of some country's one-word name in `lang`."""
    key, forms = fold(word), _forms(lang)
    return any(key[cut:] in forms.get(key[:cut], ()) for cut in range(len(key), max(1, len(key) - MAX_TAIL) - 1, -1))


@lru_cache(maxsize=512)
def blockers_of(code: str) -> Names:
    """Names of other things that hold a name of country `code` ("Papua New Guinea" for GN), to be told apart."""
    mine: dict[str, set[str]] = {}
    for name, langs in country_names().get(code, {}).items():
        words = _key(name)
        if len(words) == 1:
            mine.setdefault(words[0], set()).update(lang.split("_")[0] for lang in langs)
    found: dict[str, set[str]] = {}
    for word, speakers in mine.items():
        for other, lang, name in _names_by_word().get(word, ()):
            if other != code and lang.split("_")[0] in speakers:
                found.setdefault(name, set()).add(lang)
    for name in country_names().get(code, {}):
        if name[0] >= "\u2e80":
            for other, lang, longer in _unspaced_names():
                if other != code and name in longer and longer != name:
                    found.setdefault(longer, set()).add(lang)
    return MappingProxyType({name: frozenset(langs) for name, langs in found.items()})


@lru_cache(maxsize=1)
def _unspaced_names() -> tuple[tuple[str, str, str], ...]:
    """(code, language, name) of the names in Han, kana and Hangul, and of longer names that hold one."""
    every = [(code, lang, n) for code, names in country_names().items() for n, ls in names.items() for lang in ls]
    for line in BLOCKERS.strip().splitlines():
        lang, listed = line.split(" ", 1)
        every += [("", lang, name) for name in listed.split("|")]
    return tuple(entry for entry in every if entry[2][0] >= "\u2e80")
