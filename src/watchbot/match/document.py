"""An entry as rules see it: cut into words once, its entities looked up once, its words matched on demand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from watchbot.model import FIELDS, Hit, Match, MatchInput
from watchbot.names import stem_key
from watchbot.rules import RuleSet
from watchbot.rules.expression import Phrase, WordAtom, name_of
from watchbot.rules.patterns import Pattern
from watchbot.text import Tokens, tokenize

MAX_TEXT = 200_000
"""Code points of a field that are read: about 30,000 words, longer than any news item; the rest is ignored."""
Places = dict[WordAtom, list[tuple[int, int, Pattern]]]


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

    __slots__ = (
        "_by_entity",
        "_places",
        "_present",
        "_stems",
        "_words_found",
        "fields",
        "item",
        "matches",
        "present",
        "rules",
    )

    def __init__(self, item: MatchInput, rules: RuleSet) -> None:
        self.item, self.rules = item, rules
        self._places: dict[str, Places] = {}
        self._stems: dict[str, list[str]] = {}
        self._present: frozenset[WordAtom] | None = None
        self._words_found: dict[tuple[WordAtom, str | None], list[Occurrence]] = {}
        self._by_entity: dict[str, list[Match]] = {}
        self.fields: dict[str, Field] = {}
        for name in FIELDS:
            text = getattr(item, name)
            if text:
                text = text[:MAX_TEXT]
                tokens = tokenize(text)
                self.fields[name] = Field(name, text, tokens, tuple(rules.index.find(text, tokens, item.lang)))
        self.matches: tuple[Match, ...] = tuple(self._entity_matches())
        """Every entity occurrence, field by field."""
        self.present = frozenset(self._by_entity)
        """Entities that stand anywhere."""

    def _entity_matches(self) -> Iterator[Match]:
        for field in self.fields.values():
            for hit in field.hits:
                match = Match(hit.entity, field.name, hit.start, hit.end, hit.text, hit.alias)
                self._by_entity.setdefault(hit.entity, []).append(match)
                yield match

    def word_atoms(self) -> frozenset[WordAtom]:
        """Terms, wildcards and exact phrases of the rules that are present somewhere."""
        if self._present is None:
            self._present = frozenset(atom for field in self.fields.values() for atom in self._field_places(field))
        return self._present

    def entity(self, entity_id: str, only: str | None) -> tuple[Match, ...]:
        """Where the entity stands."""
        found = self._by_entity.get(entity_id, ())
        return tuple(found) if only is None else tuple(match for match in found if match.field == only)

    def entity_places(self, entity_id: str, only: str | None) -> list[Occurrence]:
        """The same, with the places in words."""
        return [self._occurrence(match) for match in self.entity(entity_id, only)]

    def words(self, atom: WordAtom, only: str | None) -> list[Occurrence]:
        """Where a term, a word with stars or a phrase stands."""
        found = self._words_found.get((atom, only))
        if found is None:
            found = self._words_found[atom, only] = self._find_words(atom, only)
        return found

    def _find_words(self, atom: WordAtom, only: str | None) -> list[Occurrence]:
        if isinstance(atom, Phrase) and atom.inflected:
            return self._inflected(atom, only)
        if atom not in self.word_atoms():
            return []
        return [
            self._words(field, name_of(atom), first, last, pattern.text)
            for field in self._fields(only)
            for first, last, pattern in self._field_places(field).get(atom, ())
        ]

    def _inflected(self, phrase: Phrase, only: str | None) -> list[Occurrence]:
        found = []
        wanted = [stem_key(word, self.item.lang) for word in phrase.words]
        for field in self._fields(only):
            stems = self._stems.get(field.name)
            if stems is None:
                stems = self._stems[field.name] = [stem_key(word, self.item.lang) for word in field.tokens.words]
            at, size = -1, len(wanted)
            while wanted:
                try:
                    at = stems.index(wanted[0], at + 1)
                except ValueError:
                    break
                if stems[at : at + size] == wanted:
                    found.append(self._words(field, name_of(phrase), at, at + size, phrase.text))
        return found

    def _fields(self, only: str | None) -> list[Field]:
        if only is None:
            return list(self.fields.values())
        field = self.fields.get(only)
        return [field] if field else []

    def _field_places(self, field: Field) -> Places:
        places = self._places.get(field.name)
        if places is None:
            places = self.rules.words.find(field.tokens.words)
            self._places[field.name] = places
        return places

    def _words(self, field: Field, name: str, first: int, last: int, alias: str) -> Occurrence:
        start, end = field.tokens.starts[first], field.tokens.ends[last - 1]
        return Occurrence(Match(name, field.name, start, end, field.text[start:end], alias), first, last)

    def _occurrence(self, match: Match) -> Occurrence:
        tokens = self.fields[match.field].tokens
        first = max(bisect_right(tokens.starts, match.start) - 1, 0)
        return Occurrence(match, first, max(bisect_left(tokens.starts, match.end), first + 1))
