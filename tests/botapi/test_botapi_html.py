"""The server's HTML parser: entities, UTF-16 offsets, Telegram's error texts."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.bot_api import EntityError, parse_html, trim, utf16


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a</b>", "a", [entity("bold", 0, 1)]),
        ("<B>a</b>", "a", [entity("bold", 0, 1)]),
        ("😀<b>ä😀</b>", "😀ä😀", [entity("bold", 2, 3)]),
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("<b></b>x", "x", []),
        ("&lt;&gt;&amp;&quot;&nbsp;&#65;&#x41;", '<>&"&nbsp;AA', []),
        ("&ltb&#65x&#0;", "&ltbAx&#0;", []),
        ("&lt b", "< b", []),
        (
            '<a href="https://e.org/?a=1&amp;b=2">x</a>',
            "x",
            [entity("text_link", 0, 1, url="https://e.org/?a=1&b=2")],
        ),
        ("<a href=https>x</a>", "x", []),
        ('<a href="e.org">x</a>', "x", [entity("text_link", 0, 1, url="http://e.org")]),
        ('<a href="not a url">x</a>', "x", []),
        ('<a href="tg://user?id=1">x</a>', "x", [entity("text_link", 0, 1, url="tg://user?id=1")]),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ("a > b", "a > b", []),
        ("<b>a</>", "a", [entity("bold", 0, 1)]),
    ],
)
def test_parse(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("<x>a</x>", 'Unsupported start tag "x" at byte offset 0'),
        ("ä<script>", 'Unsupported start tag "script" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <", "Unclosed start tag at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a", "Unclosed end tag at byte offset 9"),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=a_b>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
    ],
)
def test_errors(source: str, error: str) -> None:
    with pytest.raises(EntityError) as caught:
        parse_html(source)
    assert str(caught.value) == error


@given(st.text())
def test_escaped_text_is_text(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode().replace("\0", "")
    assert parse_html(escape(text))[0] == text.replace("'", "&#x27;").replace("&#x27;", "'")


@given(st.text(alphabet=st.sampled_from(list("<>/ab\"'= &;#x😀é"))))
def test_never_breaks(source: str) -> None:
    """Any input is parsed or refused, and every entity lies within the text."""
    try:
        text, entities = parse_html(source)
    except EntityError:
        return
    size = utf16(text)
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= size for e in entities)


def test_trim_moves_entities() -> None:
    assert trim("  a b \n", [entity("bold", 0, 3), entity("italic", 4, 3)]) == (
        "a b",
        [entity("bold", 0, 1), entity("italic", 2, 1)],
    )
