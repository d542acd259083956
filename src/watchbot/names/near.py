"""Near misses: forms that almost matched, for `watchbot explain`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from watchbot.model import NearMiss
from watchbot.names.neighbours import Reading, someone_else
from watchbot.names.people import People, Person, Sighting
from watchbot.names.sound import phones
from watchbot.text import Tokens, fold

MAX_WORDS = 400
"""Words of a text that are looked at: `explain` is for a headline or a paragraph."""
MIN_SIZE = 5
"""Letters below which one letter off is a different word."""


def near_persons(people: People, reading: Reading, taken: Sequence[tuple[int, int]]) -> Iterator[NearMiss]:
    """Words outside `taken` spans that miss a person by a letter, or by what stands before them."""
    tokens = reading.tokens
    for i, word in enumerate(tokens.words[:MAX_WORDS]):
        start, end = tokens.starts[i], tokens.ends[i]
        if any(a <= start and end <= b for a, b in taken) or not word[0].isalpha():
            continue
        sightings = people.sightings(word, reading.lang)
        for sighting in sightings:
            yield NearMiss(sighting.person.entity, word, sighting.person.name, _why(sighting, reading, i))
        if not sightings and len(word) >= MIN_SIZE:
            sounds = phones(word, reading.lang)
            for person in people.all():
                if _one_off(sounds, person):
                    yield NearMiss(person.entity, word, person.name, "one letter off, not matched")


def _why(sighting: Sighting, reading: Reading, i: int) -> str:
    if someone_else(sighting.person, reading, i):
        return "another first name stands before the surname"
    if not sighting.person.alone:
        return "the surname alone is not enough for this person"
    return f"the surname is spelt too differently to stand alone ({sighting.cost} doubts)"


def _one_off(sounds: str, person: Person) -> bool:
    """Whether `sounds`, perhaps with an ending, is one change from the surname as it is read."""
    name = person.sounds
    if len(name) < MIN_SIZE or abs(len(sounds) - len(name)) > 3 or sounds[:1] != name[:1]:
        return False
    return any(_distance_one(sounds[: len(sounds) - cut], name) for cut in range(4) if len(sounds) - cut >= MIN_SIZE)


def _distance_one(a: str, b: str) -> bool:
    """Whether one letter put in, left out or changed makes `b` of `a`."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    same = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        same += 1
    return a[same + (len(a) >= len(b)) :] == b[same + (len(b) >= len(a)) :]


def near_words(
    keys: dict[str, tuple[str, str]], tokens: Tokens, text: str, taken: Sequence[tuple[int, int]]
) -> Iterator[NearMiss]:
    """Words outside `taken` that are one letter from a name of one word (`keys`: fold -> entity, alias)."""
    for i, word in enumerate(tokens.words[:MAX_WORDS]):
        start, end = tokens.starts[i], tokens.ends[i]
        if any(a <= start and end <= b for a, b in taken):
            continue
        key = fold(word)
        if len(key) < MIN_SIZE or word[0].islower():
            continue
        for other, (entity, alias) in keys.items():
            if len(other) >= MIN_SIZE and other[0] == key[0] and _distance_one(key, other):
                yield NearMiss(entity, text[start:end], alias, "one letter off, not matched")
                break
