"""What rules.yaml compiles to: immutable, shared by every task, replaced as a whole on reload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from watchbot.errors import Problem
from watchbot.model import AlertPolicy, EntitySpec, Priority
from watchbot.names import EntityIndex, build_index
from watchbot.rules.expression import (
    EntityRef,
    Expression,
    Phrase,
    TermRef,
    Wildcard,
    WordAtom,
    parts_of,
    required,
)
from watchbot.rules.patterns import Pattern, PatternIndex, exact_pattern


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Its id is the topic that chats subscribe to; `match` is the expression as written."""

    id: str
    title: str
    match: str
    expression: Expression
    priority: Priority = Priority.NORMAL
    alerts: AlertPolicy = AlertPolicy.UPDATES
    window: timedelta | None = None
    """After this time the same story is told again; None: never while it is open."""
    cooldown: timedelta | None = None
    """At most one alert of the rule in this time."""
    description: str = ""
    tags: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All of rules.yaml. `digest` is the SHA-256 of all texts read; `by_entity` and `always` index the rules."""

    rules: tuple[Rule, ...]
    entities: tuple[EntitySpec, ...]
    terms: Mapping[str, tuple[Pattern, ...]]
    index: EntityIndex
    words: PatternIndex[WordAtom]
    """Terms that rules use, words with stars and exact phrases."""
    by_entity: Mapping[Expression, tuple[int, ...]]
    """Required entity -> positions in `rules` of the rules that may hold when it is present."""
    by_word: Mapping[Expression, tuple[int, ...]]
    """The same by required term, word or phrase; empty when no rule does without an entity."""
    always: tuple[int, ...]
    digest: str
    files: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    _ids: Mapping[str, Rule] = field(default_factory=dict)

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id, or None."""
        return self._ids.get(rule_id)

    def title(self, rule_id: str) -> str:
        """The rule's title; the id itself when the rule is gone (an old subscription)."""
        rule = self._ids.get(rule_id)
        return rule.title if rule else rule_id


def compile_rules(
    rules: tuple[Rule, ...],
    entities: tuple[EntitySpec, ...],
    terms: Mapping[str, tuple[Pattern, ...]],
    *,
    digest: str = "",
    files: tuple[str, ...] = (),
    warnings: tuple[Problem, ...] = (),
) -> RuleSet:
    """Rules with the indexes by which they are found. `terms` holds every id that an expression names as a term."""
    by_entity, by_word, always = _index_rules(rules)
    return RuleSet(
        rules=rules,
        entities=entities,
        terms=terms,
        index=build_index(entities),
        words=PatternIndex(_word_atoms(rules, terms)),
        by_entity=by_entity,
        by_word=by_word,
        always=always,
        digest=digest,
        files=files,
        warnings=warnings,
        _ids={rule.id: rule for rule in rules},
    )


def _word_atoms(
    rules: tuple[Rule, ...], terms: Mapping[str, tuple[Pattern, ...]]
) -> Iterable[tuple[WordAtom, Pattern]]:
    """What of the rules' expressions is looked up word by word."""
    atoms = dict.fromkeys(part for rule in rules for part in parts_of(rule.expression))
    for atom in atoms:
        if isinstance(atom, TermRef):
            for pattern in terms[atom.id]:
                yield atom, pattern
        elif isinstance(atom, Wildcard):
            yield atom, atom.pattern
        elif isinstance(atom, Phrase) and not atom.inflected:
            yield atom, exact_pattern(atom.text)


_Positions = dict[Expression, tuple[int, ...]]


def _index_rules(rules: tuple[Rule, ...]) -> tuple[_Positions, _Positions, tuple[int, ...]]:
    """Positions of rules by required entity, by required word, and of those that are evaluated for every entry."""
    by_entity: dict[Expression, list[int]] = {}
    by_word: dict[Expression, list[int]] = {}
    always = []
    for i, rule in enumerate(rules):
        atoms = required(rule.expression)
        if atoms is None:
            always.append(i)
        for atom in atoms or ():
            (by_entity if isinstance(atom, EntityRef) else by_word).setdefault(atom, []).append(i)
    return _frozen(by_entity), _frozen(by_word), tuple(always)


def _frozen(positions: dict[Expression, list[int]]) -> _Positions:
    return {atom: tuple(found) for atom, found in positions.items()}
