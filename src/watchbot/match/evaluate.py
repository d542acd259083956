"""Does an expression hold for a document, and through which words?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

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
    name_of,
)


def evaluate(expression: Expression, doc: Document, field: str | None = None) -> tuple[Match, ...] | None:
    """The matches that make `expression` hold, or None when it does not. `field`: look in this field only."""
    match expression:  # the commonest first: this runs some fifty times an entry
        case EntityRef(entity_id):
            return doc.entity(entity_id, field) or None
        case TermRef() | Wildcard() | Phrase():
            return tuple(o.match for o in doc.words(expression, field)) or None
        case And(operands):
            return _all(operands, doc, field)
        case Or(operands):
            return _any(operands, doc, field)
        case InField(name, operand):
            return evaluate(operand, doc, name)
        case Not(operand):
            return () if evaluate(operand, doc, field) is None else None
        case Meta():
            return () if _meta_holds(expression, doc) else None
        case Near():
            return tuple(o.match for o in occurrences(expression, doc, field)) or None


def _all(operands: Iterable[Expression], doc: Document, field: str | None) -> tuple[Match, ...] | None:
    for operand in operands:
        if _absent(operand, doc):
            return None
    evidence: list[Match] = []
    for operand in operands:
        found = evaluate(operand, doc, field)
        if found is None:
            return None
        evidence += found
    return tuple(evidence)


def _any(operands: Iterable[Expression], doc: Document, field: str | None) -> tuple[Match, ...] | None:
    held = [
        found
        for operand in operands
        # Most operands are not there: no call for these.
        if not _absent(operand, doc) and (found := evaluate(operand, doc, field)) is not None
    ]
    return tuple(match for found in held for match in found) if held else None


def _absent(expression: Expression, doc: Document) -> bool:
    """Whether an entity, or any word of a term, stands nowhere in the document; False for all that takes a look."""
    if isinstance(expression, EntityRef):
        return expression.id not in doc.present
    return isinstance(expression, TermRef) and expression not in doc.word_atoms()


def occurrences(expression: Expression, doc: Document, field: str | None) -> list[Occurrence]:
    """Places of an expression that names spans of text; empty for one that does not hold."""
    match expression:
        case EntityRef(entity_id):
            return doc.entity_places(entity_id, field)
        case TermRef() | Phrase() | Wildcard():
            return doc.words(expression, field)
        case InField(name, operand):
            return occurrences(operand, doc, name)
        case Or(operands):
            return [o for operand in operands for o in occurrences(operand, doc, field)]
        case Near(left, right, distance):
            return _near(occurrences(left, doc, field), occurrences(right, doc, field), distance)
        case _:
            return []


def _near(left: list[Occurrence], right: list[Occurrence], distance: int) -> list[Occurrence]:
    """Every occurrence that has one of the other side in its field, fewer than `distance` words away.

    Neighbours are near/1, and so is what overlaps. Each occurrence costs two binary searches, so that a text of nothing
    but the two words is no danger.
    """
    return list(dict.fromkeys([*_beside(left, right, distance), *_beside(right, left, distance)]))


def _beside(some: list[Occurrence], others: list[Occurrence], distance: int) -> Iterator[Occurrence]:
    fields: dict[str, list[Occurrence]] = {}
    for other in others:
        fields.setdefault(other.match.field, []).append(other)
    firsts, reaches = {}, {}
    for name, found in fields.items():
        found.sort(key=lambda o: o.first)
        firsts[name] = [o.first for o in found]
        reaches[name] = list(accumulate((o.last for o in found), max))
    for one in some:
        name = one.match.field
        if name not in fields:
            continue
        after = bisect_right(firsts[name], one.first)
        before_close = after > 0 and one.first - reaches[name][after - 1] < distance
        after_close = after < len(firsts[name]) and firsts[name][after] - one.last < distance
        if before_close or after_close:
            yield one


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
        case EntityRef(name):
            return name
        case TermRef() | Phrase() | Wildcard():
            return name_of(expression)
        case Meta(name, text, _):
            return f'{name}:"{text}"'
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
