# ruff: noqa: E501 - documents as agencies write them
"""What agencies really send: the shapes of their files, retold with made-up news.

Each case stands for a kind of file that was met in the wild and read wrong: whose habit it is, is its name.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parse_corpus import parse

from watchbot.errors import ParseError
from watchbot.model import EntryStatus, ParsedEntry
from watchbot.parse.wire.dateline import dateline, place_in_field, place_in_text
from watchbot.parse.wire.values import authors_of, language_of


@dataclass(frozen=True)
class Case:
    name: str
    data: str
    expected: dict[str, Any]
    encoding: str = "utf-8"
    body: str = ""
    without: tuple[str, ...] = field(default=())


SEVEN_THOUSAND = [
    Case(
        "ats: a rubric and a kicker above the headline, Latin-1 with guillemets, no dash after the agency",
        "\x7f\r\n\x01bsf007 3 pl 121   etf 412\r\n\r\nKazakhstan\r\n\r\n\x02Situation \r\nAsie:  \r\n"
        "Émeutes: une «catastrophe pour le pays» (le ministre) = \r\n \r\n   Almaty (ats afp) Les émeutes sont une \r\n"
        "«catastrophe», a déclaré le ministre à la presse. \r\n \r\n   Il a visité la ville. \r\n \r\n\x03081223 jan 22\r\n\x04",
        {
            "title": "Émeutes: une «catastrophe pour le pays» (le ministre)",
            "place": "Almaty",
            "source": "ats afp",
            "tags": ("Kazakhstan", "Situation", "Asie"),
            "urgency": 3,
            "guid": "bsf007:20220108",
        },
        encoding="cp1252",
        body="Almaty (ats afp) Les émeutes sont une «catastrophe», a déclaré le ministre à la presse.\nIl a visité la ville.",
    ),
    Case(
        "dpa: labels, headline and by-line in one block; the notebook is not news; a no-break space and no other high byte",
        "\x01eca0003 3 i 380  dpa 0045\r\n\n/Kazakhstan/unrest/\r\n\x02REFILE\n1ST LEAD\nSecurity chief of Kazakhstan held on suspicion of treason\n"
        "By Jane Doe, dpa =\r\n\nAlmaty (dpa) - The former chief was held on\r\nSaturday.\r\n\n# dpa NOTEBOOK\r\n\n"
        "The following information is not for publication\r\n- Embassy of Uzbekistan\xa0, Berlin\r\n\r\n\x03082322 GMT Jan 22\r\n\x7f\n\x7f\n\x04",
        {
            "title": "Security chief of Kazakhstan held on suspicion of treason",
            "status": EntryStatus.UPDATED,
            "version": 2,
            "byline": "Jane Doe, dpa",
            "authors": ("Jane Doe",),
            "tags": ("Kazakhstan", "unrest", "REFILE", "1ST LEAD"),
        },
        encoding="cp1252",
        body="Almaty (dpa) - The former chief was held on Saturday.",
    ),
    Case(
        "dpa: an advisory",
        "\x01eca0001 4 rs 46  dpa 0027\r\n\nService/\r\n\x02(Achtung)\nNo service tonight =\r\n\nThere is none.\r\n\x03082322 GMT Jan 22\r\n\x04",
        {"title": "No service tonight", "status": EntryStatus.ADVISORY},
    ),
    Case(
        "AP: the slug line is no headline; picture and editors' notes; a number in capitals; the trailer names the agency",
        "\x16\x16\x01W2870\x1f_asian\nr i\x13\x11 BC-AS--Kazakhstan-Arrest 1stLd-Writethru     01-08 1049\n"
        "\x02^BC-AS--Kazakhstan-Chief Arrested, 1st Ld-Writethru,466<\n^AP Exclusive: Ex-security chief held in Kazakhstan <\n"
        "^AP Photo XNP101, XNP102<\n^(Eds: Updates with quotes. With AP Photos.)<\n"
        "^Karim M. was held on suspicion of treason after days of unrest, and his deputies were dismissed, officials say<\n"
        "^By JANE DOE and JOHN ROE=\n^AP Business Writer=\n\t   ALMATY, Kazakhstan (AP) _ The ``former'' chief was held.\n \n"
        "\t   He is silent.\n \n\t   \x03AP-WF-01-08-22 1509GMT<\n\n\x0c\n\x04",
        {
            "title": "AP Exclusive: Ex-security chief held in Kazakhstan",
            "summary": "Karim M. was held on suspicion of treason after days of unrest, and his deputies were dismissed, officials say",
            "byline": "JANE DOE and JOHN ROE",
            "place": "ALMATY, Kazakhstan",
            "guid": "APW2870:20220108",
            "source": "AP",
            "version": 2,
            "status": EntryStatus.UPDATED,
        },
        body='ALMATY, Kazakhstan (AP) _ The "former" chief was held.\nHe is silent.',
    ),
    Case(
        "AP: an alert has a slug and one sentence",
        "\x16\x16\x01W1645\x1f_asian\nb a\x13\x11 BC-AS--APNewsAlert     01-08 0358\n\x02^BC-AS--APNewsAlert,17<\n"
        "\t   ALMATY (AP) _ Kazakhstan detains its former security chief.\n\n\t   \x03AP-WF-01-08-22 2350GMT<\n\x04",
        {"title": "Kazakhstan detains its former security chief.", "urgency": 2, "place": "ALMATY"},
    ),
    Case(
        "AP: a list whose lines start with a caret, after a selector code",
        "\x16\x16\x01V4644\x1f_-----\nr e\x13\x11 AP-Top-Headlines     01-08 0121\r\n\x02^*9006< ^AP-Top-Headlines,0176<\r\n"
        "^Top News at 11:23 p.m.<\r\n^Chief held in Almaty\r\n^Rates rise\r\n\r\n\t   \x03AP-WF-01-08-22 0423GMT<\r\n\x04",
        {"title": "Top News at 11:23 p.m."},
        body="Chief held in Almaty\nRates rise",
    ),
    Case(
        "Kyodo: a headline ends in a plus sign, the agency stands bare in the dateline, its own stamp in Tokyo's time",
        "\x01a0105KYODO\x1fkoko-\r\nu i\x14\x12 BC-Kazakhstan-Unrest   09-01 0344\r\n\x02BC-Kazakhstan-Unrest\r\n"
        "Kazakhstan holds former security chief+\r\n     ALMATY, Kazakhstan, Jan. 9 Kyodo - The former chief was \r\nheld on Sunday.\r\n"
        "     He denies it.\r\n==Kyodo\r\n\x03KWS-21:37-09-01-22\x04\r\n",
        {
            "title": "Kazakhstan holds former security chief",
            "place": "ALMATY, Kazakhstan",
            "source": "Kyodo",
            "published_at": datetime(2022, 1, 9, 12, 37, tzinfo=UTC),
        },
        body="ALMATY, Kazakhstan, Jan. 9 Kyodo - The former chief was held on Sunday.\nHe denies it. ==Kyodo",
    ),
]


def nitf(head: str = "", top: str = "", body: str = "<p>Text.</p>", attributes: str = "") -> str:
    return (
        f"<nitf {attributes}><head>{head}</head><body><body.head><hedline><hl1>Chief held</hl1></hedline>{top}</body.head>"
        f"<body.content>{body}</body.content></body></nitf>"
    )


NITF = [
    Case(
        "EFE: the dateline holds a date, the by-line initials, baselang the language",
        nitf(
            '<docdata><evloc city="Almaty" iso-cc="KAZ"/></docdata>',
            "<byline>gr/bp</byline><distributor>Agency E</distributor>"
            '<dateline><story.date norm="20220108T222800+0000">20220108T222800+0000</story.date></dateline>',
            attributes='baselang="es-ES"',
        ),
        {"place": "Almaty", "byline": "gr/bp", "lang": "es-ES", "source": "Agency E"},
    ),
    Case(
        "AP: name and function of the by-line touch each other",
        nitf(
            top="<byline>By JANE DOE<byttl>AP Business Writer</byttl></byline><dateline><location>ALMATY</location></dateline>"
        ),
        {"byline": "By JANE DOE, AP Business Writer", "authors": ("JANE DOE",), "place": "ALMATY"},
    ),
    Case(
        "PA: the office is no author; the holder of the rights is the source; Latin-1 whose only high bytes are pound signs",
        '<?xml version="1.0" encoding="iso-8859-1"?>\n'
        + nitf(
            '<docdata><doc.copyright holder="Press Association" year="2022"/></docdata>',
            "<byline>By Jane Doe, Press Association Political Correspondent</byline>",
            "<p>It costs £66 billion a year, £38 billion now.</p>",
        ),
        {"authors": ("Jane Doe",), "source": "Press Association"},
        encoding="cp1252",
        body="It costs £66 billion a year, £38 billion now.",
    ),
    Case(
        "AAP: the dateline holds place, date, agency and dash",
        nitf(top="<dateline>SYDNEY March 22 AAP -</dateline>"),
        {"place": "SYDNEY"},
    ),
    Case(
        "AAP for AFP: the dateline is in the text only",
        nitf(body="<p>SEOUL, Nov 26 AFP - A company has announced a sale.</p>"),
        {"place": "SEOUL"},
    ),
    Case(
        "Ritzau: the agency between slashes, no dash",
        nitf(body="<p>København /ritzau/: En mand er anholdt.</p>", attributes='baselang="da"'),
        {"place": "København", "lang": "da"},
    ),
]


def newsml(lines: str = "", meta: str = "", content: str = "<p>Text.</p>", identifier: str = "", item: str = "") -> str:
    return (
        "<NewsML><NewsEnvelope><DateAndTime>20220108T120000Z</DateAndTime></NewsEnvelope><NewsItem>"
        f"<Identification><NewsIdentifier>{identifier}</NewsIdentifier></Identification>"
        '<NewsManagement><Status FormalName="Usable"/></NewsManagement>'
        f"<NewsComponent><NewsLines>{lines}</NewsLines><DescriptiveMetadata>{meta}</DescriptiveMetadata>"
        f"<ContentItem><DataContent>{content}</DataContent></ContentItem>{item}</NewsComponent></NewsItem></NewsML>"
    )


NEWSML_1 = [
    Case(
        "ANP: the version is in the item's id; keywords between semicolons; only the country is located",
        newsml(
            "<HeadLine>H</HeadLine><KeywordLine>ECO/ECO10;POST</KeywordLine>",
            '<Language FormalName="NL"/><Location HowPresent="Origin"><Property FormalName="Country" Value="NLD"/>'
            '<Property FormalName="City" Value=""/></Location>',
            "<p>San Mateo (ANP) - De bond kondigt acties aan.</p>",
            "<ProviderId>ANP</ProviderId><DateId>20220108</DateId><NewsItemId>ANPX-080122-041-v2</NewsItemId><RevisionId>2</RevisionId>",
        ),
        {
            "guid": "urn:newsml:ANP:20220108:ANPX-080122-041",
            "version": 2,
            "lang": "nl",
            "place": "San Mateo",
            "tags": ("ECO/ECO10", "POST"),
        },
    ),
    Case(
        "TASS: no id but a <guid>, a dateline with a date only, place and agency in the text",
        newsml(
            "<DateLine>January 8</DateLine><HeadLine>H</HeadLine>",
            "<guid>16AAC34C</guid>",
            "<p>MOSCOW, January 8. /TASS/. The Kremlin does not comment.</p>",
            "<ProviderId>\nwww.agency.test\n</ProviderId>",
            "<item_keywords><item_keyword>URGENT</item_keyword></item_keywords>",
        ),
        {"guid": "16AAC34C", "place": "MOSCOW", "source": "www.agency.test", "tags": ("URGENT",)},
    ),
    Case(
        "AFP pictures: a number for a headline; the file's format is its type; nested properties for a place; GB for English",
        newsml(
            "<HeadLine>569697231</HeadLine>",
            '<Language FormalName="GB"/><Property FormalName="Location"><Property FormalName="Country" Value=""/>'
            '<Property FormalName="City" Value="GAZA CITY    "/></Property>',
            "<p>A defender tackles a midfielder.</p>",
            item='<NewsComponent><ContentItem Href="http://agency.test/P.jpg"><MediaType FormalName="Photo"/>'
            '<Format FormalName="image/jpeg"/></ContentItem></NewsComponent>',
        ),
        {"title": "A defender tackles a midfielder.", "lang": "en", "place": "GAZA CITY"},
    ),
    Case(
        "NTB's publisher service: a date and time with a zone for a dateline",
        newsml("<HeadLine>H</HeadLine><DateLine>15.7.2019 12:09:11 CEST</DateLine>"),
        {"place": None},
    ),
]


def g2(meta: str = "", content: str = "", inline: str = "<p>Text.</p>", version: str = "1") -> str:
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:1" version="{version}"><itemMeta>{meta}</itemMeta>'
        f"<contentMeta><headline>Chief held</headline>{content}</contentMeta><contentSet><inlineXML>"
        f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{inline}</body></html></inlineXML></contentSet></newsItem>'
    )


G2 = [
    Case(
        "dpa: keywords, date and headline stand in the page's header, which is no text; credit in the dateline",
        g2(
            content="<dateline>Waghäusel (dpa) - </dateline><creator><name>By JANE DOE</name></creator>",
            inline='<header><ul class="slugline"><li>Politik</li><li>Deutschland</li></ul><time>08.01.2022 12:05</time><h1>Chief held</h1></header>'
            '<section class="main dpatextgenre-7"><p><span class="dateline">Waghäusel <span class="credit">(dpa)</span> - </span>Er wurde festgenommen.</p></section><section class="infobox"><p>Zur Person</p></section>',
        ),
        {"place": "Waghäusel", "authors": ("JANE DOE",)},
        body="Waghäusel (dpa) - Er wurde festgenommen.\nZur Person",
    ),
    Case(
        "Reuters: a description that repeats slug and headline, a version of ten digits, no data for a place",
        g2(
            content="<description>KAZAKHSTAN-UNREST/ (UPDATE 1, PIX):Chief held</description>"
            '<located qcode="city:0"><name>No-Data-Available</name></located>',
            inline="<p>By Jane Doe</p><p>ALMATY, Jan 8 (Reuters) - The chief was held.</p>",
            version="1542761538",
        ),
        {"summary": "", "version": 1542761538, "place": "ALMATY"},
    ),
    Case(
        "STT: a signal of its own says that the item is withdrawn; the language in three letters",
        g2(
            '<pubStatus qcode="stat:usable"/><signal qcode="sttinstruct:remove"/>',
            '<language tag="fin"/><dateline>Helsinki/Almaty (STT) -</dateline>',
        ),
        {"status": EntryStatus.CANCELED, "lang": "fi", "place": "Helsinki/Almaty"},
    ),
    Case(
        "a press release corrected in French",
        g2().replace("Chief held", "CORRECTION ET MISE À JOUR - Le chef"),
        {"status": EntryStatus.CORRECTED},
    ),
]

NINJS = [
    Case(
        "AP's Media API: the uri carries the query and is no page; a credit line is no summary; the dateline's location",
        json.dumps(
            {
                "api_version": "2.1",
                "data": {
                    "item": {
                        "uri": "https://api.agency.test/v/content/fb2f97?qt=DiNQJ7&et=0a5",
                        "altids": {"itemid": "fb2f97", "etag": "fb2f97_0a5"},
                        "version": 0,
                        "type": "picture",
                        "headline": "H",
                        "description_creditline": "J. Doe/Agency",
                        "description_caption": "A view of Almaty.",
                        "datelinelocation": {"city": "Almaty", "countrycode": "KAZ"},
                        "bylines": [{"by": "By JANE DOE", "title": "Business Writer"}],
                        "pubstatus": "usable",
                    }
                },
            }
        ),
        {
            "guid": "fb2f97",
            "link": None,
            "summary": "A view of Almaty.",
            "place": "Almaty",
            "version": None,
            "byline": "By JANE DOE",
            "authors": ("JANE DOE",),
        },
    ),
    Case(
        "Reuters' API: camel case, XHTML",
        json.dumps(
            {
                "data": {
                    "item": {
                        "uri": "tag:agency.test,2022:newsml_1",
                        "versionCreated": "2022-01-08T11:05:25.000Z",
                        "firstCreated": "2022-01-08T11:00:00.000Z",
                        "headLine": "H",
                        "byLine": "JANE DOE",
                        "bodyXhtml": "<html><body><p>ALMATY, Jan 8 (Reuters) - Held.</p></body></html>",
                        "caption": None,
                    }
                }
            }
        ),
        {
            "guid": "tag:agency.test,2022:newsml_1",
            "place": "ALMATY",
            "updated_at": datetime(2022, 1, 8, 11, 5, 25, tzinfo=UTC),
            "published_at": datetime(2022, 1, 8, 11, 0, tzinfo=UTC),
        },
        body="ALMATY, Jan 8 (Reuters) - Held.",
    ),
    Case(
        "dpa's digitalwires: urn, teaser, article_html, a signal that is a text",
        json.dumps(
            {
                "urn": "urn:newsml:agency.test:1",
                "version_created": "2022-01-08T12:05:52+01:00",
                "version": 2,
                "pubstatus": "usable",
                "signal": "sig:correction",
                "embargoed": None,
                "language": "de",
                "urgency": 3,
                "headline": "H",
                "teaser": "Kurz.",
                "byline": "Von Jane Doe, dpa",
                "dateline": "Almaty (dpa) - ",
                "article_html": '<section class="main"><p>Lang.</p></section>',
                "creditline": "dpa",
            }
        ),
        {
            "guid": "urn:newsml:agency.test:1",
            "summary": "Kurz.",
            "status": EntryStatus.CORRECTED,
            "place": "Almaty",
            "authors": ("Jane Doe",),
            "source": "dpa",
            "published_at": datetime(2022, 1, 8, 11, 5, 52, tzinfo=UTC),
        },
        body="Lang.",
    ),
    Case(
        "dpa's pictures: a caption among the descriptions, and the day on which an old picture was taken",
        json.dumps(
            {
                "urn": "urn:1",
                "headline": "H",
                "teaser": None,
                "descriptions": [{"role": "drol:caption", "description": "A view of Almaty."}],
                "content_created": "2019-12-07",
                "version_created": "2022-01-08T07:36:58+01:00",
            }
        ),
        {"summary": "A view of Almaty.", "published_at": datetime(2022, 1, 8, 6, 36, 58, tzinfo=UTC)},
    ),
    Case(
        "AP's API: a longer headline where there is no summary",
        json.dumps({"uri": "u", "altids": {"itemid": "1"}, "headline": "H", "headline_extended": "H, in more words"}),
        {"summary": "H, in more words"},
    ),
    Case(
        "a newsroom system's export: a guid that is no address is no link",
        json.dumps({"guid": "566a192e-b1eb", "headline": "H", "body_html": "<p>x</p>", "versioncreated": "2022-01-08"}),
        {"guid": "566a192e-b1eb", "link": None},
    ),
]

CASES = [*SEVEN_THOUSAND, *NITF, *NEWSML_1, *G2, *NINJS]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_files_as_agencies_send_them(case: Case) -> None:
    (entry,) = parse(case.data.encode(case.encoding)).entries
    assert {name: getattr(entry, name) for name in case.expected} == case.expected
    if case.body:
        assert entry.body == case.body


def test_a_picture_has_the_type_of_its_file() -> None:
    pictures = next(case for case in NEWSML_1 if case.name.startswith("AFP pictures"))
    assert parse(pictures.data.encode()).entries[0].media[0].type == "image/jpeg"


DATELINES = [
    ("ALMATY, Kazakhstan, Jan. 8 (AP) -- The", ("ALMATY, Kazakhstan", "AP")),
    ("ALMATY (Reuters) - The", ("ALMATY", "Reuters")),
    ("LIMA, Jan 21 (Reuters) - Pope", ("LIMA", "Reuters")),
    ("CHATHAM, Mass. (AP) _ A lobster", ("CHATHAM, Mass.", "AP")),
    ("CALGARY, Alberta, Dec. 03, 2019 (SOME NEWSWIRE) -- A", ("CALGARY, Alberta", "SOME NEWSWIRE")),
    ("Tel Aviv/Beirut (dpa) - Die", ("Tel Aviv/Beirut", "dpa")),
    ("Moscú, 8 ene (EFE).- El", ("Moscú", "EFE")),
    ("Bruxelles, 29/01 (Belga) = Le", ("Bruxelles", "Belga")),
    ("МОСКВА, 8 января. /ТАСС/. Кремль", ("МОСКВА", "ТАСС")),
    ("Астана. 8 января. КазТАГ - Глава", ("Астана", "КазТАГ")),
    ("(ANSA) - ROMA, 8 GEN - Il", ("ROMA", "ANSA")),
    ("SEOUL, Jan 8 AFP - A", ("SEOUL", "AFP")),
    ("Paris (ats afp) Les violences", ("Paris", "ats afp")),
    ("København /ritzau/: En mand", ("København", "ritzau")),
    # and what is none
    ("Angela Merkel (CDU) - die Kanzlerin", None),
    ("Emma Raducanu (GBR) - Viktoria Tomova (BUL)", None),
    ("Émeutes: une «catastrophe» (Le Maire)", None),
    ("The minister (56) said", None),
    ("In a statement, the party (opposition) - said", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), DATELINES)
def test_datelines(text: str, expected: tuple[str, str] | None) -> None:
    found = dateline(text)
    assert (found and (found.place, found.agency)) == expected


FIELDS = [
    ("ALMATY", "ALMATY"),
    ("New York, NY, January 8", "New York, NY"),
    ("Waghäusel (dpa) -", "Waghäusel"),
    ("SYDNEY March 22 AAP -", "SYDNEY"),
    ("Kiova/Washington", "Kiova/Washington"),
    ("القدس, 25-11-2023", "القدس"),
    ("20220108T222800+0000", None),
    ("28/01/2022", None),
    ("2018-01-03 20:13:08 GMT+00:00", None),
    ("January 8", None),
    ("8 января", None),
    ("No-Data-Available", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), FIELDS)
def test_fields_that_should_hold_a_place(text: str, expected: str | None) -> None:
    assert place_in_field(text) == expected


def test_a_dateline_below_other_lines() -> None:
    assert place_in_text("* Shares fall\n* Gold up\nBy Jane Doe\nTOKYO, Jan 8 (Reuters) - Shares fell.") == "TOKYO"
    assert place_in_text("\n".join(["A line."] * 8) + "\nTOKYO (Reuters) - late") is None


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("By Jane Doe, Press Association", ("Jane Doe",)),
        ("Von Jane Doe und John Roe, dpa", ("Jane Doe und John Roe",)),
        ("By Jane Doe, John Roe", ("Jane Doe, John Roe",)),
        ("Byron Smith", ("Byron Smith",)),
        ("", ()),
    ],
)
def test_authors_of_a_byline(byline: str, expected: tuple[str, ...]) -> None:
    assert authors_of(byline) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("FR", "fr"),
        ("swe", "sv"),
        ("nl_BE", "nl-BE"),
        ("GB", "en"),
        ("zh-Hans", "zh-Hans"),
        ("English", None),
        ("", None),
    ],
)
def test_languages(tag: str, expected: str | None) -> None:
    assert language_of(tag) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + b"x" * 500,
        b"ID3\x03\x00" + b"sound" * 100,
        b"\x00\x00\x00\x18ftypmp42" + b"x" * 500,
        b"TZif2" + b"\x00" * 40 + b"\x01\x02" * 50,
        b"\x01\x02\x00\x00\x00\x00name\x00\x00\x00" * 50,
    ],
    ids=["zip", "mp3", "mp4", "zone file", "records"],
)
def test_what_lies_beside_wire_files_is_named_as_binary(data: bytes) -> None:
    with pytest.raises(ParseError) as raised:
        parse(data)
    assert raised.value.kind == "binary"


SOAP = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body>{}</s:Body></s:Envelope>'
PROLOG = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE nitf SYSTEM "nitf.dtd" [<!ENTITY a "b">]>\n<!-- c -->\n'
TWO_NEWSML = [
    newsml("<HeadLine>Chief held</HeadLine>"),
    newsml("<HeadLine>Second</HeadLine>").replace("120000Z", "130000Z"),
]


@pytest.mark.parametrize(
    "data",
    [
        f"<nitf-collection>{nitf()}{nitf().replace('Chief held', 'Second')}</nitf-collection>",
        f"<articles count='2'>{nitf()}{nitf().replace('Chief held', 'Second')}</articles>",
        f"{PROLOG}{nitf()}\r\n{PROLOG}{nitf().replace('Chief held', 'Second')}\r\n",
        SOAP.format(g2() + g2().replace("Chief held", "Second")),
        g2() + g2().replace("Chief held", "Second"),
        f"<delivery>{''.join(TWO_NEWSML)}</delivery>",
        "\n".join(TWO_NEWSML),
        '{"uri":"1","headline":"Chief held","body_text":"x"}\n{"uri":"2","headline":"Second","body_text":"y"}\n',
        '{"data":{"items":[{"item":{"uri":"1","headline":"Chief held"}},{"item":{"uri":"2","headline":"Second"}}]}}',
    ],
    ids=["collection", "wrapper", "glued", "soap", "glued g2", "wrapped newsml", "glued newsml", "json lines", "api"],
)
def test_several_items_in_one_document(data: str) -> None:
    parsed = parse(data.encode())
    assert [e.title for e in parsed.entries] == ["Chief held", "Second"]
    assert not parsed.problems or parsed.problems == ("entity declarations ignored",)


def test_each_newsml_document_has_its_own_envelope() -> None:
    first, second = parse(f"<delivery>{''.join(TWO_NEWSML)}</delivery>".encode()).entries
    assert first.published_at == datetime(2022, 1, 8, 12, tzinfo=UTC)
    assert second.published_at == datetime(2022, 1, 8, 13, tzinfo=UTC)


def test_several_stories_in_one_file() -> None:
    ap = SEVEN_THOUSAND[3].data
    entries: tuple[ParsedEntry, ...] = parse((ap + ap.replace("W2870", "W2871")).encode()).entries
    assert [e.guid for e in entries] == ["APW2870:20220108", "APW2871:20220108"]


words = st.text("abcdefghijklmnopqrstuvwxyzäéжқ", min_size=5, max_size=9)
wire_lines = st.builds(
    lambda front, line, mark: front + " ".join(line) + mark,
    st.sampled_from(["", "", "^", "   ", "By ", "ALMATY (AP) _ ", "BC-AS--"]),
    st.lists(words, min_size=1, max_size=7),
    st.sampled_from(["", "", "", "=", "<", " =", "+", "/", ",466<"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(wire_lines, st.just("")), min_size=1, max_size=12), st.lists(wire_lines, max_size=2))
def test_no_word_of_a_wire_text_is_lost(lines: list[str], head: list[str]) -> None:
    """However its lines are marked, every word is in some field: what is not understood is text."""
    message = (
        "\x01bdt0285 3 pl 312\r\n" + "\r\n".join(head) + "\r\n\x02" + "\r\n".join(lines) + "\r\n\x03081410 Jan 22\x04"
    )
    try:
        (entry,) = parse(message.encode()).entries
    except ParseError:
        assert not any(lines)
        return
    kept = " ".join([entry.title, entry.summary, entry.body, entry.byline or "", *entry.tags, *entry.authors])
    for line in [*head, *lines]:
        for word in re.findall(r"[a-zäéжқ]{5,}", line):
            assert word in kept, (line, entry)
