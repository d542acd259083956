# ruff: noqa: E501 - documents as agencies write them
"""Agencies' own formats: what each says ends up in the right field, in the shapes that agencies really send."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from parse_corpus import NOW, SHARED, parse, require

from watchbot.errors import ParseError
from watchbot.model import EntryStatus, ParsedEntry
from watchbot.parse.wire.status import status_of, version_in

G2 = """<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>2022-01-08T09:00:00Z</sent><sender>agency.test</sender>
<priority>2</priority></header><itemSet><newsItem guid="urn:newsml:agency.test:20220108:1" version="{version}" xml:lang="en">
<itemMeta><itemClass qcode="ninat:text"/><provider literal="Agency"/><versionCreated>2022-01-08T15:00:00+06:00</versionCreated>
<firstCreated>2022-01-08T14:00:00+06:00</firstCreated>{meta}</itemMeta>
<contentMeta><urgency>1</urgency><located qcode="loc:ALA"><name>ALMATY</name></located><by>By A. Reporter</by>
<language tag="en"/><subject qcode="medtop:20000119"><name>treason</name></subject><slugline>{slug}</slugline>
<headline>{headline}</headline><description role="drol:summary">A summary.</description></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title></head>
<body><p>First paragraph.</p><p>Second &amp; last.</p></body></html></inlineXML>
<remoteContent href="https://agency.test/1.jpg" contenttype="image/jpeg" width="640" height="480" size="1000"/></contentSet>
</newsItem></itemSet></newsMessage>"""


def g2(
    version: int = 1, meta: str = "", slug: str = "KAZAKHSTAN-ARREST/", headline: str = "Ex-security chief held"
) -> ParsedEntry:
    (entry,) = parse(G2.format(version=version, meta=meta, slug=slug, headline=headline).encode()).entries
    return entry


def test_newsml_g2() -> None:
    entry = g2(version=3, meta='<pubStatus qcode="stat:usable"/>')
    assert entry.guid == "urn:newsml:agency.test:20220108:1"
    assert (entry.title, entry.summary, entry.body) == (
        "Ex-security chief held",
        "A summary.",
        "First paragraph.\nSecond & last.",
    )
    assert (entry.lang, entry.version, entry.urgency, entry.status) == ("en", 3, 1, EntryStatus.USABLE)
    assert entry.published_at == datetime(2022, 1, 8, 8, tzinfo=UTC)
    assert entry.updated_at == datetime(2022, 1, 8, 9, tzinfo=UTC)
    assert (entry.byline, entry.place, entry.source) == ("By A. Reporter", "ALMATY", "Agency")
    assert entry.subjects == ("medtop:20000119",) and "treason" in entry.tags
    assert [(m.url, m.type, m.width, m.length) for m in entry.media] == [
        ("https://agency.test/1.jpg", "image/jpeg", 640, 1000)
    ]


def test_namespaces_do_not_matter() -> None:
    bare = G2.replace(' xmlns="http://iptc.org/std/nar/2006-10-01/"', "")
    assert parse(bare.format(version=1, meta="", slug="s", headline="Ex-security chief held").encode()).entries[0].title


STATUSES = [
    ({"meta": '<pubStatus qcode="stat:canceled"/>'}, EntryStatus.CANCELED),
    ({"meta": '<pubStatus qcode="stat:withheld"/>'}, EntryStatus.WITHHELD),
    ({"meta": '<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/>'}, EntryStatus.CANCELED),
    ({"meta": '<pubStatus qcode="stat:usable"/><signal qcode="sig:correction"/>'}, EntryStatus.CORRECTED),
    ({"meta": '<signal qcode="sig:update"/>'}, EntryStatus.UPDATED),
    ({"slug": "KAZAKHSTAN-ARREST/CORRECTION"}, EntryStatus.CORRECTED),
    ({"headline": "CORRECTION: Ex-security chief held"}, EntryStatus.CORRECTED),
    ({"headline": "KILL: Ex-security chief held"}, EntryStatus.CANCELED),
    ({"headline": "Berichtigung: Früherer Geheimdienstchef"}, EntryStatus.CORRECTED),
    ({"headline": "ПОПРАВКА: Масимов задержан"}, EntryStatus.CORRECTED),
    ({"headline": "ADVISORY: No more stories today"}, EntryStatus.ADVISORY),
    ({"headline": "Soldiers kill protesters in Almaty"}, EntryStatus.USABLE),
    ({"headline": "Correctional facility stormed"}, EntryStatus.USABLE),
    ({"meta": "<embargoed/><edNote>Embargoed until the minister has spoken</edNote>"}, EntryStatus.WITHHELD),
    ({"meta": "<embargoed/>", "slug": "BUDGET/EMBARGO"}, EntryStatus.WITHHELD),
    ({"meta": '<embargoed></embargoed><edNote/><pubStatus qcode="stat:usable"/>'}, EntryStatus.USABLE),
]


@pytest.mark.parametrize(("parts", "expected"), STATUSES)
def test_status(parts: dict[str, str], expected: EntryStatus) -> None:
    assert g2(**parts).status is expected


def test_embargo() -> None:
    entry = g2(meta="<embargoed>2022-01-09T12:00:00+06:00</embargoed>")
    assert entry.embargo == datetime(2022, 1, 9, 6, tzinfo=UTC)


def test_words_in_slugs() -> None:
    assert status_of(slug="BC-KAZAKHSTAN-1st Ld-Writethru") is EntryStatus.UPDATED
    assert version_in("BC-KAZAKHSTAN-2nd Ld") == 3
    assert version_in("KAZAKHSTAN") is None


NEWSML1 = """<NewsML Version="1.2"><NewsEnvelope><DateAndTime>20220108T090000+0000</DateAndTime><Priority FormalName="2"/></NewsEnvelope>
<NewsItem><Identification><NewsIdentifier><ProviderId>agency.test</ProviderId><DateId>20220108</DateId><NewsItemId>A1</NewsItemId>
<RevisionId PreviousRevision="1" Update="N">2</RevisionId><PublicIdentifier>urn:newsml:agency.test:20220108:A1:2N</PublicIdentifier>
</NewsIdentifier></Identification><NewsManagement><NewsItemType FormalName="News"/><FirstCreated>20220108T080000+0000</FirstCreated>
<ThisRevisionCreated>20220108T090000+0000</ThisRevisionCreated><Status FormalName="{status}"/><StatusWillChange>
<FutureStatus FormalName="Usable"/><DateAndTime>20220109T060000+0000</DateAndTime></StatusWillChange><Urgency FormalName="1"/>
</NewsManagement><NewsComponent><NewsLines><HeadLine>Kasachstan: Massimow festgenommen</HeadLine><ByLine>Von A. Autorin</ByLine>
<DateLine>Almaty, 8. Januar</DateLine></NewsLines><DescriptiveMetadata><Language FormalName="de"/><SubjectCode>
<Subject FormalName="11000000"/></SubjectCode></DescriptiveMetadata><ContentItem><DataContent><p>Erster Absatz.</p><p>Zweiter.</p>
</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"""


def test_newsml_1() -> None:
    (entry,) = parse(NEWSML1.format(status="Usable").encode()).entries
    assert entry.guid == "urn:newsml:agency.test:20220108:A1"
    assert (entry.title, entry.body) == ("Kasachstan: Massimow festgenommen", "Erster Absatz.\nZweiter.")
    assert (entry.lang, entry.version, entry.urgency, entry.place) == ("de", 2, 1, "Almaty")
    assert entry.authors == ("A. Autorin",) and entry.subjects == ("11000000",)
    assert entry.published_at == datetime(2022, 1, 8, 8, tzinfo=UTC)
    (held,) = parse(NEWSML1.format(status="Embargoed").encode()).entries
    assert held.embargo == datetime(2022, 1, 9, 6, tzinfo=UTC)
    (gone,) = parse(NEWSML1.format(status="Canceled").encode()).entries
    assert gone.status is EntryStatus.CANCELED


NITF = """<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf-3-2.dtd"><nitf xml:lang="en"><head><title>t</title>
<tobject><tobject.subject tobject.subject.refnum="11000000" tobject.subject.type="Politics"/></tobject><docdata>{data}
<doc-id id-string="AP123"/><urgency ed-urg="2"/><date.issue norm="20220108T090000Z"/><du-key key="Kazakhstan" version="2"/>
<key-list><keyword key="Massimov"/></key-list></docdata></head><body><body.head><hedline><hl1>Security chief held</hl1></hedline>
<byline><person>Jane Doe</person><byttl>Staff Writer</byttl></byline><dateline><location><city>Almaty</city></location></dateline>
<abstract><p>Short.</p></abstract></body.head><body.content><p>Long <em>text</em>.</p><table><tr><td>1</td></tr></table></body.content>
</body></nitf>"""


def test_nitf() -> None:
    (entry,) = parse(NITF.format(data="").encode()).entries
    assert (entry.guid, entry.title, entry.summary, entry.body) == (
        "AP123",
        "Security chief held",
        "Short.",
        "Long text.\n1",
    )
    assert (entry.lang, entry.version, entry.urgency, entry.place) == ("en", 2, 2, "Almaty")
    assert entry.authors == ("Jane Doe",) and entry.byline == "Jane Doe, Staff Writer"
    assert entry.subjects == ("11000000",) and "Massimov" in entry.tags
    (held,) = parse(NITF.format(data='<date.release norm="20220109T060000Z"/>').encode()).entries
    assert held.embargo == datetime(2022, 1, 9, 6, tzinfo=UTC)


NINJS1 = {
    "uri": "http://agency.test/1", "type": "text", "version": "2", "versioncreated": "2022-01-08T09:00:00Z", "urgency": 1,
    "pubstatus": "usable", "language": "en", "headline": "Security chief held", "byline": "By Jane Doe",
    "description_text": "Short.", "body_xhtml": "<p>One.</p><p>Two.</p>", "embargoed": "2022-01-09T06:00:00Z",
    "located": "Almaty", "subject": [{"code": "medtop:1", "name": "treason"}],
    "renditions": {"main": {"href": "https://agency.test/1.jpg", "mimetype": "image/jpeg", "width": 640}},
}  # fmt: skip
NINJS3 = {
    "uri": "urn:1", "versionCreated": "2022-01-08T09:00:00Z", "pubStatus": "canceled", "language": "en", "urgency": 1,
    "headlines": [{"role": "short", "value": "Held"}, {"role": "main", "value": "Security chief held"}],
    "descriptions": [{"value": "Short."}], "bodies": [{"contentType": "text/html", "value": "<p>One.</p><p>Two.</p>"}],
    "subjects": [{"uri": "medtop:1", "name": "treason"}], "by": "By Jane Doe", "version": "2",
}  # fmt: skip


@pytest.mark.parametrize("wrap", [lambda i: i, lambda i: [i], lambda i: {"data": {"items": [{"item": i}]}}])
def test_ninjs(wrap: object) -> None:
    one, three = (parse(json.dumps(wrap(i)).encode()).entries[0] for i in (NINJS1, NINJS3))  # type: ignore[operator]
    for entry in (one, three):
        assert (entry.title, entry.summary, entry.body) == ("Security chief held", "Short.", "One.\nTwo.")
        assert (entry.version, entry.urgency, entry.lang, entry.authors) == (2, 1, "en", ("Jane Doe",))
        assert entry.subjects == ("medtop:1",)
    assert one.embargo == datetime(2022, 1, 9, 6, tzinfo=UTC) and one.place == "Almaty"
    assert one.link == "http://agency.test/1" and one.media[0].width == 640
    assert three.status is EntryStatus.CANCELED


DPA = (
    "\x01bdt0285 3 pl 312  dpa 0931\r\n\r\nKasachstan/Konflikte/\r\n(Foto)\r\nEx-Geheimdienstchef in Kasachstan\r\n"
    "festgenommen =\r\n\r\n\x02Almaty (dpa) - Der frühere Chef des Geheimdienstes\r\nKarim Massimow ist festgenommen worden.\r\n\r\n"
    "   Er steht unter Verdacht.\r\n\x03\r\n081410 Jan 22\r\n\x04"
)
ANPA = (
    "\x16\x16\x01a0456\x1f\r\nu i bc-Kazakhstan-Arrest-1stLd 01-08 0756\r\n\x02\x1e^Ex-security chief held in Kazakhstan<\r\n"
    "^By JANE DOE=\r\n^Associated Press Writer=\r\n\x1f   ALMATY, Kazakhstan (AP) _ The former chief was\r\narrested.<\r\n"
    "\x03\r\nAP-NY-01-08-22 0914EST\r\n\x04"
)


def test_iptc_7901() -> None:
    (entry,) = parse(DPA.encode("cp1252"), lang="de").entries
    assert entry.title == "Ex-Geheimdienstchef in Kasachstan festgenommen"
    assert entry.body.startswith("Almaty (dpa) - Der frühere Chef des Geheimdienstes Karim Massimow ist")
    assert entry.body.endswith("\nEr steht unter Verdacht.")
    assert (entry.urgency, entry.subjects, entry.place, entry.source) == (3, ("pl",), "Almaty", "dpa")
    assert entry.published_at == datetime(2022, 1, 8, 14, 10, tzinfo=UTC)
    assert entry.guid == "bdt0285:20220108" and "Konflikte" in entry.tags and entry.lang == "de"


def test_anpa_1312() -> None:
    (entry,) = parse(ANPA.encode("ascii")).entries
    assert entry.title == "Ex-security chief held in Kazakhstan"
    assert entry.byline == "JANE DOE" and entry.place == "ALMATY, Kazakhstan" and entry.source == "AP"
    assert (entry.urgency, entry.subjects, entry.version) == (3, ("i",), 2)
    assert entry.published_at == datetime(2022, 1, 8, 14, 14, tzinfo=UTC)
    assert "arrested." in entry.body


def test_several_messages_and_no_control_characters() -> None:
    assert len(parse((DPA + DPA.replace("0285", "0286")).encode("cp1252")).entries) == 2
    plain = "".join(c for c in DPA if c >= " " or c in "\r\n")
    (entry,) = parse(plain.encode("cp1252"), format="iptc7901").entries
    assert entry.title == "Ex-Geheimdienstchef in Kasachstan festgenommen" and entry.published_at is not None


AGENCIES = [
    # (bytes, title, start of the body, place, source): the habits of other agencies
    (
        "\x01APA0123 5 AI 0157 Siehe APA0100/08.01\r\n\r\nKasachstan/Unruhen\r\n\r\nEx-Chef für Sicherheit festgenommen =\r\n\r\n"
        "\x02Almaty (APA/dpa) - In Kasachstan ist.\r\n\x03\r\n081230 Jän 22\x04",
        ("Ex-Chef für Sicherheit festgenommen", "Almaty (APA/dpa) - In", "Almaty", "APA/dpa"),
    ),
    (
        "\x16\x16\x01r0123\x1f\r\nu i BC-KAZAKHSTAN 01-08 0345\r\n\x02UPDATE 2-Kazakhstan detains chief<\r\n    (Adds details)<\r\n"
        "    By Olzhas Auyezov<\r\n    ALMATY, Jan 8 (Reuters) - The chief was detained.<\r\n\x03\r\n\x04",
        ("UPDATE 2-Kazakhstan detains chief", "ALMATY, Jan 8 (Reuters)", "ALMATY", "Reuters"),
    ),
    (
        "\x01AFP1234 3 I 0300 RUS\r\nKazakhstan-troubles\r\n\x02Kazakhstan: l'ex-chef arrêté=\r\n\r\nPar Jean DUPONT=\r\n"
        "ALMATY, 8 jan 2022 (AFP) - L'ancien chef.\r\n\x03AFP\r\n081230 GMT JAN 22\r\n\x04",
        ("Kazakhstan: l'ex-chef arrêté", "ALMATY, 8 jan 2022", "ALMATY", "AFP"),
    ),
    (
        "ZCZC\nТАСС0123 3 ПО 0120\n\nКАЗАХСТАН-МАСИМОВ\n\nБывший глава КНБ задержан=\n\nАЛМА-АТА, 8 января. /ТАСС/. Бывший глава.\n\nNNNN",
        ("Бывший глава КНБ задержан", "АЛМА-АТА, 8 января.", "АЛМА-АТА", "ТАСС"),
    ),
    (
        "XINHUA0101 4 int 0120\n\nKazakhstan's chief detained\n\n    ALMATY, Jan. 8 (Xinhua) -- The chief was detained.\n",
        ("Kazakhstan's chief detained", "ALMATY, Jan. 8 (Xinhua)", "ALMATY", "Xinhua"),
    ),
    (
        "\x01EFE0123 4 INT 0200 KAZAJISTAN\r\n\x02Detenido el exjefe=\r\n\r\n   Moscú, 8 ene (EFE).- El exjefe fue.\r\n\x03EFE\r\n081230 ene 22\x04",
        ("Detenido el exjefe", "Moscú, 8 ene (EFE)", "Moscú", "EFE"),
    ),
]


@pytest.mark.parametrize(("text", "expected"), AGENCIES, ids=[a[1][3] for a in AGENCIES])
@pytest.mark.parametrize("encoding", ["utf-8", "legacy"])
def test_agencies_habits(text: str, expected: tuple[str, ...], encoding: str) -> None:
    legacy = "cp1251" if "ТАСС" in text else "cp1252"
    (entry,) = parse(text.encode("utf-8" if encoding == "utf-8" else legacy)).entries
    assert (entry.title, entry.body[: len(expected[1])], entry.place, entry.source) == expected


def test_a_stamp_without_a_month() -> None:
    text = DPA.replace("081410 Jan 22", "241410")
    assert parse(text.encode("cp1252"), now=NOW).entries[0].published_at == datetime(2026, 11, 24, 14, 10, tzinfo=UTC)


@pytest.mark.corpus
def test_the_iptcs_own_examples() -> None:
    """Every text example yields its headline and text; none raises anything but ParseError."""
    require(SHARED / "wire")
    read = 0
    for path in sorted((SHARED / "wire").rglob("*")):
        if path.suffix not in (".xml", ".json") or "specification" in path.parts or "validation" in path.parts:
            continue
        try:
            parsed = parse(path.read_bytes())
        except ParseError:
            continue
        read += bool(parsed.entries)
        assert all(e.title for e in parsed.entries), path
    assert read > 60


@pytest.mark.corpus
def test_the_iptcs_newsml_g2_text() -> None:
    require(SHARED / "wire")
    path = SHARED / "wire" / "iptc-newsml-g2" / "examples" / "LISTING_2_NewsML-G2_Text_Document.xml"
    (entry,) = parse(path.read_bytes()).entries
    assert entry.title == 'Fed to halt QE to avert "bubble"'
    assert (entry.lang, entry.version, entry.place, entry.source) == ("en-US", 11, "New York, NY", "Associated Press")
    assert entry.body.startswith("(New York, NY - October 21) Et, sent luptat")
    assert entry.authors == ("Meredith Jameson",) and entry.subjects[0] == "medtop:04000000"
