"""What rules.yaml compiles to: immutable, shared by every task, replaced as a whole on reload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from watchbot.errors import Problem
from watchbot.model import AlertPolicy, EntitySpec, Priority
from watchbot.names import EntityIndex
from watchbot.rules.expression import Expression, WordAtom
from watchbot.rules.patterns import Pattern, PatternIndex


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
    """All of rules.yaml. `digest` is the SHA-256 of all texts read; `by_atom` and `always` index the rules."""

    rules: tuple[Rule, ...]
    entities: tuple[EntitySpec, ...]
    terms: Mapping[str, tuple[Pattern, ...]]
    index: EntityIndex
    words: PatternIndex[WordAtom]
    """Terms that rules use, words with stars and exact phrases."""
    by_atom: Mapping[Expression, tuple[int, ...]]
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
