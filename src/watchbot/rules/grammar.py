"""Text of a `match` expression -> Expression, or mistakes with the character where each stands.

    massimov near/12 arrest or title:(massimov and not "summit")

Binds tightest first: fields, near, not, and, or. (`not a near/5 b` denies the nearness: nothing else makes sense.)
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken, v_args
from lark.exceptions import VisitError

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
from watchbot.rules.patterns import compile_pattern, compile_word
from watchbot.text import tokenize

GRAMMAR = r"""
?start: or_
?or_: and_ (_OR and_)*
?and_: negation (_AND negation)*
?negation: _NOT negation -> not_
         | near
?near: unary (NEAR unary)*
?unary: FIELD unary -> field
      | FIELD _NOT unary -> field_not
      | "(" or_ ")"
      | STEMMED
      | PHRASE
      | WILD
      | ID
_OR.3: /or(?![\w.*-])/i
_AND.3: /and(?![\w.*-])/i
_NOT.3: /not(?![\w.*-])/i
NEAR.3: /near\/\d{1,4}(?![\w.*-])/i
FIELD.2: /(title|summary|body|source|lang|tag)\s*:/i
STEMMED: /~"[^"]*"/
PHRASE: /"[^"]*"/
WILD.1: /[\w.'-]*\*[\w.'*-]*/
ID: /\w[\w.'-]*/
%ignore /\s+/
"""
RESERVED = frozenset({"and", "or", "not", "near", "title", "summary", "body", "source", "lang", "tag"})
META_FIELDS = frozenset({"source", "lang", "tag"})
_NOTHING = Phrase("", ())
MAX_LENGTH = 10_000
MAX_DEPTH = 60
"""Nesting of operators: deeper ones are generated, and would exhaust the stack."""
_NAMES = {
    "_OR": "or",
    "_AND": "and",
    "_NOT": "not",
    "NEAR": "near/N",
    "LPAR": "(",
    "RPAR": ")",
    "ID": "a name",
    "PHRASE": 'a "phrase"',
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """`offset` counts code points into the expression."""

    offset: int
    message: str
    hint: str = ""


class BadExpression(Exception):
    """Internal to `rules`: carries every mistake of one expression."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("; ".join(m.message for m in mistakes))
        self.mistakes = mistakes


def parse_expression(text: str, entities: Collection[str], terms: Collection[str]) -> Expression:
    """Compile `text`; ids must be in `entities` or `terms`. Raises BadExpression."""
    if len(text) > MAX_LENGTH:
        raise BadExpression((Mistake(0, f"longer than {MAX_LENGTH} characters"),))
    builder = _Builder(entities, terms)
    try:
        expression = builder.resolve(_ToNodes().transform(_parser().parse(text)), None)
    except UnexpectedInput as error:
        raise BadExpression((_syntax_mistake(text, error),)) from None
    except (RecursionError, VisitError):
        raise BadExpression((Mistake(0, "nested too deeply"),)) from None
    if builder.mistakes:
        raise BadExpression(tuple(sorted(builder.mistakes, key=lambda m: m.offset)))
    return expression


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="basic", propagate_positions=False)


def _syntax_mistake(text: str, error: UnexpectedInput) -> Mistake:
    offset = error.pos_in_stream if error.pos_in_stream is not None else len(text)
    if isinstance(error, UnexpectedEOF) or (isinstance(error, UnexpectedToken) and error.token.type == "$END"):
        what = "the expression is empty" if not text.strip() else "the expression ends too early"
        return Mistake(len(text.rstrip()), what, _expected_hint(error))
    if isinstance(error, UnexpectedCharacters):
        char = text[offset : offset + 1]
        if char in ('"', "~"):
            return Mistake(offset, "this quotation is never closed", 'a phrase is written "like this"')
        if char in "“”„«»":
            return Mistake(offset, f"'{char}' is no quotation mark here", 'use straight ones: "like this"')
        if char in "&|!":
            return Mistake(offset, f"unexpected '{char}'", "use the words and, or, not")
        return Mistake(offset, f"unexpected '{char}'", _expected_hint(error))
    token = str(getattr(error, "token", ""))
    if token.lower() == "not":
        return Mistake(offset, "not cannot stand here", "deny the whole: not (a near/5 b), or join it: a and not b")
    if token.lower() == "near":
        return Mistake(offset, "near needs a number of words", "write near/10")
    if isinstance(error, UnexpectedToken) and error.token.type in ("ID", "PHRASE", "WILD", "STEMMED", "FIELD", "LPAR"):
        return Mistake(offset, f"'{token}' follows without and, or, near/N", "put and or or between the two")
    return Mistake(offset, f"unexpected '{token}'", _expected_hint(error))


def _expected_hint(error: UnexpectedInput) -> str:
    accepts: Any = getattr(error, "accepts", None) or getattr(error, "expected", None) or ()
    names = [_NAMES[name] for name in _NAMES if name in accepts]
    return f"expected {', '.join(names)}" if names else ""


@dataclass(frozen=True, slots=True)
class _Leaf:
    kind: str
    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class _Node:
    kind: str
    children: tuple[Any, ...]
    extra: str = ""
    offset: int = 0


@v_args(inline=True)
class _ToNodes(Transformer[Token, Any]):
    """lark's tree -> leaves and nodes that remember their offsets."""

    def __default_token__(self, token: Token) -> _Leaf:
        return _Leaf(token.type, str(token), token.start_pos or 0)

    def or_(self, *children: Any) -> _Node:
        return _Node("or", children)

    def and_(self, *children: Any) -> _Node:
        return _Node("and", children)

    def not_(self, child: Any) -> _Node:
        return _Node("not", (child,))

    def near(self, *children: Any) -> Any:
        left = children[0]
        for operator, right in zip(children[1::2], children[2::2], strict=True):
            left = _Node("near", (left, right), operator.text.split("/")[1], operator.offset)
        return left

    def field_not(self, name: _Leaf, child: Any) -> _Node:
        return self.field(name, _Node("not", (child,)))

    def field(self, name: _Leaf, child: Any) -> _Node:
        return _Node("field", (child,), name.text.rstrip(": \t\n").lower(), name.offset)


class _Builder:
    """Leaves and nodes -> Expression, collecting mistakes."""

    def __init__(self, entities: Collection[str], terms: Collection[str]) -> None:
        self._entities, self._terms = entities, terms
        self._depth = 0
        self.mistakes: list[Mistake] = []

    def resolve(self, node: _Node | _Leaf, field: str | None) -> Expression:
        """The node as an Expression; `field` is the field it stands in."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RecursionError
        try:
            return self._resolve(node, field)
        finally:
            self._depth -= 1

    def _resolve(self, node: _Node | _Leaf, field: str | None) -> Expression:
        if isinstance(node, _Leaf):
            return self._meta(node, field) if field in META_FIELDS else self._leaf(node)
        if node.kind == "field":
            return self._field(node, field)
        if node.kind == "near":
            return self._near(node, field)
        operands = tuple(self.resolve(child, field) for child in node.children)
        if node.kind == "not":
            return Not(operands[0])
        return And(operands) if node.kind == "and" else Or(operands)

    def _field(self, node: _Node, outer: str | None) -> Expression:
        name = node.extra
        if outer is not None and outer != name:
            self.mistakes.append(Mistake(node.offset, f"{name}: stands inside {outer}:", "a word is in one field only"))
        operand = self.resolve(node.children[0], name)
        return operand if name in META_FIELDS else InField(name, operand)

    def _near(self, node: _Node, field: str | None) -> Expression:
        left, right = (self.resolve(child, field) for child in node.children)
        for side in (left, right):
            if not _has_place(side):
                message = "near needs names, words or phrases (or a group of them with or) on both sides"
                self.mistakes.append(Mistake(node.offset, message))
        distance = int(node.extra)
        if not 1 <= distance <= 1000:
            self.mistakes.append(Mistake(node.offset, "near/N counts words: N is 1 to 1000"))
        return Near(left, right, distance)

    def _meta(self, leaf: _Leaf, field: str | None) -> Expression:
        text = leaf.text.removeprefix("~").strip('"')
        try:
            return Meta(field or "", text, compile_word(text))
        except ValueError as error:
            self.mistakes.append(Mistake(leaf.offset, str(error)))
            return _NOTHING

    def _leaf(self, leaf: _Leaf) -> Expression:
        if leaf.kind in ("PHRASE", "STEMMED"):
            return self._phrase(leaf)
        if leaf.kind == "WILD":
            try:
                return Wildcard(compile_pattern(leaf.text))
            except ValueError as error:
                self.mistakes.append(Mistake(leaf.offset, str(error)))
                return _NOTHING
        if leaf.text in self._entities:
            return EntityRef(leaf.text)
        if leaf.text in self._terms:
            return TermRef(leaf.text)
        self.mistakes.append(self._unknown(leaf))
        return _NOTHING

    def _phrase(self, leaf: _Leaf) -> Expression:
        text = leaf.text.removeprefix("~").strip('"')
        words = tuple(tokenize(text).words)
        if not words:
            self.mistakes.append(Mistake(leaf.offset, "a phrase needs at least one word"))
        elif "*" in text:
            self.mistakes.append(Mistake(leaf.offset, "no * inside quotation marks", "write word* without them"))
        return Phrase(text, words, leaf.kind == "STEMMED")

    def _unknown(self, leaf: _Leaf) -> Mistake:
        near = difflib.get_close_matches(leaf.text, [*self._entities, *self._terms], 1, 0.6)
        if near:
            return Mistake(leaf.offset, f"there is no entity or term '{leaf.text}'", f"did you mean '{near[0]}'?")
        hint = f'a plain word is written in quotation marks: "{leaf.text}"'
        return Mistake(leaf.offset, f"there is no entity or term '{leaf.text}'", hint)


def _has_place(expression: Expression) -> bool:
    """Whether the expression names spans of text (what `near` needs)."""
    match expression:
        case EntityRef() | TermRef() | Phrase() | Wildcard() | Near():
            return True
        case InField(_, operand):
            return _has_place(operand)
        case Or(operands):
            return all(map(_has_place, operands))
        case _:
            return False
