"""What an item says, as terms that can be compared across languages.

e:ENTITY   matched by the rules          c:CONCEPT  from the lexicon       n:NUMBER   figures
k:KEY      names and cognates, by their consonants in Latin letters        w:LANG:STEM  words, within one language
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from anyascii import anyascii

from watchbot.model import StoryItem
from watchbot.names.languages import likely_language_of
from watchbot.stories.lexicon import ELIDED, SILENT, UNSPACED, Lexicon, Phrase, plain, shipped
from watchbot.stories.numbers import Number, number_words, numbers_in, with_ascii_digits
from watchbot.text.fingerprint import strip_text, strip_title
from watchbot.text.tokens import APOSTROPHES, MARKS

MAX_CHARS = 600
"""Characters of the text that count beside the title: the lead says what happened, the rest is background."""
CACHED_WORDS = 50_000
"""Words kept with what is known of them; about 20 MB."""
COUNTED = {"kill": "killed", "injure": "injured", "detain": "detained", "charge": "charged", "evacuate": "evacuated"}
"""Concepts whose numbers grow while an event goes on, and how an alert names them."""
VAGUE_CONCEPTS = 2
"""A headline with more concepts than this reports something."""
NEAR, NEAR_UNSPACED = 60, 15
"""Characters between a figure and the word it counts: "the number of people killed in the unrest rose to 164"."""
_LETTER = rf"(?:[^\W\d_]|[{MARKS}])"
T = TypeVar("T")
_WORD = re.compile(rf"[^\W\d_]{_LETTER}*(?:[{APOSTROPHES}]{_LETTER}+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+")
_CAPITALISED = frozenset(("Lu", "Lt"))
_PAIRS = (
    ("tsch", "c"),
    ("sch", "s"),
    ("shch", "s"),
    ("dzh", "j"),
    ("dsch", "j"),
    ("kh", "h"),
    ("zh", "j"),
    ("sh", "s"),
    ("ch", "c"),
    ("ts", "c"),
    ("tz", "c"),
    ("cz", "c"),
    ("sz", "s"),
    ("rz", "r"),
    ("ph", "f"),
    ("ck", "k"),
    ("th", "t"),
    ("gh", "g"),
    ("qu", "k"),
    ("q", "k"),
    ("w", "v"),
    ("x", "ks"),
    ("z", "s"),
    ("c", "s"),
    ("j", "s"),
)
"""Transliterations of one sound, folded together: English, German, French, Polish and ISO 9 habits."""


@dataclass(frozen=True, slots=True)
class Features:
    """`shared`: terms of any language; `words`: terms of one language; `counts`: the largest figure per concept;
    `named`: those of `shared` that stand for matched entities; `vague`: the title says nothing of an event."""

    lang: str
    shared: frozenset[str]
    words: frozenset[str]
    counts: tuple[tuple[str, int], ...]
    named: frozenset[str] = frozenset()
    vague: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    plain: str
    concepts: tuple[str, ...]
    terms: tuple[str, ...]
    phrases: tuple[Phrase, ...]
    term: str
    key: str
    number: int
    bare: bool
    """Nothing but a word and perhaps a name."""


class _Remembered(dict[str, T]):
    """Words of one language (or names of entities), each looked up once: most of the news come again and again."""

    def __init__(self, look_up: Callable[[str], T]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, word: str) -> T:
        found = self[word] = self._look_up(word)
        return found


class Extractor:
    """Items -> features. Holds the lexicon and bounded caches of words."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon or shipped()
        self._number_words = number_words()
        self._words: dict[str, _Remembered[_Word]] = {}
        self._own_names = _Remembered(self._names_of)
        self._known = 0

    def features(self, item: StoryItem) -> Features:
        title = with_ascii_digits(strip_title(item.title).title)
        text = f"{title}\n{with_ascii_digits(strip_text((item.summary or item.body)[:MAX_CHARS]))}"
        lang = likely_language_of(text, item.lang) or ""
        figures = numbers_in(text, lang)
        shared = {f"e:{entity}" for entity in item.entities}
        shared |= {_number_term(number) for number in figures if not number.is_year}
        if lang in UNSPACED:
            words, counts = self._unspaced(text, lang, shared, figures)
        else:
            words, counts = self._spaced(text, lang, shared, figures)
        # A matched entity's own name must not count twice, nor a country that the lexicon knows with its adjectives.
        shared -= {f"e:{entity}" for entity in item.entities if f"c:{entity}" in shared}
        shared.difference_update(*map(self._own_names.__getitem__, item.entities))
        named = {kind for entity in item.entities for kind in (f"e:{entity}", f"c:{entity}")} & shared
        vague = bool(item.entities) and item.headline == () and self._says_nothing(title, lang)
        return Features(
            lang, frozenset(shared), frozenset(words), tuple(sorted(counts.items())), frozenset(named), vague
        )

    def _says_nothing(self, title: str, lang: str) -> bool:
        """Whether a title without a matched entity has no name, no figure and next to no event: "Biting the hand".

        The first word's capital proves no name. Where a script has no capitals, or nouns carry them, nothing is said.
        """
        words = list(map(self._of(lang).__getitem__, _WORD.findall(unicodedata.normalize("NFC", title))))
        concepts = {concept for word in words for concept in word.concepts}
        names = any(word.key.startswith("k:") for word in words[1:])
        figures = bool(numbers_in(title, ""))
        return title.casefold() != title.upper() and not names and not figures and len(concepts) <= VAGUE_CONCEPTS

    def _spaced(self, text: str, lang: str, shared: set[str], figures: list[Number]) -> tuple[set[str], dict[str, int]]:
        composed = unicodedata.normalize("NFC", text)
        found = list(map(self._of(lang).__getitem__, _WORD.findall(composed)))
        shared.update([word.key for word in found if word.bare and word.key])
        telling = [pair for pair in enumerate(found) if not pair[1].bare]
        concepts: list[tuple[int, str]] = []
        numbers: list[tuple[int, int]] = []
        for position, word in telling:
            spoken = word.terms
            if spoken:
                shared.update(spoken)
                concepts.extend((position, concept) for concept in word.concepts if concept in COUNTED)
            for others, concept in word.phrases:
                following = found[position + 1 : position + 1 + len(others)]
                if len(following) == len(others) and all(
                    f.plain.startswith(o) for f, o in zip(following, others, strict=True)
                ):
                    shared.add(f"c:{concept}")
                    spoken = ("phrase",)
                    if concept in COUNTED:
                        concepts.append((position, concept))
            if word.key and not spoken:
                shared.add(word.key)
            if word.number:
                numbers.append((position, word.number))
        starts = [match.start() for match in _WORD.finditer(composed)] if concepts or numbers else []
        spelt = [Number(value, False, starts[position]) for position, value in numbers]
        shared.update(map(_number_term, spelt))
        words = {word.term for word in found if word.term}
        places = [(starts[position], concept) for position, concept in concepts]
        return words, _counts(text, places, [*figures, *spelt], reach=NEAR)

    def _unspaced(
        self, text: str, lang: str, shared: set[str], figures: list[Number]
    ) -> tuple[set[str], dict[str, int]]:
        concepts = self._lexicon.concepts_inside(plain(text), lang)
        shared |= {f"c:{concept}" for _, concept in concepts}
        words = {f"w:{lang}:{run[i : i + 2]}" for run in _CJK.findall(text) for i in range(max(1, len(run) - 1))}
        shared |= {key for word in re.findall(r"[A-Za-z]{4,}", text) if (key := self._key(word))}
        return words, _counts(text, concepts, figures, reach=NEAR_UNSPACED)

    def _of(self, lang: str) -> _Remembered[_Word]:
        """What is known of a language's words."""
        if self._known > CACHED_WORDS:
            self._words.clear()
            self._known = 0
        words = self._words.get(lang)
        if words is None:
            words = self._words[lang] = _Remembered(partial(self._word, lang=lang))
        return words

    def _word(self, word: str, lang: str) -> _Word:
        """All that is known of a word."""
        self._known += 1
        bare = ELIDED.sub("", word) or word
        folded = plain(bare)
        concepts, phrases = self._lexicon.word(folded, lang)
        if SILENT in concepts:
            return _Word(folded, (), (), (), "", "", 0, True)
        term = f"w:{lang}:{folded[:7]}" if len(bare) >= 3 else ""
        number = self._number_words.get(lang, {}).get(bare.lower(), 0)
        terms = tuple(f"c:{c}" for c in concepts)
        return _Word(folded, concepts, terms, phrases, term, name_key(bare), number, not (terms or phrases or number))

    def _key(self, word: str) -> str:
        return self._of("")[word].key

    def _names_of(self, entity: str) -> frozenset[str]:
        return frozenset(self._key(part.capitalize()) for part in re.split(r"[-_ ]", entity) if part)


def name_key(word: str) -> str:
    """ "k:" and the first consonants of a word in Latin letters, or "" for a word too short to say anything.

    A capitalised word (a name) needs three consonants and gives four; another word, a possible cognate
    ("terrorist", "террорист"), needs six letters and gives five.
    """
    name = unicodedata.category(word[0]) in _CAPITALISED
    if len(word) < (4 if name else 6):
        return ""
    latin = re.sub(r"[^a-z]", "", anyascii(word).lower())
    for old, new in _PAIRS:
        latin = latin.replace(old, new)
    consonants = re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyh]", "", latin))
    if latin[:1] in "aeiouy":
        consonants = "a" + consonants
    if len(consonants) < (3 if name else 4):
        return ""
    return f"k:{consonants[:4]}" if name else f"g:{consonants[:5]}"


def _number_term(number: Number) -> str:
    value = int(number.value) if number.value == int(number.value) else number.value
    return f"n:{value}%" if number.percent else f"n:{value}"


def _counts(text: str, concepts: list[tuple[int, str]], figures: list[Number], *, reach: int) -> dict[str, int]:
    """The largest figure near each counted concept, within `reach` characters."""
    counts: dict[str, int] = {}
    counted = [(place, concept) for place, concept in concepts if concept in COUNTED]
    for number in figures:
        if number.percent or number.is_year or number.value < 2 or number.value != int(number.value) or not counted:
            continue
        distance, concept = min((_distance(text, number.start, place), concept) for place, concept in counted)
        if distance <= reach:
            counts[concept] = max(counts.get(concept, 0), int(number.value))
    return counts


def _distance(text: str, figure: int, word: int) -> int:
    """Characters between a figure and a word; more across a comma or colon, and when the word comes first.

    "26 killed, 3,000 arrests": most languages put the figure before what it counts.
    """
    between = text[min(figure, word) : max(figure, word)]
    crossed = any(mark in between for mark in (", ", ": ", "; ", ". ", " – ", " — ", "\n", "，", "、"))
    return len(between) + (12 if crossed else 0) + (6 if word < figure else 0)
