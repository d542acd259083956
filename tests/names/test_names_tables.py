"""Names found in tables of attested forms: countries by code, persons by one Latin name, and what must not match."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from country_forms import FORMS as COUNTRY_FORMS
from person_forms import FORMS as PERSON_FORMS
from person_forms import NOT as NOT_PERSONS

from watchbot.model import EntityKind, EntitySpec
from watchbot.names import EntityIndex, build_index
from watchbot.text import tokenize

KNOWN_MISSES = {
    ("Joe Biden", "ביידן"),  # four letters of a script without vowels: only beside the given name
    ("Angela Merkel", "מרקל"),
    ("Narendra Modi", "مودي"),
    ("Andrzej Duda", "Dudzie"),  # softened, and too short for a doubt
    ("Xi Jinping", "Si Ťin-pching"),  # the Czech transcription of Chinese is a system of its own
}


def countries() -> Iterator[tuple[str, str, str]]:
    for line in COUNTRY_FORMS.strip().splitlines():
        code, lang, forms = line.split(" ", 2)
        yield from ((code, lang, form) for form in forms.split("|"))


def persons(table: str) -> Iterator[tuple[str, str, str]]:
    for line in table.strip().splitlines():
        name, *languages = (part.strip() for part in line.split("|"))
        for language in languages:
            lang, forms = language.split(":", 1)
            for form in forms.split(","):
                if "!" not in form:
                    yield name, lang.strip(), form.strip()


@functools.cache
def country_index() -> EntityIndex:
    return build_index([EntitySpec(code, EntityKind.COUNTRY, code) for code in sorted({c for c, _, _ in countries()})])


@functools.cache
def person_index() -> EntityIndex:
    return build_index([EntitySpec(n, EntityKind.PERSON, n) for n in sorted({n for n, _, _ in persons(PERSON_FORMS)})])


def found(index: EntityIndex, form: str, lang: str) -> set[str]:
    text = form if lang == "th" else f"abc, {form} 12."
    return {hit.entity for hit in index.find(text, tokenize(text), lang)}


def test_countries() -> None:
    wrong = [(c, lang, form) for c, lang, form in countries() if found(country_index(), form, lang) != {c}]
    assert wrong == []


def test_persons() -> None:
    wrong = [
        (name, lang, form)
        for name, lang, form in persons(PERSON_FORMS)
        if found(person_index(), form, lang) != {name} and (name, form) not in KNOWN_MISSES
    ]
    assert wrong == []


def test_others_are_not_the_person() -> None:
    wrong = [n for n in persons(NOT_PERSONS) if n[0] in found(person_index(), n[2], n[1])]
    assert wrong == []


@pytest.mark.parametrize(
    ("lang", "text", "codes"),
    [
        ("en", "Papua New Guinea and Guinea-Bissau", set()),
        ("en", "Nigeria plays Niger", {"NE"}),
        ("en", "South Sudan leaves", set()),
        ("en", "Northern Ireland votes", set()),
        ("en", "turkey prices rise before Christmas", set()),
        ("en", "Chad Smith joins", set()),
        ("en", "Chad joins the talks", {"TD"}),
        ("en", "Turkey says no", {"TR"}),
        ("pl", "Mali chłopcy grają", set()),
        ("pl", "wojsko wraca z Mali", {"ML"}),
        ("pl", "Irlandia Północna głosuje", set()),
        ("ru", "В Северной Ирландии", set()),
        ("cs", "v Severním Irsku", set()),
        ("hr", "Irska vlada zasjeda", set()),
        ("hr", "Irska je pobijedila", {"IE"}),
        ("hr", "irska vlada", set()),
        ("pl", "Włoch wylądował w Ałmatach", set()),
        ("pl", "premier Włoch", {"IT"}),
        ("cs", "Irská vláda zasedá", set()),
        ("cs", "z Irska", {"IE"}),
        ("hr", "Irska ima novu vladu", {"IE"}),
        ("nl", "een Iers café", set()),
        ("es", "un Italiano", set()),
        ("nl", "De Italiaan komt", set()),
        ("zh", "努尔苏丹", set()),
        ("ar", "أمن عام", set()),
        ("sv", "Island röstar", {"IS"}),
        ("en", "The Island of Doctor Moreau", set()),
        ("en", "Niger’s army and Ireland's farmers", {"NE", "IE"}),
        ("en", "KAZAKHSTAN AND IRELAND SIGN", {"KZ", "IE"}),
        ("en", "trip to #ireland", {"IE"}),
        ("en-us", "В Казахстане прошли выборы", {"KZ"}),
        (None, "В Казахстане прошли выборы", {"KZ"}),
        (None, "w Kazachstanie", {"KZ"}),
        ("ru", "казахстанские власти", set()),
        ("de", "der kasachische Präsident", set()),
        ("ru", "Kазахстан", {"KZ"}),
        ("ru", "Ка\u00adзах\u00adстан", {"KZ"}),
    ],
)
def test_country_decoys(lang: str | None, text: str, codes: set[str]) -> None:
    index = build_index(
        [
            EntitySpec(c, EntityKind.COUNTRY, c)
            for c in ("KZ", "GN", "NE", "SD", "IE", "TR", "TD", "ML", "IT", "IS", "OM")
        ]
    )
    assert {hit.entity for hit in index.find(text, tokenize(text), lang)} == codes
