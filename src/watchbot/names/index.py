# ruff: noqa: E501, SIM905 - tables of kin and clitics
"""The index of entities: built once from the specs, asked for every field of every entry.

At build time every name is cut into words, each word gets its paradigm in the name's language, and the stems go into one
dictionary. A text's word is analysed once per language and remembered: its fold is cut at each possible ending and looked
up. What a text then costs is one dictionary look-up per word, and a comparison where a name may begin.

Names in scripts without spaces (Han, kana, Thai, ...) are found as substrings, by their first character.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from watchbot.model import EntityKind, EntitySpec, Hit, NearMiss
from watchbot.names.countries import blockers_of, country_names, is_country, is_shared
from watchbot.names.inflect import (
    ANY_TAIL,
    MAX_TAIL,
    OPEN_TAIL_LENGTH,
    Paradigm,
    accepts,
    open_paradigm,
    open_tails,
    paradigm,
    table_of,
    tails_of,
)
from watchbot.names.languages import language_of
from watchbot.names.near import near_persons, near_words
from watchbot.names.neighbours import Reading, settle, starts_sentence
from watchbot.names.people import People, Sighting, is_lower
from watchbot.names.pinyin import czech_name
from watchbot.names.variants import AMBIGUOUS, FIRST_NAMES
from watchbot.text import Tokens, fold, tokenize
from watchbot.text.fold import is_cyrillic, unmix
from watchbot.text.tokens import APOSTROPHES

MAX_CACHED_WORDS = 300_000
"""Analysed words kept per index; then the memory is started afresh (about 60 MB at most)."""
ANY = "*"
MIN_UNCAPPED = 6
"""Letters of a name that is recognised without its capital, in a text that has none at all."""
MIN_SOUNDED = 6
"""Letters of a place's name that is found by its sound in languages that the entity does not list: of 50,000 names of
CLDR in 31 languages, only spellings of the places themselves sound like one of 39 cities of Central Asia."""
_OTHER_THAN_SOUNDED = re.compile(r"[^A-Za-z\u00c0-\u03ff\u0530-\u058f\u10a0-\u10ff\u1e00-\u1fff]")
"""Only alphabets that write vowels, and not Cyrillic, where Russian's form says how the others write it."""
_UNSPACED = re.compile(
    r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]")
_GAPS = frozenset(["", "-", "\u2010", "\u2011", "\u2012", "\u2013", "\u00b7", "\u30fb", "'", "\u2019", '"', "«", "»", "“", "„",
                   "”", "\u05be", "&", "/", "'-", "’-"])  # fmt: skip
# Languages whose country names take no ending, or a genitive -s only; their other endings make adjectives and
# demonyms (Nederlands, Japonés, Schweizer).
_PLAIN = {lang: frozenset({""}) for lang in "nl af es pt ca gl ast it fr oc rm fur vec vi id ms".split()} | {
    lang: frozenset({"", "s"}) for lang in "en de sv da nb nn no fy lb".split()
}
# Languages never written in Latin letters, so that these are a foreign name's there.
_CYRILLIC_ONLY = frozenset("ru uk be bg mk ky mn".split())
# Languages read alike enough to lend each other their names.
_KIN = {
    "no": ("nb", "nn", "da"), "nb": ("no", "nn", "da"), "nn": ("no", "nb"), "sh": ("sr", "hr", "bs"), "sr": ("hr", "bs", "cnr"),
    "bs": ("hr", "sr"), "hr": ("sr", "bs"), "cnr": ("sr", "hr"), "mo": ("ro",), "fil": ("tl",), "tl": ("fil",), "in": ("id",), "iw": ("he",), "yue": ("zh",),
    "ms": ("id",), "id": ("ms",), "prs": ("fa",), "lb": ("de",), "gsw": ("de",), "ckb": ("ku",),
}  # fmt: skip
# Feminine country names that look like adjectives in South Slavic and Polish ("Hrvatska", "Polska").
_ADJECTIVE_LIKE = re.compile(
    r"^(?:wloch|czech|wegier|niemiec|polski)$|(?:sk|shk|chk|ck|tsk|jemack|zemsk)[aeiou]?(?:m|j|oj|om)?$|^polska$"
)
_PROCLITICS_AR = ("و", "ف", "ب", "ل", "ك", "س", "وب", "ول", "وك", "فب", "فل", "ال", "وال", "بال", "كال", "فال")
_PROCLITICS_HE = (
    "ה",
    "ב",
    "ל",
    "מ",
    "ש",
    "ו",
    "כ",
    "וב",
    "ול",
    "ומ",
    "וה",
    "וש",
    "שב",
    "של",
    "שה",
    "שמ",
    "מה",
    "בה",
    "כש",
    "לכש",
)
_PROCLITICS_AM = ("የ", "በ", "ከ", "ለ", "ስለ", "እና", "ወደ")


@dataclass(frozen=True, slots=True)
class Alias:
    """One name of one entity in one language's inflection. `entity` "" marks a name that only blocks shorter ones."""

    entity: str
    text: str
    langs: frozenset[str]
    rest: tuple[Paradigm, ...]
    """Paradigms of the words after the first."""
    capital: bool
    """The first word must begin with a capital, in scripts that have them."""
    wide: bool
    """Clear enough to be read in texts of other languages too."""
    weak: bool
    """An ordinary word as well: not at a sentence's start."""
    dotted: bool
    country: bool
    cyrillic: bool = False
    major: bool = True
    """In a language that has tables here, or none in particular: read also where the language is unknown."""


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate occurrence, in tokens (unspaced names: -1) and code points."""

    entity: str
    start: int
    end: int
    alias: str
    outranks: bool = True
    """Hides shorter occurrences inside it."""


Analysis = tuple[tuple[Alias, ...], tuple[Sighting, ...]]


class _Words(dict[str, Analysis | None]):
    """Words of one language, each analysed once: aliases whose first word it may be a form of, longest first, and
    persons whose surname it may be; None for most words, which begin no name."""

    __slots__ = ("_index", "lang", "speaks", "tails")

    def __init__(self, index: EntityIndex, lang: str | None) -> None:
        super().__init__()
        self._index = index
        self.lang = lang
        self.speaks = frozenset((lang, *_KIN.get(lang, ()), ANY)) if lang else frozenset((ANY,))
        self.tails = open_tails(lang)

    def __missing__(self, word: str) -> Analysis | None:
        found = self[word] = self._index.analyse(word, self)
        self._index.remembered += 1
        return found


class EntityIndex:
    """All names of all entities, looked up word by word. Immutable but for its memory of analysed words."""

    def __init__(self, specs: Sequence[EntitySpec]) -> None:
        self._stems: dict[str, dict[frozenset[str], list[Alias]]] = {}
        self._runs: dict[str, list[tuple[str, Alias]]] = {}
        self._acronyms: dict[str, list[Alias]] = {}
        self._memory: dict[str | None, _Words] = {}
        self.remembered = 0
        self._kinds = {spec.id: spec.kind for spec in specs}
        for spec in specs:
            self._add_spec(spec)
        self._people = People([spec for spec in specs if spec.kind is EntityKind.PERSON])
        self._sounded = {spec.id: _sounded(spec) for spec in specs if _is_sounded(spec)}
        self._places = People([spec for spec in specs if spec.id in self._sounded])
        for person in self._people.all():
            czech = czech_name(*person.chinese) if person.chinese else None
            if czech:
                self._add_name(person.entity, czech, frozenset(("cs", "sk")), frozenset(("cs", "sk")))
        for run in self._runs.values():
            run.sort(key=lambda r: -len(r[0]))

    # -- building ------------------------------------------------------------------------------------------------------

    def _add_spec(self, spec: EntitySpec) -> None:
        if spec.kind is EntityKind.COUNTRY:
            for name, langs in country_names().get(spec.value.upper(), {}).items():
                self._add_country_name(spec.id, name, langs)
            for name, langs in blockers_of(spec.value.upper()).items():
                self._add_country_name("", name, langs)
        elif spec.value and spec.kind is not EntityKind.PERSON:
            self._add_name(spec.id, spec.value, frozenset((ANY,)), frozenset(("en", ANY)))
        for lang, names in spec.names.items():
            code = lang.replace("-", "_").split("_")[0].lower() if lang != ANY else ANY
            for name in names:
                self._add_name(spec.id, name, frozenset((code,)), frozenset((lang,)))
        for acronym in spec.acronyms:
            self._add_acronym(spec.id, acronym, frozenset((ANY,)))
        for form in spec.exclude:
            self._add_name("", form, frozenset((ANY,)), frozenset((ANY,)))

    def _add_country_name(self, entity: str, name: str, langs: frozenset[str]) -> None:
        codes = frozenset(lang.split("_")[0] for lang in langs)
        if name.isupper() and len(name) <= 6 and name.lower() != name.upper() and " " not in name and "." not in name:
            self._add_acronym(entity, name, codes)
        else:
            self._add_name(entity, name, codes, langs, country=True)

    def _add_acronym(self, entity: str, acronym: str, langs: frozenset[str]) -> None:
        if acronym.lower() == acronym.upper() or not acronym.replace(".", "").replace('"', "").isalnum():
            self._add_name(entity, acronym, langs, frozenset((ANY,)))
            return
        alias = Alias(
            entity, acronym, langs, rest=(), capital=True, wide=ANY in langs, weak=False, dotted=False, country=True
        )
        self._acronyms.setdefault(unmix(acronym), []).append(alias)

    def _add_name(
        self, entity: str, name: str, codes: frozenset[str], langs: frozenset[str], *, country: bool = False
    ) -> None:
        """`codes` gate the texts, `langs` (with script) choose the tables."""
        name = unicodedata.normalize("NFC", name).strip()
        if _UNSPACED.search(name):
            alias = Alias(
                entity, name, codes, rest=(), capital=False, wide=True, weak=False, dotted=False, country=country
            )
            if not entity or len(name) > 1:
                self._runs.setdefault(name[0], []).append((name, alias))
            return
        words = tokenize(name).words
        if not words or not fold(words[0]):
            return
        for paradigms, speakers in _paradigms(words, langs, country=country).items():
            self._add_words(entity, name, words, paradigms, frozenset(s.split("_")[0] for s in speakers), country)
        if len(words) == 2 and "-" in name and len(name) >= 8:
            joined = name.replace("-", "").lower().capitalize()
            self._add_name(entity, joined, codes, langs, country=country)

    def _add_words(
        self,
        entity: str,
        name: str,
        words: list[str],
        paradigms: tuple[Paradigm, ...],
        codes: frozenset[str],
        country: bool,
    ) -> None:
        key = "".join(map(fold, words))
        weak = any(key in AMBIGUOUS.get(code, ()) for code in codes)
        cased = words[0][0].isupper()
        if weak and not cased:
            return
        known = len(key) >= 6 and _capital(words[0])
        wide = ANY in codes or (known and not (country and ("en" not in codes or is_shared(name))))
        alias = Alias(
            entity,
            name,
            codes,
            rest=paradigms[1:],
            capital=cased and len(words) < 3,
            wide=wide,
            weak=weak,
            dotted="." in name,
            country=country,
            cyrillic=is_cyrillic(words[0][0]),
            major=any(code == ANY or code in _PLAIN or table_of(code, name) for code in codes),
        )
        for stem, tails in paradigms[0]:
            if stem:
                self._stems.setdefault(stem, {}).setdefault(tails, []).append(alias)

    # -- asking --------------------------------------------------------------------------------------------------------

    def find(self, text: str, tokens: Tokens, lang: str | None = None) -> list[Hit]:
        """Every occurrence of every entity in `text`, whose tokens are `tokens`, in order of start.

        `lang` is the text's BCP 47 language, or None when unknown. Occurrences of one entity do not overlap.
        """
        words = self._words(language_of(text, lang))
        found = [*self._find_names(text, tokens, words)]
        if self._runs and _UNSPACED.search(text):
            found += self._find_runs(text)
        if not found:
            return []
        return [
            Hit(f.entity, f.start, f.end, text[f.start : f.end], f.alias) for f in _outranked(_as_listed(found, text))
        ]

    def near_misses(self, text: str, tokens: Tokens, lang: str | None = None) -> list[NearMiss]:
        """Forms that almost matched, each with the reason why they did not, in reading order; once per form."""
        language = language_of(text, lang)
        taken = [(hit.start, hit.end) for hit in self.find(text, tokens, lang)]
        found = [*near_persons(self._people, Reading(text, tokens, language), taken)]
        names: dict[str, tuple[str, str]] = {}
        for entries in self._stems.values():
            for alias in itertools.chain.from_iterable(entries.values()):
                if alias.entity and not alias.rest and alias.capital:
                    names.setdefault(fold(alias.text), (alias.entity, alias.text))
        found += near_words(names, tokens, text, taken)
        return list(dict.fromkeys(found))

    def _words(self, lang: str | None) -> _Words:
        if self.remembered > MAX_CACHED_WORDS:
            self._memory.clear()
            self.remembered = 0
        words = self._memory.get(lang)
        if words is None:
            words = self._memory[lang] = _Words(self, lang)
        return words

    def _find_names(self, text: str, tokens: Tokens, words: _Words) -> Iterator[Found]:
        surfaces = tokens.words
        reading = Reading(text, tokens, words.lang)
        for i, analysis in enumerate(map(words.__getitem__, surfaces)):
            if analysis is None:
                continue
            candidates, sightings = analysis
            for sighting in sightings:
                place = settle(sighting, reading, i)
                if place is not None:
                    person = sighting.person
                    yield Found(person.entity, tokens.starts[place[0]], tokens.ends[place[1]], person.name)
            taken: set[str] = set()
            for alias in candidates:
                if alias.entity in taken and alias.entity:
                    continue
                last = i + len(alias.rest)
                if last >= len(surfaces) or not self._follows(alias, text, tokens, i, words):
                    continue
                if not self._stands(alias, text, tokens, i, words.lang):
                    continue
                taken.add(alias.entity)
                yield Found(
                    alias.entity, tokens.starts[i], tokens.ends[last], alias.text,
                    self._kinds.get(alias.entity) is not EntityKind.ORGANIZATION,
                )  # fmt: skip

    def _follows(self, alias: Alias, text: str, tokens: Tokens, i: int, words: _Words) -> bool:
        """Whether the words after the first are there, close by."""
        for offset, forms in enumerate(alias.rest, 1):
            gap = text[tokens.ends[i + offset - 1] : tokens.starts[i + offset]].strip()
            if gap not in _GAPS and not (alias.dotted and gap == "."):
                return False
            key = fold(tokens.words[i + offset])
            if not any(accepts(key, stem, words.tails.get(tails, tails)) for stem, tails in forms):
                return False
        return True

    def _stands(self, alias: Alias, text: str, tokens: Tokens, i: int, lang: str | None) -> bool:
        """Whether capitals and the place in the sentence speak for a name."""
        word = tokens.words[i]
        if alias.capital and not _capital(word):
            start = tokens.starts[i]
            if text[start - 1 : start] in ("#", "@"):
                return True
            return not alias.weak and len(alias.text) >= MIN_UNCAPPED and text == text.lower()
        if not alias.country or alias.rest:
            return True
        if lang in _CYRILLIC_ONLY and not alias.cyrillic and _ends_foreign_name(text, tokens, i):
            return False
        key = fold(word)
        if lang in ("cs", "sk") and word.lower().endswith(("ská", "cká", "ském", "ckém")):
            return False  # Česká, Českém are adjectives, Česka, Českem the country
        if key in FIRST_NAMES and _names_a_person(text, tokens, i):
            return False
        if (alias.weak or _ADJECTIVE_LIKE.search(key)) and starts_sentence(text, tokens.starts[i]):
            return not alias.weak and not _modifies(text, tokens, i, lang)
        return True

    def _find_runs(self, text: str) -> Iterator[Found]:
        runs = self._runs
        skip = 0
        for i, char in enumerate(text):
            if i < skip or char not in runs:
                continue
            for name, alias in runs[char]:
                if text.startswith(name, i) and _run_stands(text, i, i + len(name)):
                    yield Found(alias.entity, i, i + len(name), name)
                    skip = i + len(name)
                    break

    # -- analysing one word --------------------------------------------------------------------------------------------

    def analyse(self, word: str, words: _Words) -> Analysis | None:
        """What may begin with `word`, or be it, in texts of `words`'s language."""
        found = dict.fromkeys(
            [*self._by_acronym(word, words), *self._by_stem(word, words), *self._by_sound(word, words.lang)]
        )
        sightings = self._people.sightings(word, words.lang) if self._people else ()
        if not found and not sightings:
            return None
        if words.lang and any(s.sure for s in sightings) and is_country(word, words.lang):
            # Россия is no Rossi, Иран no Errani; a person named as a country is spelt in full (Jordan) stays.
            sightings = tuple(s if s.person.surname == fold(word) else replace(s, sure=False) for s in sightings)
        return tuple(sorted(found, key=lambda a: -len(a.rest))), sightings

    def _by_stem(self, word: str, words: _Words) -> Iterator[Alias]:
        cyrillic, speaks = is_cyrillic(word[0]), words.speaks
        for key in _keys(word):
            for cut in range(len(key), max(0, len(key) - MAX_TAIL) - 1, -1):
                entries = self._stems.get(key[:cut])
                if not entries:
                    continue
                tail = key[cut:]
                for tails, aliases in entries.items():
                    if tail not in words.tails.get(tails, tails) and not (
                        tails is ANY_TAIL and len(tail) <= OPEN_TAIL_LENGTH
                    ):
                        continue
                    exact = "" in tails and not tail
                    for alias in aliases:
                        if (
                            not speaks.isdisjoint(alias.langs)
                            or (alias.wide and alias.cyrillic == cyrillic and exact)
                            or (words.lang is None and alias.cyrillic == cyrillic and alias.major and len(key) >= 4)
                        ):
                            yield alias

    def _by_sound(self, word: str, lang: str | None) -> Iterator[Alias]:
        """Places as a language that their entity does not list spells them: Taszkent, Biškek, Düşenbe."""
        if self._places and not _OTHER_THAN_SOUNDED.match(word):
            for sighting in self._places.sightings(word, lang):
                if sighting.sure and not sighting.cost:
                    yield self._sounded[sighting.person.entity]

    def _by_acronym(self, word: str, words: _Words) -> Iterator[Alias]:
        if len(word) < 2 or not (word[0].isupper() and word[1:].lower() != word[1:]) or not self._acronyms:
            return
        pure = unmix(word)
        for cut in range(min(len(pure), 24), 1, -1):
            for alias in self._acronyms.get(pure[:cut], ()):
                if words.speaks.isdisjoint(alias.langs) and not alias.wide and words.lang is not None:
                    continue
                rest = pure[cut:]
                if not rest or rest[0] in APOSTROPHES or (rest.islower() and fold(rest) in _endings(words.lang)):
                    yield alias


def _is_sounded(spec: EntitySpec) -> bool:
    """Whether a place's name is long enough to be known by its sound alone, as surnames are."""
    return (
        spec.kind is EntityKind.PLACE
        and len(spec.value) >= MIN_SOUNDED
        and spec.value.isascii()
        and spec.value.isalpha()
    )


def _sounded(spec: EntitySpec) -> Alias:
    return Alias(
        spec.id,
        spec.value,
        frozenset((ANY,)),
        rest=(),
        capital=True,
        wide=True,
        weak=False,
        dotted=False,
        country=False,
    )


def build_index(specs: Sequence[EntitySpec]) -> EntityIndex:
    """Compile `specs` into an index. Specs with mistakes (see `check_specs`) contribute what can be used of them."""
    return EntityIndex(specs)


def _endings(lang: str | None) -> frozenset[str]:
    return (tails_of(lang) if lang else frozenset()) | {"s"}


def _paradigms(
    words: list[str], langs: Iterable[str], *, country: bool = False
) -> dict[tuple[Paradigm, ...], set[str]]:
    """The different inflections of a name, each with its languages."""
    found: dict[tuple[Paradigm, ...], set[str]] = {}
    for lang in langs:
        code = None if lang == ANY else lang
        if country and len(words) == 1 and code is not None and code.split("_")[0] in _PLAIN:
            found.setdefault((((fold(words[0]), _PLAIN[code.split("_")[0]]),),), set()).add(lang)
            continue
        inflect = open_paradigm if code is None else partial(paradigm, lang=code)
        forms = tuple(inflect(word, adjective=len(words) > 1 or word[0].islower()) for word in words)
        found.setdefault(forms, set()).add(lang)
    return found


def _keys(word: str) -> Iterator[str]:
    """Folds to look a word up by: whole, before an apostrophe, without what Arabic and Hebrew write before a noun."""
    key = fold(word)
    if not key:
        return
    yield key
    if key != word.lower() or not word.isalnum():
        for i, char in enumerate(word):
            if char in APOSTROPHES and i >= 2 and len(word) - i <= 9:
                yield fold(word[:i])
    first = key[0]
    proclitics: tuple[str, ...] = ()
    if "\u0620" <= first <= "\u06ff":
        proclitics = _PROCLITICS_AR
        if key.startswith("لل"):
            yield "ال" + key[2:]
        if key.startswith("ولل"):
            yield "ال" + key[3:]
    elif "\u05d0" <= first <= "\u05ea":
        proclitics = _PROCLITICS_HE
    elif "\u1200" <= first <= "\u137f":
        proclitics = _PROCLITICS_AM
    for clitic in proclitics:
        rest = key[len(clitic) :]
        if len(rest) >= 4 and key.startswith(clitic) and not (clitic.endswith("ال") and len(rest) < 6):
            yield rest


def _capital(word: str) -> bool:
    """Whether `word` begins with a capital, or its script has none."""
    return not is_lower(word)


# South Slavic verbs and adverbs in -a that follow a country's name at a sentence's start ("Hrvatska ima").
_VERBS = frozenset("ima nema mora treba sada onda danas kazna zna pita traga stiga kana doka".split())


def _ends_foreign_name(text: str, tokens: Tokens, i: int) -> bool:
    """Whether another capitalised Latin word stands right before token `i`, in a text in Cyrillic (Sony Australia)."""
    if not i or not tokens.words[i][0].isascii() or text[tokens.ends[i - 1] : tokens.starts[i]] != " ":
        return False
    return tokens.words[i - 1][0].isascii() and tokens.words[i - 1][0].isupper()


def _names_a_person(text: str, tokens: Tokens, i: int) -> bool:
    """Whether a capitalised word follows token `i` and a small one that ("Jordan Henderson scored"): a first name."""
    following = tokens.words[i + 1 : i + 3]
    if not following or text[tokens.ends[i] : tokens.starts[i + 1]] != " " or not following[0][0].isupper():
        return False
    return len(following) < 2 or following[1][0].islower()


def _modifies(text: str, tokens: Tokens, i: int, lang: str | None) -> bool:
    """Whether the word at the start of a sentence is an adjective before a noun ("Češka policija"): the next word is no
    name, no function word and no verb, and agrees with it (feminine -a, or the adjective's own case ending)."""
    if fold(tokens.words[i]) in ("wloch", "czech", "wegier", "niemiec", "polski"):
        return lang == "pl"  # an Italian, a Czech: as a genitive the country never opens a sentence
    if lang not in ("hr", "sr", "bs", "sl", "mk", "sh", "cnr", "pl", "sk") or i + 1 >= len(tokens):
        return False
    if text[tokens.ends[i] : tokens.starts[i + 1]].strip():
        return False
    following, key = tokens.words[i + 1], fold(tokens.words[i + 1])
    if _capital(following) or len(key) < 4:
        return False
    ending = fold(tokens.words[i])[-1]
    if lang == "sk" and ending != "a":
        return False  # Slovak countries in -sko are neuter nouns; only their genitive looks like an adjective
    if ending == "a":
        verb = key.endswith(("la", "ira")) or key in _VERBS
        return (key.endswith("a") and not verb) or key.endswith("ost")
    return key.endswith(ending) or (ending == "i" and not key.endswith(("a", "e")))


def _run_stands(text: str, start: int, end: int) -> bool:
    """An unspaced name is whole: no more katakana around it, no dot that makes it the first name of someone."""
    if _KATAKANA.match(text[start]) and start and _KATAKANA.match(text[start - 1]):
        return False
    if end < len(text):
        if _KATAKANA.match(text[end - 1]) and _KATAKANA.match(text[end]):
            return False
        if text[end] in "·・" and end + 1 < len(text) and text[end + 1].isalpha():
            return False
    return True


def _hides(other: Found, item: Found) -> bool:
    """Whether `other`, which begins no later, keeps `item` from being told."""
    if item.end > other.end:
        return False
    same_span = (other.start, other.end) == (item.start, item.end)
    return other.entity == item.entity or not other.entity or (not same_span and other.outranks)


def _as_listed(found: list[Found], text: str) -> list[Found]:
    """Where one form may be two entities, the one that lists it as it stands: Turkish "Kazakistanlı" is the demonym."""
    spans: dict[tuple[int, int], list[Found]] = {}
    for item in found:
        spans.setdefault((item.start, item.end), []).append(item)
    if len(spans) == len(found):
        return found
    kept: list[Found] = []
    for (start, end), items in spans.items():
        surface = fold(text[start:end])
        listed = [item for item in items if item.entity and fold(item.alias) == surface] if len(items) > 1 else []
        kept += listed or items
    return kept


def _outranked(found: list[Found]) -> list[Found]:
    """Without blockers, and without what lies inside a longer occurrence that outranks it or is of the same entity."""
    found.sort(key=lambda f: (f.start, -f.end, f.entity != ""))
    kept: list[Found] = []
    around: list[Found] = []
    for item in found:
        around = [other for other in around if other.end > item.start]
        if not any(_hides(other, item) for other in around):
            kept.append(item)
            around.append(item)
    ends: dict[str, int] = {}
    result = []
    for item in kept:
        if item.entity and ends.get(item.entity, -1) <= item.start:
            ends[item.entity] = item.end
            result.append(item)
    return result
