"""Cutting out what was seen changes nothing but what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parse_corpus import FEEDS, documents, parse, require

from watchbot.errors import ParseError
from watchbot.model import ParsedFeed
from watchbot.parse.cut import find_entries, without

ITEM = "<item><title>T{0}</title><guid>g{0}</guid><pubDate>Sat, 08 Jan 2022 12:{0:02}:00 {1}</pubDate></item>"


def feed(*items: str, head: str = "", tail: str = "") -> bytes:
    body = "\n".join(items)
    return f'<rss version="2.0"><channel><title>F</title>{head}{body}{tail}</channel></rss>'.encode()


def check(data: bytes, known: set[str], whole: ParsedFeed) -> None:
    """With `known`, the result is the whole one without the known entries; all the rest is equal."""
    part = parse(data, known=known)
    expected = tuple(e for e in whole.entries if e.raw_hash not in known)
    assert part.entries == expected
    shown = {e.raw_hash for e in whole.entries if e.raw_hash in known}
    assert set(part.seen) == shown
    assert replace(part, entries=(), seen=()) == replace(whole, entries=(), seen=())


@pytest.mark.corpus
def test_cut_equals_full_over_the_corpus() -> None:
    """Every document of the corpus: all known, all but one known, every second one known."""
    require(FEEDS)
    cut = 0
    for path in documents():
        data = path.read_bytes()
        try:
            whole = parse(data)
        except ParseError:
            continue
        hashes = [e.raw_hash for e in whole.entries if e.raw_hash]
        if not hashes:
            continue
        cut += 1
        check(data, set(hashes), whole)
        check(data, set(hashes[1:]), whole)
        check(data, set(hashes[:-1]), whole)
        check(data, set(hashes[::2]), whole)
    assert cut > 250


CUTS = {
    "plain": feed(*(ITEM.format(n, "GMT") for n in range(5))),
    "an item tag inside CDATA": feed(
        ITEM.format(1, "GMT"), "<item><title>x</title><description><![CDATA[<item>no</item>]]></description></item>"
    ),
    "an item inside a comment": feed(
        ITEM.format(1, "GMT"), "<!-- <item><title>old</title></item> -->", ITEM.format(2, "GMT")
    ),
    "a nested item": feed(ITEM.format(1, "GMT"), "<item><title>x</title><item><title>y</title></item></item>"),
    "an empty item": feed(ITEM.format(1, "GMT"), "<item/>", ITEM.format(2, "GMT")),
    "another namespace's item": feed(ITEM.format(1, "GMT"), '<x:item xmlns:x="urn:x"><x:y/></x:item>'),
    "capitals": feed("<ITEM><TITLE>x</TITLE></ITEM>", ITEM.format(2, "GMT")),
    "a base and a language around": b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://b.test/x/" '
    b'xml:lang="kk"><title>F</title><entry xml:lang="ru"><title>a</title><link href="1"/><id>1</id></entry>'
    b'<entry><title>b</title><link href="2"/><id>2</id></entry></feed>',
    "a prefix declared in the item": feed(
        '<item xmlns:m="http://search.yahoo.com/mrss/"><title>a</title><m:content url="http://x.test/a.jpg"/></item>',
        ITEM.format(2, "GMT"),
    ),
    "zones only in other items": feed(ITEM.format(1, "+0600"), ITEM.format(2, "")),
    "a malformed item": feed(ITEM.format(1, "GMT"), "<item><title>a <b> c</title></item>", ITEM.format(3, "GMT")),
    "HTML entities": feed("<item><title>a&nbsp;b &laquo;c&raquo;</title></item>", ITEM.format(3, "GMT")),
    "channel elements after items": feed(ITEM.format(1, "GMT"), tail="<title>Late</title><ttl>5</ttl>"),
    "two equal items": feed(ITEM.format(1, "GMT"), ITEM.format(1, "GMT"), ITEM.format(2, "GMT")),
}


@pytest.mark.parametrize("data", CUTS.values(), ids=CUTS.keys())
def test_cut_equals_full(data: bytes) -> None:
    whole = parse(data)
    hashes = [e.raw_hash for e in whole.entries if e.raw_hash]
    for known in (hashes, hashes[1:], hashes[:-1], hashes[:1]):
        check(data, set(known), whole)


def test_certain_bounds_are_hashed_and_uncertain_ones_are_not() -> None:
    assert all(e.raw_hash for e in parse(CUTS["plain"]).entries)
    assert not any(e.raw_hash for e in parse(CUTS["a nested item"]).entries)


def test_an_edited_entry_is_not_known() -> None:
    before = parse(feed(ITEM.format(1, "GMT"), ITEM.format(2, "GMT")))
    after = parse(
        feed(ITEM.format(1, "GMT"), ITEM.format(2, "GMT").replace("T2", "T2, corrected")),
        known={e.raw_hash for e in before.entries},
    )
    assert [e.title for e in after.entries] == ["T2, corrected"]


PIECES = st.sampled_from(
    [
        "<item>",
        "</item>",
        "<item/>",
        "<entry>",
        "</entry>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?x",
        "?>",
        "text",
        "<b>",
        "</b>",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=30))
def test_entries_found_are_whole_and_apart(pieces: list[str]) -> None:
    data = "".join(pieces).encode()
    layout = find_entries(data)
    at = 0
    for span in layout.spans:
        assert at <= span.start < span.end <= len(data)
        assert data[span.start : span.start + 1] == b"<" and data[span.end - 1 : span.end] == b">"
        at = span.end
    assert len(without(data, layout.spans, {s.hash for s in layout.spans})) == len(data) - sum(
        s.end - s.start for s in layout.spans
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=12), st.integers(0, 3))
def test_cut_equals_full_for_any_arrangement(pieces: list[str], skipped: int) -> None:
    data = b'<rss version="2.0"><channel>' + "".join(pieces).encode() + b"</channel></rss>"
    try:
        whole = parse(data)
    except ParseError:
        return
    hashes = [e.raw_hash for e in whole.entries if e.raw_hash]
    check(data, set(hashes[skipped:]), whole)
