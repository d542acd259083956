"""OPML, feeds.yaml as text, feed links on pages: pure functions over text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbot.config import load_feeds
from watchbot.errors import ParseError
from watchbot.fetch.diagnose import problem
from watchbot.fetch.discover import feed_links, looks_like_feed
from watchbot.fetch.feedsfile import append_feeds, remove_feed
from watchbot.fetch.opml import read_opml, write_opml
from watchbot.model import FeedSpec

NOW = datetime(2022, 1, 8, tzinfo=UTC)
READER = b"""<?xml version="1.0"?><opml version="1.1"><body>
<outline text="Central Asia"><outline text="KZ">
  <outline type="rss" text="Vlast" xmlUrl="https://vlast.kz/rss/"/>
  <outline title="No text" XMLURL="feed://24.kg/rss/" category="/News/Kyrgyzstan"/>
</outline></outline>
<outline text="again" xmlUrl="https://vlast.kz/rss/"/>
<outline text="bad" xmlUrl="javascript:alert(1)"/><outline text="empty"/>
<outline text="odd" xmlUrl="http://["/>
</body></opml>"""
BOMB = (
    b'<!DOCTYPE o [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;">]><opml><body><outline text="&b;"/></body></opml>'
)
XXE = b"""<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<opml><body><outline text="n&x;" xmlUrl="https://a.example/"/></body></opml>"""


def test_other_readers_lists() -> None:
    found = read_opml(READER)
    assert [(spec.url, spec.name, spec.tags) for spec in found] == [
        ("https://vlast.kz/rss/", "Vlast", ("central-asia", "kz")),
        ("http://24.kg/rss/", "No text", ("news", "kyrgyzstan", "central-asia", "kz")),
    ]


@pytest.mark.parametrize("data", [b"", b"<html/>", b"not xml", b"\x00\x01", b"<opml", BOMB[:60]])
def test_what_is_no_opml_is_said_so_or_empty(data: bytes) -> None:
    try:
        assert read_opml(data) == []
    except ParseError as error:
        assert error.kind == "opml"


def test_entities_are_not_expanded() -> None:
    assert read_opml(BOMB) == []
    assert all("root" not in spec.name for spec in read_opml(XXE))


text = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30).map(str.strip)
specs = st.lists(
    st.builds(
        FeedSpec,
        url=st.integers(0, 10**6).map(lambda n: f"https://h{n}.example/f?a={n}&b=1#x"),
        name=text.filter(bool),
        lang=st.sampled_from([None, "ru", "no", "pt-BR"]),
        tags=st.lists(st.sampled_from(["a", "no", "1", "x-y", "ö"]), unique=True, max_size=3).map(tuple),
        interval=st.sampled_from([None, timedelta(seconds=90), timedelta(days=1)]),
        country=st.sampled_from([None, "KZ", "NO"]),
    ),
    unique_by=lambda spec: spec.url,
    max_size=5,
)


def same(specs: list[FeedSpec]) -> list[tuple[object, ...]]:
    return [(s.url, s.name, s.lang, s.tags, s.interval, s.country) for s in specs]


@settings(max_examples=30, deadline=None)
@given(specs)
def test_opml_round_trip(feeds: list[FeedSpec]) -> None:
    assert same(read_opml(write_opml(feeds, NOW))) == same(feeds)


@pytest.mark.parametrize(
    "start",
    [
        "",
        "feeds: []\n",
        "# c\nfeeds: []  # none yet\n# d\n",
        "feeds:\n- {url: https://z.example/, name: Z}\n",
        "feeds:\n    - url: https://z.example/\n      name: Z\n      tags:\n        - q\n# end\n",
    ],
)
@settings(max_examples=30, deadline=None)
@given(feeds=specs)
def test_what_is_appended_reads_back_and_can_be_removed(start: str, feeds: list[FeedSpec]) -> None:
    before = list(load_feeds(start, "f", {}).feeds)
    changed = append_feeds(start, feeds)
    assert same(list(load_feeds(changed, "f", {}).feeds)) == same(before + feeds)
    assert all(line in changed.splitlines() for line in start.splitlines() if line.startswith("#"))
    for spec in feeds:
        after = remove_feed(changed, spec.url)
        assert after is not None
        changed = after
    assert same(list(load_feeds(changed, "f", {}).feeds)) == same(before)


def test_a_flow_list_is_left_to_its_author() -> None:
    with pytest.raises(ValueError, match="by hand"):
        append_feeds("feeds: [{url: https://z.example/, name: Z}]\n", [FeedSpec("https://a.example/", "A")])
    assert remove_feed("feeds: []\n", "https://a.example/") is None


def test_links_of_a_page_best_first() -> None:
    page = """<html><head><base href="https://cdn.example/x/">
    <link rel=alternate type="application/rss+xml" title="Kommentare" href="/c.xml">
    <link rel="alternate" type="application/json" href="/wp-json/1"><link rel=stylesheet type=text/css href=a.css>
    <link rel="ALTERNATE home" type="application/ATOM+xml; charset=utf-8" href="atom.xml">
    <link rel=alternate type="application/rss+xml" href="javascript:x"></head>
    <body><a href="/rss.xml">RSS</a> <a href="https://other.example/feed/">f</a> <a href="/news">n</a></body>"""
    found = [candidate.url for candidate in feed_links(page.encode(), "https://news.example/")]
    assert found == [
        "https://cdn.example/x/atom.xml",
        "https://cdn.example/wp-json/1",
        "https://cdn.example/c.xml",
        "https://cdn.example/rss.xml",
        "https://other.example/feed/",
    ]


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_as_a_page(data: bytes) -> None:
    feed_links(data, "https://news.example/")
    looks_like_feed(data, None)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'<?xml version="1.0"?><rss version="2.0">', True),
        (b"\xef\xbb\xbf<feed xmlns='http://www.w3.org/2005/Atom'>", True),
        ("<?xml?><rss>".encode("utf-16"), True),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', True),
        (b'{"error": 1}', False),
        (b"<!DOCTYPE html><html><body>&lt;rss&gt; <rss>", False),
        (b"", False),
    ],
)
def test_feeds_are_told_from_pages(data: bytes, expected: bool) -> None:
    assert looks_like_feed(data, None) is expected


HTML = {"content-type": "text/html"}


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (200, {}, None),
        (304, {}, None),
        (226, {}, None),
        (403, {"cf-mitigated": "challenge"}, "challenge"),
        (503, HTML | {"server": "ddos-guard"}, "challenge"),
        (403, HTML | {"server": "cloudflare"}, "challenge"),
        (403, {"server": "cloudflare", "content-type": "application/xml"}, "blocked"),
        (401, {}, "login"),
        (404, {}, "not-found"),
        (410, {}, "gone"),
        (429, {}, "rate-limited"),
        (451, {}, "blocked"),
        (500, {}, "server"),
        (520, {}, "server"),
        (418, {}, "status"),
        (302, {}, "status"),
    ],
)
def test_answers_are_named(status: int, headers: dict[str, str], kind: str | None) -> None:
    found = problem(status, headers)
    assert (found[0] if found else None) == kind
