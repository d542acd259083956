"""The window: copies, retellings, new developments, material changes, and forgetting."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from story_samples import NOW, item

from watchbot.model import EntryStatus, Placement, PlacementKind, StoryItem
from watchbot.stories import StoryIndex

WIRE = (
    "Production at the top oil field was cut slightly on Thursday because contractors disrupted train lines, "
    "sources said."
)
TITLE = "Chevron-led Tengizchevroil adjusts output as workers rally"


def place_all(*items: StoryItem) -> list[Placement]:
    index = StoryIndex()
    placed = []
    for one in items:
        placed.append(index.place(one))
        index.add(one, placed[-1])
    return placed


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Tengiz oil field output trimmed amid protests", WIRE),
        (TITLE, WIRE[:70] + "..."),
        ("UPDATE 2-" + TITLE, WIRE),
        ("BREAKING: " + TITLE, WIRE),
        (TITLE + " - Reuters", "ALMATY, Jan 6 (Reuters) - " + WIRE),
        (TITLE.upper(), WIRE.upper()),
        (TITLE, ""),
        ("Tengiz: output trimmed", "Von Max Mustermann, Almaty - " + WIRE),
    ],
)
def test_copies_are_duplicates(title: str, summary: str) -> None:
    first, second = place_all(item(1, TITLE, WIRE), item(2, title, summary, hours=1))
    assert first.kind is PlacementKind.NEW
    assert (second.kind, second.story, second.copy_of) == (PlacementKind.DUPLICATE, first.story, 1)


def test_a_copy_found_first_makes_the_original_a_duplicate_too() -> None:
    first, second = place_all(item(1, TITLE, WIRE[:70] + "..."), item(2, TITLE, WIRE, hours=1))
    assert (second.kind, second.story) == (PlacementKind.DUPLICATE, first.story)


def test_the_origin_of_a_copy_is_named() -> None:
    placed = place_all(
        item(1, TITLE, "ALMATY, Jan 6 (Reuters) - " + WIRE), item(2, "Tengiz output trimmed", WIRE, owner="Rigzone"),
        item(3, "Moscow reacts", "Russia watches.", owner="TASS"),
    )  # fmt: skip
    assert [p.origin for p in placed] == ["Reuters", "Reuters", "TASS"]


@pytest.mark.parametrize(
    ("lang", "title", "summary"),
    [
        ("ru", "Экс-глава КНБ Казахстана Масимов задержан по подозрению в госизмене", ""),
        ("de", "Ex-Geheimdienstchef Massimow wegen Hochverrats festgenommen", ""),
        ("fr", "Kazakhstan : l'ex-chef du renseignement Massimov arrêté pour trahison", ""),
        ("tr", "Kazakistan'ın eski istihbarat şefi vatana ihanetten gözaltında", ""),
        ("es", "Detenido por traición el exjefe de inteligencia kazajo Massimov", ""),
        ("pl", "Były szef służb specjalnych Kazachstanu zatrzymany za zdradę stanu", ""),
        ("zh", "哈萨克斯坦前情报首脑马西莫夫因叛国罪被捕", ""),
        ("ar", "كازاخستان تعتقل رئيس المخابرات السابق ماسيموف بتهمة الخيانة", ""),
        ("ko", "카자흐스탄 전 정보기관 수장 반역 혐의로 체포", ""),
        ("kk", "Қазақстанның бұрынғы барлау басшысы Мәсімов опасыздық күдігімен ұсталды", ""),
        ("en", "Massimov, Kazakhstan's ex-spy chief, held on treason charges", ""),
    ],
)
def test_one_event_in_many_languages_is_one_story(lang: str, title: str, summary: str) -> None:
    both = ("kazakhstan", "massimov")
    arrest = "Kazakhstan's former intelligence chief arrested on treason charge"
    first = item(1, arrest, "Karim Massimov was detained along with other officials.", entities=both)
    placed = place_all(first, item(2, title, summary, hours=1, lang=lang, entities=both))
    assert (placed[1].kind, placed[1].story) == (PlacementKind.UPDATE, placed[0].story)


@pytest.mark.parametrize(
    ("title", "summary", "days"),
    [
        ("Massimov sentenced to 18 years in prison", "A court in Astana found the former security chief guilty.", 460),
        (
            "Massimov charged with abuse of office",
            "Prosecutors widened the case against the former security chief.",
            2.5,
        ),
        ("Kazakhstan opens airports after unrest", "Flights resumed in the morning.", 0.1),
        ("Massimov returns as prime minister", "Parliament approved his appointment.", 0.1),
    ],
)
def test_a_new_development_is_a_new_story(title: str, summary: str, days: float) -> None:
    both = ("kazakhstan", "massimov")
    arrest = "Karim Massimov was detained on suspicion of treason."
    first = item(1, "Kazakhstan's former security chief arrested", arrest, entities=both)
    second = item(2, title, summary, hours=24 * days, entities=both)
    assert place_all(first, second)[1].kind is PlacementKind.NEW


def test_a_series_is_no_copy_when_its_figures_move_on() -> None:
    text = (
        "The National Bank of Kazakhstan set the official exchange rate of the tenge to the US dollar at {} for today."
    )
    monday, tuesday = (
        item(n, "Exchange rate of the tenge", text.format(r), hours=24 * n) for n, r in ((1, 435.2), (2, 436.9))
    )
    again = replace(monday, id=3, at=monday.at + timedelta(hours=2))
    placed = place_all(monday, again, tuesday)
    assert [p.kind for p in placed[:2]] == [PlacementKind.NEW, PlacementKind.DUPLICATE]
    assert placed[2].kind is not PlacementKind.DUPLICATE


@pytest.mark.parametrize(
    ("title", "more", "material"),
    [
        ("164 killed in Kazakhstan unrest", {}, ("killed: 26 -> 164",)),
        ("CORRECTED: 25 killed in Kazakhstan unrest", {}, ("correction",)),
        ("26 killed in Kazakhstan unrest", {"status": EntryStatus.CORRECTED}, ("correction",)),
        ("KILL: 26 killed in Kazakhstan unrest", {}, ("withdrawn",)),
        ("26 killed in Kazakhstan unrest", {"status": EntryStatus.CANCELED}, ("withdrawn",)),
        ("26 killed in unrest in Kazakhstan", {}, ()),
        ("20 killed in Kazakhstan unrest", {}, ()),
        ("Число погибших в беспорядках в Казахстане достигло 164", {"lang": "ru"}, ("killed: 26 -> 164",)),
        ("哈萨克斯坦骚乱死亡人数升至164人", {"lang": "zh"}, ("killed: 26 -> 164",)),
    ],
)
def test_material_changes(title: str, more: dict[str, object], material: tuple[str, ...]) -> None:
    placed = place_all(item(1, "26 killed in Kazakhstan unrest"), item(2, title, hours=2, **more))
    assert placed[1].story == placed[0].story
    assert placed[1].material == material


def test_an_older_item_that_comes_late_grows_nothing() -> None:
    placed = place_all(item(1, "26 killed in Kazakhstan unrest"), item(2, "164 killed in Kazakhstan unrest", hours=-3))
    assert placed[1].material == ()


def test_placing_changes_nothing() -> None:
    index = StoryIndex()
    index.add(one := item(1, TITLE, WIRE), index.place(one))
    two = item(2, TITLE, WIRE)
    assert index.place(two) == index.place(two)
    assert len(index) == 1


def test_what_left_the_window_is_forgotten_and_ids_are_used_again() -> None:
    index = StoryIndex()
    index.add(one := item(1, TITLE, WIRE), index.place(one))
    assert index.expire(NOW + timedelta(hours=71)) == 0
    assert index.expire(NOW + timedelta(hours=73)) == 1
    assert index.place(item(2, TITLE, WIRE)).kind is PlacementKind.NEW
    assert index.story_of(1) is None
    assert index.members("1") == ()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 39), max_size=25))
def test_removing_leaves_no_trace(seed: int, removed: list[int]) -> None:
    """An index from which items were taken back answers as one that never had them."""
    rng = random.Random(seed)
    words = [
        "curfew",
        "airport",
        "internet",
        "bank",
        "troops",
        "fuel",
        "mourning",
        "oil",
        "killed",
        "detained",
        "summit",
    ]
    items = [item(n, " ".join(rng.choices(words, k=4)), " ".join(rng.choices(words, k=12))) for n in range(1, 41)]
    gone = {items[i].id for i in removed}
    full, lean = StoryIndex(), StoryIndex()
    for one in items:
        placement = Placement(PlacementKind.NEW, f"s{one.id % 5}")
        full.add(one, placement)
        if one.id not in gone:
            lean.add(one, placement)
    full.remove([*gone, 999])
    probe = item(100, " ".join(rng.choices(words, k=4)), " ".join(rng.choices(words, k=12)))
    assert len(full) == len(lean)
    ours, theirs = full.place(probe), lean.place(probe)
    assert (ours.kind, ours.material, round(ours.score, 6)) == (theirs.kind, theirs.material, round(theirs.score, 6))


@pytest.mark.parametrize("lang", [None, "", "xx", "zh-Hans", "en_US", "ky", "he", "th"])
@pytest.mark.parametrize("title", ["", " ", "!!!", "x", "\ud800", "a" * 100_000, "١٢٣ ٤٥٦", "１６４ killed", "😀" * 50])
def test_odd_items_are_placed(lang: str | None, title: str) -> None:
    index = StoryIndex()
    for number in (1, 2):
        one = item(number, title, title, lang=lang, entities=())
        index.add(one, index.place(one))
    assert len(index) == 2


def test_a_megabyte_of_summary_costs_little() -> None:
    index = StoryIndex()
    one = item(1, "Kazakhstan", "word after word " * 65_000)
    index.add(one, index.place(one))
    assert index.place(replace(one, id=2)).kind is PlacementKind.DUPLICATE
