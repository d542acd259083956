# ruff: noqa: E501 - documents as servers send them
"""Feeds field by field, damaged documents, what is no feed, and documents made to hurt."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from parse_corpus import parse

from watchbot.errors import ParseError
from watchbot.model import Media

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>News &amp; more</title><link>https://user:pw@news.test/</link><language>de-DE</language><ttl>15</ttl>
<skipHours><hour>0</hour><hour>24</hour><hour>5</hour></skipHours><skipDays><day>Sunday</day></skipDays>
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
<atom:link rel="hub" href="https://hub.test/"/><atom:link rel="self" href="/feed.xml"/>
<item><title>A &lt;b&gt;bold&lt;/b&gt; title</title><link>/1</link><guid isPermaLink="false">one</guid>
<pubDate>Sat, 08 Jan 2022 12:00:00 MSK</pubDate><description>&lt;p&gt;Short.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>Long.</p><script>x</script>]]></content:encoded><author>mail@x.test (Jane Doe)</author>
<category>World</category><source url="https://agency.test/">Agency</source>
<enclosure url="/1.mp3" type="audio/mpeg" length="1234"/>
<media:content url="https://news.test/1.jpg" medium="image" width="640" height="480"/></item>
<item><title>Second</title><link>javascript:alert(1)</link><guid>https://news.test/2</guid></item>
</channel></rss>"""


def test_rss() -> None:
    feed = parse(RSS.encode(), url="https://news.test/feed.xml")
    assert (feed.title, feed.link, feed.lang, feed.format) == ("News & more", "https://news.test/", "de-DE", "rss20")
    assert (feed.ttl, feed.update_period) == (timedelta(minutes=15), timedelta(minutes=30))
    assert (feed.skip_hours, feed.skip_days) == (frozenset({0, 5}), frozenset({"sunday"}))
    assert (feed.hub, feed.self_link) == ("https://hub.test/", "https://news.test/feed.xml")
    one, two = feed.entries
    assert (one.title, one.link, one.guid) == ("A bold title", "https://news.test/1", "one")
    assert (one.summary, one.body, one.lang, one.source) == ("Short.", "Long.", "de-DE", "Agency")
    assert one.published_at == datetime(2022, 1, 8, 9, tzinfo=UTC)
    assert (one.authors, one.tags) == (("Jane Doe",), ("World",))
    assert one.media == (
        Media("https://news.test/1.mp3", "audio/mpeg", length=1234),
        Media("https://news.test/1.jpg", "image", 640, 480),
    )
    assert two.link is None and two.guid == "https://news.test/2"


def test_atom_base_and_language() -> None:
    data = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://b.test/x/" xml:lang="kk"><title>F</title>
    <entry xml:lang="ru"><title type="html">a &amp;amp; b</title><link href="1"/><id>urn:1</id><updated>2022-01-08T12:00:00+06:00</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two</p></div></content></entry></feed>"""
    feed = parse(data)
    (entry,) = feed.entries
    assert (feed.lang, entry.lang, entry.link) == ("kk", "ru", "http://b.test/x/1")
    assert (entry.title, entry.body) == ("a & b", "One\nTwo")
    assert entry.published_at is None and entry.updated_at == datetime(2022, 1, 8, 6, tzinfo=UTC)


def test_the_operators_language_beats_the_feeds() -> None:
    assert parse(RSS.encode(), lang="kk").entries[0].lang == "kk"


def test_json_feed() -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "F",
        "language": "ru",
        "items": [
            {
                "id": 1,
                "url": "/1",
                "title": "T",
                "content_html": "<p>x</p>",
                "date_published": "2022-01-08T12:00:00+06:00",
            },
            {"id": "2"},
        ],
    }
    feed = parse(json.dumps(document).encode())
    assert [(e.guid, e.link, e.title, e.body, e.lang) for e in feed.entries] == [
        ("1", "http://feeds.test/1", "T", "x", "ru")
    ]
    again = parse(json.dumps(document).encode(), known={feed.entries[0].raw_hash})
    assert not again.entries and again.seen == (feed.entries[0].raw_hash,)
    cut = parse(json.dumps(document).encode()[:-12])
    assert len(cut.entries) == 1 and "truncated" in cut.problems[0]


def test_news_sitemap() -> None:
    url = (
        "<url><loc>https://n.test/{0}</loc><news:news><news:publication><news:name>N</news:name><news:language>kk</news:language>"
        "</news:publication><news:publication_date>2022-01-08T12:00:00+06:00</news:publication_date><news:title>T{0}</news:title>"
        "<news:keywords>a, b</news:keywords></news:news></url>"
    )
    head = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    whole = head + url.format(1) + url.format(2) + "</urlset>"
    feed = parse(whole.encode())
    assert [(e.title, e.link, e.lang, e.tags) for e in feed.entries] == [
        ("T1", "https://n.test/1", "kk", ("a", "b")),
        ("T2", "https://n.test/2", "kk", ("a", "b")),
    ]
    truncated = parse(whole[:-60].encode())
    assert [e.title for e in truncated.entries] == ["T1"] and "truncated" in truncated.problems[0]


NO_FEEDS = [
    (b"", "empty"),
    (b" \n ", "empty"),
    (b"%PDF-1.7 x", "binary"),
    (b"\x89PNG\r\n\x1a\n" + bytes(200), "binary"),
    (b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>x</body></html>", "challenge"),
    (b"<html><script>window._cf_chl_opt={}</script></html>", "challenge"),
    (b"<html><head><title>Sign in</title></head><body><form><input name=p type='password'></form></html>", "login"),
    (b"<!-- x --><!doctype html><title>Not found</title><p>404", "html"),
    (b"<html xmlns='http://www.w3.org/1999/xhtml'><body>hi</body></html>", "html"),
    (b"<opml version='2.0'><body/></opml>", "unsupported"),
    (b"<svg/>", "unsupported"),
    (b'{"error": "no"}', "unsupported"),
    (b"{broken", "unsupported"),
    (b"OK", "unsupported"),
    (
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://x.test/</loc></url></urlset>',
        "unsupported",
    ),
]


@pytest.mark.fault(30)
@pytest.mark.parametrize(("data", "kind"), NO_FEEDS)
def test_what_is_no_feed_is_named(data: bytes, kind: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(data)
    assert caught.value.kind == kind


def test_a_page_is_named_by_its_title() -> None:
    with pytest.raises(ParseError, match="Seite nicht gefunden"):
        parse(b"<html><title>Seite nicht gefunden</title></html>")


ITEM = "<item><title>T{0}</title><guid>g{0}</guid></item>"
DAMAGED = [
    ("<rss><channel>" + ITEM.format(1) + ITEM.format(2) + "<item><title>cut of", ["T1", "T2"], "truncated"),
    ("<rss><channel>" + ITEM.format(1) + "<item><title><![CDATA[cut of", ["T1"], "truncated"),
    ("<rss><channel>" + ITEM.format(1), ["T1"], "truncated"),
    ("<rss><channel><item><title>a & b</title></item></channel></rss>", ["a & b"], "ampersand"),
    ("<rss><channel><item><title>a\x00b\x08c</title></item></channel></rss>", ["abc"], "control"),
    ("junk<rss><channel>" + ITEM.format(1) + "</channel></rss>", ["T1"], "text before"),
    ("<rss><channel><item><title>a</title><foo:x>1</foo:x></item></channel></rss>", ["a"], ""),
    ("<rss><channel><item><title>a</b></title></item></channel></rss>", ["a"], "malformed"),
    ("<rss><channel><item><title>&laquo;a&raquo; &#150; &#x1F;</title></item></channel></rss>", ["«a» –"], ""),
]


@pytest.mark.fault(30)
@pytest.mark.parametrize(("text", "titles", "problem"), DAMAGED)
def test_what_is_complete_is_kept_and_marked(text: str, titles: list[str], problem: str) -> None:
    feed = parse(text.encode())
    assert [e.title for e in feed.entries] == titles
    assert any(problem in p for p in feed.problems) if problem else not feed.problems


def rss(inner: str) -> str:
    return f'<rss version="2.0"><channel><title>t</title>{inner}</channel></rss>'


def item(text: str) -> str:
    return f"<item><title>x</title><description>{text}</description></item>"


LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {n} "{("&" + p + ";") * 10}">' for p, n in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
HOSTILE = {
    "billion laughs": LAUGHS + rss(item("&i;")),
    "an external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + rss(item("&e;")),
    "an entity many times": f'<!DOCTYPE x [<!ENTITY e "{"x" * 900}">]>' + rss(item("&e;" * 100_000)),
    "comments in a description": rss(item("&lt;!--" * 40_000)),
    "comments, malformed": rss(item("a<b") + item("&lt;!--" * 40_000)),
    "comments never closed": rss(item("<!--" * 40_000)),
    "100,000 items": rss(item("a") * 100_000),
    "a long title": rss(f"<item><title>{'x' * 5_000_000}</title></item>"),
    "deep XML": rss(item("<a>" * 20_000)),
    "deep HTML": rss(item("&lt;b&gt;" * 30_000)),
    "an author made of dots": rss(f"<item><author>{'a.' * 50_000}@</author></item>"),
    "an author in CDATA": rss(f"<item><author><![CDATA[{'a.' * 50_000}@]]></author></item>"),
    "many attributes": rss("<item " + " ".join(f'a{n}="1"' for n in range(20_000)) + "/>"),
    "ampersands": rss(item("&" * 100_000)),
    "deep JSON": "[" * 100_000,
    "deep NITF": "<nitf><body><body.content>" + "<p>" * 50_000,
    "many messages": "\x01abc0001 3 pl 10 x\n\x02text\n\x03\x04" * 20_000,
    "many inputs": "<html>" + "<input " * 50_000,
}


@pytest.mark.fault(29)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused_or_capped(name: str) -> None:
    """None takes longer than seconds on a slow machine (unmitigated, several take minutes), and nothing grows."""
    start = time.process_time()
    try:
        feed = parse(HOSTILE[name].encode())
    except ParseError:
        pass
    else:
        assert len(feed.entries) <= 2_000
        assert all(
            len(e.title) <= 1_000 and len(e.summary) <= 100_000 and "root:" not in e.summary for e in feed.entries
        )
    assert time.process_time() - start < 10


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"<rss><channel><item>", b"<feed>", b"{", b"\x01", b"<nitf>", b"<newsItem>", b"<NewsML>"]),
)
def test_no_bytes_raise_anything_else(data: bytes, start: bytes) -> None:
    try:
        parse(start + data)
    except ParseError as error:
        assert error.kind and str(error)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1_900))
@example(RSS.encode().index(b"<item") + 5)
@example(RSS.encode().rindex(b"<item") + 5)
def test_truncation_anywhere_keeps_complete_entries(length: int) -> None:
    whole = parse(RSS.encode()).entries
    data = RSS.encode()[:length]
    try:
        feed = parse(data)
    except ParseError:
        assert data.count(b"</item>") == 0
        return
    assert [e.title for e in feed.entries] == [e.title for e in whole[: data.count(b"</item>")]]
