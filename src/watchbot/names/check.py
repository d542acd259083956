# ruff: noqa: E501, SIM905 - a list of words
"""What is wrong with entity specs, before an index is built of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache

from babel import localedata

from watchbot.errors import Problem
from watchbot.model import EntityKind, EntitySpec
from watchbot.names.countries import country_names
from watchbot.names.people import prepare
from watchbot.text import fold, tokenize

MIN_LETTERS = 3
"""Letters of the shortest alias that may be looked for alone; shorter ones are words of some language."""
# Words that stand in capitals in headlines of their language, so that as acronyms they would match anything.
_ORDINARY = frozenset(
    """who it us and the all not are can may our you for was has had new now one two out off day get she him his her
    its    der die das und mit vor aus bei sie ist ein von zum zur nur les des une sur que pas par aux son qui est con por los
    las    una del per che non sono dla jak nie jest ale czy tak ma bir ve ile bu var ama да нет как что для или был так тот
    все    еще она они его при над под без уже где кто це та що як від але про за на по не из до не во ein het een van voor met och
    att som den det til fra pro nad pod ale jen tak ani""".split()
)
_NO_COUNTRIES = frozenset(("ZZ", "XA", "XB", "QO", "EZ"))
"""Codes of CLDR for an unknown region, test data and the like."""
_KNOWN_LANGS = frozenset("zh-Hans zh-Hant sr-Latn kk-Latn uz-Cyrl iw in sh tl mo".split())


def check_specs(specs: Sequence[EntitySpec]) -> list[Problem]:
    """Every mistake (and warning) in `specs`, each at its spec's path, line and column, in the order of the specs."""
    problems: list[Problem] = []
    for spec in specs:
        problems += _check_spec(spec)
    problems += _check_claims(specs)
    return sorted(problems, key=lambda p: (p.path, p.line, p.column))


def _problem(spec: EntitySpec, message: str, hint: str = "", *, warning: bool = False) -> Problem:
    return Problem(spec.path, spec.line, spec.column, f"entity '{spec.id}': {message}", hint, warning=warning)


def _check_spec(spec: EntitySpec) -> Iterator[Problem]:
    aliases = [name for names in spec.names.values() for name in names]
    if spec.kind is EntityKind.COUNTRY:
        yield from _check_country(spec)
    elif not spec.value.strip() and not aliases and not spec.acronyms:
        yield _problem(spec, "has no name", "give it a name, names by language, or acronyms")
    elif spec.kind is EntityKind.PERSON:
        yield from _check_person(spec)
    elif spec.value and _letters(spec.value) < MIN_LETTERS:
        yield _problem(
            spec, f"the name '{spec.value}' is shorter than three letters", "write it out, or list an acronym"
        )
    for lang, names in spec.names.items():
        yield from _check_language(spec, lang)
        for name in names:
            if _letters(name) < _least(name):
                hint = "two letters are a word in some language; write the name out, or list it as an acronym"
                yield _problem(spec, f"the alias '{name}' ({lang}) is shorter than three letters", hint)
    for acronym in spec.acronyms:
        yield from _check_acronym(spec, acronym)


def _check_country(spec: EntitySpec) -> Iterator[Problem]:
    code = spec.value.strip().upper()
    known = {c: names for c, names in country_names().items() if c not in _NO_COUNTRIES}
    if code in known:
        return
    by_name = {name.lower(): c for c, names in known.items() for name, langs in names.items() if "en" in langs}
    near = get_close_matches(spec.value.lower(), list(by_name), n=1)
    same = get_close_matches(code, list(known), n=1, cutoff=0.5)
    if near:
        hint = f"the code of {near[0].title()} is {by_name[near[0]]}"
    else:
        hint = f"did you mean {same[0]}?" if same else "a country is named by its ISO 3166 code of two letters: KZ"
    yield _problem(spec, f"unknown country code '{spec.value}'", hint)


def _check_person(spec: EntitySpec) -> Iterator[Problem]:
    if not spec.value.strip():
        yield _problem(spec, "has no name", "person: Karim Massimov")
        return
    person = prepare(spec)
    if person is None:
        yield _problem(spec, f"'{spec.value}' holds no surname of two letters", "write the whole name in Latin letters")
    elif not person.given and not spec.surname_alone:
        yield _problem(spec, "surname_alone: false needs a given name", "person: Karim Massimov")
    elif person.given and not person.alone and spec.surname_alone:
        hint = "write surname_alone: false to say so, or list forms under names:"
        message = (
            f"the surname '{person.surname}' is too short or too common to stand alone; only the full name is found"
        )
        yield _problem(spec, message, hint, warning=True)


def _check_acronym(spec: EntitySpec, acronym: str) -> Iterator[Problem]:
    letters = sum(c.isalpha() for c in acronym)
    if letters < 2:
        yield _problem(spec, f"the acronym '{acronym}' is shorter than two letters", "list a longer form")
    elif letters == 2 and acronym < "\u2e80":
        hint = "two capitals mean many things; rules can ask for another entity beside it"
        yield _problem(spec, f"the acronym '{acronym}' has only two letters", hint, warning=True)
    if acronym.lower() in _ORDINARY:
        hint = "in headlines set in capitals it will match; use names: instead"
        yield _problem(spec, f"the acronym '{acronym}' is an ordinary word", hint, warning=True)
    elif letters > 1 and acronym.lower() != acronym.upper() and not any(c.isupper() for c in acronym[1:]):
        hint = "acronyms match case by case; a name like this belongs under names:"
        yield _problem(spec, f"the acronym '{acronym}' is not in capitals", hint, warning=True)


def _check_language(spec: EntitySpec, lang: str) -> Iterator[Problem]:
    primary = lang.replace("_", "-").split("-")[0].lower()
    if lang == "*" or lang in _KNOWN_LANGS or primary in _languages():
        return
    near = get_close_matches(primary, sorted(_languages()), n=1, cutoff=0.5)
    yield _problem(
        spec, f"unknown language '{lang}'", f"did you mean {near[0]}?" if near else "a code such as ru or kk"
    )


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    return frozenset(code.split("_")[0] for code in localedata.locale_identifiers()) | _KNOWN_LANGS


def _check_claims(specs: Sequence[EntitySpec]) -> Iterator[Problem]:
    """Aliases that two entities claim. A warning: both will be found, which may be meant."""
    owners: dict[tuple[str, ...], EntitySpec] = {}
    for spec in specs:
        told: set[str] = set()
        for alias in _claims(spec):
            key = (alias,) if alias.startswith("\0") else tuple(map(fold, tokenize(alias).words))
            if not any(key):
                continue
            owner = owners.setdefault(key, spec)
            if owner.id != spec.id and owner.id not in told:
                told.add(owner.id)
                shown = alias.lstrip("\0")
                yield _problem(spec, f"'{shown}' is also a name of '{owner.id}'", "both will be found", warning=True)


def _claims(spec: EntitySpec) -> Iterable[str]:
    if spec.kind is EntityKind.COUNTRY:
        yield "\0" + spec.value.upper()
    elif spec.value:
        yield spec.value
    yield from spec.acronyms
    for names in spec.names.values():
        yield from names


def _letters(name: str) -> int:
    return sum(len(fold(word)) for word in tokenize(name).words)


def _least(name: str) -> int:
    """Letters that an alias needs: two for Han, where one character is a word."""
    return 2 if name[:1] >= "\u2e80" else MIN_LETTERS
