"""rules.yaml -> RuleSet: what is accepted, and that every mistake is reported at its exact place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbot.errors import InvalidRules, Problem
from watchbot.model import AlertPolicy, EntityKind, Priority
from watchbot.rules import RuleSet, load_rules

ENTITIES = "version: 1\nentities: {massimov: {person: Karim Massimov}, almaty: {place: Almaty}}\n"


def load(text: str, files: Mapping[str, str] | None = None, path: str = "rules.yaml") -> RuleSet:
    def read(name: str) -> str:
        try:
            return (files or {})[name]
        except KeyError:
            raise FileNotFoundError(2, "No such file or directory") from None

    return load_rules(text, path, read)


def problems_of(text: str, files: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    with pytest.raises(InvalidRules) as caught:
        load(text, files)
    return caught.value.problems


def test_everything_that_a_file_can_say() -> None:
    rules = load(
        """\
version: 1
entities:
  kazakhstan: {country: KZ}
  csto:
    organization: Collective Security Treaty Organization
    acronyms: [CSTO, ОДКБ]
    names: {de: Organisation des Vertrags über kollektive Sicherheit}
    exclude: [CSTO Logistics]
    description: An alliance.
  kim: {person: Vladimir Kim, surname_alone: false}
  tengri: {names: [Tengri News]}
terms:
  arrest: [arrest*, [festnahme*, verhaft*], state of arrest]
rules:
  - id: one
    title: Number one
    description: All of it.
    match: csto and arrest
    priority: high
    alerts: all
    window: 1d12h
    cooldown: 30m
    tags: [a, b]
  - {id: two, match: kazakhstan, priority: low}
  - {id: off, match: kazakhstan, enabled: false}
"""
    )
    one, two = rules.rules
    assert (one.id, one.title, one.match, one.priority, one.alerts) == (
        "one", "Number one", "csto and arrest", Priority.HIGH, AlertPolicy.ALL,
    )  # fmt: skip
    assert (one.window, one.cooldown, one.tags) == (timedelta(days=1.5), timedelta(minutes=30), ("a", "b"))
    assert (one.description, one.line) == ("All of it.", 15)
    assert (two.title, two.priority, two.alerts, two.window) == ("two", Priority.LOW, AlertPolicy.UPDATES, None)
    specs = {spec.id: spec for spec in rules.entities}
    assert specs["csto"].acronyms == ("CSTO", "ОДКБ")
    assert specs["csto"].names == {"de": ("Organisation des Vertrags über kollektive Sicherheit",)}
    assert specs["csto"].exclude == ("CSTO Logistics",)
    assert (specs["kim"].kind, specs["kim"].surname_alone) == (EntityKind.PERSON, False)
    assert specs["tengri"].names == {"*": ("Tengri News",)}
    assert [pattern.text for pattern in rules.terms["arrest"]] == [
        "arrest*",
        "festnahme*",
        "verhaft*",
        "state of arrest",
    ]
    assert rules.rule("one") is one
    assert rules.rule("off") is None
    assert (rules.title("two"), rules.title("gone")) == ("two", "gone")


# Each row: what follows ENTITIES or stands alone; line, column, words of the message, words of the hint.
MISTAKES = [
    ("rulse: []", 3, 1, "unknown key 'rulse'", "rules"),
    ("rules: {}", 3, 8, "must be a list", "- id"),
    ("rules:\n- {id: a, match: massimov, prio: high}", 4, 28, "unknown key 'prio'", "priority"),
    ("rules:\n- {id: a, match: massimov, priority: hi}", 4, 38, "none of low, normal, high", ""),
    ("rules:\n- {id: a, match: massimov, alerts: some}", 4, 36, "none of first, updates, all", ""),
    ("rules:\n- {id: a, match: massimov, window: soon}", 4, 36, "no duration", ""),
    ("rules:\n- {id: a, match: massimov, cooldown: 100000d}", 4, 38, "longer than ten years", ""),
    ("rules:\n- {id: a, match: massimov, enabled: maybe}", 4, 37, "true or false", ""),
    ("rules:\n- {id: a}", 4, 3, "a rule needs 'match'", ""),
    ("rules:\n- {match: massimov}", 4, 3, "a rule needs 'id'", ""),
    ("rules:\n- {id: a b, match: massimov}", 4, 8, "is no id", "letters"),
    ("rules:\n- {id: a, match: [massimov]}", 4, 18, "must be a text", ""),
    ("rules:\n- massimov", 4, 3, "must be a mapping", "key: value"),
    ("rules:\n- {id: a, match: almaty}\n- {id: a, match: almaty}", 5, 8, "already defined on line 4", ""),
    ("rules:\n- {id: a, match: massimof}", 4, 18, "no entity or term 'massimof'", "did you mean 'massimov'"),
    ("rules:\n- {id: a, match: massimov and summit}", 4, 31, "no entity or term 'summit'", '"summit"'),
    ("rules:\n- {id: a, match: massimov and}", 4, 30, "ends too early", ""),
    ("rules:\n- {id: a, match: massimov almaty}", 4, 27, "without and, or, near", "put and or or"),
    ("rules:\n- {id: a, match: (massimov}", 4, 27, "ends too early", ")"),
    ("rules:\n- id: a\n  match: massimov && almaty", 5, 19, "unexpected '&'", "and, or, not"),
    ("rules:\n- id: a\n  match: massimov near almaty", 5, 19, "near needs a number", "near/10"),
    ("rules:\n- id: a\n  match: massimov and and almaty", 5, 23, "unexpected 'and'", "a name"),
    ("rules:\n- id: a\n  match: massimov near/0 almaty", 5, 19, "1 to 1000", ""),
    ("rules:\n- id: a\n  match: massimov near/3 not almaty", 5, 26, "not cannot stand here", "deny the whole"),
    ("rules:\n- id: a\n  match: title:(body:massimov)", 5, 17, "stands inside title:", ""),
    ("rules:\n- id: a\n  match: massimov or a*", 5, 22, "far too many", ""),
    ('rules:\n- id: a\n  match: massimov and "..."', 5, 23, "at least one word", ""),
    ("rules:\n- id: a\n  match: massimov and “summit”", 5, 23, "no quotation mark", "straight"),
    # The exact character, in every style of YAML scalar.
    ("rules:\n- id: a\n  match: >-\n    massimov and\n    (almaty or\n    bogus)", 8, 5, "'bogus'", ""),
    ("rules:\n- id: a\n  match: |  # why\n    massimov\n\n    and bogus", 8, 9, "'bogus'", ""),
    ("rules:\n- id: a\n  match: massimov and\n         almaty bogus", 6, 17, "'bogus' follows", ""),
    ("rules:\n- id: a\n  match: 'massimov and ''x'", 5, 24, "unexpected", ""),
    ('rules:\n- id: a\n  match: "alm\\u0061ty and \\"x\\" and bogus"', 5, 37, "'bogus'", ""),
    ('rules:\n- id: a\n  match: "almaty \\\n    and bogus"', 6, 9, "'bogus'", ""),
    ("terms: {t: ['*']}", 3, 13, "would match every word", ""),
    ("terms: {t: ['?!']}", 3, 13, "no letter", ""),
    ("terms: {t: ['a*']}", 3, 13, "far too many words", ""),
    ("terms: {t: []}", 3, 9, "has no words", ""),
    ("terms: {t: [x1, [true]]}", 3, 18, "a word is needed", "quoted"),
    ("terms: {t: ['a*b*c*d*e*f*g*h*i']}", 3, 13, "too many stars", ""),
    ("terms: {massimov: [x1]}", 3, 9, "already defined", "unique"),
    ("terms: {near: [x1]}", 3, 9, "a word of the expression language", "another id"),
    ("terms: {'a b': [x1]}", 3, 9, "is no id", ""),
    ("include: [other.yaml]", 3, 11, "cannot read other.yaml", ""),
    ("include: [./rules.yaml]", 3, 11, "includes itself", ""),
]
ENTITY_MISTAKES = [
    ("version: 2", 1, 10, "reads version 1", ""),
    ("rules: []", 1, 1, "'version: 1' is missing", "first line"),
    ("- a", 1, 1, "must be a mapping", ""),
    ("version: 1\nentities: [a]", 2, 11, "must be a mapping", ""),
    ("version: 1\nentities: {a: {}}", 2, 12, "has no name", "country"),
    ("version: 1\nentities: {a: {persn: X Y}}", 2, 16, "unknown key 'persn'", "person"),
    ("version: 1\nentities: {a: {person: }}", 2, 23, "a name is needed", ""),
    ("version: 1\nentities: {a: {country: KZ, place: X}}", 2, 29, "is one of", ""),
    ("version: 1\nentities: {a: {country: QQ}}", 2, 12, "country", ""),
    ("version: 1\nentities: {or: {country: KZ}}", 2, 12, "expression language", ""),
    ("version: 1\nentities: {a: {person: A Bcde, surname_alone: 3}}", 2, 47, "true or false", ""),
    ("version: 1\nentities: {a: {names: {deutsch1: [Xyz]}}}", 2, 24, "no language code", "de, ru"),
    ("version: 1\nentities: {a: {place: Abc, acronyms: [1.5]}}", 2, 39, "a text is needed", "quoted"),
    ("version: 1\nentities:\n  a: {place: Abc}\n  a: {place: Abc}", 4, 3, "given twice", ""),
    ("version: 1\nrules:\n\t- id: a", 3, 1, "not valid YAML", "spaces"),
    ("version: 1\nrules:\n- id: a\n  match: title: x", 4, 15, "not valid YAML", "quoted"),
]


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [(ENTITIES + row[0], *row[1:]) for row in MISTAKES] + ENTITY_MISTAKES,
    ids=[row[0].replace("\n", " ")[-60:] for row in MISTAKES + ENTITY_MISTAKES],
)
def test_a_mistake_is_reported_at_its_place(text: str, line: int, column: int, message: str, hint: str) -> None:
    problems = [p for p in problems_of(text) if not p.warning]
    found = [(p.line, p.column, p.message, p.hint) for p in problems]
    assert any(f[:2] == (line, column) and message in f[2] and hint in f[3] for f in found), found
    assert all(problem.excerpt.endswith("^") for problem in problems)


def test_every_mistake_at_once_in_file_order() -> None:
    problems = problems_of(
        "version: 1\nentities: {x: {country: QQ}, y: {}}\nterms: {t: ['*']}\n"
        "rules:\n- {id: a, match: z, priority: q}\n- {id: b, match: x and}\n"
    )
    assert [p.line for p in problems] == [2, 2, 3, 5, 5, 6]


def test_warning_for_a_rule_that_holds_for_anything() -> None:
    rules = load(ENTITIES + "rules:\n- {id: a, match: not massimov}\n- {id: b, match: almaty and not massimov}")
    assert [(w.line, w.warning) for w in rules.warnings] == [(4, True)]


class TestInclude:
    LIBRARY = "version: 1\nentities: {almaty: {place: Almaty}, osh: {names: {en: [Osh City]}}}\nterms: {t: [library]}\n"
    RULES = "rules:\n- {id: a, match: osh and t}\n"

    def test_paths_are_relative_to_the_file_that_includes(self) -> None:
        files = {"conf/lib/a.yaml": "version: 1\ninclude: b.yaml\n", "conf/lib/b.yaml": self.LIBRARY}
        rules = load("version: 1\ninclude: [lib/a.yaml]\n" + self.RULES, files, "conf/rules.yaml")
        assert [spec.id for spec in rules.entities] == ["almaty", "osh"]
        assert rules.files == ("conf/rules.yaml", "conf/lib/a.yaml", "conf/lib/b.yaml")

    def test_the_main_file_overrides(self) -> None:
        text = (
            "version: 1\ninclude: [lib.yaml]\nentities: {almaty: {place: Alma-Ata}}\nterms: {t: [mine]}\n" + self.RULES
        )
        rules = load(text, {"lib.yaml": self.LIBRARY})
        assert {spec.id: spec.value for spec in rules.entities}["almaty"] == "Alma-Ata"
        assert [pattern.text for pattern in rules.terms["t"]] == ["mine"]

    def test_two_included_files_must_agree(self) -> None:
        text = "version: 1\ninclude: [a.yaml, b.yaml]\n" + self.RULES
        problems = problems_of(text, {"a.yaml": self.LIBRARY, "b.yaml": self.LIBRARY})
        assert {p.path for p in problems} == {"b.yaml"}
        assert "already defined in a.yaml" in problems[0].message

    def test_a_file_included_twice_is_read_once(self) -> None:
        files = {"a.yaml": "version: 1\ninclude: [c.yaml]", "b.yaml": "version: 1\ninclude: [c.yaml]"}
        rules = load("version: 1\ninclude: [a.yaml, b.yaml]\n" + self.RULES, files | {"c.yaml": self.LIBRARY})
        assert len(rules.files) == 4

    def test_a_circle_is_an_error(self) -> None:
        files = {"a.yaml": "version: 1\ninclude: [b.yaml]", "b.yaml": "version: 1\ninclude: [a.yaml]"}
        (problem,) = problems_of("version: 1\ninclude: [a.yaml]\nrules: []", files)
        assert (problem.path, problem.line, problem.column) == ("b.yaml", 2, 11)
        assert "circle" in problem.message

    def test_an_included_file_has_no_rules(self) -> None:
        (problem,) = problems_of("version: 1\ninclude: [a.yaml]\nrules: []", {"a.yaml": "version: 1\nrules: []"})
        assert (problem.path, problem.line) == ("a.yaml", 2)

    def test_mistakes_of_an_included_file_name_it(self) -> None:
        (problem,) = problems_of(
            "version: 1\ninclude: [a.yaml]\nrules: []", {"a.yaml": "version: 1\nterms: {t: ['*']}"}
        )
        assert (problem.path, problem.line, problem.column) == ("a.yaml", 2, 13)

    def test_the_digest_covers_included_files(self) -> None:
        text = "version: 1\ninclude: [lib.yaml]\n" + self.RULES
        one, other = (load(text, {"lib.yaml": self.LIBRARY + tail}) for tail in ("", "# changed\n"))
        assert one.digest != other.digest


@given(st.text(max_size=200))
def test_any_text_loads_or_is_invalid(text: str) -> None:
    try:
        load(text)
    except InvalidRules as error:
        assert error.problems


@given(st.text(alphabet="massimov lty()\"~*:/12 andornearit\\\n'|>-{}[],#&!éЖ李", max_size=60))
def test_any_match_loads_or_points_into_the_file(match: str) -> None:
    text = ENTITIES + f"rules:\n- id: a\n  match: {match}\n"
    try:
        load(text)
    except InvalidRules as error:
        lines = text.splitlines()
        assert all(1 <= p.line <= len(lines) + 1 for p in error.problems)


def test_a_huge_file_is_bounded() -> None:
    bombs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
    )
    assert any("too many" in p.message for p in problems_of("version: 1\n" + bombs))
