"""match_entry: tables for every kind of condition, a naive evaluator as the reference, and texts of any kind."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbot.match import Document, describe, evaluate, match_entry, missing
from watchbot.model import FIELDS, MatchInput
from watchbot.rules import RuleSet, load_rules
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
from watchbot.rules.patterns import word_key
from watchbot.text import tokenize

BASE = """\
version: 1
entities:
  massimov: {person: Karim Massimov}
  almaty: {place: Almaty, names: {ru: [Алматы, Алма-Ата]}}
  csto: {organization: Collective Security Treaty Organization, acronyms: [CSTO, ОДКБ]}
terms:
  arrest: [arrest*, задерж*, 逮捕, "taken into custody"]
"""


def rules_with(*expressions: str, base: str = BASE) -> RuleSet:
    rows = "".join(f"- id: r{i}\n  match: |\n    {text}\n" for i, text in enumerate(expressions))
    return load_rules(f"{base}rules:\n{rows}", "rules.yaml", lambda path: "")


def holds(expression: str, item: MatchInput) -> bool:
    return bool(match_entry(item, rules_with(expression)).rules)


TEXT = MatchInput(
    title="Massimov arrested in Almaty",
    summary="The former chief, taken into custody on Thursday, led the service. States of emergency end.",
    body="ОДКБ уходит. 前首相逮捕される",
    lang="en-GB",
    source="Steppe Wire",
    tags=("Politics", "kz"),
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("massimov", True),
        ("csto", True),
        ("massimov and almaty", True),
        ("massimov and not almaty", False),
        ("not csto or almaty", True),
        ("title:massimov", True),
        ("summary:massimov", False),
        ("title:(almaty and arrest)", True),
        ("body:arrest", True),
        ("summary:arrest", True),
        ("title:(massimov or csto) and summary:csto", False),
        ('"arrested in almaty"', True),
        ('"arrest in almaty"', False),
        ('~"arrest in almaty"', True),
        ('~"state of emergency"', True),
        ('"state of emergency"', False),
        ('title:"former chief"', False),
        ('"逮捕"', True),
        ("arrest*", True),
        ("*ched", False),
        ("massimov near/1 arrest", True),
        ("arrest near/1 massimov", True),
        ("almaty near/1 massimov", False),
        ("almaty near/2 massimov", False),
        ("almaty near/3 massimov", True),
        ("almaty near/100 csto", False),
        ("(csto or massimov) near/1 (almaty or arrest*)", True),
        ('"former chief" near/3 "thursday"', False),
        ('"former chief" near/5 "thursday"', True),
        ("massimov near/1 arrest near/1 almaty", False),
        ("massimov near/1 arrest near/2 almaty", True),
        ("source:steppe", False),
        ("source:steppe*", True),
        ('source:"steppe wire"', True),
        ("lang:en", True),
        ("lang:en-gb", True),
        ("lang:de or lang:fr", False),
        ("tag:KZ", True),
        ("tag:(sport or politics)", True),
        ("not tag:sport and massimov", True),
    ],
)
def test_conditions(expression: str, expected: bool) -> None:
    assert holds(expression, TEXT) is expected


def test_evidence_cuts_the_forms_out_of_the_fields() -> None:
    rules = rules_with('massimov and (arrest or "former chief") and not csto near/1 almaty')
    (rule,) = match_entry(TEXT, rules).rules
    found = [(m.entity, m.field, m.text, m.alias) for m in rule.evidence]
    assert found == [
        ("massimov", "title", "Massimov", "Karim Massimov"),
        ("arrest", "title", "arrested", "arrest*"),
        ("arrest", "summary", "taken into custody", "taken into custody"),
        ("arrest", "body", "逮捕", "逮捕"),
        ('"former chief"', "summary", "former chief", "former chief"),
    ]
    for match in rule.evidence:
        assert getattr(TEXT, match.field)[match.start : match.end] == match.text


def test_rules_come_in_file_order_with_their_priority() -> None:
    text = BASE + "rules:\n- {id: z, match: almaty, priority: low}\n- {id: a, match: massimov, priority: high}\n"
    result = match_entry(TEXT, load_rules(text, "r", lambda path: ""))
    assert [(rule.rule, rule.priority.name) for rule in result.rules] == [("z", "LOW"), ("a", "HIGH")]
    assert result.entities == ("massimov", "almaty", "csto")


@pytest.mark.parametrize(
    ("expression", "lacks"),
    [
        ("massimov and csto", []),
        ("massimov and tokyo", ["tokyo"]),
        ("(tokyo and osaka) or (massimov and kyoto)", ["kyoto"]),
        ("massimov and not almaty", ["not almaty"]),
        ("title:(csto and almaty)", ["title:csto"]),
        ("massimov near/1 almaty", ["massimov near/1 almaty"]),
        ("massimov near/1 tokyo", ["tokyo"]),
        ("lang:de and massimov", ['lang:"de"']),
    ],
)
def test_what_a_rule_lacks(expression: str, lacks: list[str]) -> None:
    cities = "".join(f"  {name}: {{place: {name.title()}}}\n" for name in ("tokyo", "osaka", "kyoto"))
    rules = rules_with(expression, base=BASE.replace("terms:", cities + "terms:"))
    doc = Document(TEXT, rules)
    assert [describe(part) for part in missing(rules.rules[0].expression, doc)] == lacks


# -- a naive evaluator -------------------------------------------------------------------------------------------------

Span = tuple[str, int, int]


def naive_spans(node: Expression, item: MatchInput, rules: RuleSet, field: str | None) -> set[Span]:
    """Every place of `node`, by trying every word of every field: (field, first word, word after the last)."""
    fields = [field] if field else list(FIELDS)
    found: set[Span] = set()
    match node:
        case Or(operands):
            return set().union(*(naive_spans(o, item, rules, field) for o in operands))
        case InField(name, operand):
            return naive_spans(operand, item, rules, name)
        case Near(left, right, distance):
            for a in naive_spans(left, item, rules, field):
                for b in naive_spans(right, item, rules, field):
                    if a[0] == b[0] and max(a[1] - b[2], b[1] - a[2], 0) < distance:
                        found |= {a, b}
            return found
    for name in fields:
        text = getattr(item, name)
        tokens = tokenize(text)
        keys = [word_key(word) for word in tokens.words]
        if isinstance(node, EntityRef):
            for hit in rules.index.find(text, tokens, item.lang):
                if hit.entity == node.id:
                    inside = [i for i, at in enumerate(tokens.starts) if hit.start <= at < hit.end]
                    found.add((name, inside[0], inside[-1] + 1))
        for pattern in patterns_of(node, rules):
            for i in range(len(keys) - len(pattern) + 1):
                if all(word_fits(word, keys[i + k]) for k, word in enumerate(pattern)):
                    found.add((name, i, i + len(pattern)))
    return found


def patterns_of(node: Expression, rules: RuleSet) -> list[list[tuple[str, ...]]]:
    match node:
        case TermRef(term):
            return [[word.parts for word in pattern.words] for pattern in rules.terms[term]]
        case Wildcard(pattern):
            return [[word.parts for word in pattern.words]]
        case Phrase(_, words, False):
            return [[(word_key(word),) for word in words]]
        case _:
            return []


def word_fits(parts: tuple[str, ...], key: str) -> bool:
    if len(parts) == 1:
        return key == parts[0]
    head, *rest = parts
    if not key.startswith(head):
        return False
    key = key[len(head) :]
    return any(
        word_fits(("", *rest)[1:], key[i:]) if len(rest) > 1 else key[i:] == rest[0] for i in range(len(key) + 1)
    )


def naive(node: Expression, item: MatchInput, rules: RuleSet, field: str | None = None) -> bool:
    match node:
        case And(operands):
            return all(naive(o, item, rules, field) for o in operands)
        case Or(operands):
            return any(naive(o, item, rules, field) for o in operands)
        case Not(operand):
            return not naive(operand, item, rules, field)
        case InField(name, operand):
            return naive(operand, item, rules, name)
        case Meta("lang", _, pattern):
            return pattern.matches(item.lang or "")
        case _:
            return bool(naive_spans(node, item, rules, field))


PLACES = st.sampled_from(
    [
        "massimov",
        "almaty",
        "csto",
        "arrest",
        '"the chief"',
        '"chief"',
        "ar*",
        "*ed",
        "title:massimov",
        "body:arrest",
        "(csto or almaty)",
    ]
)
NEARS = st.tuples(PLACES, st.integers(1, 4), PLACES).map(lambda t: f"{t[0]} near/{t[1]} {t[2]}")
EXPRESSIONS = st.recursive(
    st.one_of(PLACES, NEARS, st.just("lang:en")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(lambda t: f"({''.join(t)})"),
        inner.map(lambda text: f"not ({text})"),
    ),
    max_leaves=6,
)
WORDS = st.lists(
    st.sampled_from(["Massimov", "Almaty", "CSTO", "arrested", "the", "chief", "taken", "into", "custody", "x"]),
    max_size=12,
).map(" ".join)
ITEMS = st.builds(MatchInput, title=WORDS, summary=WORDS, body=WORDS, lang=st.sampled_from([None, "en"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(EXPRESSIONS, min_size=1, max_size=4), ITEMS)
def test_it_agrees_with_trying_everything(expressions: list[str], item: MatchInput) -> None:
    rules = rules_with(*expressions)
    expected = {rule.id for rule in rules.rules if naive(rule.expression, item, rules)}
    result = match_entry(item, rules)
    assert {match.rule for match in result.rules} == expected
    doc = Document(item, rules)
    for rule in rules.rules:
        assert (missing(rule.expression, doc) == ()) == (rule.id in expected)
        assert (evaluate(rule.expression, doc) is not None) == (rule.id in expected)


# -- any text ----------------------------------------------------------------------------------------------------------

RULES = rules_with(
    "massimov near/3 arrest", '~"state of emergency" or "no such words"', "not almaty and *ест*", "arrest or csto"
)
ANY = st.text(st.characters(exclude_categories=()), max_size=300)


@settings(deadline=None)
@given(ANY, ANY, st.sampled_from([None, "en", "kk", "zh-Hant", "x", ""]))
def test_any_text_is_answered_and_spans_fit(title: str, body: str, lang: str | None) -> None:
    item = MatchInput(title, "", body + " Massimov arrested", lang)
    result = match_entry(item, RULES)
    for match in [*result.matches, *(m for rule in result.rules for m in rule.evidence)]:
        assert getattr(item, match.field)[match.start : match.end] == match.text


@pytest.mark.parametrize(
    "text",
    [
        "Massimov arrested " * 280_000,
        "a" * 5_000_000,
        "Massimo" + "\u0301" * 10_000,
        "\ud800" * 100_000,
        "arrested taken into " * 10_000,
        "李" * 300_000,
        "K.-J." * 100_000,
    ],
    ids=["5 MB of hits", "one word of 5 MB", "combining marks", "surrogates", "half phrases", "Han", "initials"],
)
def test_huge_texts_take_bounded_time(text: str) -> None:
    started = time.process_time()
    match_entry(MatchInput(text, text, text), RULES)
    assert time.process_time() - started < 20


def test_a_thousand_rules_cost_little() -> None:
    rules = rules_with(
        *(f'massimov and "word{i}" and not almaty' for i in range(500)),
        *(f'"word{i} other" or wo{i}rd*' for i in range(500)),
    )
    item = MatchInput("nothing of interest here " * 15)
    match_entry(item, rules)
    started = time.process_time()
    for _ in range(200):
        assert not match_entry(item, rules).rules
    assert (time.process_time() - started) / 200 < 0.005
