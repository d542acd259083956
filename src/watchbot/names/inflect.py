# ruff: noqa: SIM905 - lists of endings
"""Inflection: which forms a name's word takes in a language, as folded stems with their folded endings.

A paradigm is a tuple of (stem, endings): a text word whose fold is a stem followed by one of the endings is a form of
the word. Endings are shared frozensets, so ten thousand names cost little.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from watchbot.names.tables import ADJECTIVES, NOUNS, SAME_AS
from watchbot.text.fold import fold

Paradigm = tuple[tuple[str, frozenset[str]], ...]
MAX_TAIL = 9
"""Letters of the longest ending in the tables, folded (Hungarian, Russian and Georgian ones stay below)."""
_NONE = frozenset({""})
_LATIN_TO_SERBIAN = str.maketrans("abvgdđežzijklmnoprstćufhcčšj", "абвгдђежзијклмнопрстћуфхцчшј")
# Writing systems that drop a final vowel sign before an ending, so the stem must lose it too: Tamil, Telugu, Kannada,
# Malayalam, Sinhala. Their endings are many and fused; any short tail that follows a name is taken for one.
_OPEN_TAIL = {"ta", "te", "kn", "ml", "si", "or", "as", "my", "km", "lo", "th", "bo", "dz"}
ANY_TAIL = frozenset({"*"})
"""Marks a stem after which any tail of at most `OPEN_TAIL_LENGTH` letters is an ending."""
OPEN_TAIL_LENGTH = 6


def _parse(table: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Classes of a table, longest ending first; a line that starts with a space continues the one before."""
    classes = []
    for line in table.replace("\n ", " ").split("\n"):
        ending, colon, endings = line.partition(":")
        if colon:
            native = "" if ending == "-" else ending
            classes.append((native, tuple("" if e == "0" else e for e in endings.split())))
    return tuple(sorted(classes, key=lambda c: -len(c[0])))


@lru_cache(maxsize=1)
def _classes() -> Mapping[tuple[str, bool], tuple[tuple[str, tuple[str, ...]], ...]]:
    """(language, adjectives?) -> classes."""
    tables = {(lang, False): _parse(table) for lang, table in NOUNS.items()}
    tables |= {(lang, True): _parse(table) for lang, table in ADJECTIVES.items()}
    for adjectives in (False, True):
        latin = tables[("hr", adjectives)]
        cyrillic = tuple((_serbian(ending), tuple(map(_serbian, endings))) for ending, endings in latin)
        tables[("sr", adjectives)] = cyrillic
    return MappingProxyType(tables)


def _serbian(latin: str) -> str:
    for pair, letter in (("lj", "љ"), ("nj", "њ"), ("dž", "џ")):
        latin = latin.replace(pair, letter)
    return latin.translate(_LATIN_TO_SERBIAN)


def table_of(lang: str, word: str) -> str | None:
    """The key of the tables for `lang` (a BCP 47 code, "_" or "-" between its parts), or None when there are none."""
    parts = lang.replace("-", "_").split("_")
    for code in ("_".join(parts[:2]), parts[0]):
        code = SAME_AS.get(code, code)
        if code in NOUNS or code == "sr":
            if code == "sr" and not any("\u0400" <= c <= "\u04ff" for c in word):
                return "hr"
            if code == "uz" and any("\u0400" <= c <= "\u04ff" for c in word):
                return "uz_Cyrl"
            if code == "kk" and word.isascii():
                return "kk_Latn"
            return code
    return None


@lru_cache(maxsize=1 << 16)
def paradigm(word: str, lang: str | None, *, adjective: bool = False) -> Paradigm:
    """The stems and endings of `word` in `lang`; just the word itself for a language without tables.

    `adjective` adds adjective endings, for the words of a longer name.
    """
    base = fold(word)
    if lang in _OPEN_TAIL:
        return _open_tail(base)
    table = table_of(lang, word) if lang else None
    if table is None or word.isdigit():
        return ((base, _NONE),)
    low = word.lower()
    stems: dict[str, set[str]] = {base: {""}}
    for kind in (False, True) if adjective else (False,):
        for ending, endings in _classes().get((table, kind), ()):
            rest = len(low) - len(ending)
            if ending and low == ending:
                stems |= {fold(form): {""} for form in endings}
                break
            if rest >= 2 and low.endswith(ending):
                stems.setdefault(fold(low[:rest]), set()).update(_fold_all(endings))
                break
    return tuple((stem, _share(frozenset(tails))) for stem, tails in stems.items())


def _open_tail(base: str) -> Paradigm:
    """A name in a script whose endings fuse with the last vowel sign: any tail, after at least four letters."""
    virama = base[-1:] in "\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
    stem = base[:-1] if virama else base
    return ((stem, ANY_TAIL),) if len(stem) >= 4 else ((base, _NONE),)


@lru_cache(maxsize=4096)
def _fold_all(endings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(e) for e in endings)


@lru_cache(maxsize=1 << 14)
def _share(tails: frozenset[str]) -> frozenset[str]:
    """One object for equal sets."""
    return tails


def open_paradigm(word: str, *, adjective: bool = False) -> Paradigm:
    """The paradigm of a name for any language: its endings are those of the language of the text that is read.

    The stems stand with a marker in place of their endings; `open_tails` says what a marker means in a language.
    """
    base = fold(word)
    if not base:
        return ((base, _NONE),)
    stems = [(base, _MARKERS["whole"])]
    if base[-1] in "aeiouy" and len(base) >= 4:
        stems.append((base[:-1], _MARKERS[base[-1]]))
    if adjective and base[-1] in "aeiouy" and len(base) >= 4:
        stems.append((base[:-1], _MARKERS["adjective"]))
    return tuple(stems)


_MARKERS = {name: frozenset({f"<{name}>"}) for name in ("whole", "adjective", *"aeiouy")}
# Used for texts whose language is unknown: the commonest endings of Latin and Cyrillic script.
_UNKNOWN = frozenset("s u a e i om em ie owi in un da de dan den ta te ban ben nak nek t n sta ssa lla".split()) | {""}


@lru_cache(maxsize=256)
def open_tails(lang: str | None) -> Mapping[frozenset[str], frozenset[str]]:
    """What the markers of `open_paradigm` stand for in `lang`."""
    whole = (tails_of(lang) if lang else _UNKNOWN) | {""}
    found = {_MARKERS["whole"]: whole}
    for vowel in "aeiouy":
        endings: set[str] = set()
        for kind in (False, True):
            for code in _codes(lang):
                for ending, replacements in _classes().get((code, kind), ()):
                    if ending and len(fold(ending)) == 1 and fold(ending) == vowel:
                        endings |= _fold_all(replacements) - {""}
                        if kind:
                            found[_MARKERS["adjective"]] = found.get(_MARKERS["adjective"], frozenset()) | endings
        found[_MARKERS[vowel]] = frozenset(endings)
    return MappingProxyType(found)


def _codes(lang: str | None) -> tuple[str, ...]:
    """Keys of tables for a language, or a few of the widest when it is unknown."""
    if lang is None:
        return ("pl", "cs", "hr")
    return tuple(dict.fromkeys(c for c in (table_of(lang, "b"), table_of(lang, "б")) if c))


@lru_cache(maxsize=256)
def native_tails(lang: str) -> tuple[str, ...]:
    """The endings, as written, that the tables of `lang` know for a stem that ends in a consonant."""
    for code in _codes(lang):
        for ending, endings in _classes().get((code, False), ()):
            if not ending:
                return endings
    return ()


@lru_cache(maxsize=256)
def tails_of(lang: str) -> frozenset[str]:
    """The endings of `native_tails`, folded; with those of the other alphabet for languages written in two."""
    found = {""}
    for code in _codes(lang):
        for ending, endings in _classes().get((code, False), ()):
            if not ending:
                found |= _fold_all(endings)
    return frozenset(found)


def accepts(key: str, stem: str, tails: frozenset[str]) -> bool:
    """Whether the folded text word `key` is `stem` with one of `tails`."""
    if not key.startswith(stem):
        return False
    return key[len(stem) :] in tails or (tails is ANY_TAIL and len(key) - len(stem) <= OPEN_TAIL_LENGTH)
