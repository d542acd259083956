# ruff: noqa: E501 - tables of cases
"""The index: kinds of entities, spans, blockers, capitals, overlaps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbot.model import EntityKind as Kind
from watchbot.model import EntitySpec, Hit
from watchbot.names import build_index, stem_key
from watchbot.text import tokenize

SPECS = [
    EntitySpec("kazakhstan", Kind.COUNTRY, "KZ"),
    EntitySpec("massimov", Kind.PERSON, "Karim Massimov", {"zh": ("马西莫夫",), "ja": ("マシモフ",)}),
    EntitySpec("tokayev", Kind.PERSON, "Kassym-Jomart Tokayev"),
    EntitySpec("nazarbayev", Kind.PERSON, "Nursultan Nazarbayev"),
    EntitySpec("smith", Kind.PERSON, "Adam Fischer", surname_alone=False),
    EntitySpec("almaty", Kind.PLACE, "Almaty", {"ru": ("Алматы", "Алма-Ата"), "pl": ("Ałmaty",)}, exclude=("Almaty Region",)),
    EntitySpec("astana", Kind.PLACE, "Astana", {"*": ("Nur-Sultan",), "ru": ("Астана", "Нур-Султан"), "zh": ("努尔苏丹",)}),
    EntitySpec(
        "csto", Kind.ORGANIZATION, "Collective Security Treaty Organization",
        {"pl": ("Organizacja Układu o Bezpieczeństwie Zbiorowym",), "ru": ("Организация Договора о коллективной безопасности",),
         "kk": ("Ұжымдық қауіпсіздік шарты ұйымы",), "zh": ("集安组织",)},
        ("CSTO", "ОДКБ", "KGAÖ", "KBSZSZ", "ҰҚШҰ", "OVKS", "KXShT"),
    ),
    EntitySpec("knb", Kind.ORGANIZATION, "National Security Committee", acronyms=("KNB", "КНБ"),
               exclude=("State National Security Committee",)),
    EntitySpec("kazakh", Kind.NAMES, "", {"ru": ("казахстанский", "казах"), "de": ("kasachisch",), "tr": ("Kazak",), "kk": ("қазақ",)}),
]  # fmt: skip
INDEX = build_index(SPECS)


def hits(text: str, lang: str | None = None) -> list[Hit]:
    return INDEX.find(text, tokenize(text), lang)


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "Karim Massimov was held", [("massimov", "Karim Massimov")]),
        ("ru", "В Алма-Ате Масимову", [("almaty", "Алма-Ате"), ("massimov", "Масимову")]),
        ("pl", "Organizacji Układu o Bezpieczeństwie Zbiorowym", [("csto", "Organizacji Układu o Bezpieczeństwie Zbiorowym")]),
        ("kk", "ҰҚШҰ-ға Мәсімовтің", [("csto", "ҰҚШҰ"), ("massimov", "Мәсімовтің")]),
        ("tr", "KGAÖ'nün Kazakistan'ın", [("csto", "KGAÖ'nün"), ("kazakhstan", "Kazakistan'ın")]),
        ("hu", "KBSZSZ-t Masszimovot", [("csto", "KBSZSZ"), ("massimov", "Masszimovot")]),
        ("uz", "KXShTdan", [("csto", "KXShTdan")]),
        ("de", "OVKS-Truppen am Almaty-Flughafen", [("csto", "OVKS"), ("almaty", "Almaty")]),
        ("ar", "ونازاربييف وماسيموف", [("nazarbayev", "ونازاربييف"), ("massimov", "وماسيموف")]),
        ("zh", "马西莫夫在努尔苏丹", [("massimov", "马西莫夫"), ("astana", "努尔苏丹")]),
        ("zh", "努尔苏丹·某某", []),
        ("ja", "マシモフスキ", []),
        ("en", "K.-J.Tokayev", [("tokayev", "K.-J.Tokayev")]),
        ("ru", "Назарбаев Нурсултан Абишевич", [("nazarbayev", "Назарбаев Нурсултан")]),
        ("ru", "Нурсултан Абишевич Назарбаев", [("nazarbayev", "Нурсултан Абишевич Назарбаев")]),
        ("ru", "К. Масимов и Д. Назарбаева", [("massimov", "К. Масимов")]),
        ("en", "csto knb cStO", []),
        ("en", "in Almaty Region today", []),
        ("en", "the State National Security Committee (GKNB)", []),
        ("ky", "ГКНБ", []),
        ("ru", "казахстанские казахи в Казахстане", [("kazakh", "казахстанские"), ("kazakh", "казахи"), ("kazakhstan", "Казахстане")]),
        ("tr", "yün kazak", []),
        ("tr", "bir Kazak lider", [("kazakh", "Kazak")]),
        ("en", "Fischer won; Adam Fischer lost", [("smith", "Adam Fischer")]),
        ("en", "Nur-Sultan, Nursultan and Nursultan Nazarbayev", [("astana", "Nur-Sultan"), ("astana", "Nursultan"), ("nazarbayev", "Nursultan Nazarbayev")]),
        ("en", "Nur‑Sultan", [("astana", "Nur‑Sultan")]),
        ("en", "", []),
    ],
)  # fmt: skip
def test_found(lang: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert [(hit.entity, hit.text) for hit in hits(text, lang)] == expected


def test_a_hit_tells_its_alias() -> None:
    (hit,) = hits("Войска ОДКБ", "ru")
    assert (hit.alias, hit.start, hit.end) == ("ОДКБ", 7, 11)


def test_near_misses_say_why() -> None:
    text = "Maximov met Dariga Nazarbaeva and Fischer in Almyty"
    near = {(m.text, m.reason) for m in INDEX.near_misses(text, tokenize(text), "ru")}
    assert ("Maximov", "one letter off, not matched") in near
    assert ("Nazarbaeva", "another first name stands before the surname") in near
    assert ("Fischer", "the surname alone is not enough for this person") in near
    assert ("Almyty", "one letter off, not matched") in near


@pytest.mark.parametrize(
    ("lang", "forms"),
    [
        ("en", ["emergency", "emergencies"]),
        ("ru", ["положения", "положение", "положению"]),
        ("de", ["Ausnahmezustand", "Ausnahmezustands"]),
        (None, ["чрезвычайного", "чрезвычайное"]),
    ],
)
def test_stem_keys_meet(lang: str | None, forms: list[str]) -> None:
    assert len({stem_key(form, lang) for form in forms}) == 1


LANGS = st.sampled_from(
    [None, "en", "ru", "kk", "ar", "he", "zh", "ja", "tr", "pl", "hi", "ta", "ko", "el", "hy", "x", "zh-Hant"]
)
PIECES = st.sampled_from(
    [
        "Масимов",
        "Karim ",
        "Massimov",
        "ماسيموف",
        "马西莫夫",
        "·",
        "-",
        "'",
        " ",
        "\u00ad",
        "\u0301",
        "\ud800",
        "Алма",
        "-Ата",
        ".",
    ]
)
TEXT = st.one_of(st.text(alphabet=st.characters(exclude_categories=())), st.lists(PIECES, max_size=12).map("".join))


@given(TEXT, LANGS)
@settings(max_examples=400)
def test_any_text_is_answered_with_spans_that_cut_it(text: str, lang: str | None) -> None:
    ends: dict[str, int] = {}
    start = 0
    for hit in hits(text, lang):
        assert text[hit.start : hit.end] == hit.text != ""
        assert hit.start >= start
        assert hit.start >= ends.get(hit.entity, 0)
        ends[hit.entity], start = hit.end, hit.start
    INDEX.near_misses(text, tokenize(text), lang)


@pytest.mark.parametrize("text", ["Масимов " * 300_000, "a" + "\u0301" * 10_000, "\ud800" * 10_000, "马西莫夫" * 300_000,
                                  "Karim " * 300_000, "д" * 1_000_000, "ОДКБ" * 500_000], ids=range(7))  # fmt: skip
def test_large_and_odd_texts_end(text: str) -> None:
    hits(text, "ru")
