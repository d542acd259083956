"""The index of entities: built once from the specs, asked for every field of every entry."""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale, localedata

from watchbot.model import EntityKind, EntitySpec, Hit, NearMiss
from watchbot.text import Tokens, fold, tokenize


class EntityIndex:
    """Keys of all names of all entities, looked up word by word."""

    def __init__(self, aliases: dict[str, list[tuple[str, tuple[str, ...], str]]]) -> None:
        self._aliases = aliases

    def find(self, text: str, tokens: Tokens, lang: str | None = None) -> list[Hit]:
        """Every occurrence of every entity in `text`, whose tokens are `tokens`, in order of start."""
        keys = [fold(word) for word in tokens.words]
        hits: list[Hit] = []
        taken: dict[str, int] = {}
        for i, key in enumerate(keys):
            for entity, words, alias in self._aliases.get(key, ()):
                end = i + len(words)
                if tuple(keys[i:end]) == words and taken.get(entity, -1) <= i:
                    span = tokens.starts[i], tokens.ends[end - 1]
                    hits.append(Hit(entity, *span, text[span[0] : span[1]], alias))
                    taken[entity] = end
        return hits

    def near_misses(self, text: str, tokens: Tokens, lang: str | None = None) -> list[NearMiss]:
        """Forms that almost matched, each with the reason why they did not."""
        return []


def build_index(specs: Sequence[EntitySpec]) -> EntityIndex:
    """Compile `specs` into an index. Specs with mistakes (see `check_specs`) contribute what can be used of them."""
    aliases: dict[str, list[tuple[str, tuple[str, ...], str]]] = {}
    for spec in specs:
        names = {n for many in spec.names.values() for n in many} | set(spec.acronyms)
        if spec.kind is EntityKind.COUNTRY:
            names |= {
                str(Locale.parse(code).territories[spec.value])
                for code in localedata.locale_identifiers()
                if spec.value in Locale.parse(code).territories
            }
        elif spec.value:
            names.add(spec.value)
            if spec.kind is EntityKind.PERSON and spec.surname_alone:
                names.add(spec.value.split()[-1])
        for name in names:
            words = tuple(fold(w) for w in tokenize(name).words)
            if words and words[0]:
                aliases.setdefault(words[0], []).append((spec.id, words, name))
    for found in aliases.values():
        found.sort(key=lambda a: -len(a[1]))
    return EntityIndex(aliases)
