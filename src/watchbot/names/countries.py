"""Country names in all languages: CLDR's from a table, and the press's own from `watchbot.names.variants`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from watchbot.names.inflect import MAX_TAIL, paradigm
from watchbot.names.variants import BLOCKERS, VARIANTS
from watchbot.text import fold, tokenize

Names = Mapping[str, frozenset[str]]
"""Name -> the languages ("pt", "kk_Latn") that use it."""


@dataclass(frozen=True, slots=True)
class Table:
    """What data/countries.txt holds. It is made by tools/country_names.py: reading and folding CLDR at each start would
    cost more than a second."""

    names: dict[str, dict[str, frozenset[str]]]
    """Country code -> name -> languages."""
    words: dict[str, tuple[str, ...]]
    """Name -> its folded words, of the names that have several."""
    shared: frozenset[str]
    """Folded names that different countries bear in different languages."""


@lru_cache(maxsize=1)
def _table() -> Table:
    return parse_table(resources.files("watchbot.names").joinpath("data/countries.txt").read_text(encoding="utf-8"))


def parse_table(text: str) -> Table:
    """The table of a text, whose lines its head describes."""
    table: dict[str, dict[str, frozenset[str]]] = {}
    words: dict[str, tuple[str, ...]] = {}
    shared: set[str] = set()
    sets: dict[str, frozenset[str]] = {}
    names: dict[str, frozenset[str]] = {}
    for line in text.split("\n"):
        name, *rest = line.split("\t")
        if rest:
            langs = rest[0]
            if langs not in sets:
                sets[langs] = frozenset(langs.split(" "))
            names[name] = sets[langs]
            if len(rest) > 1:
                words[name] = tuple(rest[1].split(" "))
        elif line.startswith("= "):
            names = table.setdefault(line[2:], {})
        elif line.startswith("~ "):
            shared.add(line[2:])
    return Table(table, words, frozenset(shared))


@lru_cache(maxsize=1)
def country_names() -> Mapping[str, Names]:
    """Country code (ISO 3166 alpha-2, "XK") -> its names."""
    return MappingProxyType(with_variants(_table().names))


def with_variants(names: Mapping[str, Names]) -> dict[str, dict[str, frozenset[str]]]:
    """The names of a table together with the press's own."""
    found = {code: dict(listed) for code, listed in names.items()}
    for line in VARIANTS.strip().splitlines():
        code, lang, listed = line.split(" ", 2)
        mine = found.setdefault(code, {})
        for name in listed.split("|"):
            mine[name] = mine.get(name, frozenset()) | {lang}
    return found


@lru_cache(maxsize=1 << 12)
def folded_words(name: str) -> tuple[str, ...]:
    """The folded words of a name."""
    return tuple(map(fold, tokenize(name).words))


def _words(code: str, name: str) -> tuple[str, ...]:
    """The folded words of a name of several words; () for a name of one."""
    table = _table()
    if name in table.names.get(code, ()):
        return table.words.get(name, ())
    words = folded_words(name)
    return words if len(words) > 1 else ()


def is_shared(name: str) -> bool:
    """Whether `name` names different countries in different languages (so it counts in its own language only)."""
    return " ".join(folded_words(name)) in _table().shared


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
        for word in set(_words(code, name)):
            found.setdefault(word, []).append((code, lang, name))
    return MappingProxyType({word: tuple(names) for word, names in found.items()})


@lru_cache(maxsize=64)
def _forms(lang: str) -> Mapping[str, frozenset[str]]:
    """Folded stem -> endings of the one-word country names of `lang`."""
    found: dict[str, frozenset[str]] = {}
    for code, names in country_names().items():
        for name, langs in names.items():
            if lang in langs and not _words(code, name) and not name.isupper():
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
        if not _words(code, name):
            mine.setdefault(folded_words(name)[0], set()).update(lang.split("_")[0] for lang in langs)
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
