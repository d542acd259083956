"""What editors and agencies put around a text is taken off before texts are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbot.text import fingerprint
from watchbot.text.fingerprint import Mark, fold_words, origin_of, strip_text, strip_title, text_digest

U, B, C, K = Mark.UPDATE, Mark.BREAKING, Mark.CORRECTION, Mark.KILL


@pytest.mark.parametrize(
    ("title", "plain", "marks", "number"),
    [
        ("UPDATE 4-Kazakh president gives order", "Kazakh president gives order", {U}, 4),
        ("UPDATE 1: Tokayev asks for help", "Tokayev asks for help", {U}, 1),
        ("CORRECTED-UPDATE 2-Toll rises", "Toll rises", {C, U}, 2),
        ("CORRECTED: Eighteen officers killed", "Eighteen officers killed", {C}, None),
        ("CORRECTION — Eighteen officers killed", "Eighteen officers killed", {C}, None),
        ("BREAKING: Almaty airport seized", "Almaty airport seized", {B}, None),
        ("Срочно: аэропорт захвачен", "аэропорт захвачен", {B}, None),
        ("+++ EILMELDUNG +++ Flughafen besetzt", "+++ EILMELDUNG +++ Flughafen besetzt", set(), None),
        ("Eilmeldung: Flughafen besetzt", "Flughafen besetzt", {B}, None),
        ("【更新】トカエフ氏が演説", "トカエフ氏が演説", {U}, None),
        ("KILL: Toll in Almaty", "Toll in Almaty", {K}, None),
        ("[WITHDRAWN] Toll in Almaty", "Toll in Almaty", {K}, None),
        ("АННУЛИРУЕТСЯ: число погибших", "число погибших", {K}, None),
        ("The Latest: Tokayev takes over", "Tokayev takes over", {U}, None),
        ("More than 4,400 detained (updated)", "More than 4,400 detained", {U}, None),
        ("Deputy secretary dismissed (Part 2)", "Deputy secretary dismissed", set(), 2),
        ("Tokayev takes over - Reuters", "Tokayev takes over", set(), None),
        ("Tokayev takes over (Reuters)", "Tokayev takes over", set(), None),
        ("Live music returns to Almaty", "Live music returns to Almaty", set(), None),
        ("Update on the situation in Kazakhstan", "Update on the situation in Kazakhstan", set(), None),
        ("More than 4,400 detained", "More than 4,400 detained", set(), None),
        ("BREAKING:", "BREAKING:", set(), None),
        ("", "", set(), None),
    ],
)
def test_labels(title: str, plain: str, marks: set[Mark], number: int | None) -> None:
    stripped = strip_title(title)
    assert (stripped.title, set(stripped.marks), stripped.number) == (plain, marks, number)


@pytest.mark.parametrize(
    ("text", "plain", "origin"),
    [
        ("NUR-SULTAN, Jan 5 (Reuters) - Protesters stormed", "Protesters stormed", "Reuters"),
        ("ALMATY (AP) — Protesters stormed", "Protesters stormed", "AP"),
        ("МОСКВА, 5 янв - РИА Новости. Протестующие", "Протестующие", "RIA Novosti"),
        ("Almaty (dpa) - Demonstranten stürmten", "Demonstranten stürmten", "dpa"),
        ("Von Max Mustermann, Almaty - Demonstranten stürmten", "Demonstranten stürmten", None),
        ("By Olzhas Auyezov — Protesters stormed", "Protesters stormed", None),
        ("Protesters stormed the building (Reuters).", "Protesters stormed the building.", "Reuters"),
        ("Protesters stormed the…", "Protesters stormed the", None),
        ("Protesters stormed the [...]", "Protesters stormed the", None),
        ("By Wednesday - the third day - all was quiet", "By Wednesday - the third day - all was quiet", None),
        ("Protesters stormed the building.", "Protesters stormed the building.", None),
    ],
)
def test_datelines_bylines_credits(text: str, plain: str, origin: str | None) -> None:
    assert strip_text(text) == plain
    assert origin_of(text) == origin


def test_equal_texts_have_one_digest_whatever_stands_around() -> None:
    one = text_digest("UPDATE 1-Protesters storm office", "ALMATY, Jan 5 (Reuters) - Smoke was seen.")
    assert one == text_digest("Protesters storm office", "Smoke was seen")
    assert one != text_digest("Protesters storm office", "Smoke was not seen")
    assert text_digest("Live", "", salt="1") != text_digest("Live", "", salt="2")


def test_scripts_without_spaces_give_characters() -> None:
    assert fold_words("托卡耶夫 Tokayev") == ("托", "卡", "耶", "夫", "tokayev")


@given(st.text(max_size=300))
def test_stripping_ends_and_loses_no_news(title: str) -> None:
    stripped = strip_title(title)
    assert len(stripped.title) <= len(title)
    assert bool(stripped.title) or not title.strip()
    strip_text(title)
    origin_of(title)


def test_a_megabyte_is_cut() -> None:
    assert len(strip_text("word " * 300_000)) <= 20_000
    assert text_digest("t", "word " * 300_000)


PIECES = st.sampled_from(
    [*fingerprint.AGENCIES, "Reuters", "ASTANA", "Алматы", "Jan 5", "5. Jan.", "word", " ", "  ", "\n", ",", ".", ". ",
     "(", ")", "[", "]", "-", " - ", " — ", "–", ":", "/Foo", "…"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join))
def test_the_quick_looks_hide_no_credit_and_no_dateline(text: str) -> None:
    found = fingerprint._credit(text)
    assert (found and found.span()) == ((match := fingerprint._CREDIT.search(text)) and match.span())
    line = fingerprint._dateline(text)
    dated = fingerprint._DATED.search(text.lower()) and fingerprint._DATELINE.match(text)
    assert (line and line.span()) == (dated and dated.span())
