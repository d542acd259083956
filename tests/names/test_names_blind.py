"""205 sentences in 32 languages, written before names were matched in them, with other bearers of the same surnames."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchbot.match import match_entry
from watchbot.model import EntityKind, EntitySpec, MatchInput
from watchbot.names import build_index
from watchbot.rules import RuleSet, load_rules
from watchbot.text import tokenize

ROOT = Path(__file__).parents[2]
SENTENCES = Path(__file__).with_name("blind_names.txt")


@pytest.fixture(scope="module")
def library() -> RuleSet:
    text = (
        "version: 1\ninclude: [config/entities/central-asia.yaml]\nrules:\n  - {id: all, title: All, match: tokayev}\n"
    )
    return load_rules(text, "rules.yaml", lambda p: (ROOT / p).read_text(encoding="utf-8"))


def test_blind_sentences(library: RuleSet) -> None:
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    rows = [line.split("|") for line in lines if not line.startswith("#")]
    scored = {name.rstrip("?") for _, _, names in rows for name in names.split()}
    right = extra = lost = 0
    wrong = []
    for lang, text, names in rows:
        wanted = {name for name in names.split() if not name.endswith("?")}
        allowed = wanted | {name.rstrip("?") for name in names.split()}
        found = {hit.entity for hit in library.index.find(text, tokenize(text), lang)} & scored
        right += len(found & wanted)
        extra += len(found - allowed)
        lost += len(wanted - found)
        if found - allowed or wanted - found:
            wrong.append(f"{lang} {text}: extra {found - allowed} lost {wanted - found}")
    assert right / (right + extra) >= 0.99, wrong
    assert right / (right + lost) >= 0.99, wrong


PLACES = build_index(
    [
        EntitySpec(name.lower(), EntityKind.PLACE, name)
        for name in ("Tashkent", "Bishkek", "Dushanbe", "Almaty", "Astana")
    ]
)


@pytest.mark.parametrize(
    ("lang", "text", "found"),
    [
        ("cs", "V Taškentu a Biškeku", ["Taškentu", "Biškeku"]),
        ("hu", "Taskentbe és Biskekben", ["Taskentbe", "Biskekben"]),
        ("nl", "Aardbeving bij Bisjkek", ["Bisjkek"]),
        ("sv", "Ledare i Tasjkent", ["Tasjkent"]),
        ("lt", "Dušanbę ir Taškente", ["Dušanbę", "Taškente"]),
        ("fi", "Taškentiin", ["Taškentiin"]),
        ("ro", "la Tașkent", ["Tașkent"]),
        ("hy", "Ալմաթիում", ["Ալմաթիում"]),
        ("ka", "ტაშკენტში", ["ტაშკენტში"]),
        ("az", "Bazar ertəsi", []),
        ("uz", "Dushanba kuni", []),  # Monday
        ("uk", "Останній літак", []),
        ("id", "di Istana", []),
        ("en", "October in Bischoff's office", []),
    ],
)
def test_places_by_their_sound(lang: str, text: str, found: list[str]) -> None:
    """One spelling is given; languages that write vowels spell the place their own way."""
    assert [hit.text for hit in PLACES.find(text, tokenize(text), lang)] == found


PEOPLE = build_index(
    [
        EntitySpec("putin", EntityKind.PERSON, "Vladimir Putin"),
        EntitySpec("lavrov", EntityKind.PERSON, "Sergey Lavrov"),
        EntitySpec("asylov", EntityKind.PERSON, "Berik Asylov"),
        EntitySpec("sturgeon", EntityKind.PERSON, "Nicola Sturgeon"),
    ]
)


@pytest.mark.parametrize(
    ("lang", "text", "found"),
    [
        ("cs", "Herečka Putinová hraje", []),
        ("cs", "Putinova politika", ["Putinova"]),
        ("cs", "Nicola Sturgeonová odstoupila", ["Nicola Sturgeonová"]),
        ("ru", "Лавровый лист и лавровые венки", []),
        ("ru", "Лаврову и Лавровым", ["Лаврову", "Лавровым"]),
        ("fa", "سیلاب در بغلان", []),
        ("fa", "آسیلوف دادستان کل", ["آسیلوف"]),
        ("tr", "Sibel Putin ödül aldı", []),
    ],
)
def test_words_that_only_look_like_a_surname(lang: str, text: str, found: list[str]) -> None:
    assert [hit.text for hit in PEOPLE.find(text, tokenize(text), lang)] == found


def test_match_entry_reads_the_library_alike(library: RuleSet) -> None:
    result = match_entry(MatchInput(title="Rozmowy w Taszkencie", summary="", lang="pl"), library)
    assert result.entities == ("tashkent",)
