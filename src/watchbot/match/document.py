"""An entry as rules see it: cut into words once, its entities looked up once, its words matched on demand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

from watchbot.model import FIELDS, Hit, Match, MatchInput
from watchbot.names import stem_key
from watchbot.rules import RuleSet
from watchbot.rules.expression import Phrase
from watchbot.rules.patterns import WordPattern, word_key
from watchbot.text import Tokens, tokenize

MAX_TEXT = 200_000
"""Code points of a field that are read: about 30,000 words, longer than any news item; the rest is ignored."""
cached_word_key = lru_cache(maxsize=100_000)(word_key)


@dataclass(frozen=True, slots=True)
class Field:
    """One text field with its words and the entities found in it."""

    name: str
    text: str
    tokens: Tokens
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A match with its place in words: [first, last) of the field's tokens."""

    match: Match
    first: int
    last: int


class Document:
    """An entry prepared for evaluation. Lives as long as one call of `match_entry`."""

    __slots__ = ("_keys", "fields", "item", "rules")

    def __init__(self, item: MatchInput, rules: RuleSet) -> None:
        self.item, self.rules = item, rules
        self._keys: dict[str, list[str]] = {}
        self.fields: dict[str, Field] = {}
        for name in FIELDS:
            text = getattr(item, name)
            if text:
                text = text[:MAX_TEXT]
                tokens = tokenize(text)
                self.fields[name] = Field(name, text, tokens, tuple(rules.index.find(text, tokens, item.lang)))

    def matches(self) -> tuple[Match, ...]:
        """Every entity occurrence, field by field."""
        return tuple(
            Match(hit.entity, field.name, hit.start, hit.end, hit.text, hit.alias)
            for field in self.fields.values()
            for hit in field.hits
        )

    def entity(self, entity_id: str, only: str | None) -> list[Occurrence]:
        """Where the entity stands."""
        return [
            self._occurrence(field, entity_id, hit.start, hit.end, hit.alias)
            for field in self._fields(only)
            for hit in field.hits
            if hit.entity == entity_id
        ]

    def patterns(self, name: str, patterns: tuple[WordPattern, ...], only: str | None) -> list[Occurrence]:
        """Where a word fits any of the patterns; `name` is what the match is called."""
        found = []
        for field in self._fields(only):
            for i, key in enumerate(self._word_keys(field)):
                for pattern in patterns:
                    if pattern.matches(key):
                        found.append(self._words(field, name, i, i + 1, pattern.text))
                        break
        return found

    def phrase(self, phrase: Phrase, only: str | None) -> list[Occurrence]:
        """Where the words of the phrase stand in a row, as written or (inflected) by their stems."""
        found = []
        for field in self._fields(only):
            if phrase.inflected:
                lang = self.item.lang
                wanted = [stem_key(word, lang) for word in phrase.words]
                keys = [stem_key(word, lang) for word in field.tokens.words]
            else:
                wanted, keys = list(phrase.keys), self._word_keys(field)
            first, size = wanted[0] if wanted else None, len(wanted)
            for i, key in enumerate(keys):
                if key == first and keys[i : i + size] == wanted:
                    found.append(self._words(field, f'"{phrase.text}"', i, i + size, phrase.text))
        return found

    def _fields(self, only: str | None) -> list[Field]:
        if only is None:
            return list(self.fields.values())
        field = self.fields.get(only)
        return [field] if field else []

    def _word_keys(self, field: Field) -> list[str]:
        keys = self._keys.get(field.name)
        if keys is None:
            keys = self._keys[field.name] = [cached_word_key(word) for word in field.tokens.words]
        return keys

    def _words(self, field: Field, name: str, first: int, last: int, alias: str) -> Occurrence:
        start, end = field.tokens.starts[first], field.tokens.ends[last - 1]
        return Occurrence(Match(name, field.name, start, end, field.text[start:end], alias), first, last)

    def _occurrence(self, field: Field, name: str, start: int, end: int, alias: str) -> Occurrence:
        first = max(bisect_right(field.tokens.starts, start) - 1, 0)
        last = max(bisect_left(field.tokens.starts, end), first + 1)
        return Occurrence(Match(name, field.name, start, end, field.text[start:end], alias), first, last)
