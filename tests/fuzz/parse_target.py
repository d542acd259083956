# ruff: noqa: E501 - documents as servers send them
"""What is fuzzed: whatever the bytes are, `parse_document` returns a feed or raises ParseError, and the cut changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from watchbot.errors import ParseError
from watchbot.parse import parse_document

NOW = datetime(2026, 11, 25, tzinfo=UTC)
FORMATS = ("auto", "auto", "auto", "rss", "iptc7901", "nitf", "newsml", "newsml-g2")
SEEDS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
    "<title>F</title><ttl>5</ttl><item><title>A &amp; b</title><link>/1</link><guid>1</guid><pubDate>Sat, 08 Jan 2022 "
    "12:00:00 MSK</pubDate><description><![CDATA[<p>x</p>]]></description></item><!-- c --><item><title>B</title>"
    '<media:content url="http://x/a.jpg"/></item></channel></rss>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://b/" xml:lang="kk"><entry><title type="html">&lt;b&gt;t'
    '</title><link href="1"/><id>urn:1</id><updated>2022-01-08T12:00:00+06:00</updated></entry><entry/></feed>',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/>'
    '<item rdf:about="http://x/1"><title>t</title></item></rdf:RDF>',
    '{"version":"https://jsonfeed.org/version/1.1","title":"F","items":[{"id":"1","content_html":"<p>x"}]}',
    '{"uri":"urn:1","headline":"h","pubstatus":"usable","body_text":"b","renditions":{"a":{"href":"http://x"}}}',
    '<newsItem guid="1" version="2"><itemMeta><pubStatus qcode="stat:usable"/></itemMeta><contentMeta><headline>h'
    "</headline></contentMeta><contentSet><inlineXML><html><body><p>x</p></body></html></inlineXML></contentSet></newsItem>",
    "<NewsML><NewsItem><NewsManagement><Status FormalName='Embargoed'/></NewsManagement><NewsComponent><NewsLines>"
    "<HeadLine>h</HeadLine></NewsLines><ContentItem><DataContent>x</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>",
    '<nitf><head><docdata><urgency ed-urg="1"/></docdata></head><body><body.head><hedline><hl1>h</hl1></hedline>'
    "</body.head><body.content><p>x</p></body.content></body></nitf>",
    '<urlset xmlns:news="n"><url><loc>http://x/1</loc><news:news><news:title>t</news:title></news:news></url></urlset>',
    "\x01bdt0285 3 pl 312  dpa 0931\r\n\r\nA/B/\r\nHeadline =\r\n\x02Almaty (dpa) - Text.\r\n\x03\r\n081410 Jan 22\r\n\x04",
    "\x16\x16\x01a0456\x1f\r\nu i bc-X-1stLd 01-08 0756\r\n\x02^H<\r\nALMATY (AP) _ x\r\n\x03AP-NY-01-08-22 0914EST\r\n\x04",
    "<!DOCTYPE html><html><title>Just a moment...</title></html>",
    '<!DOCTYPE x [<!ENTITY a "b">]><rss><channel><item><title>&a;&nbsp;&#150;</title></item></channel></rss>',
    "\x01W2870\x1f_asian\nr i\x13\x11 BC-AS--X 1stLd     01-08 1049\n\x02^BC-AS--X-Y, 1st Ld-Writethru,466<\n^Head <\n^(Eds: With"
    " AP Photos.)<\n^By JANE DOE=\n\t   ALMATY, Kazakhstan, Jan. 8 (AP) _ x\n\t   \x03AP-WF-01-08-22 1509GMT<\n\x04",
    "eca00075 3 i 510    dpa 1003\n\n/politics/EU/\n2ND LEAD\nTitle\nBy A, dpa  =\n\nМОСКВА, 8 января. /ТАСС/. x\n# dpa NOTEBOOK\nz",
    '{"data":{"item":{"uri":"u","altids":{"itemid":"1"},"headLine":"h","bodyXhtml":"<p>A (AP) -","signal":"sig:update"}}}',
)
"""One of each format, small: what the fuzzer starts from."""


def one(data: bytes) -> None:
    """One input: its first byte picks the format setting."""
    if not data:
        return
    format_ = FORMATS[data[0] % len(FORMATS)]
    body = data[1:]
    try:
        whole = parse_document(body, url="http://x.test/f", content_type=None, format=format_, now=NOW)
    except ParseError:
        return
    hashes = [entry.raw_hash for entry in whole.entries if entry.raw_hash]
    for known in (frozenset(hashes), frozenset(hashes[1:])):
        if not known:
            continue
        part = parse_document(body, url="http://x.test/f", content_type=None, format=format_, known=known, now=NOW)
        if part.entries != tuple(e for e in whole.entries if e.raw_hash not in known):
            raise AssertionError("the cut changed an entry")
        if replace(part, entries=(), seen=()) != replace(whole, entries=(), seen=()):
            raise AssertionError("the cut changed the feed")
