"""The corpus of feeds: what we read agrees with what is expected, or the difference is listed with its reason."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from parse_corpus import FEEDS, GOFEED, SHARED, cases, differences, documents, parse, require

from watchbot.errors import ParseError
from watchbot.model import ParsedFeed
from watchbot.parse.encoding import decode

LISTED = Path(__file__).with_name("differences.json")
DOCS = Path(__file__).parents[2] / "docs" / "parsing-differences.md"
MINIFLUX = FEEDS / "miniflux" / "internal" / "reader"


def listed() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for reason in json.loads(LISTED.read_text(encoding="utf-8")).values():
        assert reason["reason"]
        for case, fields in reason["cases"].items():
            found.setdefault(case, []).extend(fields)
    return {case: sorted(fields) for case, fields in found.items()}


@pytest.mark.corpus
def test_every_difference_from_the_corpus_is_listed() -> None:
    require(GOFEED)
    found = {}
    count = 0
    for document, expected in cases():
        count += 1
        if fields := differences(document, expected):
            found[str(document.relative_to(GOFEED))] = sorted(fields)
    assert count > 500
    assert found == listed()


def test_every_reason_is_explained() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for name in json.loads(LISTED.read_text(encoding="utf-8")):
        assert f"`{name}`" in page


@pytest.mark.corpus
@pytest.mark.fault(30)
def test_no_document_raises_anything_but_parse_error() -> None:
    """Whole, truncated, and with a byte changed: a feed, or ParseError. What comes out can cross a process."""
    require(FEEDS)
    for path in [*documents(), *sorted((SHARED / "wire").rglob("*.xml")), *sorted((SHARED / "wire").rglob("*.json"))]:
        data = path.read_bytes()[:60_000]
        middle = len(data) // 2
        for variant in (data, data[:middle], data[:middle] + b"\x00<&" + data[middle + 1 :]):
            try:
                parsed = parse(variant)
            except ParseError as error:
                assert error.kind in {"html", "login", "challenge", "empty", "binary", "unsupported", "too-large"}
            else:
                assert pickle.loads(pickle.dumps(parsed)) == parsed


CAPTURES: dict[str, Callable[[ParsedFeed], bool]] = {
    "parser/testdata/encoding_ISO-8859-1.xml": lambda f: len(f.entries) == 40 and f.encoding == "cp1252",
    "parser/testdata/encoding_WINDOWS-1251.xml": lambda f: (
        f.encoding == "cp1251" and f.entries[0].title == "Цитата #17703"
    ),
    "parser/testdata/no_encoding_ISO-8859-1.xml": lambda f: (
        "psychologie" in f.title and "quels effets sur le cerveau" in f.entries[0].title
    ),
    "parser/testdata/urdu_UTF8.xml": lambda f: (
        f.lang == "ur" and len(f.entries) == 26 and "امریکی" in f.entries[0].title
    ),
    "parser/testdata/rdf_UTF8.xml": lambda f: len(f.entries) == 60 and "Vorsichtsmaßnahmen" in f.entries[0].title,
    "parser/testdata/large_rss.xml": lambda f: len(f.entries) == 25,
    "parser/testdata/large_atom.xml": lambda f: len(f.entries) == 25,
    "parser/testdata/small_atom.xml": lambda f: len(f.entries) == 20 and f.lang == "en-US",
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", CAPTURES)
def test_captures(name: str) -> None:
    require(MINIFLUX)
    assert CAPTURES[name](parse((MINIFLUX / name).read_bytes()))


ENCODINGS = {
    "encoding/testdata/invalid-prolog.xml": ("utf-8", "테스트 피드"),
    "encoding/testdata/iso-8859-1.html": ("cp1252", "Frédéric"),
    "encoding/testdata/iso-8859-1-meta-after-1024.html": ("cp1252", "Frédéric"),
    "encoding/testdata/iso-8859-1.xml": ("cp1252", "Café"),
    "encoding/testdata/koi8r.xml": ("koi8-u", "Пример RSS ленты"),
    "encoding/testdata/utf8-incorrect-prolog.xml": ("utf-8", "테스트 피드"),
    "encoding/testdata/utf8-meta-after-1024.html": ("utf-8", "Frédéric"),
    "encoding/testdata/windows-1252-incorrect-prolog.xml": ("utf-8", "Euro €"),
    "encoding/testdata/windows-1252.xml": ("cp1252", "Euro €"),
    "xml/testdata/iso88591.xml": ("cp1252", "ï"),
    "xml/testdata/iso88591_utf8_mismatch.xml": ("cp1252", "ï"),
}


@pytest.mark.corpus
@pytest.mark.fault(31)
@pytest.mark.parametrize("name", ENCODINGS)
def test_encodings_of_captures(name: str) -> None:
    require(MINIFLUX)
    decoded = decode((MINIFLUX / name).read_bytes())
    assert (decoded.encoding, ENCODINGS[name][1] in decoded.text) == (ENCODINGS[name][0], True)
