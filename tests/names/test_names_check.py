"""Specs with mistakes: each told at its place."""

from __future__ import annotations

import pytest

from watchbot.model import EntityKind as Kind
from watchbot.model import EntitySpec
from watchbot.names import build_index, check_specs


def spec(kind: Kind, value: str = "", ident: str = "x", **more: object) -> EntitySpec:
    return EntitySpec(ident, kind, value, path="rules.yaml", line=7, column=3, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bad", "words", "warning"),
    [
        (spec(Kind.COUNTRY, "KZZ"), "unknown country code 'KZZ'", False),
        (spec(Kind.COUNTRY, "Kazakhstan"), "unknown country code", False),
        (spec(Kind.NAMES), "has no name", False),
        (spec(Kind.PERSON, " "), "has no name", False),
        (spec(Kind.PERSON, "Massimov", surname_alone=False), "needs a given name", False),
        (spec(Kind.PERSON, "Xi Jinping"), "only the full name is found", True),
        (spec(Kind.ORGANIZATION, "World Health Organization", acronyms=("WHO",)), "is an ordinary word", True),
        (spec(Kind.ORGANIZATION, "North Atlantic Treaty", acronyms=("Nato",)), "not in capitals", True),
        (spec(Kind.ORGANIZATION, "European Union", acronyms=("EU",)), "only two letters", True),
        (spec(Kind.ORGANIZATION, "Something", acronyms=("E",)), "shorter than two letters", False),
        (spec(Kind.PLACE, "Ab"), "shorter than three letters", False),
        (spec(Kind.PLACE, "Almaty", names={"ru": ("Ал",)}), "the alias 'Ал' (ru) is shorter", False),
        (spec(Kind.PLACE, "Almaty", names={"rus": ("Алматы",)}), "unknown language 'rus'", False),
    ],
)
def test_mistakes(bad: EntitySpec, words: str, warning: bool) -> None:
    problems = check_specs([bad])
    assert [p for p in problems if words in p.message and p.warning == warning], problems
    assert {(p.path, p.line, p.column) for p in problems} == {("rules.yaml", 7, 3)}
    build_index([bad])


def test_two_entities_claim_one_alias() -> None:
    problems = check_specs([spec(Kind.PLACE, "Almaty", "a"), spec(Kind.NAMES, "", "b", names={"en": ("Almaty",)})])
    assert [p.message for p in problems if p.warning] == ["entity 'b': 'Almaty' is also a name of 'a'"]


def test_good_specs_have_no_problems() -> None:
    good = [
        spec(Kind.COUNTRY, "KZ", "a"),
        spec(Kind.PERSON, "Karim Massimov", "b", names={"zh": ("马西莫夫",)}),
        spec(Kind.ORGANIZATION, "Collective Security Treaty Organization", "c", acronyms=("CSTO", "ОДКБ")),
        spec(Kind.PLACE, "Almaty", "d", names={"ru": ("Алматы",), "zh": ("阿拉木图",), "*": ("Alma-Ata",)}),
    ]
    assert check_specs(good) == []


def test_the_hint_names_the_code() -> None:
    (problem,) = check_specs([spec(Kind.COUNTRY, "Kazakstan")])
    assert "KZ" in problem.hint
