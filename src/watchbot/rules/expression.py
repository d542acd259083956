"""The nodes of a compiled match expression: frozen, and free of any evaluation (that is `watchbot.match`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watchbot.rules.patterns import Pattern, WordPattern


@dataclass(frozen=True, slots=True)
class EntityRef:
    """Holds where the entity is found."""

    id: str


@dataclass(frozen=True, slots=True)
class TermRef:
    """Holds where any pattern of the term matches."""

    id: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Holds where these words stand in this order; inflected: where words of the same stems do."""

    text: str
    words: tuple[str, ...]
    inflected: bool = False


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Holds where a word matches the pattern (`protest*`)."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Meta:
    """A test of the entry's `source`, `lang` or `tag`: one pattern over the whole value, case-folded."""

    field: str
    text: str
    pattern: WordPattern


@dataclass(frozen=True, slots=True)
class InField:
    """The operand, looked for in one field only."""

    field: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Holds where both stand in one field with fewer than `distance` words between them: neighbours are near/1."""

    left: Expression
    right: Expression
    distance: int


WordAtom = TermRef | Phrase | Wildcard
Expression = EntityRef | TermRef | Phrase | Wildcard | Meta | InField | Not | And | Or | Near


def name_of(atom: WordAtom) -> str:
    """What a match of the atom is called in a result: the term's id, the word, or the phrase in its quotation marks."""
    match atom:
        case TermRef(term_id):
            return term_id
        case Wildcard(pattern):
            return pattern.text
        case Phrase(text, _, inflected):
            return f'~"{text}"' if inflected else f'"{text}"'


def parts_of(expression: Expression) -> Iterator[Expression]:
    """The expression and everything inside it."""
    yield expression
    match expression:
        case And(operands) | Or(operands):
            for operand in operands:
                yield from parts_of(operand)
        case Not(operand) | InField(_, operand):
            yield from parts_of(operand)
        case Near(left, right, _):
            yield from parts_of(left)
            yield from parts_of(right)


def holds_for_nothing(expression: Expression) -> bool:
    """Whether the expression holds for an entry in which nothing that it names is found."""
    match expression:
        case Not(operand):
            return not holds_for_nothing(operand)
        case And(operands):
            return all(map(holds_for_nothing, operands))
        case Or(operands):
            return any(map(holds_for_nothing, operands))
        case InField(_, operand):
            return holds_for_nothing(operand)
        case _:
            return False


def required(expression: Expression) -> frozenset[Expression] | None:
    """Atoms of which at least one must be present for the expression to hold; None when there is no such set.

    This is what rules are indexed by: a rule none of whose required atoms is in an entry is never evaluated.
    """
    match expression:
        case Phrase(_, _, True):
            return None  # its stems depend on the text's language: nothing to look up
        case EntityRef() | TermRef() | Phrase() | Wildcard():
            return frozenset((expression,))
        case InField(_, operand):
            return required(operand)
        case And(operands):
            return _cheapest(operands)
        case Near(left, right, _):
            return _cheapest((left, right))
        case Or(operands):
            union: frozenset[Expression] = frozenset()
            for operand in operands:
                atoms = required(operand)
                if atoms is None:
                    return None
                union |= atoms
            return union
        case _:
            return None


def _cheapest(operands: tuple[Expression, ...]) -> frozenset[Expression] | None:
    sets = [atoms for operand in operands if (atoms := required(operand)) is not None]
    return min(sets, key=_cost, default=None)


def _cost(atoms: frozenset[Expression]) -> tuple[int, int]:
    """Entities are looked up anyway; anything else costs a look at the words."""
    return (sum(not isinstance(atom, EntityRef) for atom in atoms), len(atoms))
