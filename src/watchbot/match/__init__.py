"""An entry and the rules -> what is found in it, and which rules hold."""

from __future__ import annotations

from watchbot.match.document import Document
from watchbot.match.evaluate import describe, evaluate, missing
from watchbot.model import MatchInput, MatchResult, RuleMatch
from watchbot.rules import RuleSet
from watchbot.rules.expression import EntityRef

__all__ = ["Document", "describe", "evaluate", "match_document", "match_entry", "missing"]


def match_entry(item: MatchInput, rules: RuleSet) -> MatchResult:
    """Everything found in `item`: entity occurrences in reading order, and the rules that hold, in file order.

    Never raises, whatever the text. Time grows with the words of the item and the rules whose entities are in it.
    """
    return match_document(Document(item, rules))


def match_document(doc: Document) -> MatchResult:
    """`match_entry` for a document that is at hand already."""
    matches = doc.matches
    rules = doc.rules
    candidates = set(rules.always)
    for entity in {match.entity for match in matches}:
        candidates.update(rules.by_entity.get(EntityRef(entity), ()))
    if rules.by_word:
        for atom in doc.word_atoms():
            candidates.update(rules.by_word.get(atom, ()))
    found = []
    for position in sorted(candidates):
        rule = rules.rules[position]
        evidence = evaluate(rule.expression, doc)
        if evidence is not None:
            found.append(RuleMatch(rule.id, rule.priority, tuple(dict.fromkeys(evidence))))
    return MatchResult(matches, tuple(found))
