"""The nodes of a compiled match expression: frozen, and free of any evaluation (that is `watchbot.match`)."""

from __future__ import annotations

from dataclasses import dataclass

from watchbot.rules.patterns import WordPattern


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
    """Holds where these words stand in this order. `keys` are word keys; inflected: stems are compared instead."""

    text: str
    keys: tuple[str, ...]
    inflected: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Holds where a word matches the pattern (`protest*`)."""

    pattern: WordPattern


@dataclass(frozen=True, slots=True)
class Meta:
    """A test of the entry's `source`, `lang` or `tag`: one pattern over the whole value, case-folded."""

    field: str
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
    """Holds where both stand in one field with at most `distance` words between the first words of each."""

    left: Expression
    right: Expression
    distance: int


Expression = EntityRef | TermRef | Phrase | Wildcard | Meta | InField | Not | And | Or | Near


def required(expression: Expression) -> frozenset[Expression] | None:
    """Atoms of which at least one must be present for the expression to hold; None when there is no such set.

    This is what rules are indexed by: a rule none of whose required atoms is in an entry is never evaluated.
    """
    match expression:
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
