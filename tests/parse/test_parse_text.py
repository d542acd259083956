"""Encodings, dates, text from markup, and links: right before matching."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbot.parse.dates import parse_date, zone_of
from watchbot.parse.encoding import decode
from watchbot.parse.htmltext import to_line, to_text
from watchbot.parse.links import safe_link

RUSSIAN = "Бывший глава КНБ Карим Масимов задержан по подозрению в государственной измене, сообщили в Алматы"
KAZAKH = "Қазақстан Республикасы Ұлттық қауіпсіздік комитетінің бұрынғы төрағасы Кәрім Мәсімов ұсталды"
GERMAN = "Früherer Geheimdienstchef in Kasachstan festgenommen – Tokajew: „Lage beruhigt sich“, heißt es für Ärzte"
XML = '<?xml version="1.0"{0}?><rss version="2.0"><channel><title>{1}</title></channel></rss>'

ENCODINGS = [
    # (text, bytes' encoding, declared in XML, declared by HTTP)
    (RUSSIAN, "cp1251", "windows-1251", None),
    (RUSSIAN, "cp1251", "utf-8", None),
    (RUSSIAN, "cp1251", None, None),
    (RUSSIAN, "cp1251", "utf-8", "utf-8"),
    (RUSSIAN, "cp1251", None, "iso-8859-1"),
    (RUSSIAN, "cp1251", "windows-1251", "iso-8859-1"),
    (RUSSIAN, "cp1251", "koi8-r", None),
    (RUSSIAN, "koi8-r", "koi8-r", None),
    (RUSSIAN, "koi8-r", "windows-1251", None),
    (RUSSIAN, "koi8-r", None, None),
    (RUSSIAN, "koi8-r", "utf-8", None),
    (RUSSIAN, "cp866", "utf-8", None),
    (RUSSIAN, "utf-8", "windows-1251", None),
    (RUSSIAN, "utf-8", None, "iso-8859-1"),
    (RUSSIAN, "utf-16", "utf-16", None),
    (RUSSIAN, "utf-16-le", None, None),
    (RUSSIAN, "utf-16-be", "utf-8", None),
    (RUSSIAN, "utf-32", None, None),
    (RUSSIAN, "utf-8-sig", "windows-1251", None),
    (RUSSIAN, "iso8859-5", "iso-8859-5", None),
    (KAZAKH, "utf-8", "windows-1251", "windows-1251"),
    (GERMAN, "cp1252", "windows-1252", None),
    (GERMAN, "cp1252", "iso-8859-1", None),
    (GERMAN, "cp1252", "utf-8", None),
    ("習近平主席會見托卡耶夫總統，就哈薩克斯坦局勢交換意見", "gb18030", "gb2312", None),
    ("カザフスタンの元情報機関トップを逮捕", "shift_jis", "Shift_JIS", None),
    ("カザフスタンの元情報機関トップを逮捕", "iso2022_jp", "iso-2022-jp", None),
    ("Ο πρώην επικεφαλής των μυστικών υπηρεσιών συνελήφθη", "cp1253", "windows-1253", None),
    ("Eski istihbarat şefi gözaltına alındı, Kazakistan’da çatışmalar", "cp1254", "iso-8859-9", None),
    ("اعتقال رئيس المخابرات السابق في كازاخستان", "cp1256", "windows-1256", None),
]


@pytest.mark.fault(31)
@pytest.mark.parametrize(("text", "encoding", "xml", "http"), ENCODINGS)
def test_encoding(text: str, encoding: str, xml: str | None, http: str | None) -> None:
    data = XML.format(f' encoding="{xml}"' if xml else "", text).encode(encoding)
    assert text in decode(data, f"text/xml; charset={http}" if http else None).text


def test_wrong_declaration_is_named() -> None:
    decoded = decode(XML.format(' encoding="utf-8"', RUSSIAN).encode("cp1251"))
    assert decoded.problems == ("declared as utf-8, read as cp1251",)


def test_broken_utf8_stays_utf8() -> None:
    data = XML.format("", RUSSIAN * 3 + " \x00").encode().replace(b"\x00", b"\x96 \xd0")
    decoded = decode(data)
    assert decoded.encoding == "utf-8"
    assert RUSSIAN in decoded.text and "–" in decoded.text


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([None, "text/xml; charset=koi8-r", "x; charset=\x00", "x; charset=idna"])
)
def test_decode_never_raises(data: bytes, content_type: str | None) -> None:
    assert isinstance(decode(data, content_type).text, str)


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\x00\x1b"), min_size=1).filter(
        lambda t: len(t) > 3
    )
)
def test_utf8_is_read_as_utf8(text: str) -> None:
    if "~{" not in text:
        assert decode(b"<x>" + text.encode()).text == "<x>" + text


DATES = [
    ("Sat, 08 Jan 2022 12:00:00 GMT", "2022-01-08 12:00"),
    ("Sat, 08 Jan 2022 12:00:00 +0600", "2022-01-08 06:00"),
    ("Sat, 08 Jan 2022 12:00:00 MSK", "2022-01-08 09:00"),
    ("Sat, 08 Jan 2022 12:00:00 ALMT", "2022-01-08 06:00"),
    ("Wed, 08 Jan 2025 12:00:00 ALMT", "2025-01-08 07:00"),
    ("Sat, 08 Jan 2022 12:00:00 EET", "2022-01-08 10:00"),
    ("Sat, 8 Jan 22 12:00 EST", "2022-01-08 17:00"),
    ("Sat, 08 Jan 2022 12:00:00 GMT+3", "2022-01-08 09:00"),
    ("Sat, 08 Jan 2022 12:00:00 +06:30", "2022-01-08 05:30"),
    ("Sat, 08 Jan 2022 12:00:00 Z", "2022-01-08 12:00"),
    ("Sat, 08 Jan 2022 24:00:00 GMT", "2022-01-09 00:00"),
    ("Sat Jan  8 12:00:00 2022", "2022-01-08 12:00"),
    ("2022-01-08T12:00:00Z", "2022-01-08 12:00"),
    ("2022-01-08T12:00:00.123+06:00", "2022-01-08 06:00"),
    ("20220108T120000+0000", "2022-01-08 12:00"),
    ("20220108T120000Z", "2022-01-08 12:00"),
    ("2022-01-08 12:00:00 MSK", "2022-01-08 09:00"),
    ("2022-01-08", "2022-01-08 00:00"),
    ("2022-01", "2022-01-01 00:00"),
    ("2022-W01-6", "2022-01-08 00:00"),
    ("8 января 2022, 12:30", "2022-01-08 12:30"),
    ("Сб, 08 янв 2022 12:00:00 +0300", "2022-01-08 09:00"),
    ("08 января 2022 г. 12:00 МСК", "2022-01-08 09:00"),
    ("8. Januar 2022 14:05 Uhr", "2022-01-08 14:05"),
    ("8. Jänner 2022", "2022-01-08 00:00"),
    ("8. März 2022 14:05 MEZ", "2022-03-08 13:05"),
    ("2022 жылғы 8 қаңтар 12:00", "2022-01-08 12:00"),
    ("8 қаңтар, 2022", "2022-01-08 00:00"),
    ("8 січня 2022 р. 12:00", "2022-01-08 12:00"),
    ("8 Ocak 2022 12:00", "2022-01-08 12:00"),
    ("mar, 11 ene 2022 10:00:00", "2022-01-11 10:00"),
    ("8 janvier 2022 à 10h30", "2022-01-08 10:30"),
    ("2022年1月8日 12:00", "2022-01-08 12:00"),
    ("٨ يناير 2022", "2022-01-08 00:00"),
    ("08.01.2022 12:00", "2022-01-08 12:00"),
    ("08/01/2022 12:00", "2022-01-08 12:00"),
    ("1/8/2022 2:30:15 PM", "2022-01-08 14:30"),
    ("1641600000", "2022-01-08 00:00"),
    ("yesterday", None),
    ("", None),
    ("99/99/9999", None),
    ("Sat, 32 Jan 2022 12:00:00 GMT", None),
]


@pytest.mark.fault(35)
@pytest.mark.parametrize(("text", "expected"), DATES)
def test_date(text: str, expected: str | None) -> None:
    found = parse_date(text)
    assert (f"{found:%Y-%m-%d %H:%M}" if found else None) == expected


def test_a_zone_is_missing() -> None:
    almaty = timezone(timedelta(hours=6))
    assert parse_date("Sat, 08 Jan 2022 12:00:00", habit=almaty) == datetime(2022, 1, 8, 6, tzinfo=UTC)
    assert parse_date("Sat, 08 Jan 2022 12:00:00 GMT", habit=almaty) == datetime(2022, 1, 8, 12, tzinfo=UTC)
    assert zone_of("Sat, 08 Jan 2022 12:00:00") is None


@settings(max_examples=300, deadline=None)
@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_written_dates_are_read_back(moment: datetime, offset: int) -> None:
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=offset)))
    for written in (aware.isoformat(), aware.strftime("%a, %d %b %Y %H:%M:%S %z"), aware.strftime("%Y%m%dT%H%M%S%z")):
        assert parse_date(written) == aware


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60), st.from_regex(r"[0-9 :./,TZ+\-]{0,40}[a-zа-я]{0,8}[0-9 :./,+\-]{0,40}", fullmatch=True)
    )
)
def test_dates_never_raise(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.utcoffset() == timedelta(0)


TEXTS = [
    ("plain", "plain"),
    ("<p>One</p><p>Two</p>", "One\nTwo"),
    ("One<br/>Two", "One\nTwo"),
    ("a <b>bold</b>ly <i>said</i>", "a boldly said"),
    ("<script>alert(1)</script>Text<style>p{}</style>", "Text"),
    ("AT&amp;T", "AT&T"),
    ("&lt;p&gt;escaped twice&lt;/p&gt;", "escaped twice"),
    ("caf&amp;eacute;", "café"),
    ("&laquo;Ёлка&raquo;&nbsp;&#8212; &#x2014;", "«Ёлка» — —"),
    ("<table><tr><td>1</td><td>2</td></tr></table>", "1\n2"),
    ("text<!-- hidden -->shown", "textshown"),
    ("text<!-- never closed", "text"),
    ("bi\u202edi\u202c \u2066and\u2069 soft\u00adhyphen", "bidi and softhyphen"),
    ("می\u200cشود", "می\u200cشود"),
    ("\x93quoted\x94", "“quoted”"),
    ("<a href='javascript:x'>link</a>", "link"),
    ("<![CDATA[inner]]>", "inner"),
    ("", ""),
]


@pytest.mark.fault(41)
@pytest.mark.parametrize(("source", "expected"), TEXTS)
def test_to_text(source: str, expected: str) -> None:
    assert to_text(source) == expected


@pytest.mark.parametrize("text", ["a < b and c > d", "x<y", "if 1<2 & 3>2", "I <3 Almaty"])
def test_plain_text_with_signs_stays(text: str) -> None:
    assert to_line(text) == text


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("<>/&;!-[]abp \n\"'=#x0"), max_size=80))
def test_no_known_tag_survives(source: str) -> None:
    result = to_text(source)
    assert "\x00" not in result and "  " not in result
    assert "<b>" not in result.replace("&lt;", "") or "<b" in source or "&" in source


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(whitelist_categories=["L", "N"]), max_size=60))
def test_words_survive_markup(words: str) -> None:
    assert to_text(f"<div><p>{words}</p></div>") == to_text(words, is_html=False)


LINKS = [
    ("http://a.test/x", "http://a.test/x"),
    ("https://user:pw@a.test:8443/x", "https://a.test:8443/x"),
    ("/news/1", "http://feeds.test/news/1"),
    ("2", "http://feeds.test/dir/2"),
    ("//cdn.test/x", "http://cdn.test/x"),
    (" http://a.test/a b ", "http://a.test/a%20b"),
    ("java\nscript:alert(1)", None),
    ("javascript:alert(1)", None),
    ("JavaScript:alert(1)", None),
    ("tg://resolve?domain=x", None),
    ("data:text/html,x", None),
    ("ftp://a.test/x", None),
    ("http://", None),
    ("http://[::1", None),
    ("http://a.test:99999/", None),
    ("http://evil.test\\@good.test/", None),
    ("", None),
    (None, None),
]


@pytest.mark.fault(41)
@pytest.mark.parametrize(("link", "expected"), LINKS)
def test_safe_link(link: str | None, expected: str | None) -> None:
    assert safe_link(link, "http://feeds.test/dir/feed.xml") == expected


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "http://x.test/a", "javascript:x"]))
def test_links_are_http_or_nothing(link: str, base: str) -> None:
    found = safe_link(link, base)
    assert found is None or found.lower().startswith(("http://", "https://"))
