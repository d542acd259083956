"""Alerts of the story of January 2022, for golden files and drawn screens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from watchbot.model import (
    AlertKind,
    AlertSource,
    AlertView,
    Chat,
    ChatKind,
    ChatSettings,
    Match,
    Note,
    Priority,
    plain_note,
)

NOW = datetime(2022, 1, 8, 5, 14, 9, tzinfo=UTC)
ALMATY = Chat(1, ChatKind.PRIVATE, "Reader", language="en", timezone="Asia/Almaty")
BERLIN = Chat(2, ChatKind.PRIVATE, "Leserin", language="de", timezone="Europe/Berlin")
MOSCOW = Chat(3, ChatKind.PRIVATE, "Читатель", language="ru", timezone="Europe/Moscow")

TITLE = "Kasachstan: Ex-Geheimdienstchef Massimow wegen Hochverrats verhaftet"
SUMMARY = (
    "Der frühere Chef des Komitees für nationale Sicherheit, Karim Massimow, ist unter dem Verdacht des Hochverrats "
    "festgenommen worden. Präsident Tokajew sagte Putin, die Lage stabilisiere sich; OVKS-Truppen sichern Almaty."
)


def mark(field: str, text: str, form: str, entity: str, alias: str) -> Match:
    start = text.index(form)
    return Match(entity, field, start, start + len(form), form, alias)


MATCHES = (
    mark("title", TITLE, "Massimow", "massimov", "Massimow"),
    mark("summary", SUMMARY, "Karim Massimow", "massimov", "Karim Massimow"),
    mark("summary", SUMMARY, "Massimow", "massimov", "Massimow"),
    mark("summary", SUMMARY, "festgenommen", "arrest", "festgenommen"),
    mark("summary", SUMMARY, "Tokajew", "tokayev", "Tokajew"),
)


def other(i: int, source: str, lang: str, title: str, minutes: int, origin: str | None = None) -> AlertSource:
    link = f"https://news.example/{i}"
    at = NOW + timedelta(minutes=minutes)
    return AlertSource(i, source, source, lang, title, link, at, origin, origin is not None)


FIRST = AlertView(
    number=1042,
    kind=AlertKind.NEW,
    priority=Priority.HIGH,
    topics=(("massimov", "Karim Massimov"), ("massimov-case", "The Massimov case")),
    story="s1",
    title=TITLE,
    summary=SUMMARY,
    link="https://www.dw.com/de/kasachstan-massimow-verhaftet/a-60362711?maca=de-rss&x=1",
    source="Deutsche Welle",
    lang="de",
    published_at=NOW - timedelta(minutes=2, seconds=9),
    first_seen_at=NOW - timedelta(seconds=4),
    matches=MATCHES,
    photo_url="https://static.dw.com/image/60359842_304.jpg",
)
ALSO = (
    other(1, "TASS", "ru", "Экс-глава КНБ Казахстана Карим Масимов задержан по подозрению в госизмене", -24),
    other(2, "Tengrinews", "kk", "Кәрім Мәсімов мемлекетке опасыздық жасады деген күдікпен ұсталды", -17),
    other(3, "Reuters", "en", "Kazakhstan detains ex-security chief Massimov", -11),
    other(4, "Guardian", "en", "Kazakhstan detains ex-security chief Massimov", 3, "Reuters"),
    other(5, "Straits Times", "en", "Kazakhstan detains ex-security chief", 9, "Reuters"),
    other(6, "Anadolu", "tr", "Kazakistan'da eski istihbarat başkanı Massimov gözaltında", 30),
    other(7, "新华社", "zh", "哈萨克斯坦前国家安全委员会主席马西莫夫被拘留", 58),
)
COVERED = replace(FIRST, also=ALSO)
UPDATE = replace(
    COVERED,
    number=1051,
    kind=AlertKind.UPDATE,
    priority=Priority.NORMAL,
    topics=(("unrest", "Unrest in Kazakhstan"),),
    title="Almaty: death toll of the unrest rises to 164, health ministry says",
    summary="",
    source="BBC News",
    lang="en",
    matches=(Match("almaty", "title", 0, 6, "Almaty", "Almaty"),),
    material=("killed: 26 -> 164",),
    also=ALSO[:1],
)
WITHDRAWN = replace(COVERED, number=1060, kind=AlertKind.UPDATE, withdrawn=True, material=("withdrawn",), also=())
HOSTILE = replace(
    FIRST,
    number=1066,
    priority=Priority.LOW,
    topics=(("csto", "CSTO <in> \u202eKazakhstan & Co"),),
    title='<b>Breaking</b> \u202egnikaerB\u202c & "quotes" <script>alert(1)</script>\u200b' + "à̴̵̶̷̸̡̢̧̨̛̖̗̘̙" * 3,
    summary="a &lt; b &amp; c",
    link="https://user:secret@evil.example/",
    source="Evil</a>",
    lang="xx-unknown",
    published_at=None,
    matches=(),
)
NOTICE = replace(
    FIRST,
    number=7,
    kind=AlertKind.NOTICE,
    priority=Priority.NORMAL,
    notes=(Note("notice-quiet", {"name": "TASS <RSS>", "since": NOW - timedelta(hours=6), "expected": 14}),),
)
RELOADED = (
    Note("reload-rules", {"count": 12}),
    Note("reload-differs", {"days": 7, "items": 1843, "gained": 4, "lost": 1}),
    plain_note("massimov-case: +4 / -1"),
    plain_note("  + Massimow <verhaftet> (DW)"),
    Note("reload-feeds", {"count": 38, "added": 2, "gone": 0}),
)
DARK = Note("notice-dark-country", {"country": "KZ", "count": 3, "of": 4, "names": "Tengrinews, Vlast, Zakon.kz"})
SPIKE = Note("spike", {"name": "Алмати", "count": "41", "usual": "2"})
ROLLING = tuple(
    replace(
        FIRST, number=1060 + i, story=f"r{i}", priority=Priority.NORMAL, title=title, source=source, lang="en",
        topics=(("unrest", "Unrest in Kazakhstan"),), published_at=NOW - timedelta(minutes=14 - 3 * i),
        matches=(mark("title", title, form, entity, form),), link=f"https://news.example/unrest/{i}",
        also=ALSO[:i], material=material,
    )
    for i, (title, source, form, entity, material) in enumerate((
        ("Shots heard near Almaty airport, flights diverted", "Reuters", "Almaty", "almaty", ()),
        ("Banks closed across Kazakhstan, cash machines empty", "Vlast", "Kazakhstan", "kazakhstan", ()),
        ("Almaty health ministry: 164 dead, 2,265 injured", "BBC News", "Almaty", "almaty", ("killed: 26 -> 164",)),
        ("Internet back for three hours in Almaty, NetBlocks says", "Guardian", "Almaty", "almaty", ()),
    ))
)  # fmt: skip
CASES = {
    "first-en": (FIRST, ALMATY),
    "first-de": (FIRST, BERLIN),
    "first-ru": (FIRST, MOSCOW),
    "first-kk": (FIRST, replace(ALMATY, language="kk")),
    "first-uk": (FIRST, replace(ALMATY, language="uk", timezone="Europe/Kyiv")),
    "covered-en": (COVERED, ALMATY),
    "covered-ru": (COVERED, MOSCOW),
    "update-de": (UPDATE, BERLIN),
    "update-en": (UPDATE, ALMATY),
    "withdrawn-en": (WITHDRAWN, ALMATY),
    "hostile-en": (HOSTILE, ALMATY),
    "correction-ru": (replace(UPDATE, material=("correction",)), MOSCOW),
    "raised-de": (replace(UPDATE, priority=Priority.HIGH, material=("now high priority",)), BERLIN),
    "low-kk": (replace(UPDATE, kind=AlertKind.NEW, priority=Priority.LOW, material=()), replace(ALMATY, language="kk")),
    "notice-en": (NOTICE, ALMATY),
    "notice-kk": (NOTICE, replace(ALMATY, language="kk")),
    "notice-reload-de": (replace(NOTICE, notes=RELOADED), BERLIN),
    "notice-dark-ru": (replace(NOTICE, notes=(DARK,)), MOSCOW),
    "notice-spike-en": (replace(NOTICE, notes=(replace(SPIKE, values={**SPIKE.values, "name": "Almaty"}),)), ALMATY),
    "notice-spike-uk": (replace(NOTICE, notes=(SPIKE,)), replace(ALMATY, language="uk", timezone="Europe/Kyiv")),
    "photo-en": (COVERED, replace(ALMATY, settings=ChatSettings(photo=True))),
    "no-summary-en": (COVERED, replace(ALMATY, settings=ChatSettings(summary=False))),
    "yesterday-en": (
        replace(FIRST, published_at=NOW - timedelta(days=1), first_seen_at=NOW - timedelta(days=400)),
        ALMATY,
    ),
}
DIGEST = (
    COVERED,
    UPDATE,
    replace(
        UPDATE, number=1052, story="s2", title="Kazakh airports reopen", also=(), material=(), priority=Priority.LOW
    ),
    replace(FIRST, number=1043, story="s3", topics=(("csto", "CSTO in Kazakhstan"),), title="ОДКБ в Алматы", lang="ru"),
    replace(NOTICE, number=8, story=None, topics=()),
)
