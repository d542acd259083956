# ruff: noqa: E501, SIM905 - lists of words and endings
"""Persons, found by the sound of one Latin spelling in any alphabet.

A surname decides; the given name before (or after) it confirms. Alone a surname counts when it is long enough for what was
compared, and when no one else's first name stands before it: "Dariga Nazarbayeva" is not her father.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from watchbot.model import EntitySpec
from watchbot.names.first_names import first_names, same_names, womens_names
from watchbot.names.inflect import native_tails
from watchbot.names.languages import CYRILLIC_LANGS
from watchbot.names.sound import (
    Chain,
    chain_of,
    length_of,
    onsets_of,
    phones,
    readings,
    run,
    run_abjad,
    skeleton,
    skeletons_of,
)
from watchbot.text import fold, tokenize
from watchbot.text.tokens import APOSTROPHES

PARTICLES = frozenset(
    "von van der den de del della di da do dos das la le los bin ibn al el ben ter ten zu y af av mac".split()
)
_SUFFIXES = frozenset("jr sr ii iii iv junior senior phd".split())
# Families whose name comes first in Latin spelling too, in Chinese, Korean and Vietnamese usage.
_FAMILY_FIRST = frozenset(
    "xi li wang zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song zheng xie han tang feng "
    "deng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren qin kim lee park choi moon yoon "
    "nguyen tran pham le vo bui mao hua jiang bo qin".split()
)
# Surnames that millions bear, or that are words of the language: never without the given name.
_COMMON = frozenset(
    "ali kim lee li wang zhang chen liu yang nguyen tran singh ahmed mohammed smith jones wu hu ma he bo xu le".split()
)
_WORDS = {
    "en": frozenset("may will mark bush brown white black green young king day long hope price banks rice case pope powers stone wood field "
                    "hill gates cook bishop major wise best good west north fox page ford close hunt duke bell moon park rose".split()),
    "de": frozenset("klein gross kurz lang koch bauer meister schneider fischer weber wolf vogel stein berg".split()),
    "fr": frozenset("petit grand royal blanc roux le pen".split()),
}  # fmt: skip
MAX_TAIL = 7
"""Phones of the longest ending of a surname (Georgian, Lithuanian women's)."""
_EXTRA_TAILS = {
    "ru": "а у ом ем ым е ы и ой ою ого ому ий ый ая ую ое ыми ых ов ам ами ах я ю ей ь им его ему ьем ья ью",
    "uk": "а у ові еві єві ом ем єм им ім і ї ої ій ою єю ого ому ий их ими е и ів ам ами ах я ю ь ьою",
    "be": "а у ам ем ым е ы ой ай аю ага аму ога і ў аў ю я",
    "bg": "а ът я и ова",
    "mk": "а от ов ова ово у",
    "sr": "еву ев ева ево еве еви евој евог евих евим евом јев јева јево јеве јеви јеву јевој јевог јевих јевим јевом ови ових овом а у ом ем е и ов ова ово ове ову овој овог ових ог ом ој им јем ја ју ин ина ини",
    "pl": "a e owi em ie u rze ze ego emu im ym ą ę ej y i o iem owie ów ami cie dzie le iego iemu iej ową owej owa szu sza szowi szem dze ce",
    "cs": "a ovi em e u ů i y ou o ová ové ovou ův ova ovu ově ovým ových ovi ého ému ým ém ho mu m ovy ovo ích ím ům ech ě ě",
    "sk": "a ovi om em u e ov y i ou o ová ovej ovú ovou ova ove ovo ho mu m ého ému ým om ovho ovi ovom í ovci",
    "hr": "ovi ev eva evo eve evi evu evoj evog evih evim evom jev jeva jevo jeve jevi jevu jevoj jevog jevih jevim jevom a u om em e i ov ova ovo ove ovu ovoj ovog ovih ovim ovom oj og omu im jem ja ju in ina ini ino inu ine ca",
    "sl": "a u o om em i e ov ova ovo ove ovi ovega ovem ovih ovim eva evo evi eve evem evih evim ev jev jeva jevo jeve jevi jevega jevem jevih jevim evega ja ju jem in ina ini ino ine",
    "lv": "s a am u ā i us iem is im e es ei ē as ai ām ās os ams š ša šam šu",
    "lt": "as o ui ą u e is io iui į iu us aus ės ei ę ė os ai oje ys ienė aitė",
    "et": "i it ile ilt il is ist iga iks ini isse le lt l t s ga st ks ni sse te d",
    "fi": "n a ia in ille illa ilta issa ista iin en lle lla lta ssa sta an on hin ä",
    "hu": "t ot et öt at ban ben ból ből ba be hoz hez nál nél tól től ról ről ra re on en ön n nak nek val vel al el ért ig ként "
    "ék é éi i",
    "ro": "ul ului i",
    "el": "",
    "hy": "ի ը ն ին ից ով ում ի",
    "ka": "ი ის ს მა ით ად ზე თან დან ისთვის ისგან იც სა",
    "de": "s n en", "en": "s", "sv": "s", "da": "s", "no": "s", "nb": "s", "is": "s i ar", "nl": "s", "fr": "s e", "es": "s",
    "hi": "", "tg": "ро и у ю", "mn": "ын ийн ыг ийг д т аас ээс тай тэй",
}  # fmt: skip
_LATIN_UNKNOWN = (
    "s a u em ie owi om ovi e i ego emu n in t it nak nek ban ben val vel ot et ul ului da de dan den ta te nin in un"
)
# Languages in Latin letters that respell foreign names by sound.
_RESPELL = frozenset("sr lv lt az tk uz sq kk bs mk eo ku kaa crh tt".split())
_SLAVIC_LATIN = {"bs": "hr", "sh": "hr", "cnr": "hr", "mk_Latn": "hr"}


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One person, prepared: how the name's parts may be spelt."""

    entity: str
    name: str
    surname: str
    sounds: str
    """The surname as it is read."""
    chain: Chain
    stem: Chain
    """The surname without its last vowel, which endings replace; empty when it ends in a consonant."""
    onsets: frozenset[str]
    """The phones with which the surname may begin."""
    least: int
    most: int
    """Phones of the shortest and of the longest form, endings not counted."""
    stems: tuple[str, ...]
    """Folded stems for Latin texts."""
    before: tuple[Chain, ...]
    """Earlier parts of a double surname (Rees-Mogg), which must stand before."""
    given: tuple[Chain, ...]
    also: tuple[Chain, ...]
    """The given names as other nations have them (Vladimir, Volodymyr)."""
    initials: frozenset[str]
    budget: int
    alone: bool
    female: bool | None
    family_first: bool
    chinese: tuple[str, list[str]] | None
    """The family name and the given names, when the family name may be Chinese."""
    article: bool
    """The surname is an Arabic one with its article (al-Assad), which its own script writes into the word."""
    doubled: bool
    """A short surname with a doubled letter: the text must have it too (Barr, not bar)."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A word that may be a person's surname."""

    person: Person
    sure: bool
    """Enough without the given name."""
    cost: int


def is_lower(word: str) -> bool:
    """Whether `word` begins with a small letter where a capital could stand (Georgian has none in running text)."""
    first = word[0]
    return first.islower() and first.upper() != first and not "\u10d0" <= first <= "\u10ff"


def prepare(spec: EntitySpec) -> Person | None:
    """The person of a spec, or None when its value holds no surname of two letters."""
    words = [w for w in tokenize(spec.value).words if fold(w) not in _SUFFIXES]
    names = [w for i, w in enumerate(words) if fold(w) not in PARTICLES or i == len(words) - 1 == 0]
    names = [n for n in names if fold(n)]
    if not names:
        return None
    family_first = len(names) in (2, 3) and fold(names[0]) in _FAMILY_FIRST and fold(names[-1]) not in _FAMILY_FIRST
    double: list[str] = []
    if family_first:
        surname, given = names[0], names[1:]
    else:
        surname, given = names[-1], names[:-1]
        hyphenated = spec.value.split()[-1].split("-")
        if (
            len(hyphenated) == 2
            and len(given) >= 2
            and fold(hyphenated[0]) == fold(given[-1])
            and fold(given[-1]) not in ("al", "el")
        ):
            double = [given.pop()]
    key = fold(surname)
    if len(key) < 2:
        return None
    size = len(key)
    budget = 0 if size <= 3 else 1 if size <= 5 else 2 if size < 8 else 3
    return Person(
        spec.id, spec.value, key, phones(surname, None), chain_of(surname), _without_last_vowel(surname), onsets_of(chain_of(surname)), *length_of(chain_of(surname)), _stems(key), tuple(map(chain_of, double)),
        tuple(map(chain_of, given)), tuple(chain_of(n) for g in given for n in same_names(g)), frozenset(skeleton_initial(g) for g in given), budget,
        (spec.surname_alone and size >= 3 and key not in _COMMON) or not given, _female(given), family_first, (surname, given) if family_first else None,
        re.search(r"\b(?:al|el|as|ar|an|az|ad)-", spec.value.lower()) is not None,
        size <= 4 and any(a == b for a, b in pairwise(key)) and key[-1] == key[-2],
    )  # fmt: skip


# What k, g, h, d, t become before -e and -i (Łukaszence, Dudzie, Merkelce).
_SOFTENED = {"k": ("c", "C"), "g": ("z", "dz"), "h": ("z", "S"), "d": ("dz", "J"), "t": ("c", "C")}


def _without_last_vowel(surname: str) -> Chain:
    base = surname.rstrip("aeiouyáéíóúýăâîAEIOUY")
    if base == surname or len(fold(base)) < 2:
        return ()
    chain = chain_of(base, whole=False)
    soft = _SOFTENED.get(fold(base)[-1], ())
    return (*chain[:-1], (*chain[-1], *((sound, 1) for sound in soft)))


# What the consonant before -a becomes in the Polish (k, g: also Czech and South Slavic) dative: Dudzie, Sikorze, Wojtyle.
_POLISH_SOFT = {"d": "dz", "t": "c", "k": "c", "g": "dz", "r": "rz"}


def _stems(key: str) -> tuple[str, ...]:
    """The folded surname, and what is left of it when endings replace its last vowel or loosen its last syllable."""
    stems = [key]
    if len(key) >= 4 and key[-1] in "aeoiuy":
        stems.append(key[:-1])
    if len(key) >= 5 and key[-2] in "eo" and key[-1] in "kclnrd" and key[-3] not in "aeiouy":
        stems.append(key[:-2] + key[-1])
    if len(key) >= 4 and key[-1] == "a" and key[-2] in _POLISH_SOFT:
        stems.append(key[:-2] + _POLISH_SOFT[key[-2]])
    return tuple(stems)


def skeleton_initial(word: str) -> str:
    """What an initial of `word` sounds like, coarsely: K, Q and C are one; J, Zh and Dzh too."""
    first = phones(word[:2], None)[:1]
    return skeleton(first) or "a"


def _female(given: Sequence[str]) -> bool | None:
    if not given:
        return None
    key = fold(given[0])
    if key in womens_names():
        return True
    if key in {fold(n) for n in first_names()} and key not in womens_names():
        return False
    return None


class People:
    """All persons of a rule set, by the skeletons of their surnames."""

    def __init__(self, specs: Sequence[EntitySpec]) -> None:
        self._by_skeleton: dict[str, list[Person]] = {}
        self._by_stem: dict[str, list[Person]] = {}
        self._all: list[Person] = []
        for spec in specs:
            person = prepare(spec)
            if person is not None:
                self._all.append(person)
                for stem in person.stems:
                    self._by_stem.setdefault(stem, []).append(person)
                for key in skeletons_of(person.chain) | (skeletons_of(person.stem) if person.stem else frozenset()):
                    self._by_skeleton.setdefault(key, []).append(person)

    def __bool__(self) -> bool:
        return bool(self._by_skeleton)

    def sightings(self, word: str, lang: str | None) -> tuple[Sighting, ...]:
        """The persons whose surname `word` may be a form of, in a text in `lang`."""
        first = word[0]
        if len(word) < 2 or not first.isalpha() or is_lower(word):
            return ()
        found: dict[str, Sighting] = {}
        abjad = "\u0590" <= first <= "\u08ff"
        if abjad or "\u0900" <= first <= "\u0dff":
            candidates = self._abjad(word, lang, vowels_written=not abjad)
        else:
            candidates = self._by_sound(word, lang)
        for sighting in candidates:
            if _of_another(sighting.person, word.lower(), lang):
                continue
            other = found.get(sighting.person.entity)
            if other is None or (sighting.sure, -sighting.cost) > (other.sure, -other.cost):
                found[sighting.person.entity] = sighting
        # Of two persons that a word may name, the one whose name is nearer has it; the other needs its given name.
        nearest = min((s.cost for s in found.values()), default=0)
        return tuple(s if s.cost == nearest else replace(s, sure=False) for s in found.values())

    def _by_sound(self, word: str, lang: str | None) -> Iterator[Sighting]:
        native = word[0] < "\u0370" or "\u1e00" <= word[0] <= "\u1eff"
        cyrillic = "\u0400" <= word[0] <= "\u052f"
        latin = fold(word)
        if native:
            yield from self._spelt(word, latin, lang)
        core = next((word[:i] for i, c in enumerate(word) if c in APOSTROPHES and i >= 3), None)
        tails = surname_tails(lang, cyrillic)
        for form, free in ((word, False), (core, True)) if core else ((word, False),):
            for sounds in readings(form or word, lang):
                if len(sounds) < 2:
                    continue
                for person in {
                    id(p): p
                    for p in self._candidates(sounds)
                    if sounds[0] in p.onsets
                    and p.least <= len(sounds) <= p.most + MAX_TAIL
                    and not (word.isupper() and 2 * len(word) < len(p.surname) + 2)  # an acronym: SE is no Sezer
                }.values():
                    cost = _hear(person, sounds, tails, lang, free=free)
                    if cost is not None:
                        yield _judge(person, form or word, cost, lang, native=native)

    def _spelt(self, word: str, latin: str, lang: str | None) -> Iterator[Sighting]:
        """Persons whose surname stands there letter by letter, with an ending or an apostrophe."""
        endings = _folded_tails(lang)
        apostrophe = any(c in APOSTROPHES for c in word)
        for cut in range(len(latin), max(1, len(latin) - 8), -1):
            stem, rest = latin[:cut], latin[cut:]
            for person in self._by_stem.get(stem, ()):
                whole = stem == person.surname
                if not (rest in endings or (apostrophe and len(rest) <= 6) or (whole and not rest)):
                    continue
                if (whole or rest not in ("", "s")) and _suits(person, rest, lang):
                    yield Sighting(person, person.alone and person.surname not in _WORDS.get(lang or "", ()), 0)

    def _candidates(self, sounds: str) -> Iterator[Person]:
        last = ""
        for cut in range(len(sounds), max(1, len(sounds) - 7), -1):
            key = skeleton(sounds[:cut])
            if key != last:
                yield from self._by_skeleton.get(key, ())
                last = key

    def _abjad(self, word: str, lang: str | None, *, vowels_written: bool) -> Iterator[Sighting]:
        for clitic in ("", *PERSON_CLITICS) if not vowels_written else ("",):
            if not word.startswith(clitic):
                continue
            letters = phones(word[len(clitic) :], lang)
            if len(letters) < 3:
                continue
            keys = _abjad_keys(letters)
            for person in {id(p): p for key in keys for p in self._by_skeleton.get(key, ())}.values():
                if vowels_written:
                    matched, doubts = indic(person.chain, letters)
                else:
                    if "ال" in clitic and not person.article:
                        continue
                    matched, doubts = run_abjad(person.chain, letters, unwritten=int(word[0] >= "\u0600"))
                if matched and doubts <= 3:
                    sure = (
                        person.alone
                        and len(person.surname) >= 5
                        and _spelt_enough(matched, doubts, vowels_written=vowels_written)
                    )
                    yield Sighting(person, sure, doubts + bool(clitic))

    def all(self) -> Iterator[Person]:
        """Every person, once."""
        yield from self._all


def _spelt_enough(matched: int, doubts: int, *, vowels_written: bool) -> bool:
    """Whether so many letters of a script without (all) vowels are a surname alone."""
    if vowels_written:
        return matched >= 4 and doubts <= (1 if matched >= 5 else 0)
    return matched >= 5 and doubts <= (2 if matched >= 7 else 1)


def _hear(person: Person, sounds: str, tails: frozenset[str], lang: str | None, *, free: bool) -> int | None:
    """The least cost at which `sounds` is the surname with an ending, None when it is not. `free`: no ending wanted."""
    best: int | None = None
    for end, cost in run(person.chain, sounds, person.budget + 2).items():
        tail = sounds[end:]
        if not tail or (not free and _ends(sounds, end, tails) and _suits(person, tail, lang)):
            best = cost if best is None else min(best, cost)
    if person.stem and not free:
        for end, cost in run(person.stem, sounds, person.budget + 2).items():
            tail = sounds[end:]
            if tail and (tail in tails or tail in _ADJECTIVE_TAILS) and _suits(person, tail, lang, stem=True):
                best = cost if best is None else min(best, cost)
    return best


def _ends(sounds: str, end: int, tails: frozenset[str]) -> bool:
    """Whether an ending follows at `end`; its first letter may be one with the name's last (Байден-нің)."""
    return sounds[end:] in tails or sounds[end - 1 :] in tails


def _judge(person: Person, word: str, cost: int, lang: str | None, *, native: bool) -> Sighting:
    """Whether a surname heard at `cost` is enough alone. Latin texts keep Latin spellings, unless their language respells."""
    budget = person.budget
    if native and lang not in _RESPELL:
        budget = 0 if len(person.surname) <= 5 else budget - 1
    short = native and len(person.surname) < 5 and (cost > 0 or lang not in _RESPELL or len(word) < 3)
    sure = person.alone and cost <= budget and not short
    if person.doubled and not _has_double(word):
        sure = False
    return Sighting(person, sure, cost)


@lru_cache(maxsize=1 << 14)
def _abjad_keys(letters: str) -> frozenset[str]:
    """Skeletons of a word whose letters are ambiguous: W may be v, H may be h, b and f may be p or v."""
    found = {""}
    for letter in letters:
        options = {"A": ("",), "Y": ("",), "W": ("", "f"), "H": ("", "k"), "b": ("b", "f", "p"), "f": ("f", "p")}.get(
            letter
        )
        found = {head + tail for head in found for tail in options or (letter,)}
        if len(found) > 64:
            break
    return frozenset(map(skeleton, found))


_ADJECTIVE_TAILS = frozenset(
    phones(t, "pl") for t in "ego emu im ym iego iemu ich ogo omu og om oga ega em".split()
) | frozenset("oho omu im iie ogo eho emu oi ii ia aia uiu i ie ich".split())
PERSON_CLITICS = (
    "ال",
    "وال",
    "لل",
    "بال",
    "و",
    "ل",
    "ب",
    "ف",
    "ك",
    "ول",
    "وب",
    "لل",
    "ל",
    "ב",
    "ו",
    "מ",
    "ש",
    "ה",
    "כ",
    "של",
    "ול",
    "שב",
    "ומ",
)


@lru_cache(maxsize=256)
def _native_surname_tails(lang: str | None, cyrillic: bool) -> tuple[str, ...]:
    if lang is None:
        return tuple(_LATIN_UNKNOWN.split()) if not cyrillic else tuple(_EXTRA_TAILS["ru"].split())
    code = _SLAVIC_LATIN.get(lang, lang)
    if code in ("hr", "sr", "bs"):
        code = "sr" if cyrillic else "hr"
    if cyrillic and code not in CYRILLIC_LANGS:
        code = "ru"
    if code in _EXTRA_TAILS:
        return tuple(_EXTRA_TAILS[code].split())
    return () if code == "tr" else native_tails(code)  # Turkish parts names from endings with an apostrophe


@lru_cache(maxsize=256)
def surname_tails(lang: str | None, cyrillic: bool) -> frozenset[str]:
    """Endings of surnames in `lang`, as phones."""
    return frozenset(phones(t, lang) for t in _native_surname_tails(lang, cyrillic)) - {""}


@lru_cache(maxsize=256)
def _folded_tails(lang: str | None) -> frozenset[str]:
    """Endings of surnames in `lang`, folded, for Latin texts."""
    return frozenset(fold(t) for t in _native_surname_tails(lang, False)) | {""}


# Endings, as phones, that in Slavic languages only men's surnames take after a consonant, and only women's after -sk-.
_MENS_TAILS = frozenset("a u om em im ovi evi iem ie".split())
_WOMENS_TAILS = frozenset("a aia oi ii iei ei u uiu oiu on ou e oe".split())
_GENDERED = frozenset("ru uk be pl cs sk sl hr sr bg mk".split())
_ADJECTIVE_OF_NAME = re.compile("(?:ов|ев|ёв|ин)(?:ый|ая|ую|ого|ому|ое|ые|ыми)$")
_ADJECTIVAL = re.compile(r"[sc]k(?:y|i|yi|iy|yj|ij|yy|ii)$")


def _suits(person: Person, tail: str, lang: str | None, *, stem: bool = False) -> bool:
    """Whether an ending suits the person's sex: Czech -ové and Russian -oy are a woman's (-ova may be a possessive), and
    so is -ska for a man in -sky, which is more often a region's adjective (Хмельницької області)."""
    if person.female:
        foreign = person.surname[-1] not in "aeiouyv" and not person.surname.endswith("in")
        return not (foreign and lang in ("ru", "uk", "be", "pl") and tail in _MENS_TAILS)
    if person.female is None:
        return True
    if stem and lang in _GENDERED and tail in _WOMENS_TAILS and _ADJECTIVAL.search(person.surname):
        return False
    if lang in ("cs", "sk"):
        return tail not in ("ovou", "ovei", "ovu")
    return not (lang in ("ru", "uk") and person.surname.endswith(("ov", "ev", "in")) and tail in ("oi", "oiu"))


def _of_another(person: Person, word: str, lang: str | None) -> bool:
    """Whether an ending that folds alike says that a man's surname is a woman's, or an adjective of its stem.

    Czech Putinová is a woman, Putinova "Putin's"; лавровый is of laurel. A given name in -a (Nicola) proves no man.
    """
    if person.female is not False:
        return False
    if lang in ("cs", "sk"):
        return word.endswith(("ová", "ové", "ovú")) and not _given_in_a(person)
    return person.surname.endswith(("ov", "ev", "in")) and _ADJECTIVE_OF_NAME.search(word) is not None


def _given_in_a(person: Person) -> bool:
    return fold(tokenize(person.name).words[0]).endswith("a")


def _has_double(word: str) -> bool:
    low = word.lower()
    return any(a == b and a not in "аеоу" for a, b in pairwise(low))


def indic(chain: Chain, sounds: str) -> tuple[int, int]:
    """Indic scripts leave the short a out of a transliteration, and write z as j."""
    letters = (
        sounds.replace("a", "A")
        .replace("i", "Y")
        .replace("u", "W")
        .replace("o", "W")
        .replace("e", "Y")
        .replace("h", "H")
    )
    return run_abjad(chain, letters.replace("J", "J"))
