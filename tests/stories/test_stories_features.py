"""What an item says where languages differ: digits, vowel signs, apostrophes, dates, languages, vague titles."""

from __future__ import annotations

import pytest
from story_samples import item

from watchbot.names.languages import likely_language_of
from watchbot.stories.features import Extractor
from watchbot.stories.numbers import numbers_in, with_ascii_digits

EXTRACTOR = Extractor()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("۱۶۴ نفر", [164]),
        ("५.६ तीव्रता", [5.6]),
        ("٥٫٦ درجات", [5.6]),
        ("٤٬٤٠٠ معتقل", [4400]),
        ("１２人", [12]),
        ("164 people", [164]),
    ],
)
def test_digits_of_every_script(text: str, values: list[float]) -> None:
    same = with_ascii_digits(text)
    assert len(same) == len(text)
    assert [number.value for number in numbers_in(same, "")] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("MH17 and M003ax", []),
        ("Саммит G20, Ту154", []),
        ("造成164人死亡", [164]),
        ("$3m, 5km", [3e6, 5]),
        ("F-16", [16]),
    ],
)
def test_digits_of_a_name_are_no_figure(text: str, values: list[float]) -> None:
    assert [number.value for number in numbers_in(text, "")] == values


@pytest.mark.parametrize(
    ("lang", "title", "concept"),
    [
        ("hi", "गिरफ्तार", "detain"),  # vowel signs and the virama are part of the word
        ("uz", "Oʻldirildi, oʻldirildi", "kill"),
        ("uz", "O‘ldirildi", "kill"),  # the quotation mark that most Uzbek outlets type
        ("fa", "زمین‌لرزه", "quake"),  # a joiner parts the words
        ("fa", "زمين لرزه", "quake"),  # Arabic letters in Persian
    ],
)
def test_spellings_that_mean_one_word(lang: str, title: str, concept: str) -> None:
    assert f"c:{concept}" in EXTRACTOR.features(item(1, title, lang=lang)).shared


@pytest.mark.parametrize(
    ("lang", "title"),
    [("en", "Tuesday Tuesday's"), ("ru", "в среду"), ("de", "Dienstag im Januar"), ("tr", "Salı Ocak")],
)
def test_dates_say_nothing(lang: str, title: str) -> None:
    features = EXTRACTOR.features(item(1, title, lang=lang, entities=()))
    assert not features.shared


@pytest.mark.parametrize(
    ("title", "headline", "entities", "vague"),
    [
        ("Biting the hand", (), ("nazarbayev",), True),
        ("The man who knew too many secrets", (), ("massimov",), True),
        ("Two nights in cell number nine", (), ("almaty",), True),
        ("Biting the hand", None, ("nazarbayev",), False),  # not known what the title names
        ("Biting the hand", (), (), False),  # a rule of terms alone: the title may well hold them
        ("Almaty bites the hand", ("almaty",), ("almaty",), False),
        ("Melbourne loses Rybakina", (), ("kazakhstan",), False),
        ("Nine of 12 stay", (), ("kazakhstan",), False),
        ("Police arrest striking miners", (), ("kazakhstan",), False),
    ],
)
def test_titles_that_say_nothing(
    title: str, headline: tuple[str, ...] | None, entities: tuple[str, ...], vague: bool
) -> None:
    assert EXTRACTOR.features(item(1, title, headline=headline, entities=entities)).vague is vague


@pytest.mark.parametrize(
    ("text", "declared", "lang"),
    [
        ("Қазақстан үкіметі отставкаға кетті", None, "kk"),
        ("Казакстандан эки күндөн кийин чыгарыла баштайт", None, "ky"),
        ("Азербайджан пачаў вайсковую аперацыю ў Карабаху", None, "be"),
        ("Токаєв доручив виконувати обов'язки", None, "uk"),
        ("The president of the country said", None, "en"),
        ("Der Präsident und die Regierung", None, "de"),
        ("Le président de la République dans une allocution", None, "fr"),
        ("托卡耶夫批评国防部长", "en-US", "zh"),
        ("دولت قزاقستان استعفا کرد و پس از آن", "en", "fa"),
        ("Токаев прибыл в Алма-Ату", "en-us", "ru"),
        ("", None, None),
    ],
)
def test_the_language_of_a_text(text: str, declared: str | None, lang: str | None) -> None:
    assert likely_language_of(text, declared) == lang
