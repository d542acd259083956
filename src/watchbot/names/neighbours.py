"""What stands beside a surname: the person's given name, or somebody else's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from watchbot.names.first_names import first_names
from watchbot.names.openers import openers, relations
from watchbot.names.people import (
    PARTICLES,
    PERSON_CLITICS,
    Person,
    Sighting,
    indic,
    is_lower,
    skeleton_initial,
    surname_tails,
)
from watchbot.names.sound import VOWELS, Chain, chain_of, phones, run, run_abjad, skeleton, skeletons_of
from watchbot.text import Tokens, fold

GIVEN_BUDGET = 3
"""What a given name's spelling may cost beside a fitting surname: it only confirms."""
_SENTENCE_ENDS = frozenset(".!?…:;|\n\r•—–¿¡(")
_QUOTES = frozenset(" \u00a0\t\"'«»“”„‘’‚‹›[{*")
ALSO_BUDGET = 1
"""The same for the name that another nation has for it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text being read: itself, its tokens, its language."""

    text: str
    tokens: Tokens
    lang: str | None

    def joined(self, at: int) -> bool:
        """Whether only a space, hyphen, middle dot or the dot of an initial parts tokens `at` and `at + 1`."""
        gap = self.text[self.tokens.ends[at] : self.tokens.starts[at + 1]]
        if len(gap) > 3:
            return False
        bare = gap.strip()
        if bare in ("", "-", "\u2010", "\u2011", "\u2013", "·", "・", "\u05be", "'", "’"):
            return True
        return bare in (".", ".-") and len(self.tokens.words[at]) <= 2

    def dotted(self, at: int) -> bool:
        """Whether a full stop follows token `at`, as after an initial."""
        return self.text[self.tokens.ends[at] : self.tokens.ends[at] + 1] == "."


def starts_sentence(text: str, start: int) -> bool:
    """Whether the word at `start` opens the text, a sentence, or a part after a colon or dash."""
    i = start - 1
    while i >= 0 and text[i] in _QUOTES:
        i -= 1
    return i < 0 or text[i] in _SENTENCE_ENDS


def settle(sighting: Sighting, reading: Reading, i: int) -> tuple[int, int] | None:
    """The tokens (first, last) of the person whose surname may stand at token `i`, or None when it is another's."""
    person, words = sighting.person, reading.tokens.words
    first = i
    for chain in reversed(person.before):
        if not (first and reading.joined(first - 1) and _is(chain, words[first - 1], reading.lang, GIVEN_BUDGET)):
            return None
        first -= 1
    last = _given_after(person, reading, i)
    if person.family_first:
        return (i, last) if last > i or (sighting.sure and sighting.cost == 0) else None
    start = _given_before(person, reading, first)
    if start < first:
        return start, i
    if last > i:
        return first, last
    if not sighting.sure or someone_else(person, reading, first) or _another_thing(sighting, reading, first, i):
        return None
    return first, i


def _another_thing(sighting: Sighting, reading: Reading, first: int, i: int) -> bool:
    """Whether a lone surname is rather a word that opens a sentence (Кроме is no Kramer) or another's first name
    ("William Hechler" is no Williams)."""
    words, person = reading.tokens.words, sighting.person
    if not sighting.cost:
        return False
    opener = (sighting.cost > 1 and len(person.surname) < 8) or fold(words[i]) in openers()
    if opener and starts_sentence(reading.text, reading.tokens.starts[first]):
        return True
    if reading.lang in ("de", "lb") or i + 1 >= len(words) or not person.given:
        return False  # German nouns have capitals too
    if reading.text[reading.tokens.ends[i] : reading.tokens.starts[i + 1]] != " ":
        return False
    following = words[i + 1]
    return (
        fold(words[i]) != person.surname
        and following[0].isupper()
        and not following.isupper()
        and len(following) > 2
        and _is_first_name(words[i], reading.lang)
    )


def _given_before(person: Person, reading: Reading, first: int) -> int:
    """The token where the given names before `first` begin; `first` itself when there are none.

    One other word may stand between: a patronymic or a middle name ("Нурсултан Абишевич Назарбаев").
    """
    start, at, skipped = first, first - 1, False
    while at >= 0 and first - at <= len(person.given) + 3 and reading.joined(at):
        word = reading.tokens.words[at]
        if _is_given(person, word, reading.lang) or _is_own_initial(person, reading, at):
            start = at
        elif fold(word) not in PARTICLES:
            if skipped or start < first or not (word[0].isupper() and (len(word) <= 2 or len(word) >= 4)):
                break
            skipped = True
        at -= 1
    return start


def _given_after(person: Person, reading: Reading, i: int) -> int:
    """The last token of given names that follow the surname ("Назарбаев Нурсултан"); `i` when there are none."""
    last, words = i, reading.tokens.words
    budget = GIVEN_BUDGET if person.family_first else GIVEN_BUDGET - 1
    while last + 1 < len(words) and last - i < len(person.given) and reading.joined(last):
        if not any(_is(chain, words[last + 1], reading.lang, budget) for chain in person.given):
            break
        last += 1
    return last


def _is_given(person: Person, word: str, lang: str | None) -> bool:
    return any(_is(chain, word, lang, GIVEN_BUDGET) for chain in person.given) or any(
        _is(chain, word, lang, ALSO_BUDGET) for chain in person.also
    )


def _is_own_initial(person: Person, reading: Reading, at: int) -> bool:
    word = reading.tokens.words[at]
    return _is_initial(word) and reading.dotted(at) and skeleton_initial(word) in person.initials


def someone_else(person: Person, reading: Reading, first: int) -> bool:
    """Whether another's first name or initial stands right before the surname at token `first`."""
    at = first - 1
    while at >= 0 and reading.joined(at) and fold(reading.tokens.words[at]) in PARTICLES:
        at -= 1
    if at < 0 or not person.given or not reading.joined(at):
        return False
    word = reading.tokens.words[at]
    if _is_initial(word):
        return reading.dotted(at) and skeleton_initial(word) not in person.initials
    return word[0].isalpha() and _is_first_name(word, reading.lang)


def _is_initial(word: str) -> bool:
    return len(word) <= 2 and word[0].isupper() and word[0].lower() != word[0]


@lru_cache(maxsize=1 << 14)
def _is(chain: Chain, word: str, lang: str | None, budget: int) -> bool:
    """Whether `word` may be the given name of `chain`, inflected or not."""
    if not word[0].isalpha() or is_lower(word):
        return False
    if "\u0590" <= word[0] <= "\u08ff":
        cores = [word, *(word[len(c) :] for c in PERSON_CLITICS if word.startswith(c))]
        return any(run_abjad(chain, phones(core, lang))[0] >= 3 for core in cores if core)
    if "\u0900" <= word[0] <= "\u0dff":
        return indic(chain, phones(word, lang))[0] > 0
    # Latin texts keep many spellings that their own letters do not suit (Turkish "Bruce" is no Brudzhe).
    heard = {phones(word, lang), phones(word, None)} if word[0] < "\u0370" else {phones(word, lang)}
    return any(_sounds_given(chain, sounds, budget) for sounds in heard)


def _sounds_given(chain: Chain, sounds: str, budget: int) -> bool:
    if any(len(sounds) - end <= 3 for end in run(chain, sounds, budget)):
        return True
    stem = chain[:-1]
    if len(stem) < 2 or not all(s[-1:] in VOWELS or not s for s, _ in chain[-1]):
        return False
    return any(len(sounds) - end <= 3 for end in run(stem, sounds, budget))


@lru_cache(maxsize=1)
def _first_name_chains() -> dict[str, list[tuple[Chain, int]]]:
    """Skeleton -> first names with that skeleton, each with its budget."""
    found: dict[str, list[tuple[Chain, int]]] = {}
    for name in sorted(first_names()):
        chain = chain_of(name)
        for key in skeletons_of(chain):
            found.setdefault(key, []).append((chain, int(len(name) >= 6)))
    return found


@lru_cache(maxsize=1 << 14)
def _is_first_name(word: str, lang: str | None) -> bool:
    """Whether `word` is somebody's first name in some case."""
    if is_lower(word) or (word.isupper() and 1 < len(word) < 5):
        return False
    key = fold(word)
    if key in relations() or (key in openers() and not word.isascii()):  # Сам is "himself"
        return False
    spelt = _folded_first_names()
    if key in spelt or any(key[: len(key) - n] in spelt for n in (1, 2) if len(key) - n >= 4):
        return True
    if word.isascii() or word[0] < "\u0370" or "\u0590" <= word[0] <= "\u08ff":
        return len(key) >= 5 and any(key[:-1] + vowel in spelt for vowel in "aeo")
    return _sounds_like_first_name(phones(word, lang), surname_tails(lang, "\u0400" <= word[0] <= "\u052f"))


def _sounds_like_first_name(sounds: str, tails: frozenset[str]) -> bool:
    for cut in range(len(sounds), max(2, len(sounds) - 4), -1):
        for chain, budget in _first_name_chains().get(skeleton(sounds[:cut]), ()):
            if any(e == len(sounds) or sounds[e:] in tails for e in run(chain, sounds, budget)):
                return True
            stem = chain[:-1]
            ends_in_vowel = len(stem) >= 3 and all(s[-1:] in VOWELS for s, _ in chain[-1] if s)
            if ends_in_vowel and any(e < len(sounds) and sounds[e:] in tails for e in run(stem, sounds, 0)):
                return True
    return False


@lru_cache(maxsize=1)
def _folded_first_names() -> frozenset[str]:
    return frozenset(map(fold, first_names()))
