"""Alerts: golden files of each format, and properties over hostile input, judged by Telegram's own rules."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from render_samples import ALMATY, BERLIN, CASES, DIGEST, FIRST, MOSCOW, NOW, ROLLING
from servers.bot_api import parse_html, trim, utf16
from watchbot.model import (
    OVER_QUOTA,
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
from watchbot.render import render_alert, render_digest, render_rolling, rich
from watchbot.render.alert import Rendered
from watchbot.render.callbacks import decode

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES = int(os.environ.get("WATCHBOT_HOSTILE_CASES", "10000"))


def as_golden(message: Rendered) -> str:
    rows = "\n".join(" | ".join(f"[{b.text}]({b.data or b.url})" for b in row) for row in message.buttons)
    photo = f"photo: {message.photo_url}\n" if message.photo_url else ""
    return f"{photo}{message.html}\n\n--- plain\n{message.plain}\n\n--- buttons\n{rows}\n"


def check_golden(name: str, found: str) -> None:
    """Compare with the golden file; WATCHBOT_GOLDEN=write writes it."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("WATCHBOT_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == found


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str) -> None:
    view, chat = CASES[name]
    message = render_alert(view, chat, now=NOW)
    check_golden(name, as_golden(message))
    parse_html(message.html)


def test_golden_digest() -> None:
    pages = render_digest(DIGEST, ALMATY, now=NOW)
    check_golden("digest-en", "\n=====\n".join(map(as_golden, pages)))
    assert sorted(n for p in pages for n in p.numbers) == [8, 1042, 1043, 1051, 1052]


def test_golden_stale_digest() -> None:
    pages = render_digest(DIGEST, BERLIN, now=NOW, stale=True)
    check_golden("digest-stale-de", "\n=====\n".join(map(as_golden, pages)))


@pytest.mark.parametrize(("name", "chat"), [("rolling-en", ALMATY), ("rolling-ru", MOSCOW)])
def test_golden_rolling_digest(name: str, chat: Chat) -> None:
    pages = render_rolling(ROLLING, chat, now=NOW, topic="unrest", since=NOW - timedelta(minutes=15))
    check_golden(name, "\n=====\n".join(map(as_golden, pages)))


def test_golden_digest_over_quota() -> None:
    pages = render_digest(DIGEST, BERLIN, now=NOW, roll=OVER_QUOTA)
    check_golden("digest-quota-de", "\n=====\n".join(map(as_golden, pages)))


def test_marks_are_merged_and_clipped() -> None:
    title = "Massimov arrested"
    spans = [(0, 8), (3, 8), (4, 13), (16, 99), (-5, 1), (7, 7)]
    assert rich.to_html(rich.marked(title, spans)) == "<b>Massimov arre</b>ste<b>d</b>"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/x?y=1&z=%20#f", True),
        ("http://a.example", True),
        ("https://[2001:db8::1]/", True),
        ("javascript:alert(1)", False),
        ("tg://resolve?domain=x", False),
        ("https://user:pw@a.example/", False),
        ("https://user@a.example/", False),
        ("https://a.example/ x", False),
        ("https://a.example/\u202etxt", False),
        ("ftp://a.example/", False),
        ("//a.example/", False),
        ("https://", False),
        ("https://localhost/", False),
        ('https://a.example/"><b>', False),
        ("https://a.example:99999/", False),
        ("https://a.example/" + "x" * 3000, False),
        ("", False),
        (None, False),
    ],
)
@pytest.mark.fault(41)
def test_only_safe_links(url: str | None, safe: bool) -> None:
    assert (rich.safe_link(url) is not None) is safe
    html = render_alert(replace(FIRST, link=url), ALMATY, now=NOW).html
    assert ("<a " in html) is safe


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\u202eb\u202cc", "abc"),
        ("a\u200bb\ufeffc\u2060d", "abcd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * rich.MAX_MARKS),
        ("a\x00b\x07c\ud800", "abc\ufffd"),
        ("a \t\n  b", "a b"),
    ],
)
@pytest.mark.fault(41)
def test_clean(raw: str, clean: str) -> None:
    assert rich.clean(raw) == clean


@pytest.mark.fault(13)
@pytest.mark.parametrize(
    "text", ["😀" * 5000, "e\u0301" * 5000, "word " * 3000, "x" * 9000, "🇰🇿" * 3000, "👨‍👩‍👧" * 2000]
)
def test_long_texts_are_cut_between_characters(text: str) -> None:
    cut = rich.shorten(rich.text(text, "b"), 4096)
    shown = rich.to_plain(cut)
    assert 4000 < utf16(shown) <= 4096 and shown.endswith("…")
    body = shown[:-1]
    assert text.startswith(body.rstrip())
    assert not rich.joins(text, len(body))


def test_summary_starts_near_a_late_match() -> None:
    summary = "filler words here " * 40 + "then Karim Massimov was arrested and more follows " * 3
    at = summary.index("Karim Massimov")
    view = replace(FIRST, summary=summary, matches=(Match("massimov", "summary", at, at + 14, "Karim Massimov", ""),))
    html = render_alert(view, ALMATY, now=NOW).html
    assert "<b>Karim Massimov</b>" in html and "… " in html


# -- properties -------------------------------------------------------------------------------------------------------

MARKUP = ["<b>", "</b>", "<a href='x'>", "&amp;", "&", "<", ">", '"', "<!--", "]]>", "&#x202e;", "&lt;b&gt;", "</a>"]
HIDDEN = ["\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\ud800", "\n", "\r\n", "\t", "\u2028", "\U000e0041"]
SCRIPTS = ["e" + "\u0301" * 30, "👨\u200d👩\u200d👧\u200d👦", "🇰🇿", "ҰҚШҰ", "哈", "كازاخستان", "x" * 500, "javascript:"]
JUNK = st.sampled_from([*MARKUP, *HIDDEN, *SCRIPTS])
HOSTILE_TEXT = st.lists(st.one_of(JUNK, st.text(max_size=12)), max_size=25).map("".join)
LINKS = st.one_of(
    st.none(),
    st.sampled_from(["https://a.example/?a=1&b=<c>", "https://a.example/'\"", "javascript:x", "https://u:p@h.example"]),
    st.text(max_size=40).map(lambda s: "https://news.example/" + s),
)
TIMES = st.datetimes(datetime(2021, 1, 1), datetime(2022, 12, 1), timezones=st.just(UTC))
MATCHES = st.builds(
    Match,
    st.just("e"),
    st.sampled_from(["title", "summary", "body"]),
    st.integers(-5, 300),
    st.integers(-5, 300),
    HOSTILE_TEXT,
    HOSTILE_TEXT,
)
SOURCES = st.builds(
    AlertSource, st.integers(1, 99), HOSTILE_TEXT, HOSTILE_TEXT, st.sampled_from([None, "de", "ru", "?"]), HOSTILE_TEXT,
    LINKS, TIMES, st.one_of(st.none(), HOSTILE_TEXT), st.booleans(),
)  # fmt: skip
NOTES = HOSTILE_TEXT.map(plain_note) | st.builds(
    lambda name, at: Note("notice-quiet", {"name": name, "since": at, "expected": 14}), HOSTILE_TEXT, TIMES
)
VIEWS = st.builds(
    AlertView,
    number=st.integers(1, 10**9),
    kind=st.sampled_from([AlertKind.NEW, AlertKind.UPDATE, AlertKind.NOTICE]),
    priority=st.sampled_from(Priority),
    topics=st.lists(st.tuples(st.just("topic"), HOSTILE_TEXT), max_size=4).map(tuple),
    story=st.one_of(st.none(), st.just("s")),
    title=HOSTILE_TEXT,
    summary=HOSTILE_TEXT,
    link=LINKS,
    source=HOSTILE_TEXT,
    lang=st.one_of(st.none(), st.sampled_from(["de", "kk", "zh-Hans", "<b>", ""])),
    published_at=st.one_of(st.none(), TIMES),
    first_seen_at=TIMES,
    matches=st.lists(MATCHES, max_size=6).map(tuple),
    also=st.lists(SOURCES, max_size=5).map(tuple),
    material=st.lists(HOSTILE_TEXT, max_size=2).map(tuple),
    withdrawn=st.booleans(),
    photo_url=LINKS,
    notes=st.lists(NOTES, min_size=1, max_size=4).map(tuple),
)
CHATS = st.builds(
    Chat,
    st.just(1),
    st.just(ChatKind.PRIVATE),
    st.just("x"),
    language=st.sampled_from(["en", "de", "ru", "kk", "uk"]),
    timezone=st.sampled_from(["UTC", "Asia/Almaty", "Nowhere/Land"]),
    settings=st.builds(ChatSettings, photo=st.booleans(), summary=st.booleans()),
)


def check_message(message: Rendered, limit: int) -> None:
    """Telegram accepts the HTML, and it says what the plain text says, without anything that misleads a reader."""
    shown, entities = trim(*parse_html(message.html))
    assert 0 < utf16(shown) <= limit
    assert utf16(message.plain) <= limit
    assert not rich.INVISIBLE.search(shown) and not rich.CONTROL.search(shown)
    for entity in entities:
        if entity["type"] == "text_link":
            assert rich.safe_link(entity["url"]) == entity["url"]
    assert not re.search(r"<(?!/?(?:b|i|s|u|code|a)\b)", message.html)
    assert all(decode(b.data) for row in message.buttons for b in row)


TITLES = st.lists(st.sampled_from([*MARKUP, *HIDDEN, *SCRIPTS, *"aбّ́ 😀"]), max_size=20).map("".join)


@pytest.mark.fault(41)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(TITLES, st.integers(0, 40), st.integers(0, 40))
@pytest.mark.timeout(600)
def test_hostile_titles_are_accepted_by_telegram(title: str, start: int, end: int) -> None:
    marks = (Match("e", "title", start, end, title, title), Match("e", "summary", end, start, "", ""))
    view = replace(FIRST, title=title, summary=title[::-1], source=title[:9], matches=marks)
    check_message(render_alert(view, ALMATY, now=NOW), 4096)


@pytest.mark.fault(41)
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(VIEWS, CHATS)
def test_hostile_alerts_are_accepted_by_telegram(view: AlertView, chat: Chat) -> None:
    message = render_alert(view, chat, now=NOW)
    check_message(message, 1024 if message.photo_url else 4096)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(VIEWS, min_size=1, max_size=40), CHATS)
def test_hostile_digests_are_accepted_by_telegram(views: list[AlertView], chat: Chat) -> None:
    views = [replace(v, number=i, story=f"s{i % 30}") for i, v in enumerate(views)]
    pages = render_digest(views, chat, now=NOW)
    for page in pages:
        check_message(page, 4096)
        assert len(parse_html(page.html)[1]) <= 100
    assert sorted(n for p in pages for n in p.numbers) == sorted(v.number for v in views)
    rolling = render_rolling(views, chat, now=NOW, topic="topic", since=NOW - timedelta(minutes=5))
    for page in rolling:
        check_message(page, 4096)
    assert sorted(n for p in rolling for n in p.numbers) == sorted(v.number for v in views)


def test_digest_splits_at_entry_borders() -> None:
    views = [
        replace(FIRST, number=n, story=f"s{n}", title=f"Story {n} " + "words " * 25, matches=()) for n in range(1, 60)
    ]
    pages = render_digest(views, ALMATY, now=NOW + timedelta(hours=1))
    assert len(pages) > 2
    for page in pages:
        text, _ = parse_html(page.html)
        assert [int(n) for n in re.findall(r"Story (\d+) ", text)] == list(page.numbers)
        assert utf16(text) <= 4096


def test_most_covered_first() -> None:
    few, many = replace(FIRST, number=2, story="a", title="Few"), replace(DIGEST[0], number=1, story="b", title="Many")
    text, _ = parse_html(render_digest([few, many], ALMATY, now=NOW)[0].html)
    assert text.index("Many") < text.index("Few")


def test_no_digest_of_nothing() -> None:
    assert render_digest([], ALMATY, now=NOW) == []
