"""Does an expression hold for a document, and through which words?"""

from __future__ import annotations

from collections.abc import Iterable

from watchbot.match.document import Document, Occurrence
from watchbot.model import Match
from watchbot.rules.expression import (
    And,
    EntityRef,
    Expression,
    InField,
    Meta,
    Near,
    Not,
    Or,
    Phrase,
    TermRef,
    Wildcard,
)


def evaluate(expression: Expression, doc: Document, field: str | None = None) -> tuple[Match, ...] | None:
    """The matches that make `expression` hold, or None when it does not. `field`: look in this field only."""
    match expression:
        case And(operands):
            return _all(operands, doc, field)
        case Or(operands):
            return _any(operands, doc, field)
        case Not(operand):
            return () if evaluate(operand, doc, field) is None else None
        case InField(name, operand):
            return evaluate(operand, doc, name)
        case Meta():
            return () if _meta_holds(expression, doc) else None
        case _:
            found = occurrences(expression, doc, field)
            return tuple(o.match for o in found) if found else None


def _all(operands: Iterable[Expression], doc: Document, field: str | None) -> tuple[Match, ...] | None:
    evidence: list[Match] = []
    for operand in operands:
        found = evaluate(operand, doc, field)
        if found is None:
            return None
        evidence += found
    return tuple(evidence)


def _any(operands: Iterable[Expression], doc: Document, field: str | None) -> tuple[Match, ...] | None:
    evidence: list[Match] | None = None
    for operand in operands:
        found = evaluate(operand, doc, field)
        if found is not None:
            evidence = [*(evidence or []), *found]
    return None if evidence is None else tuple(evidence)


def occurrences(expression: Expression, doc: Document, field: str | None) -> list[Occurrence]:
    """Places of an expression that names spans of text; empty for one that does not hold."""
    match expression:
        case EntityRef(entity_id):
            return doc.entity(entity_id, field)
        case TermRef(term_id):
            return doc.patterns(term_id, doc.rules.terms[term_id], field)
        case Phrase():
            return doc.phrase(expression, field)
        case Wildcard(pattern):
            return doc.patterns(pattern.text, (pattern,), field)
        case InField(name, operand):
            return occurrences(operand, doc, name)
        case Or(operands):
            return [o for operand in operands for o in occurrences(operand, doc, field)]
        case Near(left, right, distance):
            return _near(occurrences(left, doc, field), occurrences(right, doc, field), distance)
        case _:
            return []


def _near(left: list[Occurrence], right: list[Occurrence], distance: int) -> list[Occurrence]:
    """Both sides of each pair in one field with fewer than `distance` words between them: neighbours are near/1."""
    found: dict[Occurrence, None] = {}
    for a in left:
        for b in right:
            if a.match.field == b.match.field and _gap(a, b) < distance:
                found[a] = found[b] = None
    return list(found)


def _gap(a: Occurrence, b: Occurrence) -> int:
    """Words between the two; 0 for neighbours and where they overlap."""
    return max(a.first - b.last, b.first - a.last, 0)


def _meta_holds(test: Meta, doc: Document) -> bool:
    if test.field == "tag":
        return any(test.pattern.matches(tag.casefold()) for tag in doc.item.tags)
    if test.field == "source":
        return test.pattern.matches(doc.item.source.casefold())
    lang = (doc.item.lang or "").casefold()
    return test.pattern.matches(lang) or test.pattern.matches(lang.split("-")[0])


def missing(expression: Expression, doc: Document, field: str | None = None) -> tuple[Expression, ...]:
    """The fewest parts that would have to change for a failing expression to hold; () when it holds."""
    if evaluate(expression, doc, field) is not None:
        return ()
    match expression:
        case And(operands):
            return tuple(part for operand in operands for part in missing(operand, doc, field))
        case Or(operands):
            return min((missing(operand, doc, field) for operand in operands), key=len)
        case InField(name, operand):
            inner = missing(operand, doc, name)
            return tuple(InField(name, part) if not isinstance(part, InField) else part for part in inner)
        case Near(left, right, _):
            parts = (*missing(left, doc, field), *missing(right, doc, field))
            return parts or (expression,)
        case _:
            return (expression,)


def describe(expression: Expression) -> str:
    """The expression as a person would write it."""
    match expression:
        case EntityRef(name) | TermRef(name):
            return name
        case Phrase(text, _, inflected, _):
            return f'~"{text}"' if inflected else f'"{text}"'
        case Wildcard(pattern):
            return pattern.text
        case Meta(name, pattern):
            return f'{name}:"{pattern.text}"'
        case InField(name, operand):
            return f"{name}:{_group(operand)}"
        case Not(operand):
            return f"not {_group(operand)}"
        case And(operands):
            return " and ".join(_group(o) for o in operands)
        case Or(operands):
            return " or ".join(_group(o) for o in operands)
        case Near(left, right, distance):
            return f"{_group(left)} near/{distance} {_group(right)}"


def _group(expression: Expression) -> str:
    text = describe(expression)
    return f"({text})" if isinstance(expression, (And, Or, Near)) else text
