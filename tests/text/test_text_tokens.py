"""Words and their places; folding."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbot.text import fold, tokenize

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kazakistan'ın eski başkanı", ["Kazakistan'ın", "eski", "başkanı"]),
        ("To‘qayev Qozog‘istonda", ["To‘qayev", "Qozog‘istonda"]),
        ("de l'OTSC, d’Alma-Ata", ["de", "l'", "OTSC", "d’", "Alma", "Ata"]),
        ("dell'Asia centrale", ["dell'", "Asia", "centrale"]),
        ("O'Leary and D.J. O’Neill", ["O'Leary", "and", "D", "J", "O’Neill"]),
        ("Nur‑Sultan Нур-Султане", ["Nur", "Sultan", "Нур", "Султане"]),
        ("Ка\u00adзах\u00adстан", ["Ка\u00adзах\u00adстан"]),
        ("K.-J.Tokayev", ["K", "J", "Tokayev"]),
        ("foo_bar #KZ", ["foo", "bar", "KZ"]),
        ("CSTO部隊 カリム・マシモフ前議長", ["CSTO", "部", "隊", "カリム", "マシモフ", "前", "議", "長"]),
        ("카자흐스탄에서 KNB는", ["카자흐스탄에서", "KNB", "는"]),
        ("करीम मासिमोव पर", ["करीम", "मासिमोव", "पर"]),
        ('צה"ל אמר "שלום"', ['צה"ל', "אמר", "שלום"]),
        ("قاسم‌جومارت توقایف", ["قاسم‌جومارت", "توقایف"]),
        ("e\u0301té 2022", ["e\u0301té", "2022"]),
        ("", []),
        ("… — !", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    tokens = tokenize(text)
    assert tokens.words == words
    assert [text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)] == words


@pytest.mark.parametrize(
    ("forms", "key"),
    [
        (["Казахстан", "КАЗАХСТАН", "Ка\u00adзахстан", "Kазахстан", "Kazakhstan"], "kazakhstan"),
        (["Қазақстан", "Qazaqstan", "QAZAQSTAN"], "qazaqstan"),
        (["ОДКБ", "ОДKБ"], "odkb"),
        (["CSTO", "СSТO"], "csto"),
        (["Tokáyev", "Toka\u0301yev", "TOKAYEV"], "tokayev"),
        (["Qozog‘iston", "Qozog'iston", "Qozogʻiston", "Qozogiston"], "qozogiston"),
        (["أستانا", "استانا", "أسـتانا"], "استانا"),
        (["کازاخستان", "كازاخستان"], "كازاخستان"),
        (["Μασίμοφ", "ΜΑΣΙΜΟΦ"], "masimof"),
        (["马西莫夫"], "马西莫夫"),
        (["İstanbul", "istanbul"], "istanbul"),
        (["\ud800"], ""),
    ],
)
def test_fold_meets(forms: list[str], key: str) -> None:
    assert {fold(form) for form in forms} == {key}


def test_fold_keeps_apart_what_a_transliteration_would_join() -> None:
    assert fold("عمان") != fold("أمن")
    assert fold("马西莫夫") != fold("麻西摩夫")


@given(ANY_TEXT)
def test_spans_cut_the_words(text: str) -> None:
    tokens = tokenize(text)
    end = 0
    for word, start, stop in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        assert word
        assert text[start:stop] == word
        assert end <= start < stop
        end = stop


@given(ANY_TEXT)
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "text",
    [
        "слово " * 800_000,
        "a" + "\u0301" * 10_000 + " b",
        "'" * 1_000_000,
        "a'" * 500_000,
        "\ud800\udfff" * 100_000,
        "漢" * 1_000_000,
        "_" * 1_000_000,
    ],
    ids=["5 MB", "marks", "quotes", "apostrophes", "surrogates", "han", "underscores"],
)
def test_time_is_bounded(text: str) -> None:
    started = time.process_time()
    tokenize(text)
    assert time.process_time() - started < 10
